#pragma once

#include "semscope/attribution/settings.hpp"
#include "semscope/core/enumeration.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

/// What can be set in a configuration file and on the command line, as plain values. The initialisers are the defaults;
/// docs/options.md explains each setting, and vocabulary.cpp gives each its name, range and help. Once options are
/// parsed, every path is resolved, and empty where none is set.
namespace semscope::cli {

/// Images in every forward of the classifier, unless something else is asked for.
inline constexpr int default_batch = 32;

struct DataSettings {
    std::filesystem::path root;
    std::filesystem::path images = "val.txt";
    std::filesystem::path scenes = "categories_places365.txt";
    std::filesystem::path semantics = "objectInfo150.txt";
    std::uint64_t limit = 0;        ///< images; 0 = all
    std::filesystem::path archive;  ///< tar or folder of tar files that holds the photos; empty = files
    std::string suffix;             ///< end of the photos' names that labels.suffix replaces; empty = the extension
    data::ExifOrientation exif = data::ExifOrientation::ignore;
    /// Whether the user names the table. A default that does not exist is no error where a program can do without.
    bool scenes_given = false;
    bool semantics_given = false;
};

struct LabelSettings {
    std::filesystem::path root = "noisy_annotations_RGB";
    std::filesystem::path archive;  ///< tar, zip or folder of tar files that holds the label maps; empty = files
    std::string suffix = data::LabelNaming{}.suffix;
    data::LabelCoding coding;
    data::LabelResize resize = data::LabelResize::none;
};

/// Of R, G and B in 0..1: the mean of ImageNet.
inline constexpr std::array<float, 3> usual_mean{0.485F, 0.456F, 0.406F};

/// How colours become the input of a network: (colour - mean) / std, colours in 0..1 or 0..255 as `scale` says. Mean
/// and std are those of R, G and B whatever the order of the channels.
struct InputColours {
    std::array<float, 3> mean = usual_mean;
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};
    ColourScale scale = ColourScale::one;
    ChannelOrder channels = ChannelOrder::rgb;

    /// What full brightness is before the mean is subtracted.
    float full() const noexcept { return scale == ColourScale::bytes ? 255.0F : 1.0F; }
};

struct PreprocessSettings {
    data::Geometry geometry;
    InputColours colours;
};

struct ModelSettings {
    std::filesystem::path path;
    std::string sha256;
    ModelOutput output = ModelOutput::logits;
};

struct OcclusionSettings {
    Fill fill = Fill::mean;
    Mode mode = Mode::remove;
    std::array<float, 3> colour = usual_mean;  ///< R, G, B in 0..1, of Fill::mean
    std::uint32_t min_pixels = 1;
    int blur_kernel = 31;
    double blur_sigma = 10;
    std::uint64_t noise_seed = 0;
};

struct RunSettings {
    std::optional<int> batch = default_batch;  ///< nothing = auto
    DeviceRequest device = DeviceRequest::automatic;
    Precision precision = Precision::fp32;
    BatchInvariance batch_invariance = BatchInvariance::require;
    Incremental incremental = Incremental::off;
    CudaGraph cuda_graph = CudaGraph::off;
    std::optional<int> threads;  ///< nothing = auto
    std::optional<int> loaders;  ///< nothing = auto
    double checkpoint = 60;      ///< seconds
    std::optional<int> buffer;   ///< MiB; nothing = auto
    bool resume = false;
    bool retry_unreadable = false;
    bool verify_inputs = false;
    bool allow_other_hardware = false;
    double stall = 600;              ///< seconds; 0 = never
    double simulate_forward_ms = 0;  ///< milliseconds
    bool break_lock = false;
};

struct StatisticsSettings {
    Area area = Area::crop;
    double relevant = 0.01;
    double distracting = 0.01;
    Attribution attribution = Attribution::occlusion;  ///< that the sets of tables stand on
    std::uint64_t seed = 0;
    std::uint32_t resamples = 2000;
    std::uint32_t permutations = 2000;
    bool partial = false;
};

struct SegmentSettings {
    std::filesystem::path model;
    std::string sha256;
    std::filesystem::path map;
    ModelOutput output = ModelOutput::logits;
    int size = 0;  ///< pixels; 0 = as stored
    float min_confidence = 0;
    bool flip = false;
    std::size_t batch = 4;
    LabelLayout layout = LabelLayout::top1;
    std::filesystem::path scores;
};

struct FigureSettings {
    std::string scene;
    std::string image;
    std::uint64_t limit = 0;  ///< images; 0 = all
    std::string formats = "auto";
    Attribution attribution = Attribution::occlusion;
    MapScale scale = MapScale::image;
    std::string range;  ///< "low,high"; empty = as scale says
    Area area = Area::crop;
    std::string sheet;  ///< scenes, commas between; empty = maps
    BoxOrder order = BoxOrder::index;
    BoxAxis axis = BoxAxis::common;
    double share = 0.01;
    CloudSet set = CloudSet::relevant;
    double relative_scaling = 0.35;
    double percentile = 45;
    std::uint64_t words = 0;   ///< 0 = all
    std::uint64_t photos = 4;  ///< of a scene in its figure
    std::optional<int> width;  ///< points; nothing = auto
    int height = 400;          ///< points, of word clouds
    std::uint64_t seed = 0;
    int dpi = 144;
    std::string font = "DejaVu Sans";
    std::filesystem::path palette;  ///< empty = the usual colours
};

struct ReportSettings {
    std::uint64_t images = 24;      ///< of each kind in the gallery of a scene; 0 = all
    std::filesystem::path against;  ///< occlusion file of a second run; empty = none
};

/// The two occlusion files that semscope-compare compares.
struct CompareSettings {
    std::filesystem::path first;
    std::filesystem::path second;
};

struct OutputSettings {
    std::filesystem::path occlusion = "occlusion.h5";
    std::filesystem::path statistics = "statistics.h5";
    std::filesystem::path figures = "figures";
    std::filesystem::path report = "report";
    std::filesystem::path comparison = "comparison.h5";
    bool overwrite = false;
    KeyValues hints;
};

/// All of them: one configuration file serves all programs, and each program uses some.
struct Settings {
    DataSettings data;
    LabelSettings labels;
    PreprocessSettings preprocess;
    ModelSettings model;
    OcclusionSettings occlusion;
    attribution::Settings attribution;
    RunSettings run;
    StatisticsSettings statistics;
    SegmentSettings segment;
    FigureSettings figures;
    ReportSettings report;
    CompareSettings compare;
    OutputSettings output;
    bool dry_run = false;  ///< a request of the command line, not a setting
};

}  // namespace semscope::cli
