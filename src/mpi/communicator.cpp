#include "semscope/mpi/communicator.hpp"

#include "semscope/base/error.hpp"

#include <array>
#include <numeric>
#include <utility>

namespace semscope::mpi {

namespace {

int text_length(const std::string& text) {
    constexpr std::size_t limit = std::size_t{1} << 30;
    if (text.size() > limit) throw LibraryError("a text of more than 1 GiB cannot be sent in one message");
    return static_cast<int>(text.size());
}

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
    if (handle_ != MPI_COMM_NULL) MPI_Comm_free(&handle_);
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

std::int64_t Communicator::max(std::int64_t value) const {
    const auto wait = waiting();
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MAX, handle_);
    return value;
}

double Communicator::max(double value) const {
    const auto wait = waiting();
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, handle_);
    return value;
}

std::uint64_t Communicator::sum(std::uint64_t value) const {
    const auto wait = waiting();
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_UINT64_T, MPI_SUM, handle_);
    return value;
}

double Communicator::sum(double value) const {
    const auto wait = waiting();
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, handle_);
    return value;
}

std::uint64_t Communicator::exclusive_scan(std::uint64_t value) const {
    std::uint64_t result = 0;
    const auto wait = waiting();
    MPI_Exscan(&value, &result, 1, MPI_UINT64_T, MPI_SUM, handle_);
    return rank_ == 0 ? 0 : result;  // MPI leaves rank 0's result undefined
}

std::vector<double> Communicator::all_gather(double value) const {
    std::vector<double> values(static_cast<std::size_t>(size_));
    const auto wait = waiting();
    MPI_Allgather(&value, 1, MPI_DOUBLE, values.data(), 1, MPI_DOUBLE, handle_);
    return values;
}

std::vector<std::uint64_t> Communicator::all_gather(std::uint64_t value) const {
    std::vector<std::uint64_t> values(static_cast<std::size_t>(size_));
    const auto wait = waiting();
    MPI_Allgather(&value, 1, MPI_UINT64_T, values.data(), 1, MPI_UINT64_T, handle_);
    return values;
}

std::vector<std::int32_t> Communicator::all_gather(std::span<const std::int32_t> values) const {
    const int length = static_cast<int>(values.size());
    std::vector<int> lengths(static_cast<std::size_t>(size_)), offsets(lengths.size());
    const auto wait = waiting();
    MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, handle_);
    std::exclusive_scan(lengths.begin(), lengths.end(), offsets.begin(), 0);
    std::vector<std::int32_t> all(static_cast<std::size_t>(offsets.back()) + static_cast<std::size_t>(lengths.back()));
    MPI_Allgatherv(values.data(), length, MPI_INT32_T, all.data(), lengths.data(), offsets.data(), MPI_INT32_T,
                   handle_);
    return all;
}

void Communicator::max(std::span<double> values) const {
    const auto wait = waiting();
    MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_MAX, handle_);
}

std::vector<std::string> Communicator::gather(const std::string& text) const {
    const int length = text_length(text);
    std::vector<int> lengths(is_root() ? static_cast<std::size_t>(size_) : 0);
    const auto wait = waiting();
    MPI_Gather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, handle_);

    std::vector<int> offsets;
    int total = 0;
    for (const int each : lengths) {
        offsets.push_back(total);
        total += each;
    }
    std::string joined(static_cast<std::size_t>(total), '\0');
    MPI_Gatherv(text.data(), length, MPI_CHAR, joined.data(), lengths.data(), offsets.data(), MPI_CHAR, 0, handle_);

    std::vector<std::string> texts;
    for (std::size_t i = 0; i < lengths.size(); ++i)
        texts.push_back(joined.substr(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(lengths[i])));
    return texts;
}

std::string Communicator::broadcast(const std::string& text) const {
    int length = is_root() ? text_length(text) : 0;
    const auto wait = waiting();
    MPI_Bcast(&length, 1, MPI_INT, 0, handle_);
    std::string result = is_root() ? text : std::string(static_cast<std::size_t>(length), '\0');
    MPI_Bcast(result.data(), length, MPI_CHAR, 0, handle_);
    return result;
}

std::string host_name() {
    std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
    int length = 0;
    MPI_Get_processor_name(name.data(), &length);
    return {name.data(), static_cast<std::size_t>(length)};
}

}  // namespace semscope::mpi
