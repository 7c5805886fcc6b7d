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
    Rounds(RankWork& work, results::OcclusionWriter& writer, const mpi::Communicator& communicator, PhaseTimer& timer)
        : work_(work), writer_(writer), communicator_(communicator), timer_(timer), board_(communicator, 1.0) {}

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
        }
        board_.finish();
        if (communicator_.is_root()) progress(board_.total(), total);
    }

  private:
    /// Up to `count` batches; returns the seconds that one took, 0 when there was none.
    double do_batches(std::uint64_t count, std::uint64_t total, const ProgressCallback& progress) {
        const double start = steady_seconds();
        std::uint64_t done = 0;
        try {
            while (done < count && work_.do_batch()) {
                ++done;
                board_.report(work_.report().forwards);
                if (communicator_.is_root()) progress(board_.total(), total);
            }
        } catch (...) {
            error_ = std::current_exception();
        }
        return done == 0 ? 0 : (steady_seconds() - start) / static_cast<double>(done);
    }

    void write() {
        const PhaseScope phase(timer_, "write");
        const results::ResultRows rows = work_.buffer().take_finished();
        std::exception_ptr error;
        try {
            writer_.write_results(rows);
        } catch (...) {
            error = std::current_exception();
        }
        mpi::agree_on(communicator_, error);
        ++work_.report().checkpoints;
    }

    RankWork& work_;
    results::OcclusionWriter& writer_;
    const mpi::Communicator& communicator_;
    PhaseTimer& timer_;
    mpi::ProgressBoard board_;
    std::exception_ptr error_;
};

/// Most batches between checkpoints such that the rows of a rank stay below 64 MiB.
std::uint64_t most_batches(int batch, std::size_t scenes) {
    constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
    return std::max<std::uint64_t>(1, most_bytes / (static_cast<std::uint64_t>(batch) * scenes * sizeof(float)));
}

}  // namespace

RunReport run(const Source& source, std::span<const std::uint64_t> variant_offsets, const Plan& plan,
              inference::Occluder& occluder, std::size_t scenes, results::OcclusionWriter& writer,
              const mpi::Communicator& communicator, const RunOptions& options, PhaseTimer& timer,
              const ProgressCallback& progress) {
    const Range images = plan.images_of(communicator.rank());
    auto semantics = writer.read_variant_semantics({variant_offsets[images.begin], variant_offsets[images.end]});
    RankWork work(source, images, variant_offsets, std::move(semantics), occluder, scenes, options.loaders, timer);
    Rounds rounds(work, writer, communicator, timer);
    rounds.run(CheckpointPace(options.checkpoint_seconds, most_batches(occluder.batch(), scenes)), plan.total,
               progress);
    return std::move(work.report());
}

}  // namespace semscope::occlusion
