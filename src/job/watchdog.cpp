#include "semscope/job/watchdog.hpp"

#include "semscope/comm/neighbour.hpp"
#include "semscope/comm/program.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/stop_signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace semscope::job {

using comm::Communicator;
using comm::Neighbour;
using comm::Notice;

namespace {

constexpr double poll_seconds = 0.05;  // a call crosses the tree of 1000 ranks in about a second

template <std::size_t N>
void copy_text(const std::string& text, std::array<char, N>& to) {
    to.fill('\0');
    text.copy(to.data(), N - 1);
}

}  // namespace

class Watchdog::Thread {
  public:
    Thread(const Communicator& communicator, Activity& activity, Options options)
        : communicator_(communicator.duplicate()),
          activity_(activity),
          options_(std::move(options)),
          hears_others_(comm::any_thread_may_call()),
          beat_(options_.stall_seconds > 0 ? std::clamp(options_.stall_seconds / 5, 0.2, 10.0) : 10.0),
          host_(comm::host_name()) {
        if (hears_others_) meet_neighbours();
        thread_ = std::thread([this] { run_to_the_end(); });
    }

    ~Thread() {
        leaving_ = true;
        if (thread_.joinable()) thread_.join();
    }
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;

    void finish() {
        // The other ranks may take their time to come here.
        const Activity::Waiting waiting(&activity_);
        finishing_ = true;
        thread_.join();
    }

    bool hears_others() const noexcept { return hears_others_; }
    void interrupt() noexcept { interrupted_ = true; }
    bool interrupted() const noexcept { return interrupted_ || stop_signal() != 0; }
    int stop_signal() const noexcept {
        const int own = StopSignal::caught();
        return own != 0 ? own : signal_.load();
    }

  private:
    /// Parent and children in a binary tree. The parent speaks first of a silent rank, so that the job ends with one
    /// message; the children of a silent rank leave it a little more time.
    void meet_neighbours() {
        const int rank = communicator_.rank();
        const double patience = options_.stall_seconds;
        if (rank > 0) neighbours_.emplace_back(communicator_, (rank - 1) / 2, patience + beat_ * (1 + (rank + 1) % 2));
        for (const int child : {2 * rank + 1, 2 * rank + 2})
            if (child < communicator_.size()) neighbours_.emplace_back(communicator_, child, patience);
    }

    /// An error of this thread must not end the process without a word.
    void run_to_the_end() {
        try {
            run();
        } catch (const std::exception& error) {
            comm::end_job(options_.program, fmt::format("rank {} on {}: the watchdog cannot go on: {}",
                                                        communicator_.rank(), host_, error.what()));
        }
    }

    void run() {
        double last = steady_seconds();
        double until_beat = 0;
        while (!leaving_) {
            const double now = steady_seconds();
            // Time in which this process was stopped must not count against others, nor against its own main thread.
            const double seconds = std::min(now - last, 1.0);
            last = now;
            listen();
            spread();
            if ((until_beat -= seconds) <= 0) {
                send_all(Notice::beat);
                until_beat = beat_;
            }
            if (options_.stall_seconds > 0) check_stalls(seconds);
            if (finishing_ && finish_with_neighbours()) return;
            std::this_thread::sleep_for(std::chrono::duration<double>(poll_seconds));
        }
    }

    void listen() {
        for (Neighbour& neighbour : neighbours_)
            for (const Notice& notice : neighbour.receive()) {
                if (notice.signal != 0) signal_ = notice.signal;
                if (notice.kind == Notice::interrupt) interrupted_ = true;
            }
    }

    /// Tells the neighbours once what they may not know: that all are interrupted, and by which signal.
    void spread() {
        const bool news = (interrupted() && !told_) || (stop_signal() != 0 && told_signal_ == 0);
        if (!news) return;
        told_ = true;
        told_signal_ = stop_signal();
        send_all(Notice::interrupt);
    }

    void send_all(Notice::Kind kind) {
        if (said_finished_) return;  // the others may have stopped listening
        Notice notice;
        notice.kind = kind;
        notice.signal = stop_signal();
        copy_text(activity_.snapshot().phase, notice.phase);
        copy_text(host_, notice.host);
        for (Neighbour& neighbour : neighbours_) neighbour.send(notice);
    }

    void check_stalls(double seconds) {
        for (Neighbour& neighbour : neighbours_)
            if (neighbour.too_silent(seconds))
                give_up(fmt::format("rank {} on {} has given no sign of life for {:g} s; its last known work: {}",
                                    neighbour.rank(), neighbour.last().host.data(), options_.stall_seconds,
                                    neighbour.last().phase.data()));
        const Activity::Snapshot own = activity_.snapshot();
        idle_ = own.steps != steps_ || own.waiting ? 0 : idle_ + seconds;
        steps_ = own.steps;
        // A little later than others would report a silent rank, which may be the cause of what is seen here.
        if (idle_ > options_.stall_seconds + 3 * beat_)
            give_up(fmt::format("rank {} on {} has made no progress for {:g} s; it is in: {}", communicator_.rank(),
                                host_, options_.stall_seconds, own.phase));
    }

    [[noreturn]] void give_up(const std::string& what) const {
        comm::end_job(options_.program, what +
                                            " (run.stall); the job ends here; run the same command again to go on "
                                            "(semscope-occlude: with --run.resume true)");
    }

    /// Tells the neighbours once that this rank is finished; true when all neighbours have said it as well.
    bool finish_with_neighbours() {
        if (!said_finished_) {
            spread();  // what came since the last time, of which nobody would hear any more
            send_all(Notice::finished);
        }
        said_finished_ = true;
        return std::all_of(neighbours_.begin(), neighbours_.end(), [](Neighbour& each) { return each.finished(); });
    }

    Communicator communicator_;
    Activity& activity_;
    Options options_;
    bool hears_others_;
    double beat_;
    std::string host_;
    std::deque<Neighbour> neighbours_;

    std::atomic<bool> interrupted_{false};
    std::atomic<int> signal_{0};
    std::atomic<bool> finishing_{false};
    std::atomic<bool> leaving_{false};

    // Of the thread alone.
    bool told_ = false;
    int told_signal_ = 0;
    bool said_finished_ = false;
    double idle_ = 0;
    std::uint64_t steps_ = 0;

    std::thread thread_;
};

Watchdog::Watchdog(const Communicator& communicator, Activity& activity, Options options)
    : thread_(std::make_unique<Thread>(communicator, activity, std::move(options))) {}

Watchdog::~Watchdog() = default;

bool Watchdog::hears_others() const noexcept { return thread_->hears_others(); }
void Watchdog::interrupt_all() { thread_->interrupt(); }
bool Watchdog::interrupted() const noexcept { return thread_->interrupted(); }
int Watchdog::stop_signal() const noexcept { return thread_->stop_signal(); }
void Watchdog::finish() { thread_->finish(); }

}  // namespace semscope::job
