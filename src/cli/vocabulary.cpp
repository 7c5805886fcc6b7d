#include "semscope/cli/vocabulary.hpp"

#include "vocabulary_groups.hpp"

#include <algorithm>
#include <limits>

namespace semscope::cli {

namespace {

constexpr double unsigned_32 = std::numeric_limits<std::uint32_t>::max();

std::vector<OptionSpec> model_options(ModelSettings& model) {
    return {
        option("model.path", model.path,
               "TorchScript network or AOTInductor package, [N,3,crop,crop] -> [N,C]; null = none, every score is 1 / "
               "C, for measuring the rest",
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
            "compute of a variant only what its changed pixels reach, the rest being known; auto = where that is "
            "faster and probabilities stay within 1e-5, measured at the start and recorded",
            {.changes_results = true,
             .details =
                 "sums run in another order, so that probabilities differ by up to about 1e-5; `auto` compares those "
                 "of the first photos (not in bf16). For convolutional networks in fp32, on a CPU in bf16 too; others "
                 "run as they are, and the log says so. What `auto` came to is used again on resume. On a GPU it has "
                 "**never run**. See [Incremental inference](design.md#incremental-inference)"}),
        option(
            "run.cuda-graph", run.cuda_graph,
            "run batches as a CUDA graph, recorded when the network is loaded; auto = on a GPU, if the network allows "
            "it, which the log says; on = or refuse the network",
            {.details =
                 "saves the time of starting each operator. A graph is used only if it gives the same bits as "
                 "the network itself on two batches of noise. It keeps the memory of one more batch. For whole "
                 "forwards of semscope-occlude, not for incremental ones. It was compiled and linked, but **never "
                 "run on a GPU**"}),
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
            "statistics.attribution", statistics.attribution,
            "what the three sets of scenes.csv, scenes.json and semscope-inspect --scene stand on: mean deviations, or "
            "mean Shapley values",
            {.changes_results = true,
             .counts_if_changed = true,
             .details = "the statistics of both are in the file where output.occlusion has Shapley values "
                        "(attribution.shapley). See [Relevance sets](method.md#statistics-of-a-scene)"}),
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
        option("segment.model", segment.model, "TorchScript network or AOTInductor package, [N,3,H,W] -> [N,K,h,w]",
               {.required = true}),
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
