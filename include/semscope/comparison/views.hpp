#pragma once

#include "semscope/results/comparison_file.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// What programs tell people of a comparison file.
namespace semscope::comparison {

/// q-values below count as significant.
inline constexpr double significant = 0.05;

/// A class of a scene in both files. Numbers are NaN where the file has NaN; arrays are by results::Side.
struct ClassView {
    std::uint16_t semantic = 0;
    std::uint32_t present = 0;  ///< images of the scene where one of the files has it
    double mean_first = 0;
    double mean_second = 0;
    double difference = 0;  ///< mean of second - first
    double ci_low = 0;
    double ci_high = 0;
    double p_value = 0;
    double q_value = 0;
    std::array<bool, results::side_count> relevant{};
    std::array<std::uint32_t, results::side_count> necessary{};  ///< of the images that this file alone recognises
    std::array<std::uint32_t, results::side_count> flip{};

    bool explains() const noexcept { return necessary[0] + necessary[1] + flip[0] + flip[1] > 0; }
};

/// A scene of a comparison file, with all of its classes.
struct SceneView {
    std::string name;
    std::uint32_t images = 0;
    std::uint32_t rank_images = 0;
    results::MeanInterval rank_correlation;
    double jaccard = 0;
    std::uint32_t both = 0;
    std::uint32_t neither = 0;
    std::array<std::uint32_t, results::side_count> alone{};
    std::vector<ClassView> classes;

    /// The classes that are present, by falling size of the difference; equals by index.
    std::vector<ClassView> by_difference() const;
    /// The classes that explain most images that one file alone recognises, at most `most`, most first.
    std::vector<ClassView> explaining(std::size_t most) const;
};

/// The names of a comparison file, read once, and its scenes, read when asked for. Local.
class ComparisonViews {
  public:
    explicit ComparisonViews(const results::ComparisonReader& file);

    std::uint64_t size() const noexcept { return scenes_.size(); }
    const results::ComparisonReader& file() const noexcept { return file_; }
    const std::vector<std::string>& scene_names() const noexcept { return scenes_; }
    const std::string& class_name(std::size_t semantic) const { return semantics_.at(semantic); }
    /// What the files are called in tables and pictures.
    std::string label(results::Side side) const { return file_.attribute(results::name_of(side)); }
    SceneView scene(std::uint64_t index) const;

  private:
    const results::ComparisonReader& file_;
    std::vector<std::string> scenes_;
    std::vector<std::string> semantics_;
};

/// The comparison as a table for a terminal: what agrees over all, then the scenes, those that agree least first, at
/// most `most` of them. Names are printable.
std::string comparison_table(const results::ComparisonReader& file, std::size_t most = 40);

/// What the two files say of their making: label, digests, and the settings that differ (output.* apart). Local.
nlohmann::ordered_json describe_files(const results::ComparisonReader& file);

/// The attributes of the file by group; null where a number is none. Local.
nlohmann::ordered_json describe_summary(const results::ComparisonReader& file);

}  // namespace semscope::comparison
