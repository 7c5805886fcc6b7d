#include "semscope/cli/vocabulary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/algorithm/string/replace.hpp>

#include <algorithm>
#include <limits>

namespace semscope::cli {

namespace {

constexpr double unsigned_32 = std::numeric_limits<std::uint32_t>::max();

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

std::vector<OptionSpec> model_options(ModelSettings& model) {
    return {
        option(
            "model.path", model.path,
            "TorchScript network, [N,3,crop,crop] -> [N,C]; null = none, every score is 1 / C, for measuring the rest",
            {.required = true, .words = {"null"}}),
        option("model.sha256", model.sha256,
               "SHA-256 that the file of model.path must have, checked before it is loaded",
               {.kind = ValueKind::sha256}),
        option("model.output", model.output, "what the network gives; auto = judged by its scores of a few photos",
               {.changes_results = true,
                .details = "what is declared is checked: in the trial, with the first photos, and for every row. What "
                           "`auto` found is said in the log, recorded, and used again on resume"}),
    };
}

std::vector<OptionSpec> occlusion_options(OcclusionSettings& occlusion) {
    return {
        option("occlusion.fill", occlusion.fill, "what the inhibited pixels get",
               {.changes_results = true,
                .details = "`reference` is the un-normalised mean in the normalised tensor, as in the published code"}),
        option("occlusion.colour", occlusion.colour, "R, G, B in 0..1 that occlusion.fill = mean fills with",
               {.maximum = 1,
                .changes_results = true,
                .details =
                    "the mean colour of the data set, whatever preprocess.mean is; the default is that of ImageNet"}),
        option("occlusion.mode", occlusion.mode, "inhibit the class, or everything but it", {.changes_results = true}),
        option("occlusion.min-pixels", occlusion.min_pixels, "classes with fewer pixels in the crop are not inhibited",
               {.minimum = 1, .maximum = unsigned_32, .unit = "pixels", .changes_results = true}),
        option("occlusion.blur-kernel", occlusion.blur_kernel, "side of the Gaussian kernel, odd, pixels",
               {.minimum = 1, .maximum = 1023, .unit = "pixels", .changes_results = true}),
        option("occlusion.blur-sigma", occlusion.blur_sigma, "standard deviation of the Gaussian, pixels",
               {.minimum = 1e-3, .maximum = 1e6, .unit = "pixels", .changes_results = true}),
        option("occlusion.noise-seed", occlusion.noise_seed, "seed of the noise", {.changes_results = true}),
    };
}

std::vector<OptionSpec> attribution_options(attribution::Settings& attribution) {
    constexpr double maximum_budget = 1 << 20;
    constexpr double maximum_orders = 1000;
    const auto with = [](OptionTraits traits) {
        traits.changes_results = true;
        traits.counts_if_changed = true;
        return traits;
    };
    return {
        option("attribution.shapley", attribution.shapley,
               "Shapley values of the classes; auto = exact where all coalitions fit the budget, else sampled",
               with({.details = "`exact` refuses images whose coalitions do not fit. See [Shapley "
                                "values](method.md#shapley-values)"})),
        option(
            "attribution.budget", attribution.budget,
            "coalitions that the Shapley values of an image stand on, at most; each is one forward",
            with({.minimum = 4,
                  .maximum = maximum_budget,
                  .unit = "forwards",
                  .details = "2^n of n classes are all; else 5 n - 6 are the least, for two pairs of permutations"})),
        option("attribution.seed", attribution.seed, "seed of the permutations and of the random orders", with({})),
        option("attribution.curves", attribution.curves,
               "deletion and insertion curves of the predicted scene, in the orders by deviation, Shapley value, area "
               "and at random",
               with({.details = "see [Faithfulness](method.md#faithfulness)"})),
        option("attribution.random-orders", attribution.random_orders, "random orders of the curves",
               with({.minimum = 1, .maximum = maximum_orders, .unit = "orders"})),
        option("attribution.interactions", attribution.interactions,
               "interactions of each pair of classes, for the predicted and the true scene",
               with({.details = "see [Interactions](method.md#interactions)"})),
    };
}

std::vector<OptionSpec> run_options(RunSettings& run) {
    constexpr double maximum_threads = 4096;
    return {
        option(
            "run.batch", run.batch,
            "forwards per batch; every batch has exactly this shape; auto = the fastest of a few sizes, measured "
            "at the start and recorded",
            {.minimum = 1,
             .maximum = 65536,
             .changes_results = true,
             .details = "the last batch is padded. `auto` takes the smallest size that is within 3 % of the fastest on "
                        "all ranks; the number is part of the configuration digest, and is used again on resume"}),
        option("run.device", run.device, "where the network runs", {.changes_results = true}),
        option("run.precision", run.precision, "what the network computes in; softmax is fp32",
               {.changes_results = true}),
        option(
            "run.batch-invariance", run.batch_invariance,
            "what to do with a network that rounds a photo's scores by its place in the batch",
            {.changes_results = true,
             .details = "`require` runs its photos one by one; `record` runs whole batches, which is faster, and the "
                        "file says that its numbers depend on them: it can only be resumed with as many ranks"}),
        option(
            "run.incremental", run.incremental,
            "compute of a variant only what its changed pixels reach, the rest being the photo's; auto = where that is "
            "faster, measured at the start and recorded",
            {.changes_results = true,
             .details =
                 "sums run in another order, so that probabilities differ by up to about 1e-5. For convolutional "
                 "networks in fp32 on a CPU; others run as they are, and the log says so. What `auto` came to is "
                 "used again on resume. See [Incremental inference](design.md#incremental-inference)"}),
        option("run.threads", run.threads, "compute threads per rank; auto = cores of the node / ranks on it",
               {.minimum = 1, .maximum = maximum_threads}),
        option("run.loaders", run.loaders, "decode workers per rank; auto = one for every four compute threads",
               {.minimum = 1, .maximum = maximum_threads}),
        option("run.checkpoint", run.checkpoint, "seconds between checkpoints", {.maximum = 1e6, .unit = "s"}),
        option(
            "run.buffer", run.buffer,
            "memory of a rank for results between checkpoints; a checkpoint is written when it is full; auto = 1/32 of "
            "what the job has on the node / ranks on it, 64 to 1024",
            {.minimum = 1, .maximum = 1536, .unit = "MiB"}),
        option("run.resume", run.resume,
               "continue output.occlusion, with any number of ranks; start afresh when there is none",
               {.details = "see [Interrupted runs](cluster.md#interrupted-runs)"}),
        option("run.retry-unreadable", run.retry_unreadable,
               "on resume, try the images without a result again: unreadable photos, scores that are not finite"),
        option("run.verify-inputs", run.verify_inputs,
               "on resume, also read the photos and label maps of images that are done, and compare their digests",
               {.details = "without it, only the label maps of images that are to be done are compared"}),
        option("run.allow-other-hardware", run.allow_other_hardware,
               "compute although ranks have different processors or GPUs, or others than the resumed file: results may "
               "differ in the last bits; the file says so"),
        option("run.stall", run.stall,
               "end the job when a rank makes no progress for this many seconds; must exceed a batch; 0 = never",
               {.maximum = 1e9, .unit = "s"}),
        option("run.simulate-forward-ms", run.simulate_forward_ms,
               "with model.path = null: what a forward takes, milliseconds; for measuring the cost of coordination",
               {.maximum = 1e6, .unit = "ms"}),
        option("run.break-lock", run.break_lock,
               "write although output.occlusion is locked: only when the other job is surely gone"),
    };
}

std::vector<OptionSpec> statistics_options(StatisticsSettings& statistics) {
    return {
        option("statistics.relevant", statistics.relevant, "a class is relevant when its mean deviation is above",
               {.maximum = 1, .changes_results = true}),
        option("statistics.distracting", statistics.distracting,
               "a class is distracting when its mean deviation is below minus this",
               {.maximum = 1, .changes_results = true}),
        option(
            "statistics.area", statistics.area,
            "pixels that the semantic distribution counts: those of the crops, or of the whole label maps, which are "
            "read again",
            {.changes_results = true,
             .details = "`full` is what the published code counts. The maps are where the recorded configuration of "
                        "output.occlusion says; give data.root, labels.root or the archives if they have moved"}),
        option("statistics.seed", statistics.seed, "seed of the bootstrap and of the permutations",
               {.changes_results = true}),
        option("statistics.resamples", statistics.resamples, "resamples of the bootstrap",
               {.minimum = 1, .maximum = unsigned_32, .changes_results = true}),
        option("statistics.permutations", statistics.permutations, "random permutations where not all are counted",
               {.minimum = 1, .maximum = unsigned_32, .changes_results = true}),
        option("reduce.partial", statistics.partial, "make statistics of the images that are done, when not all are"),
    };
}

std::vector<OptionSpec> segment_options(SegmentSettings& segment) {
    return {
        option("segment.model", segment.model, "TorchScript network, [N,3,H,W] -> [N,K,h,w]", {.required = true}),
        option("segment.sha256", segment.sha256,
               "SHA-256 that the file of segment.model must have, checked before it is loaded",
               {.kind = ValueKind::sha256}),
        option("segment.output", segment.output,
               "what the network gives for each pixel; auto = judged by its scores of a photo",
               {.changes_results = true, .details = "checked as model.output is"}),
        option("segment.map", segment.map, "table `label class` from the network's labels to data.semantics"),
        option("segment.size", segment.size, "length of the shorter side as the network sees it; 0 = as stored",
               {.maximum = 16384, .unit = "pixels", .changes_results = true}),
        option("segment.min-confidence", segment.min_confidence,
               "pixels whose best class is less probable are unlabelled", {.maximum = 1, .changes_results = true}),
        option("segment.flip", segment.flip, "average with the mirrored photo", {.changes_results = true}),
        option("segment.batch", segment.batch, "photos of one size in a forward, at most",
               {.minimum = 1, .maximum = 1024, .unit = "photos", .changes_results = true}),
        option("segment.layout", segment.layout,
               "label maps of one channel, or with the best class in blue, the second in green, the third in red",
               {.changes_results = true}),
        option("segment.scores", segment.scores, "root of score maps, 0..255 = probability 0..1; empty = none",
               {.kind = ValueKind::data_path}),
    };
}

std::vector<OptionSpec> figure_options(FigureSettings& figures) {
    return {
        option("figures.scene", figures.scene, "draw these scenes alone, commas between; empty = all"),
        option("figures.image", figures.image,
               "maps: draw these images alone, path, file name or stem, commas between"),
        option("figures.limit", figures.limit,
               "maps: at most this many images a scene, each of correct and predicted; 0 = all", {.unit = "images"}),
        option("figures.formats", figures.formats,
               "of png, svg, pdf, commas between; auto = all three, but png for the panels of maps"),
        option(
            "figures.scale", figures.scale,
            "maps: the colours' ends are the map's own range, that of all maps of the scene, that of all maps of all "
            "scenes drawn, or symmetric around 0",
            {.details = "`symmetric` has a diverging colour map"}),
        option(
            "figures.range", figures.range,
            "maps: fixed ends of the colours, low,high; values beyond them get the colour of the nearer end; empty = "
            "as figures.scale says",
            {.details = "with figures.scale = symmetric the ends are -x,x; the other scales exclude it"}),
        option("figures.area", figures.area,
               "maps: what the network saw, or the whole label map at the photo's stored size",
               {.details = "with `full`, classes that the network did not see are hatched, and names that do not fit "
                           "stand in a legend"}),
        option("figures.sheet", figures.sheet,
               "maps: draw one sheet of these scenes instead, a row each, with one colour bar; commas between",
               {.details = "a row shows the first image of figures.image that is predicted as the scene, else the most "
                           "typical one"}),
        option("figures.order", figures.order, "box plots: classes by index or by falling mean"),
        option("figures.axis", figures.axis, "box plots: one value axis for all scenes, or each its own"),
        option("figures.share", figures.share, "distributions: show classes with more than this share of the pixels",
               {.maximum = 1}),
        option("figures.set", figures.set, "word clouds: the classes they are made of"),
        option("figures.relative-scaling", figures.relative_scaling,
               "word clouds: how strongly font sizes follow weights; 0 = not at all, 1 = in proportion",
               {.maximum = 1, .details = "the published figures have 0.35"}),
        option("figures.percentile", figures.percentile,
               "word clouds: weights below this percentile of the weights are raised to it", {.maximum = 100}),
        option("figures.words", figures.words, "word clouds: at most this many words, the heaviest ones; 0 = all",
               {.unit = "words"}),
        option("figures.photos", figures.photos, "scene figures: photos of each scene, the most typical ones",
               {.maximum = 12, .unit = "photos"}),
        option(
            "figures.width", figures.width,
            "width of a word cloud, a map or a scene figure; auto = 600 for clouds, 720 for scene figures, and for "
            "maps a pixel "
            "for each pixel of the label map",
            {.minimum = 100,
             .maximum = 10000,
             .unit = "points",
             .details = "a map has width * figures.dpi / 72 pixels, and each picture of a panel or sheet this width"}),
        option("figures.height", figures.height, "word clouds: height in points",
               {.minimum = 100, .maximum = 10000, .unit = "points"}),
        option("figures.seed", figures.seed, "word clouds: seed of the layout"),
        option("figures.dpi", figures.dpi, "pixels per inch of PNG files",
               {.minimum = 10, .maximum = 1200, .unit = "dpi"}),
        option("figures.font", figures.font, "font family"),
        option(
            "figures.palette", figures.palette,
            "colours of the classes, lines `index red green blue [name]` as in config/ade20k_palette150.txt; empty = "
            "that one for 150 classes, else generated",
            {.details = "for clouds, panels, distributions and the report"}),
    };
}

std::vector<OptionSpec> report_options(ReportSettings& report) {
    return {
        option("report.images", report.images,
               "gallery of a scene: at most this many images of each kind (correct, missed, predicted wrongly), chosen "
               "evenly; 0 = all",
               {.unit = "images"}),
        option("report.against", report.against,
               "occlusion file of a second run of the same photos, shown beside the first"),
    };
}

std::vector<OptionSpec> compare_options(CompareSettings& compare) {
    return {
        option("compare.first", compare.first, "occlusion file; the first argument without a name", {.required = true}),
        option("compare.second", compare.second,
               "occlusion file of the same images and tables, that the first is compared with; the second argument "
               "without a name",
               {.required = true}),
    };
}

std::vector<OptionSpec> output_options(OutputSettings& output) {
    return {
        option("output.occlusion", output.occlusion, "file of the occlusion matrices",
               {.required = true, .details = "`occlusion.timing.json` is written beside it"}),
        option("output.statistics", output.statistics,
               "file of the statistics; its name stands before those of the tables "
               "beside it, unless it is statistics.h5",
               {.required = true}),
        option("output.figures", output.figures, "folder of the figures", {.required = true}),
        option("output.report", output.report, "folder of the report", {.required = true}),
        option("output.comparison", output.comparison, "file of the comparison of two occlusion files",
               {.required = true, .details = "tables and JSON are written beside it"}),
        option("output.overwrite", output.overwrite, "replace an output that exists",
               {.details = "without it, an existing output is an error"}),
        option("output.hints", output.hints,
               "MPI-IO hints for the parallel file, key=value,key=value (see docs/cluster.md)",
               {.details = "see [MPI-IO hints](cluster.md#file-systems-and-mpi-io-hints)"}),
    };
}

}  // namespace

std::vector<OptionSpec> vocabulary(Settings& settings, const std::vector<Group>& used) {
    std::vector<OptionSpec> all;
    const auto add = [&](Group group, std::vector<OptionSpec> specs) {
        const bool of_other_program = std::find(used.begin(), used.end(), group) == used.end();
        for (OptionSpec& spec : specs) {
            spec.of_other_program = of_other_program;
            spec.traits.required = spec.traits.required && !of_other_program;
            all.push_back(std::move(spec));
        }
    };
    add(Group::data, data_options(settings.data));
    add(Group::labels, label_options(settings.labels));
    add(Group::preprocess, preprocess_options(settings.preprocess));
    add(Group::model, model_options(settings.model));
    add(Group::occlusion, occlusion_options(settings.occlusion));
    add(Group::attribution, attribution_options(settings.attribution));
    add(Group::run, run_options(settings.run));
    add(Group::statistics, statistics_options(settings.statistics));
    add(Group::segment, segment_options(settings.segment));
    add(Group::figures, figure_options(settings.figures));
    add(Group::report, report_options(settings.report));
    add(Group::compare, compare_options(settings.compare));
    add(Group::output, output_options(settings.output));
    return all;
}

OptionSpec dry_run_option(Settings& settings) {
    return option("dry-run", settings.dry_run, "check everything, print the plan, do no inference");
}

}  // namespace semscope::cli
