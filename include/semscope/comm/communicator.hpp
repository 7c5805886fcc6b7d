#pragma once

#include "semscope/core/timing.hpp"

#include <mpi.h>

#include <concepts>
#include <cstdint>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace semscope::comm {

/// Initialises MPI for the lifetime of the object; one per process, in `main`.
///
/// MPI calls are made from the main thread and, where MPI gives MPI_THREAD_MULTIPLE, from the thread of an Watchdog;
/// decode workers never call MPI. MPI_THREAD_FUNNELED is the least that is accepted.
/// The destructor calls MPI_Finalize, except while an exception unwinds: the other ranks may then sit in a collective
/// call, MPI_Finalize would wait for them for ever, and the launcher ends the job when it sees this process end
/// without.
class Environment {
  public:
    /// Collective over all processes of the job. Throws LibraryError when MPI does not give the thread level.
    Environment(int& argc, char**& argv);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
};

/// Name and version of the MPI library, for the provenance. Local.
std::string library_description();

/// True when MPI allows calls from threads other than the main one (MPI_THREAD_MULTIPLE). Local.
bool any_thread_may_call();

/// Values that travel as their bytes: trivially copyable, and no pointer or view, which means nothing elsewhere. All
/// ranks run the same program on the same kind of machine, as HDF5's native types demand anyway.
template <class T>
concept Sendable =
    std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_array_v<T> && !std::ranges::view<T>;

/// Numbers that MPI adds and compares. Flags have any_of and all_of.
template <class T>
concept Reducible = (std::integral<T> && !std::same_as<T, bool>) || std::same_as<T, float> || std::same_as<T, double>;

/// Numbers that lie one behind the other: a vector, an array, a span.
template <class List>
concept ReducibleList = std::ranges::contiguous_range<List> && Reducible<std::ranges::range_value_t<List>>;

/// An MPI communicator with its own context, freed at the end of its life.
///
/// Owns its handle: construction duplicates or splits, so that messages of semscope never meet those of a library.
/// Movable, not copyable (a copy would be a collective call in disguise). There is no global communicator: functions
/// that communicate take one.
///
/// All ranks make the collective calls in the same order. While such a call waits for other ranks, the Activity shows
/// it. An error of MPI itself ends the job (MPI_ERRORS_ARE_FATAL, MPI's default).
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

    /// Local.
    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    bool is_root() const noexcept { return rank_ == 0; }

    /// The handle, for HDF5 and the sources of this module alone. Still owned by this object. Local.
    MPI_Comm native() const noexcept { return handle_; }

    /// From now on `activity`, which must outlive this object and its duplicates, shows when the calls below wait for
    /// other ranks. Local.
    void observe(Activity& activity) noexcept { activity_ = &activity; }

    /// The same for a call on native(): it waits for the lifetime of the result. Local.
    [[nodiscard]] Activity::Waiting waiting() const { return Activity::Waiting(activity_); }

    /// The ranks that share this rank's node (MPI_COMM_TYPE_SHARED). Collective. The caller owns the result.
    Communicator split_node() const;

    /// An independent communicator of the same ranks. Collective. The caller owns the result.
    Communicator duplicate() const;

    /// Returns when all ranks have come here. Collective.
    void barrier() const;

    /// True when the flag is set on some rank. Collective.
    bool any_of(bool flag) const;

    /// True when the flag is set on all ranks. Collective.
    bool all_of(bool flag) const;

    /// Largest value over all ranks. Collective.
    template <Reducible T>
    T max(T value) const {
        reduce(&value, 1, mpi_type<T>(), MPI_MAX);
        return value;
    }

    /// Smallest value over all ranks. Collective.
    template <Reducible T>
    T min(T value) const {
        reduce(&value, 1, mpi_type<T>(), MPI_MIN);
        return value;
    }

    /// Sum over all ranks. Collective. MPI chooses the order of a floating-point sum: use it for timings, not for
    /// results.
    template <Reducible T>
    T sum(T value) const {
        reduce(&value, 1, mpi_type<T>(), MPI_SUM);
        return value;
    }

    /// Replaces each element by the largest, the smallest or the sum of what all ranks have at its place. Collective;
    /// all ranks pass lists of the same length.
    template <ReducibleList List>
    void max_each(List& values) const {
        reduce_each(values, MPI_MAX);
    }
    template <ReducibleList List>
    void min_each(List& values) const {
        reduce_each(values, MPI_MIN);
    }
    template <ReducibleList List>
    void sum_each(List& values) const {
        reduce_each(values, MPI_SUM);
    }

    /// Sum of the values of the ranks below this one; 0 on rank 0. Collective.
    std::uint64_t exclusive_scan(std::uint64_t value) const;

    /// The value of rank `root`, on every rank. Collective. The other ranks' argument does not matter.
    template <Sendable T>
    T broadcast(const T& value, int root = 0) const {
        T result = value;
        broadcast_bytes(&result, sizeof(T), root);
        return result;
    }

    /// The list of rank 0, on every rank. Collective. The other ranks' argument does not matter, nor does its length.
    template <Sendable T>
    std::vector<T> broadcast(const std::vector<T>& values) const {
        const std::uint64_t length = broadcast(std::uint64_t{values.size()});
        std::vector<T> result = is_root() ? values : std::vector<T>(length);
        broadcast_bytes(result.data(), length * sizeof(T), 0);
        return result;
    }

    /// The text of rank 0, on every rank. Collective. It may hold NUL bytes.
    std::string broadcast(const std::string& text) const;

    /// The values, lists or texts of all ranks in rank order on rank 0, an empty list elsewhere. Collective. Lengths
    /// may differ. Throws LibraryError on every rank when all lengths together exceed what MPI can carry, 2^31 - 1.
    template <Sendable T>
    std::vector<T> gather(const T& value) const {
        const std::vector<std::uint64_t> lengths(static_cast<std::size_t>(size_), 1);
        std::vector<T> all(is_root() ? lengths.size() : 0, value);
        gather_bytes(&value, sizeof(T), lengths, all.data());
        return all;
    }
    template <Sendable T>
    std::vector<std::vector<T>> gather(const std::vector<T>& values) const {
        const std::vector<std::uint64_t> lengths = all_gather(std::uint64_t{values.size()});
        const std::size_t count = total(lengths);
        std::vector<T> all(is_root() ? count : 0);
        gather_bytes(values.data(), sizeof(T), lengths, all.data());
        return cut<std::vector<T>>(all, lengths);
    }
    std::vector<std::string> gather(const std::string& text) const;
    std::vector<std::vector<std::string>> gather(const std::vector<std::string>& texts) const;

    /// The values of all ranks in rank order, on every rank. Collective.
    template <Sendable T>
    std::vector<T> all_gather(const T& value) const {
        std::vector<T> all(static_cast<std::size_t>(size_), value);
        all_gather_bytes(&value, sizeof(T), std::vector<std::uint64_t>(all.size(), 1), all.data());
        return all;
    }

    /// The lists of all ranks, one behind the other in rank order, on every rank. Collective. Lengths may differ.
    /// Throws LibraryError as gather does.
    template <Sendable T>
    std::vector<T> all_gather(const std::vector<T>& values) const {
        const std::vector<std::uint64_t> lengths = all_gather(std::uint64_t{values.size()});
        std::vector<T> all(total(lengths));
        all_gather_bytes(values.data(), sizeof(T), lengths, all.data());
        return all;
    }

    /// Sends out[r] to rank r and returns what arrives here, one list behind the other in rank order. Collective.
    /// Precondition: one list for each rank. Throws LibraryError on every rank when some rank sends or gets more than
    /// 2^31 - 1 values.
    template <Sendable T>
    std::vector<T> exchange(const std::vector<std::vector<T>>& out) const {
        std::vector<T> joined;
        std::vector<std::uint64_t> sent;
        for (const std::vector<T>& part : out) {
            joined.insert(joined.end(), part.begin(), part.end());
            sent.push_back(part.size());
        }
        const std::vector<std::uint64_t> received = exchange_lengths(sent);
        std::vector<T> arrived(total(received));
        exchange_bytes(joined.data(), sent, arrived.data(), received, sizeof(T));
        return arrived;
    }

    /// Rank 0 applies `step` to `value`, and each next rank to what the rank below it got. Returns the last result on
    /// every rank. Collective. A sum in this order does not depend on MPI. `step` neither communicates nor throws.
    template <Sendable T, class Step>
    T chain(T value, Step&& step) const {
        receive_from_below(&value, sizeof(T));
        value = std::forward<Step>(step)(value);
        send_above(&value, sizeof(T));
        return broadcast(value, size_ - 1);
    }

  private:
    explicit Communicator(MPI_Comm handle, Activity* activity = nullptr);

    template <Reducible T>
    static MPI_Datatype mpi_type() {
        if constexpr (std::same_as<T, float>) return MPI_FLOAT;
        if constexpr (std::same_as<T, double>) return MPI_DOUBLE;
        if constexpr (std::signed_integral<T>) {
            if constexpr (sizeof(T) == 1) return MPI_INT8_T;
            if constexpr (sizeof(T) == 2) return MPI_INT16_T;
            if constexpr (sizeof(T) == 4) return MPI_INT32_T;
            if constexpr (sizeof(T) == 8) return MPI_INT64_T;
        }
        if constexpr (std::unsigned_integral<T>) {
            if constexpr (sizeof(T) == 1) return MPI_UINT8_T;
            if constexpr (sizeof(T) == 2) return MPI_UINT16_T;
            if constexpr (sizeof(T) == 4) return MPI_UINT32_T;
            if constexpr (sizeof(T) == 8) return MPI_UINT64_T;
        }
    }

    template <ReducibleList List>
    void reduce_each(List& values, MPI_Op operation) const {
        reduce(std::ranges::data(values), std::ranges::size(values), mpi_type<std::ranges::range_value_t<List>>(),
               operation);
    }

    /// Throws LibraryError when it is more than 2^31 - 1.
    static std::size_t total(const std::vector<std::uint64_t>& lengths);

    /// Cuts what was gathered into the parts of the ranks; nothing on ranks other than 0.
    template <class Part, class All>
    std::vector<Part> cut(const All& all, const std::vector<std::uint64_t>& lengths) const {
        std::vector<Part> parts;
        auto begin = all.begin();
        for (std::size_t i = 0; is_root() && i < lengths.size(); ++i) {
            const auto end = begin + static_cast<std::ptrdiff_t>(lengths[i]);
            parts.emplace_back(begin, end);
            begin = end;
        }
        return parts;
    }

    void reduce(void* values, std::size_t count, MPI_Datatype type, MPI_Op operation) const;
    void broadcast_bytes(void* bytes, std::size_t count, int root) const;
    /// `lengths`: of each rank, in values of `size` bytes. `all` matters on rank 0 alone.
    void gather_bytes(const void* own, std::size_t size, const std::vector<std::uint64_t>& lengths, void* all) const;
    void all_gather_bytes(const void* own, std::size_t size, const std::vector<std::uint64_t>& lengths,
                          void* all) const;
    std::vector<std::uint64_t> exchange_lengths(const std::vector<std::uint64_t>& sent) const;
    void exchange_bytes(const void* out, const std::vector<std::uint64_t>& sent, void* in,
                        const std::vector<std::uint64_t>& received, std::size_t size) const;
    void receive_from_below(void* bytes, std::size_t count) const;
    void send_above(const void* bytes, std::size_t count) const;

    MPI_Comm handle_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
    Activity* activity_ = nullptr;
};

/// Name of the node that this process runs on, as MPI reports it. Local.
std::string host_name();

}  // namespace semscope::comm
