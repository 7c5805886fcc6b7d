#include "semscope/occlusion/run.hpp"

#include "rank_work.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/progress_board.hpp"
#include "semscope/occlusion/checkpoint_pace.hpp"

#include <algorithm>
#include <exception>

namespace semscope::occlusion {

namespace {

/// The rounds of a run: all ranks do the same number of batches, then meet for a checkpoint.
class Rounds {
  public:
    Rounds(RankWork& work, results::OcclusionWriter& writer, const mpi::Communicator& communicator,
           mpi::Overseer& overseer, PhaseTimer& timer)
        : work_(work),
          writer_(writer),
          communicator_(communicator),
          overseer_(overseer),
          timer_(timer),
          board_(communicator, 1.0) {}

    void run(CheckpointPace pace, std::uint64_t total, const ProgressCallback& progress) {
        bool more = true;
        while (more) {
            const double seconds_per_batch = do_batches(pace.batches(), total, progress);
            {
                const PhaseScope phase(timer_, "idle");
                communicator_.barrier();
            }
            write();
            // The error of a rank's own work comes last: what was finished is in the file by now.
            mpi::agree_on(communicator_, error_);
            pace.learn(communicator_.max(seconds_per_batch));
            more = communicator_.max(std::int64_t{work_.finished() ? 0 : 1}) != 0;
            // Ranks may learn of a signal a moment apart; here they agree.
            if (more && communicator_.max(std::int64_t{overseer_.stop_signal()}) != 0) {
                work_.report().stopped = true;
                break;
            }
        }
        board_.finish();
        if (communicator_.is_root()) progress(board_.total(), total);
    }

  private:
    /// Up to `count` batches, fewer when a meeting is called; returns the seconds that one took, 0 when there was none.
    double do_batches(std::uint64_t count, std::uint64_t total, const ProgressCallback& progress) {
        const double start = steady_seconds();
        std::uint64_t done = 0;
        try {
            while (done < count && !overseer_.meeting_called() && work_.do_batch()) {
                ++done;
                board_.report(work_.report().forwards);
                if (communicator_.is_root()) progress(board_.total(), total);
            }
            work_.drain();
        } catch (...) {
            error_ = std::current_exception();
            overseer_.call_meeting();  // the others need not go on to the end of the round
        }
        return done == 0 ? 0 : (steady_seconds() - start) / static_cast<double>(done);
    }

    void write() {
        const PhaseScope phase(timer_, "write");
        writer_.write_results(work_.buffer().take_finished());
        ++work_.report().checkpoints;
    }

    RankWork& work_;
    results::OcclusionWriter& writer_;
    const mpi::Communicator& communicator_;
    mpi::Overseer& overseer_;
    PhaseTimer& timer_;
    mpi::ProgressBoard board_;
    std::exception_ptr error_;
};

/// Most batches between checkpoints such that the rows of a rank stay below 64 MiB.
std::uint64_t most_batches(int batch, std::size_t scenes) {
    constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
    return std::max<std::uint64_t>(1, most_bytes / (static_cast<std::uint64_t>(batch) * scenes * sizeof(float)));
}

std::vector<std::uint64_t> pending_images(std::span<const std::uint8_t> status, Range span) {
    std::vector<std::uint64_t> images;
    for (std::uint64_t image = span.begin; image < span.end; ++image)
        if (status[image] == static_cast<std::uint8_t>(results::ImageStatus::pending)) images.push_back(image);
    return images;
}

}  // namespace

RunReport run(const Task& task, inference::Occluder& occluder, results::OcclusionWriter& writer,
              const mpi::Communicator& communicator, mpi::Overseer& overseer, const RunOptions& options,
              PhaseTimer& timer, const ProgressCallback& progress) {
    const Range span = task.plan.images_of(communicator.rank());
    auto semantics = writer.read_variant_semantics({task.variant_offsets[span.begin], task.variant_offsets[span.end]});
    RankWork work(task.source, task.crops, span, pending_images(task.status, span), task.variant_offsets,
                  std::move(semantics), occluder, task.scenes, options.loaders, timer);
    Rounds rounds(work, writer, communicator, overseer, timer);
    rounds.run(CheckpointPace(options.checkpoint_seconds, most_batches(occluder.batch(), task.scenes)), task.plan.total,
               progress);
    return std::move(work.report());
}

}  // namespace semscope::occlusion
