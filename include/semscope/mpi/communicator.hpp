#pragma once

#include "semscope/base/activity.hpp"

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::mpi {

/// An MPI communicator with its own context, freed at the end of its life.
///
/// Owns its handle: construction duplicates or splits, so that messages of semscope never meet those of a library.
/// Movable, not copyable (a copy would be a collective call in disguise). There is no global communicator: functions
/// that communicate take one.
class Communicator {
  public:
    /// A duplicate of MPI_COMM_WORLD. Collective over all processes.
    static Communicator world();

    /// A duplicate of MPI_COMM_SELF. Local.
    static Communicator self();

    Communicator(Communicator&& other) noexcept;
    Communicator& operator=(Communicator&& other) noexcept;
    Communicator(const Communicator&) = delete;
    Communicator& operator=(const Communicator&) = delete;
    ~Communicator();

    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    bool is_root() const noexcept { return rank_ == 0; }

    /// The handle, for calls that this class does not wrap. Still owned by this object.
    MPI_Comm native() const noexcept { return handle_; }

    /// From now on `activity`, which must outlive this object and its duplicates, shows when the calls below wait for
    /// other ranks. Local.
    void observe(Activity& activity) noexcept { activity_ = &activity; }

    /// The same for a call on native(): it waits for the lifetime of the result.
    [[nodiscard]] Activity::Waiting waiting() const { return Activity::Waiting(activity_); }

    /// The ranks that share this rank's node (MPI_COMM_TYPE_SHARED). Collective.
    Communicator split_node() const;

    /// An independent communicator of the same ranks. Collective.
    Communicator duplicate() const;

    /// Collective.
    void barrier() const;

    /// Largest value over all ranks. Collective.
    std::int64_t max(std::int64_t value) const;
    double max(double value) const;

    /// Sum over all ranks. Collective. The order of a floating-point sum is MPI's: use it for timings, not for results.
    std::uint64_t sum(std::uint64_t value) const;
    double sum(double value) const;

    /// Sum of the values of the ranks below this one; 0 on rank 0. Collective.
    std::uint64_t exclusive_scan(std::uint64_t value) const;

    /// The values of all ranks in rank order, on every rank. Collective.
    std::vector<double> all_gather(double value) const;
    std::vector<std::uint64_t> all_gather(std::uint64_t value) const;

    /// The lists of all ranks, one behind the other in rank order, on every rank. Collective.
    std::vector<std::int32_t> all_gather(std::span<const std::int32_t> values) const;

    /// Makes each element the largest that any rank has at its place. Collective; equal lengths on all ranks.
    void max(std::span<double> values) const;

    /// The texts of all ranks in rank order on rank 0, an empty list elsewhere. Collective.
    std::vector<std::string> gather(const std::string& text) const;

    /// Rank 0's text, on every rank. Collective.
    std::string broadcast(const std::string& text) const;

  private:
    explicit Communicator(MPI_Comm handle, Activity* activity = nullptr);

    MPI_Comm handle_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
    Activity* activity_ = nullptr;
};

/// Name of the node that this process runs on, as MPI reports it.
std::string host_name();

}  // namespace semscope::mpi
