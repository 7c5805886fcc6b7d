#pragma once

#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/image_record.hpp"

namespace semscope::statistics {

/// The class that moves a scene most, one way.
struct StrongestClass {
    std::uint16_t semantic = 0;  ///< 0 = none
    float deviation = 0;         ///< of the predicted scene
};

/// The class with the largest positive deviation in the report of an image's predicted scene, of equals the lowest;
/// none when no deviation is positive. Pure.
StrongestClass strongest_supporting(const ImageReport& report);

/// The same with the most negative deviation.
StrongestClass strongest_opposing(const ImageReport& report);

/// Adds the row of a done image, whose reports are those of report_image. Pure.
void append_done(results::ImageStatistics& rows, const ImageRows& image, const ImageScore& score,
                 const std::vector<ImageReport>& reports);

/// Adds the row of an image of another status, which has no numbers.
void append_without_result(results::ImageStatistics& rows, std::uint8_t status, std::int32_t scene);

}  // namespace semscope::statistics
