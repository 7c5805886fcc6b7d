#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/results/statistics_layout.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <type_traits>
#include <vector>

namespace semscope::results {

using comm::Range;

template <class T>
struct Field;

/// The rows of some scenes in a group below /deviation; n scenes, S semantics.
struct DeviationRows {
    std::vector<std::uint32_t> images;                      ///< [n]
    std::vector<std::uint32_t> present;                     ///< [n,S]
    std::array<std::vector<double>, column_count> columns;  ///< by Column, each [n,S]
    std::vector<std::uint64_t> sample_count;                ///< [n,S]: stored deviations of each
    std::vector<float> sample_value;                        ///< those of all, one (scene, class) after the other
    std::vector<std::uint32_t> sample_image;
};

/// All rows of a contiguous range of scenes; n scenes, C scenes in all, S semantics.
struct StatisticsRows {
    Range scenes;
    std::vector<std::uint32_t> confusion;  ///< [n,C]
    std::vector<std::uint32_t> scene_images;
    std::vector<std::uint32_t> scene_top1;
    std::vector<std::uint32_t> scene_top2;
    std::vector<std::uint32_t> scene_top5;
    std::array<DeviationRows, 2> deviation;        ///< by DeviationSet
    std::vector<std::uint32_t> distractor_images;  ///< [n]
    std::vector<std::uint32_t> strongest;          ///< [n,S]
    std::vector<std::uint32_t> flip;               ///< [n,S]
    std::vector<double> distribution_truth;        ///< [n,S]
    std::vector<double> distribution_predicted;    ///< [n,S]
    std::vector<std::uint8_t> relevance;           ///< [n,S]
};

/// Writes into a statistics file that one rank has created. Members are collective: every rank calls them in the same
/// order, with empty rows when it has none. A rank whose write fails makes the remaining calls all the same, as the
/// others wait in them for it, and throws LibraryError at the end of the member; callers agree.
class StatisticsWriter {
  public:
    /// Opens the file for all ranks. The communicator must outlive the writer.
    StatisticsWriter(const std::filesystem::path& path, const comm::Communicator& communicator);

    /// Writes the rows of this rank's scenes. The ranges of all ranks follow each other in rank order and cover all
    /// scenes.
    void write(const StatisticsRows& rows);

    /// Hands everything to the operating system and closes the file.
    void finish();

  private:
    /// Its T is that of the field, whatever list is given.
    template <class T>
    using Values = std::type_identity_t<std::span<const T>>;

    template <class T>
    void write_rows(const Field<T>& field, Range rows, Values<T> values);
    /// Writes values that may be more than one call can move, in the same number of calls on every rank.
    template <class T>
    void write_in_parts(const Field<T>& field, std::uint64_t first, Values<T> values);
    void write_deviation(const DeviationRows& rows, Range scenes, DeviationSet set);

    const comm::Communicator& communicator_;
    hdf5::File file_;
};

}  // namespace semscope::results
