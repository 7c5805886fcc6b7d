#pragma once

#include "map_plan.hpp"
#include "semscope/postprocess/map_source.hpp"
#include "semscope/postprocess/selection.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::postprocess {

/// How maps are drawn and where they go.
struct MapStyle {
    Attribution attribution = Attribution::occlusion;  ///< that the names of the pictures tell of
    Output output;
    std::vector<figures::Format> formats;  ///< of the panels; the map alone is always a PNG
    figures::MapScale scale = figures::MapScale::image;
    std::optional<figures::ValueRange> range;  ///< fixed ends of the colours
    figures::ValueRange all;                   ///< of the maps of all scenes drawn, for MapScale::all
    std::optional<double> width;               ///< of a map, in points; none = a pixel of the label map a pixel
    bool legend = false;                       ///< of names that do not fit
    std::shared_ptr<const figures::Palette> palette;
    std::shared_ptr<const ImageNames> names;
};

/// Draws maps: figures/sdm/<scene>/{correct,predicted}/<name>.png, the map alone, and
/// <name>.panel.<format>. Local. All arguments must outlive this.
class MapWriter {
  public:
    MapWriter(const MapSource& source, const MapScan& scan, const MapStyle& style);

    /// The files that these maps go to.
    std::vector<std::filesystem::path> files(std::span<const MapJob> jobs) const;

    /// Draws map and panel once and writes them to each set that the job names. A fault of the input is recorded and
    /// passed over. Throws IoError when a picture cannot be written.
    void draw(const MapJob& job);

    const MapFaults& faults() const noexcept { return faults_; }

  private:
    /// Where the pictures of a job go, without ending: one path a set.
    std::vector<std::filesystem::path> bases(const MapJob& job) const;
    void write(const MapJob& job, figures::Panel panel) const;

    const MapSource& source_;
    const MapScan& scan_;
    const MapStyle& style_;
    MapFaults faults_;
};

}  // namespace semscope::postprocess
