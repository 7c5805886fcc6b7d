#include "semscope/comm/communicator.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <exception>
#include <numeric>
#include <utility>

namespace semscope::comm {

Environment::Environment(int& argc, char**& argv) {
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    if (provided < MPI_THREAD_FUNNELED) throw LibraryError("this MPI library does not provide MPI_THREAD_FUNNELED");
}

Environment::~Environment() {
    if (std::uncaught_exceptions() == 0) MPI_Finalize();
}

std::string library_description() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    const std::string whole(text.data(), static_cast<std::size_t>(length));
    return whole.substr(0, whole.find_first_of(",\n"));  // what follows is about the build
}

bool any_thread_may_call() {
    int provided = MPI_THREAD_SINGLE;
    MPI_Query_thread(&provided);
    return provided == MPI_THREAD_MULTIPLE;
}

namespace {

/// Values of `size` bytes as one MPI datatype, so that MPI counts values and not bytes.
class ValueType {
  public:
    explicit ValueType(std::size_t size) {
        MPI_Type_contiguous(static_cast<int>(size), MPI_BYTE, &type_);
        MPI_Type_commit(&type_);
    }
    ~ValueType() { MPI_Type_free(&type_); }
    ValueType(const ValueType&) = delete;
    ValueType& operator=(const ValueType&) = delete;

    MPI_Datatype get() const noexcept { return type_; }

  private:
    MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

/// Lengths and places of the parts of all ranks, as MPI counts them.
struct Parts {
    std::vector<int> lengths;
    std::vector<int> places;

    /// Precondition: fit(all).
    explicit Parts(const std::vector<std::uint64_t>& all) : lengths(all.begin(), all.end()), places(all.size()) {
        std::exclusive_scan(lengths.begin(), lengths.end(), places.begin(), 0);
    }

    static bool fit(const std::vector<std::uint64_t>& all) {
        return std::accumulate(all.begin(), all.end(), std::uint64_t{0}) <= INT_MAX;
    }
};

[[noreturn]] void refuse_length() { throw LibraryError("more than 2^31 - 1 values in one exchange between ranks"); }

constexpr std::size_t maximum_at_once = std::size_t{1} << 30;  // what one call takes, which counts with an int

}  // namespace

Communicator Communicator::world() {
    MPI_Comm handle = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_WORLD, &handle);
    return Communicator(handle);
}

Communicator Communicator::self() {
    MPI_Comm handle = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_SELF, &handle);
    return Communicator(handle);
}

Communicator::Communicator(MPI_Comm handle, Activity* activity) : handle_(handle), activity_(activity) {
    MPI_Comm_rank(handle_, &rank_);
    MPI_Comm_size(handle_, &size_);
}

Communicator::Communicator(Communicator&& other) noexcept
    : handle_(std::exchange(other.handle_, MPI_COMM_NULL)),
      rank_(other.rank_),
      size_(other.size_),
      activity_(other.activity_) {}

Communicator& Communicator::operator=(Communicator&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(rank_, other.rank_);
    std::swap(size_, other.size_);
    std::swap(activity_, other.activity_);
    return *this;
}

Communicator::~Communicator() {
    if (handle_ != MPI_COMM_NULL && !unwinding_alone()) MPI_Comm_free(&handle_);
}

Communicator Communicator::split_node() const {
    const auto wait = waiting();
    MPI_Comm handle = MPI_COMM_NULL;
    MPI_Comm_split_type(handle_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &handle);
    return Communicator(handle, activity_);
}

Communicator Communicator::duplicate() const {
    const auto wait = waiting();
    MPI_Comm handle = MPI_COMM_NULL;
    MPI_Comm_dup(handle_, &handle);
    return Communicator(handle, activity_);
}

void Communicator::barrier() const {
    const auto wait = waiting();
    MPI_Barrier(handle_);
}

bool Communicator::any_of(bool flag) const { return max(flag ? 1 : 0) != 0; }

bool Communicator::all_of(bool flag) const { return min(flag ? 1 : 0) != 0; }

void Communicator::reduce(void* values, std::size_t count, MPI_Datatype type, MPI_Op operation) const {
    const auto wait = waiting();
    int size = 0;
    MPI_Type_size(type, &size);
    for (std::size_t done = 0; done < count; done += maximum_at_once)
        MPI_Allreduce(MPI_IN_PLACE, static_cast<std::byte*>(values) + done * static_cast<std::size_t>(size),
                      static_cast<int>(std::min(count - done, maximum_at_once)), type, operation, handle_);
}

std::uint64_t Communicator::exclusive_scan(std::uint64_t value) const {
    std::uint64_t result = 0;
    const auto wait = waiting();
    MPI_Exscan(&value, &result, 1, MPI_UINT64_T, MPI_SUM, handle_);
    return rank_ == 0 ? 0 : result;  // MPI leaves rank 0's result undefined
}

std::size_t Communicator::total(const std::vector<std::uint64_t>& lengths) {
    if (!Parts::fit(lengths)) refuse_length();
    return std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0});
}

void Communicator::broadcast_bytes(void* bytes, std::size_t count, int root) const {
    const auto wait = waiting();
    for (std::size_t done = 0; done < count; done += maximum_at_once)
        MPI_Bcast(static_cast<std::byte*>(bytes) + done, static_cast<int>(std::min(count - done, maximum_at_once)),
                  MPI_BYTE, root, handle_);
}

std::string Communicator::broadcast(const std::string& text) const {
    const std::uint64_t length = broadcast(std::uint64_t{text.size()});
    std::string result = is_root() ? text : std::string(length, '\0');
    broadcast_bytes(result.data(), length, 0);
    return result;
}

void Communicator::gather_bytes(const void* own, std::size_t size, const std::vector<std::uint64_t>& lengths,
                                void* all) const {
    const Parts parts(lengths);
    const ValueType type(size);
    const auto wait = waiting();
    MPI_Gatherv(own, parts.lengths[static_cast<std::size_t>(rank_)], type.get(), all, parts.lengths.data(),
                parts.places.data(), type.get(), 0, handle_);
}

std::vector<std::string> Communicator::gather(const std::string& text) const {
    const std::vector<std::uint64_t> lengths = all_gather(std::uint64_t{text.size()});
    const std::size_t count = total(lengths);
    std::string all(is_root() ? count : 0, '\0');
    gather_bytes(text.data(), 1, lengths, all.data());
    return cut<std::string>(all, lengths);
}

std::vector<std::vector<std::string>> Communicator::gather(const std::vector<std::string>& texts) const {
    std::vector<std::uint64_t> own_lengths;
    std::string joined;
    for (const std::string& text : texts) {
        own_lengths.push_back(text.size());
        joined += text;
    }
    const std::vector<std::vector<std::uint64_t>> lengths = gather(own_lengths);
    const std::vector<std::string> all = gather(joined);
    std::vector<std::vector<std::string>> result;
    for (std::size_t rank = 0; rank < all.size(); ++rank) result.push_back(cut<std::string>(all[rank], lengths[rank]));
    return result;
}

void Communicator::all_gather_bytes(const void* own, std::size_t size, const std::vector<std::uint64_t>& lengths,
                                    void* all) const {
    const Parts parts(lengths);
    const ValueType type(size);
    const auto wait = waiting();
    MPI_Allgatherv(own, parts.lengths[static_cast<std::size_t>(rank_)], type.get(), all, parts.lengths.data(),
                   parts.places.data(), type.get(), handle_);
}

std::vector<std::uint64_t> Communicator::exchange_lengths(const std::vector<std::uint64_t>& sent) const {
    std::vector<std::uint64_t> received(sent.size());
    {
        const auto wait = waiting();
        MPI_Alltoall(sent.data(), 1, MPI_UINT64_T, received.data(), 1, MPI_UINT64_T, handle_);
    }
    if (!all_of(Parts::fit(sent) && Parts::fit(received))) refuse_length();
    return received;
}

void Communicator::exchange_bytes(const void* out, const std::vector<std::uint64_t>& sent, void* in,
                                  const std::vector<std::uint64_t>& received, std::size_t size) const {
    const Parts going(sent), coming(received);
    const ValueType type(size);
    const auto wait = waiting();
    MPI_Alltoallv(out, going.lengths.data(), going.places.data(), type.get(), in, coming.lengths.data(),
                  coming.places.data(), type.get(), handle_);
}

void Communicator::receive_from_below(void* bytes, std::size_t count) const {
    if (rank_ == 0) return;
    const auto wait = waiting();
    MPI_Recv(bytes, static_cast<int>(count), MPI_BYTE, rank_ - 1, 0, handle_, MPI_STATUS_IGNORE);
}

void Communicator::send_above(const void* bytes, std::size_t count) const {
    if (rank_ == size_ - 1) return;
    const auto wait = waiting();
    MPI_Send(bytes, static_cast<int>(count), MPI_BYTE, rank_ + 1, 0, handle_);
}

std::string host_name() {
    std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
    int length = 0;
    MPI_Get_processor_name(name.data(), &length);
    return {name.data(), static_cast<std::size_t>(length)};
}

}  // namespace semscope::comm
