#include "occlude_output.hpp"

#include "output_check.hpp"
#include "semscope/app/configuration_difference.hpp"
#include "semscope/app/provenance.hpp"
#include "semscope/base/digest.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/results/occlusion_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace semscope::bin {

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
std::vector<std::string> differences(const app::Options& options, const wiring::Inputs& inputs,
                                     const results::Provenance& present, const results::OcclusionReader& file) {
    std::vector<std::string> found;
    for (const auto& [name, then, now] :
         app::differences(file.attribute("configuration"), options.resolved_results_only()))
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
    // Nothing that is named above, and yet not the same: a version that knew other options.
    if (found.empty())
        compare("the configuration_digest", file.attribute("configuration_digest"),
                entry(present, "configuration_digest"));
    return found;
}

}  // namespace

void check_output(const app::Options& options, Problems& problems) {
    const auto path = options.path("output.occlusion");
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) && !std::filesystem::is_directory(path, ignored) &&
        !options.flag("output.overwrite") && !options.flag("run.resume"))
        problems.add(
            fmt::format("{}: the output exists; move it away, or set run.resume to continue it or "
                        "output.overwrite to replace it",
                        path.string()));
    check_output_file(options, "output.occlusion", {"model.path", "data.images", "data.scenes", "data.semantics"},
                      problems);
}

results::Provenance describe_run(const app::Options& options, const wiring::Inputs& inputs,
                                 const wiring::Placement& placement, int argc, char** argv) {
    auto entries = app::provenance(argc, argv);
    const std::string device = placement.device.kind == inference::DeviceKind::cpu ? "cpu" : "cuda";
    const std::string names =
        fmt::format("{}\n{}\n", fmt::join(inputs.scenes.names(), "\n"), fmt::join(inputs.semantics, "\n"));
    entries.emplace_back("configuration", options.resolved());
    entries.emplace_back(
        "configuration_digest",
        sha256_of_text(fmt::format("{}device = {}\n{}", options.resolved_results_only(), device, names)));
    entries.emplace_back("model_sha256", wiring::network_digest(options));
    entries.emplace_back("image_list_sha256", inputs.source.images.digest());
    entries.emplace_back("device", device);
    entries.emplace_back("precision", options.text("run.precision"));
    entries.emplace_back("libraries", fmt::format("{}", fmt::join(wiring::library_descriptions(), "; ")));
    return entries;
}

ExistingOutput judge_existing(const app::Options& options, const wiring::Inputs& inputs,
                              const results::Provenance& present, const app::Log& log, Problems& problems) {
    ExistingOutput existing;
    const auto path = options.path("output.occlusion");
    if (!options.flag("run.resume") || !std::filesystem::exists(path)) return existing;
    problems.collect([&] {
        const results::OcclusionReader file(path);
        const auto found = differences(options, inputs, present, file);
        for (const std::string& difference : found)
            problems.add(fmt::format("{}: cannot be resumed: {}", path.string(), difference));
        const auto status = file.image_status({0, file.images()});
        const auto count = [&](results::ImageStatus wanted) {
            return static_cast<std::uint64_t>(
                std::count(status.begin(), status.end(), static_cast<std::uint8_t>(wanted)));
        };
        existing = {true, file.complete(), count(results::ImageStatus::pending),
                    count(results::ImageStatus::unreadable)};
        if (options.flag("run.retry-unreadable")) existing.pending += std::exchange(existing.unreadable, 0);
        if (!found.empty()) return;
        if (file.attribute("libraries") != entry(present, "libraries"))
            log.warning(fmt::format("{} was begun with other libraries ({}): results may differ in the last bits",
                                    path.string(), file.attribute("libraries")));
        log.info(
            fmt::format("resuming {}: {} of {} images are to be done", path.string(), existing.pending, file.images()));
    });
    return existing;
}

ExistingOutput broadcast(const ExistingOutput& existing, const mpi::Communicator& communicator) {
    // Other ranks hold zeros.
    return {communicator.sum(std::uint64_t{existing.resumed ? 1U : 0U}) > 0,
            communicator.sum(std::uint64_t{existing.complete ? 1U : 0U}) > 0, communicator.sum(existing.pending),
            communicator.sum(existing.unreadable)};
}

results::OcclusionLayout describe_layout(const wiring::Inputs& inputs, const occlusion::Survey& survey) {
    const dataset::ImageList& images = inputs.source.images;
    return {survey.images,         survey.variants,
            inputs.scenes.names(), inputs.semantics,
            images.longest_path(), [&images](std::uint64_t i) { return std::string(images.path(i)); }};
}

results::OcclusionWriter create_output(const app::Options& options, const wiring::Inputs& inputs,
                                       const occlusion::Survey& survey, const results::Provenance& provenance,
                                       const mpi::Communicator& communicator) {
    const auto path = options.path("output.occlusion");
    const std::filesystem::path temporary = communicator.broadcast(results::temporary_path(path).string());
    const results::OcclusionLayout layout = describe_layout(inputs, survey);
    try {
        mpi::agree(communicator, [&] {
            if (!communicator.is_root()) return;
            results::remove_leftovers(path);
            results::create_occlusion_file(temporary, layout, provenance,
                                           static_cast<std::uint64_t>(communicator.size()));
        });
        results::OcclusionWriter writer(temporary, communicator);
        writer.write_survey(survey.rows);
        writer.close();
        mpi::agree(communicator, [&] {
            if (communicator.is_root()) results::publish(temporary, path);
        });
    } catch (const mpi::AgreedError&) {
        std::error_code ignored;
        if (communicator.is_root()) std::filesystem::remove(temporary, ignored);
        throw;
    }
    return {path, communicator, options.key_values("output.hints")};
}

}  // namespace semscope::bin
