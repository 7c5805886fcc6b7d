#pragma once

#include "semscope/app/options.hpp"
#include "semscope/figure/picture.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What the drawing programs share.
namespace semscope::postprocess {

/// The words between commas, without blanks around them; empty ones are dropped.
std::vector<std::string> split_list(const std::string& text);

/// The scenes that figures.scene names, ascending; all when it names none. Scenes are accepted in folder form and in
/// the form of the Places365 list. Throws UsageError that lists every unknown name with the nearest ones.
std::vector<std::uint64_t> selected_scenes(const app::Options& options, std::span<const std::string> scenes);

/// The formats that figures.formats names, each once; `automatic` when it says auto. Throws UsageError.
std::vector<figure::Format> selected_formats(const app::Options& options, std::vector<figure::Format> automatic);

/// How pictures are written.
struct Output {
    std::filesystem::path folder;  ///< output.figures
    figure::Overwrite overwrite = figure::Overwrite::no;
    double dpi = figure::default_dpi;
    std::string font;
};

/// Where and how pictures are written. The folder of output.figures is made with the first picture: an error leaves
/// nothing behind. Local. Throws InputError when it cannot be made or written to, UsageError for a font family that is
/// not installed.
Output prepare_output(const app::Options& options);

/// The name of a scene as the name of a file or folder: its folder form, and never hidden, "." or "..".
std::string file_name_of(const std::string& scene);

/// `base` with "." and the format's name behind it; dots in `base` stay.
std::filesystem::path with_format(const std::filesystem::path& base, figure::Format format);

/// Throws UsageError that counts the files that exist already, unless they may be replaced.
void require_replaceable(const std::vector<std::filesystem::path>& files, figure::Overwrite overwrite);

/// Renders the picture in each format and writes it to `base` with the format's ending.
void save_all(const figure::Picture& picture, const std::filesystem::path& base,
              const std::vector<figure::Format>& formats, const Output& output);

}  // namespace semscope::postprocess
