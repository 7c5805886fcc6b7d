#pragma once

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/hdf5/file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>

namespace semscope::results {

using comm::Range;

template <class T>
struct Field;

/// Writes rows of datasets into a file that one rank has laid out. Members are collective: every rank calls them in the
/// same order, with empty rows when it has none. An error on one rank becomes one of all: they throw comm::AgreedError
/// everywhere.
class RowWriter {
  public:
    /// Its T is that of the field, whatever list is given.
    template <class T>
    using Values = std::type_identity_t<std::span<const T>>;

    /// Opens the file for all ranks. The communicator must outlive the writer.
    RowWriter(const std::filesystem::path& path, const comm::Communicator& communicator)
        : communicator_(communicator), file_(comm::agree(communicator, [&] {
              return hdf5::File::open(path, hdf5::Access::read_write, communicator);
          })) {}

    /// Writes the values of some rows; less than 2 GiB.
    template <class T>
    void write(const Field<T>& field, Range rows, Values<T> values) {
        // Apart, as the write is collective: a rank that cannot open the dataset must not miss it.
        auto dataset = comm::agree(communicator_, [&] { return file_.dataset(field.path); });
        comm::agree(communicator_, [&] { dataset.template write<T>(rows, values); });
    }

    /// Writes values to the elements from `first` on, that may be more than one call can move, in the same number of
    /// calls on every rank.
    template <class T>
    void write_in_parts(const Field<T>& field, std::uint64_t first, Values<T> values) {
        constexpr std::uint64_t part = 1U << 26;
        const auto rounds = communicator_.max((values.size() + part - 1) / part);
        for (std::uint64_t round = 0; round < rounds; ++round) {
            const std::uint64_t begin = std::min<std::uint64_t>(round * part, values.size());
            const std::uint64_t end = std::min<std::uint64_t>(begin + part, values.size());
            write(field, {first + begin, first + end}, values.subspan(begin, end - begin));
        }
    }

    /// Rows of a dataset.
    template <class T>
    std::uint64_t length(const Field<T>& field) const {
        return comm::agree(communicator_, [&] { return file_.dataset(field.path).rows(); });
    }

    /// Hands everything to the operating system and closes the file.
    void finish() {
        comm::agree(communicator_, [&] { file_.flush(); });
        comm::agree(communicator_, [&] { file_.close(); });
    }

  private:
    const comm::Communicator& communicator_;
    hdf5::File file_;
};

}  // namespace semscope::results
