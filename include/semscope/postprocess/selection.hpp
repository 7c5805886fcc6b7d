#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/figures/colour.hpp"
#include "semscope/figures/colour_map.hpp"
#include "semscope/figures/picture.hpp"
#include "semscope/figures/word_cloud.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What the drawing programs share.
namespace semscope::postprocess {

/// The words between commas, without blanks around them; empty ones are dropped.
std::vector<std::string> split_list(const std::string& text);

/// The scenes that figures.scene names, ascending; all when it names none. Scenes are accepted in folder form and in
/// the form of the Places365 list. Throws UsageError that lists every unknown name with the nearest ones.
std::vector<std::uint64_t> selected_scenes(const cli::FigureSettings& settings, std::span<const std::string> scenes);

/// The scenes that a list of `option` names, in its order. Throws UsageError as selected_scenes.
std::vector<std::uint64_t> named_scenes(const std::string& list, const std::string& option,
                                        std::span<const std::string> scenes);

/// figures.range as numbers; nothing when it is empty. Throws UsageError when it is not two numbers, low < high, or
/// does not go with figures.scale.
std::optional<figures::ValueRange> selected_range(const cli::FigureSettings& settings);

/// The formats that figures.formats names, each once; `automatic` when it says auto. Throws UsageError.
std::vector<figures::Format> selected_formats(const cli::FigureSettings& settings,
                                              std::vector<figures::Format> automatic);

/// The colours of the classes, S of them with class 0: those of figures.palette, or the usual ones. Local. Throws
/// InputError for a table that cannot be read, or that has fewer colours than there are classes.
figures::Palette selected_palette(const cli::FigureSettings& settings, std::size_t classes);

/// How word clouds are laid out.
figures::CloudOptions cloud_options_of(const cli::FigureSettings& settings);

/// How pictures are written.
struct Output {
    std::filesystem::path folder;  ///< output.figures
    figures::Overwrite overwrite = figures::Overwrite::no;
    double dpi = figures::default_dpi;
    std::string font;
};

/// Where and how pictures are written. The folder of output.figures is made with the first picture: an error leaves
/// nothing behind. Local. Throws InputError when it cannot be made or written to, UsageError for a font family that is
/// not installed.
Output prepare_output(const cli::Settings& settings);

/// The name of a scene as the name of a file or folder: its folder form, and never hidden, "." or "..".
std::string file_name_of(const std::string& scene);

/// `base` with "." and the format's name behind it; dots in `base` stay.
std::filesystem::path with_format(const std::filesystem::path& base, figures::Format format);

/// Throws UsageError that counts the files that exist already, unless they may be replaced.
void require_replaceable(const std::vector<std::filesystem::path>& files, figures::Overwrite overwrite);

/// Renders the picture in each format and writes it to `base` with the format's ending.
void save_all(const figures::Picture& picture, const std::filesystem::path& base,
              const std::vector<figures::Format>& formats, const Output& output);

/// What a program that draws pictures of scenes is asked for.
struct SceneTask {
    std::unique_ptr<results::StatisticsReader> file;
    Output output;
    std::vector<figures::Format> formats;
    std::vector<std::uint64_t> scenes;
};

/// Opens output.statistics and checks the settings that choose scenes, formats and folder. Local. Throws InputError
/// that lists all that is wrong; nothing has been written then.
SceneTask prepare_scenes(const cli::Settings& settings);

/// Opens output.statistics. Where output.occlusion exists as well, the two must belong together, since their pictures
/// go to one folder. Local. Throws InputError when they do not, or when one of them cannot be read.
results::StatisticsReader open_statistics(const cli::OutputSettings& output);

/// Opens output.occlusion, in the same manner. Local.
results::OcclusionReader open_occlusion(const cli::OutputSettings& output);

/// What the names of pictures of an attribution end with, before the format: "" or ".shapley".
std::string suffix_of(Attribution attribution);

/// Throws InputError, which says what to do, where figures.attribution asks for Shapley values that the file lacks.
void require_attribution(const results::OcclusionReader& file, const cli::Settings& settings);

/// What was asked for and could not be drawn, by reason, so that a data set of hundreds of scenes gets a line for each
/// reason and not one for each scene.
class Undrawn {
  public:
    void add(const std::string& reason, const std::string& name) { names_[reason].push_back(name); }

    /// One line a reason: "reason: 3 (a, b, c)"; of many names the first 40.
    void tell(const cli::Log& log) const;

  private:
    std::map<std::string, std::vector<std::string>> names_;
};

/// A chart that is to be drawn, and the file it goes to, without ending.
struct Chart {
    figures::Picture picture;
    std::filesystem::path base;
};

/// Draws the charts in all formats, and tells of progress, of what could not be drawn, and where the files are. Local.
/// Throws UsageError, before anything is written, when files exist and must not be replaced; IoError when one cannot be
/// written.
void save_charts(const std::vector<Chart>& charts, const SceneTask& task, const Undrawn& undrawn, const cli::Log& log);

}  // namespace semscope::postprocess
