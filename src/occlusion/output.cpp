#include "output.hpp"

#include "semscope/attribution/orders.hpp"
#include "semscope/cli/configuration.hpp"
#include "semscope/cli/program_main.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/files.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/result_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace semscope::occlusion {

std::vector<std::uint8_t> states_to_resume(std::vector<std::uint8_t> status, bool retry) {
    using results::ImageStatus;
    const auto without_result = [](std::uint8_t each) {
        return each == stored(ImageStatus::unreadable) || each == stored(ImageStatus::not_finite);
    };
    if (retry) std::replace_if(status.begin(), status.end(), without_result, stored(ImageStatus::pending));
    return status;
}

void mark_retried(results::OcclusionWriter& writer, std::span<const std::uint8_t> status,
                  const comm::Communicator& communicator) {
    const std::vector<std::uint8_t> before = writer.read_status();
    if (std::equal(before.begin(), before.end(), status.begin(), status.end())) return;
    std::vector<comm::Range> own;
    const auto share = comm::even_share(status.size(), communicator.rank(), communicator.size());
    for (std::uint64_t image = share.begin; image < share.end; ++image)
        if (status[image] != before[image]) own.push_back({image, image + 1});
    writer.mark_pending(own);
}

std::string entry(const results::Provenance& entries, const std::string& name) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const auto& each) { return each.first == name; });
    return found == entries.end() ? "" : found->second;
}

namespace {

/// Where two lists of names part, "" when they are equal.
std::string first_difference(const std::vector<std::string>& then, const std::vector<std::string>& now) {
    const auto [a, b] = std::mismatch(then.begin(), then.end(), now.begin(), now.end());
    if (a == then.end() && b == now.end()) return "";
    const auto name = [](auto place, auto end) { return place == end ? "(the list ends)" : *place; };
    return fmt::format("number {} was {} and is {}", a - then.begin(), name(a, then.end()), name(b, now.end()));
}

/// What differs of all that can change a number, one sentence each.
std::vector<std::string> differences(const cli::RunContext& context, const occlusion::Inputs& inputs,
                                     const results::Provenance& present, const results::OcclusionReader& file) {
    std::vector<std::string> found;
    for (const auto& [name, then, now] : context.options.differences_from(file.attribute("configuration")))
        found.push_back(fmt::format("{} was {} and is {}", name, then, now));
    const auto compare = [&](const char* what, const std::string& then, const std::string& now) {
        if (then != now) found.push_back(fmt::format("{} was {} and is {}", what, then, now));
    };
    compare("the kind of device", file.attribute("device"), entry(present, "device"));
    compare("the network's SHA-256", file.attribute("model_sha256"), entry(present, "model_sha256"));
    compare("the number of images", std::to_string(file.images()), std::to_string(inputs.source.images.size()));
    compare("the image list's SHA-256", file.attribute("image_list_sha256"), entry(present, "image_list_sha256"));
    const auto compare_names = [&](const char* what, const auto& then, const auto& now) {
        if (const std::string where = first_difference(then, now); !where.empty())
            found.push_back(fmt::format("{}: {}", what, where));
    };
    compare_names("scene names", file.scene_names(), inputs.scenes.names());
    compare_names("semantic classes", file.semantic_names(), inputs.semantics);
    const attribution::Settings& wanted = context.settings.attribution;
    if (found.empty() &&
        (file.has_shapley() != (wanted.shapley != attribution::Shapley::off) ||
         file.orders() != attribution::order_names(wanted) || file.has_interactions() != wanted.interactions))
        found.emplace_back("it lacks datasets of the attributions that its configuration names");
    if (file.format_version() != results::occlusion_format_version)
        found.push_back(
            fmt::format("its format version is {}, which has no digests of the inputs; finish it with the "
                        "version of semscope that began it ({}), or start afresh",
                        file.format_version(), file.attribute("software_version")));
    // Nothing that is named above, and yet not the same: a version that knew other options.
    if (found.empty())
        compare("the configuration_digest", file.attribute("configuration_digest"),
                entry(present, "configuration_digest"));
    return found;
}

}  // namespace

void check_existing(const cli::Settings& settings, Problems& problems) {
    const auto& path = settings.output.occlusion;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) && !std::filesystem::is_directory(path, ignored) &&
        !settings.output.overwrite && !settings.run.resume)
        problems.add(
            fmt::format("{}: the output exists; move it away, or set run.resume to continue it or "
                        "output.overwrite to replace it",
                        path.string()));
}

void check_output(const cli::Settings& settings, Problems& problems) {
    cli::check_output_file({"output.occlusion", settings.output.occlusion},
                           {{"model.path", settings.model.path},
                            {"data.images", settings.data.images},
                            {"data.scenes", settings.data.scenes},
                            {"data.semantics", settings.data.semantics}},
                           problems);
}

results::Provenance describe_run(const cli::RunContext& context, const occlusion::Inputs& inputs,
                                 const network::Placement& placement) {
    const cli::Options& options = context.options;
    auto entries = cli::provenance(options.command_line());
    const std::string device = placement.device.kind == network::DeviceKind::cpu ? "cpu" : "cuda";
    const std::string names =
        fmt::format("{}\n{}\n", fmt::join(inputs.scenes.names(), "\n"), fmt::join(inputs.semantics, "\n"));
    entries.emplace_back("configuration", options.resolved());
    entries.emplace_back(
        "configuration_digest",
        sha256_of_text(fmt::format("{}device = {}\n{}", options.resolved_results_only(), device, names)));
    entries.emplace_back("model_sha256", occlusion::network_digest(context.settings.model.path));
    entries.emplace_back("image_list_sha256", inputs.source.images.digest());
    entries.emplace_back("device", device);
    entries.emplace_back("hardware", placement.hardware);
    if (const std::string gpu = network::describe_gpu(placement.device); !gpu.empty()) entries.emplace_back("gpu", gpu);
    entries.emplace_back("precision", name_of(context.settings.run.precision));
    entries.emplace_back("libraries", fmt::format("{}", fmt::join(occlusion::library_descriptions(), "; ")));
    return entries;
}

namespace {

/// Says what is to be said of a file that was begun on other hardware. Returns whether it was; files of earlier
/// versions do not tell.
bool differs_in_hardware(const cli::RunContext& context, const results::Provenance& present,
                         const results::OcclusionReader& file, Problems& problems) {
    const auto& path = context.settings.output.occlusion;
    const std::string then = file.attribute("hardware");
    const std::string now = entry(present, "hardware");
    if (then.empty() || then == now) return false;
    if (context.settings.run.allow_other_hardware)
        context.log.warning(
            fmt::format("{} was begun on \"{}\" and goes on on \"{}\": results may differ in the last bits",
                        path.string(), then, now));
    else
        problems.add(
            fmt::format("{}: cannot be resumed: the hardware was \"{}\" and is \"{}\", which rounds otherwise; "
                        "resume on the former, or set run.allow-other-hardware",
                        path.string(), then, now));
    return true;
}

}  // namespace

ExistingOutput examine_existing(const cli::RunContext& context, const occlusion::Inputs& inputs,
                                const results::Provenance& present, Problems& problems) {
    ExistingOutput existing;
    const auto& path = context.settings.output.occlusion;
    if (!context.settings.run.resume || !std::filesystem::exists(path)) return existing;
    problems.collect([&] {
        const results::OcclusionReader file(path);
        const auto found = differences(context, inputs, present, file);
        for (const std::string& difference : found)
            problems.add(fmt::format("{}: cannot be resumed: {}", path.string(), difference));
        const auto status = file.image_status({0, file.images()});
        const auto count = [&](results::ImageStatus wanted) {
            return static_cast<std::uint64_t>(std::count(status.begin(), status.end(), stored(wanted)));
        };
        existing = {true, file.complete(), count(results::ImageStatus::pending),
                    count(results::ImageStatus::unreadable), count(results::ImageStatus::not_finite)};
        existing.incremental = file.attribute("incremental") == "on";
        if (context.settings.run.retry_unreadable)
            existing.pending += std::exchange(existing.unreadable, 0) + std::exchange(existing.not_finite, 0);
        if (!found.empty()) return;
        existing.other_hardware = differs_in_hardware(context, present, file, problems);
        if (file.attribute("libraries") != entry(present, "libraries"))
            context.log.warning(
                fmt::format("{} was begun with other libraries ({}): results may differ in the last bits",
                            path.string(), file.attribute("libraries")));
        context.log.info(
            fmt::format("resuming {}: {} of {} images are to be done", path.string(), existing.pending, file.images()));
    });
    return existing;
}

namespace {

const char* yes_or_no(bool value) { return value ? "yes" : "no"; }

}  // namespace

void add_shape(const RunShape& shape, results::Provenance& entries) {
    entries.emplace_back("batch_invariant", yes_or_no(shape.invariance.batch));
    entries.emplace_back("thread_invariant", yes_or_no(shape.invariance.threads));
    entries.emplace_back("threads", std::to_string(shape.threads));
}

void compare_shape(const std::filesystem::path& path, const RunShape& now, Problems& problems) {
    problems.collect([&] {
        const results::OcclusionReader file(path);
        const auto compare = [&](const char* attribute, bool invariant, const char* what, const std::string& then,
                                 const std::string& value, const char* advice) {
            if (then == value || (invariant && file.attribute(attribute) != "no")) return;
            problems.add(
                fmt::format("{}: cannot be resumed: it was begun with {} {}, and this run has {}; the network's "
                            "numbers depend on them in the last bits: {}",
                            path.string(), then, what, value, advice));
        };
        compare("batch_invariant", now.invariance.batch, "ranks", std::to_string(file.ranks()),
                std::to_string(now.ranks), "start as many ranks");
        // One thread alone cannot tell whether several round otherwise; then the other side's trial does.
        compare("thread_invariant", now.invariance.threads, "compute threads a rank", file.attribute("threads"),
                std::to_string(now.threads), "set run.threads to that");
    });
}

ExistingOutput broadcast(const ExistingOutput& existing, const comm::Communicator& communicator) {
    return communicator.broadcast(existing);
}

results::OcclusionLayout describe_layout(const attribution::Settings& settings, const occlusion::Inputs& inputs,
                                         const occlusion::Survey& survey) {
    const data::ImageList& images = inputs.source.images;
    return {survey.images,
            survey.variants,
            inputs.scenes.names(),
            inputs.semantics,
            images.maximum_path_bytes(),
            [&images](std::uint64_t i) { return std::string(images.path(i)); },
            {settings.shapley != attribution::Shapley::off, attribution::order_names(settings), settings.interactions,
             survey.attribution.pairs}};
}

results::OcclusionWriter create_output(const cli::Settings& settings, const occlusion::Inputs& inputs,
                                       const occlusion::Survey& survey, const results::Provenance& provenance,
                                       const comm::Communicator& communicator) {
    const cli::OutputSettings& output = settings.output;
    const auto& path = output.occlusion;
    const std::filesystem::path temporary = communicator.broadcast(results::temporary_path(path).string());
    const results::OcclusionLayout layout = describe_layout(settings.attribution, inputs, survey);
    try {
        comm::agree(communicator, [&] {
            if (!communicator.is_root()) return;
            results::remove_leftovers(path);
            results::create_occlusion_file(temporary, layout, provenance,
                                           static_cast<std::uint64_t>(communicator.size()));
        });
        results::OcclusionWriter writer(temporary, communicator);
        writer.write_survey(survey.rows);
        writer.close();
        comm::agree(communicator, [&] {
            if (communicator.is_root())
                put_in_place(temporary, path, output.overwrite ? Existing::replace : Existing::keep);
        });
    } catch (const comm::AgreedError&) {
        std::error_code ignored;
        if (communicator.is_root()) std::filesystem::remove(temporary, ignored);
        throw;
    }
    return {path, communicator, output.hints};
}

}  // namespace semscope::occlusion
