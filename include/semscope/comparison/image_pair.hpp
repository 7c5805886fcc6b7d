#pragma once

#include "semscope/results/comparison_file.hpp"
#include "semscope/statistics/image_record.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace semscope::comparison {

/// A semantic class of an image in two occlusion files. Plain, 12 bytes: sent between ranks as it is.
struct PairedClass {
    float first = 0;  ///< deviation of the scene in question; 0 where the class is absent
    float second = 0;
    std::uint16_t semantic = 0;
    std::uint8_t present = 0;  ///< bit 0: in the first file, bit 1: in the second
    std::uint8_t role = 0;     ///< results::Role

    bool in_both() const noexcept { return present == 3; }
    /// Second - first, rounded once to float32: what the paired statistics are computed from.
    float difference() const noexcept { return second - first; }
};

/// The classes that are present in one of the files or in both, ascending, with their deviations of `scene`. Pure.
/// Precondition: the rows hold probabilities of the same scenes, of which `scene` is one.
std::vector<PairedClass> pair_classes(const statistics::ImageRows& first, const statistics::ImageRows& second,
                                      std::uint32_t scene);

/// The rank correlation of the deviations of the classes that are present in both files, rounded to float32; NaN where
/// there is none. The order of the classes by deviation is what it compares. Pure.
float rank_correlation_of(std::span<const PairedClass> classes);

/// The class whose deviations differ most; of equals the first. Nothing when no deviation differs. Pure.
std::optional<PairedClass> largest_difference(std::span<const PairedClass> classes);

/// Sets the role of each class in an image of the scene `truth` that the file `recognised` recognises and the other
/// does not. A class is necessary when `recognised` takes the image for another scene without it, and a flip distractor
/// when the other file recognises the image without it. Pure. Precondition: `classes` are those of pair_classes.
void set_roles(std::span<PairedClass> classes, const statistics::ImageRows& recognised,
               const statistics::ImageRows& missed, std::uint32_t truth);

}  // namespace semscope::comparison
