#include "vocabulary_groups.hpp"

namespace semscope::cli {

std::vector<OptionSpec> data_options(DataSettings& data) {
    constexpr auto below_root = ValueKind::data_path;
    return {
        option("data.root", data.root, "folder that the other data paths are relative to", {.required = true}),
        option("data.images", data.images, "image list: val/<scene>/<file> a line, or a second column with the scene",
               {.kind = below_root}),
        option("data.scenes", data.scenes, "scene names, Places365 format or one name a line",
               {.kind = below_root, .given = &data.scenes_given}),
        option("data.semantics", data.semantics, "semantic classes, index<TAB>name",
               {.kind = below_root, .given = &data.semantics_given}),
        option("data.limit", data.limit, "use only the first N images; 0 = all", {.unit = "images"}),
        option("data.archive", data.archive,
               "tar, or folder of tar files, that holds the photos; it is read without being unpacked",
               {.kind = below_root, .details = "see [Archives](formats.md#archives)"}),
        option("data.suffix", data.suffix,
               "end of the photos' names that labels.suffix replaces, such as _leftImg8bit.png; empty = the extension"),
        option("data.exif", data.exif,
               "whether photos are turned as their EXIF orientation says; label maps must then be turned, too",
               {.changes_results = true}),
    };
}

std::vector<OptionSpec> label_options(LabelSettings& labels) {
    data::LabelCoding& coding = labels.coding;
    return {
        option("labels.root", labels.root, "root of the label maps: the image's relative path, with labels.suffix",
               {.kind = ValueKind::data_path}),
        option("labels.archive", labels.archive,
               "tar, zip or folder of tar files that holds the label maps, in the folder labels.root",
               {.kind = ValueKind::data_path}),
        option("labels.suffix", labels.suffix, "end of the label maps' names, in place of the photo's extension"),
        option("labels.encoding", coding.encoding, "what label maps hold: an index of the class, colours, or ids",
               {.changes_results = true,
                .details = "see [Label maps](formats.md#label-maps); channel, offset and unlabelled are of `index`"}),
        option("labels.colours", coding.colours, "table `red green blue class` for labels.encoding = colours"),
        option("labels.channel", coding.channel, "channel that holds the class", {.changes_results = true}),
        option("labels.offset", coding.offset, "added to the stored value, modulo 256, or 65536 for maps of 16 bits",
               {.minimum = -65535, .maximum = 65535, .changes_results = true}),
        option("labels.unlabelled", coding.unlabelled, "value after the offset that means no class",
               {.maximum = 65535, .changes_results = true}),
        option("labels.resize", labels.resize,
               "what is done about label maps of another size than the photo: none = refuse",
               {.changes_results = true}),
    };
}

std::vector<OptionSpec> preprocess_options(PreprocessSettings& preprocess) {
    constexpr double maximum_side = 16384;
    data::Geometry& geometry = preprocess.geometry;
    InputColours& colours = preprocess.colours;
    return {
        option("preprocess.resize", geometry.resize,
               "shorter side after resizing; WIDTHxHEIGHT = that size, stretched; 0 = keep",
               {.unit = "pixels",
                .changes_results = true,
                .details = "equal to torchvision's on Pillow images, bit for bit"}),
        option("preprocess.interpolation", geometry.interpolation, "filter of photos, with antialiasing",
               {.changes_results = true, .details = "equal to Pillow's; label maps take the nearest pixel"}),
        option("preprocess.crop", geometry.crop, "side of the centre crop",
               {.minimum = 1, .maximum = maximum_side, .unit = "pixels", .changes_results = true}),
        option("preprocess.channels", colours.channels, "order of the colours in the network's input",
               {.changes_results = true, .details = "all other options have the order R, G, B"}),
        option("preprocess.scale", colours.scale, "what full brightness is before the mean is subtracted",
               {.changes_results = true}),
        option("preprocess.mean", colours.mean, "mean of R, G, B, in 0..1 or 0..255 as preprocess.scale says",
               {.minimum = -1e6,
                .maximum = 1e6,
                .changes_results = true,
                .details = "the default is that of ImageNet; 0, 0, 0 where the network normalises its input itself"}),
        option("preprocess.std", colours.std, "standard deviation of R, G, B, as the mean",
               {.minimum = 1e-6,
                .maximum = 1e6,
                .changes_results = true,
                .details = "the default is that of ImageNet; 1, 1, 1 where the network normalises its input itself"}),
    };
}

}  // namespace semscope::cli
