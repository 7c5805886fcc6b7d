#include "semscope/app/vocabulary.hpp"

#include <algorithm>

namespace semscope::app {

namespace {

constexpr bool results = true;  // changes_results
constexpr double unbounded = 1e18;

OptionSpec integer(std::string name, std::string value, std::string help, double least, double most,
                   bool changes_results = false) {
    return {std::move(name), ValueKind::integer, std::move(value), std::move(help), {}, least, most, changes_results};
}

OptionSpec automatic(std::string name, std::string help, double most, std::string value = "auto",
                     bool changes_results = false) {
    return {std::move(name), ValueKind::integer_or_auto, std::move(value), std::move(help), {}, 1, most,
            changes_results};
}

OptionSpec real(std::string name, std::string value, std::string help, double least, double most,
                bool changes_results) {
    return {std::move(name), ValueKind::real, std::move(value), std::move(help), {}, least, most, changes_results};
}

OptionSpec choice(std::string name, std::string value, std::vector<std::string> choices, std::string help) {
    return {std::move(name), ValueKind::choice, std::move(value), std::move(help), std::move(choices), 0, unbounded,
            results};
}

OptionSpec path(std::string name, ValueKind kind, std::string value, std::string help, bool required = false) {
    return {std::move(name), kind, std::move(value), std::move(help), {}, 0, unbounded, false, required};
}

OptionSpec three(std::string name, std::string value, std::string help, double least, double most) {
    return {std::move(name), ValueKind::three_reals, std::move(value), std::move(help), {}, least, most, results};
}

OptionSpec sha256(std::string name, std::string help) {
    return {std::move(name), ValueKind::sha256, "", std::move(help)};
}

OptionSpec flag(std::string name, std::string help) {
    return {std::move(name), ValueKind::flag, "false", std::move(help)};
}

}  // namespace

std::vector<OptionSpec> data_options() {
    return {
        path("data.root", ValueKind::path, "", "folder that the other data paths are relative to", true),
        path("data.images", ValueKind::data_path, "val.txt",
             "image list: val/<scene>/<file> a line, or a second column with the scene"),
        path("data.scenes", ValueKind::data_path, "categories_places365.txt",
             "scene names, Places365 format or one name a line"),
        path("data.semantics", ValueKind::data_path, "objectInfo150.txt", "semantic classes, index<TAB>name"),
        integer("data.limit", "0", "use only the first N images; 0 = all", 0, unbounded),
    };
}

std::vector<OptionSpec> label_options() {
    return {
        path("labels.root", ValueKind::data_path, "noisy_annotations_RGB",
             "root of the label maps: the image's relative path, .png"),
        choice("labels.channel", "blue", {"red", "green", "blue", "gray"}, "channel that holds the class"),
        integer("labels.offset", "1", "added to the stored value, modulo 256", -255, 255, results),
        integer("labels.unlabelled", "0", "value after the offset that means no class", 0, 255, results),
    };
}

std::vector<OptionSpec> preprocess_options() {
    return {
        integer("preprocess.resize", "256", "length of the shorter side after resizing; 0 = keep", 0, 16384, results),
        integer("preprocess.crop", "224", "side of the centre crop", 1, 16384, results),
        three("preprocess.mean", "0.485, 0.456, 0.406", "mean of R, G, B in 0..1", -1e6, 1e6),
        three("preprocess.std", "0.229, 0.224, 0.225", "standard deviation of R, G, B", 1e-6, 1e6),
    };
}

std::vector<OptionSpec> model_options() {
    return {
        {.name = "model.path",
         .kind = ValueKind::path,
         .help =
             "TorchScript network, [N,3,crop,crop] -> [N,C]; null = none, every score is 1 / C, for measuring the rest",
         .choices = {"null"},
         .required = true},
        sha256("model.sha256", "SHA-256 that the file of model.path must have, checked before it is loaded"),
        choice("model.output", "logits", {"logits", "probabilities"}, "what the network gives"),
    };
}

std::vector<OptionSpec> occlusion_options() {
    return {
        choice("occlusion.fill", "mean", {"mean", "reference", "black", "white", "blur", "noise"},
               "what the inhibited pixels get"),
        choice("occlusion.mode", "remove", {"remove", "keep"}, "inhibit the class, or everything but it"),
        integer("occlusion.min-pixels", "1", "classes with fewer pixels in the crop are not inhibited", 1, 4294967295.0,
                results),
        integer("occlusion.blur-kernel", "31", "side of the Gaussian kernel, odd, pixels", 1, 1023, results),
        real("occlusion.blur-sigma", "10", "standard deviation of the Gaussian, pixels", 1e-3, 1e6, results),
        integer("occlusion.noise-seed", "0", "seed of the noise", 0, unbounded, results),
    };
}

std::vector<OptionSpec> run_options() {
    return {
        automatic("run.batch",
                  "forwards per batch; every batch has exactly this shape; auto = the fastest of a few sizes, measured "
                  "at the start and recorded",
                  65536, "32", results),
        choice("run.device", "auto", {"auto", "cpu", "cuda"}, "where the network runs"),
        choice("run.precision", "fp32", {"fp32", "bf16", "fp16"}, "what the network computes in; softmax is fp32"),
        automatic("run.threads", "compute threads per rank; auto = cores of the node / ranks on it", 4096),
        automatic("run.loaders", "decode workers per rank; auto = one for every four compute threads", 4096),
        real("run.checkpoint", "60", "seconds between checkpoints", 0, 1e6, false),
        flag("run.resume", "continue output.occlusion, with any number of ranks; start afresh when there is none"),
        flag("run.retry-unreadable", "on resume, try the unreadable photos again"),
        real("run.stall", "600",
             "end the job when a rank makes no progress for this many seconds; must exceed a batch; 0 = never", 0, 1e9,
             false),
        real("run.simulate-forward-ms", "0",
             "with model.path = null: what a forward takes, milliseconds; for measuring the cost of coordination", 0,
             1e6, false),
        flag("run.break-lock", "write although output.occlusion is locked: only when the other job is surely gone"),
    };
}

std::vector<OptionSpec> statistics_options() {
    constexpr double unsigned_32 = 4294967295.0;
    return {
        real("statistics.relevant", "0.01", "a class is relevant when its mean deviation is above", 0, 1, results),
        real("statistics.distracting", "0.01", "a class is distracting when its mean deviation is below minus this", 0,
             1, results),
        integer("statistics.seed", "0", "seed of the bootstrap and of the permutations", 0, unbounded, results),
        integer("statistics.resamples", "2000", "resamples of the bootstrap", 1, unsigned_32, results),
        integer("statistics.permutations", "2000", "random permutations where not all are counted", 1, unsigned_32,
                results),
        flag("reduce.partial", "make statistics of the images that are done, when not all are"),
    };
}

std::vector<OptionSpec> segment_options() {
    OptionSpec flip = flag("segment.flip", "average with the mirrored photo");
    flip.changes_results = true;
    return {
        path("segment.model", ValueKind::path, "", "TorchScript network, [N,3,H,W] -> [N,K,h,w] logits", true),
        sha256("segment.sha256", "SHA-256 that the file of segment.model must have, checked before it is loaded"),
        path("segment.map", ValueKind::path, "", "table `label class` from the network's labels to data.semantics"),
        integer("segment.size", "0", "length of the shorter side as the network sees it; 0 = as stored", 0, 16384,
                results),
        real("segment.min-confidence", "0", "pixels whose best class is less probable are unlabelled", 0, 1, results),
        flip,
        integer("segment.batch", "4", "photos of one size in a forward, at most", 1, 1024, results),
        choice("segment.layout", "top1", {"top1", "top3"},
               "label maps of one channel, or with the best class in blue, the second in green, the third in red"),
        path("segment.scores", ValueKind::data_path, "", "root of score maps, 0..255 = probability 0..1; empty = none"),
    };
}

std::vector<OptionSpec> figure_options() {
    const auto text = [](std::string name, std::string value, std::string help) {
        return OptionSpec{std::move(name), ValueKind::text, std::move(value), std::move(help)};
    };
    const auto view = [](std::string name, std::vector<std::string> choices, std::string help) {
        OptionSpec spec = choice(std::move(name), choices.front(), choices, std::move(help));
        spec.changes_results = false;
        return spec;
    };
    return {
        text("figures.scene", "", "draw these scenes alone, commas between; empty = all"),
        text("figures.image", "", "maps: draw these images alone, path, file name or stem, commas between"),
        integer("figures.limit", "0", "maps: at most this many images a scene, each of correct and predicted; 0 = all",
                0, unbounded),
        text("figures.formats", "auto",
             "of png, svg, pdf, commas between; auto = all three, but png for the panels of maps"),
        view("figures.scale", {"image", "scene", "symmetric"},
             "maps: the colours' ends are the map's own range, that of all maps of the scene, or symmetric around 0"),
        view("figures.order", {"index", "mean"}, "box plots: classes by index or by falling mean"),
        view("figures.axis", {"common", "zoomed"}, "box plots: one value axis for all scenes, or each its own"),
        real("figures.share", "0.01", "distributions: show classes with more than this share of the pixels", 0, 1,
             false),
        view("figures.set", {"relevant", "distracting"}, "word clouds: the classes they are made of"),
        integer("figures.width", "600", "word clouds: width in points", 100, 10000),
        integer("figures.height", "400", "word clouds: height in points", 100, 10000),
        integer("figures.seed", "0", "word clouds: seed of the layout", 0, unbounded),
        integer("figures.dpi", "144", "pixels per inch of PNG files", 10, 1200),
        text("figures.font", "DejaVu Sans", "font family"),
    };
}

std::vector<OptionSpec> output_options() {
    return {
        path("output.occlusion", ValueKind::path, "occlusion.h5", "file of the occlusion matrices", true),
        path("output.statistics", ValueKind::path, "statistics.h5", "file of the statistics", true),
        path("output.figures", ValueKind::path, "figures", "folder of the figures", true),
        flag("output.overwrite", "replace an output that exists"),
        OptionSpec{.name = "output.hints",
                   .kind = ValueKind::key_values,
                   .help = "MPI-IO hints for the parallel file, key=value,key=value (see jobs/README.md)"},
    };
}

std::vector<OptionSpec> vocabulary(const std::vector<OptionGroup>& used, const std::vector<std::string>& also_used) {
    std::vector<OptionSpec> all;
    for (const OptionGroup group : {data_options, label_options, preprocess_options, model_options, occlusion_options,
                                    run_options, statistics_options, segment_options, figure_options, output_options})
        for (OptionSpec& spec : group()) {
            const bool foreign = std::find(used.begin(), used.end(), group) == used.end();
            spec.foreign = foreign && std::find(also_used.begin(), also_used.end(), spec.name) == also_used.end();
            spec.required = spec.required && !foreign;
            all.push_back(std::move(spec));
        }
    return all;
}

}  // namespace semscope::app
