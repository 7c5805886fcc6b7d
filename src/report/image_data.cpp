#include "image_data.hpp"

#include "pack.hpp"
#include "semscope/comparison/image_pair.hpp"
#include "semscope/data/image.hpp"
#include "semscope/statistics/image_record.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>

namespace semscope::report {

using nlohmann::ordered_json;
using results::Range;

namespace {

/// Of the photos of a report. Smaller ones lose what nobody sees at this size.
constexpr int jpeg_quality = 60;

ordered_json photo_data(const data::Image& photo) { return base64(data::encode_jpeg(photo, jpeg_quality)); }

/// The lower bytes of all pixels, then the upper ones, which are mostly 0 and so take next to nothing.
std::string label_bytes(const data::LabelMap& labels) {
    constexpr unsigned bits = 8;
    std::string bytes;
    bytes.reserve(2 * labels.labels.size());
    for (const std::uint16_t label : labels.labels) bytes.push_back(static_cast<char>(label));
    for (const std::uint16_t label : labels.labels) bytes.push_back(static_cast<char>(label >> bits));
    return bytes;
}

/// The rows of an image, read from its file.
struct StoredRows {
    StoredRows(const results::OcclusionReader& file, std::uint64_t image) {
        const auto offsets = file.variant_offsets({image, image + 1});
        probability = file.image_probabilities({image, image + 1});
        semantic = file.variant_semantics({offsets[0], offsets[1]});
        variant_probability = file.variant_probabilities({offsets[0], offsets[1]});
    }
    statistics::ImageRows view() const { return {probability, semantic, variant_probability}; }

    std::vector<float> probability;
    std::vector<std::uint16_t> semantic;
    std::vector<float> variant_probability;
};

bool same_classes(const ordered_json& one, const ordered_json& other) {
    return one["classes"] == other["classes"] && one["pixels"] == other["pixels"];
}

/// Shapley values, packed as deviations are: as what is left of p without the value.
ordered_json shapley_data(const Run& run, std::uint64_t image, Range variants, std::span<const std::uint32_t> keep) {
    const auto p = run.file->image_probabilities({image, image + 1});
    auto rest = run.file->shapley_values(variants);
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (!std::isfinite(rest[i]))
            throw InputError(
                fmt::format("image {} of the occlusion file is damaged: a Shapley value is not finite (see "
                            "semscope-inspect --check)",
                            image));
        rest[i] = p[i % p.size()] - rest[i];
    }
    const DeviationPack pack = pack_deviations(p, rest, keep);
    return {{"exact", pack.exact}, {"deviations", compressed_base64(pack.bytes)}};
}

}  // namespace

ordered_json ImageData::describe_run(const Run& run, std::uint64_t image, const Listed& listed, bool labels) {
    const Range own{image, image + 1};
    const auto offsets = run.file->variant_offsets(own);
    const Range variants{offsets[0], offsets[1]};
    const std::string& path = listed.path;
    const DeviationPack pack =
        pack_deviations(run.file->image_probabilities(own), run.file->variant_probabilities(variants), listed.scenes);

    ordered_json json;
    json["predicted"] = run.predictions.predicted[image];
    json["classes"] = run.file->variant_semantics(variants);
    json["pixels"] = run.file->variant_pixels(variants);
    json["exact"] = pack.exact;
    json["deviations"] = compressed_base64(pack.bytes);
    if (run.file->has_shapley()) json["shapley"] = shapley_data(run, image, variants, listed.scenes);
    if (!labels) return json;
    json["labels"] = nullptr;
    json["labels_missing"] = nullptr;
    try {
        json["labels"] = compressed_base64(label_bytes(run.source->read_labels(path, image, variants)));
    } catch (const postprocess::ChangedLabelMap& error) {
        faults_.changed_maps.emplace_back(error.what());
        json["labels_missing"] = error.what();
    } catch (const InputError& error) {
        faults_.unreadable_maps.emplace_back(error.what());
        json["labels_missing"] = error.what();
    }
    return json;
}

void ImageData::compare(std::uint64_t image, std::uint64_t other_image) {
    const StoredRows first(*run_.file, image), second(*other_->run.file, other_image);
    const auto scene = static_cast<std::uint32_t>(run_.predictions.predicted[image]);
    const auto classes = comparison::pair_classes(first.view(), second.view(), scene);
    if (const auto largest = comparison::largest_difference(classes))
        differences_.push_back({image, largest->semantic, largest->first, largest->second});
}

std::optional<std::uint64_t> ImageData::in_other(std::uint64_t image) const {
    if (other_ == nullptr || other_->match[image] < 0) return std::nullopt;
    const auto there = static_cast<std::uint64_t>(other_->match[image]);
    return other_->run.predictions.predicted[there] < 0 ? std::nullopt : std::optional(there);
}

ordered_json ImageData::describe(std::uint64_t image) {
    const auto there = in_other(image);
    Listed listed{run_.source->path(image), {}};
    const auto keep = [&](std::int32_t scene) {
        if (scene >= 0) listed.scenes.push_back(static_cast<std::uint32_t>(scene));
    };
    keep(run_.predictions.truth[image]);
    keep(run_.predictions.predicted[image]);
    if (there) keep(other_->run.predictions.predicted[*there]);
    std::string fault;
    auto photo = run_.source->read_photo(listed.path, fault);
    if (!fault.empty()) faults_.missing_photos.push_back(fault);

    ordered_json json;
    json["image"] = image;
    json["path"] = listed.path;
    json["truth"] = run_.predictions.truth[image];
    json["photo"] = photo ? photo_data(*photo) : ordered_json(nullptr);
    json["photo_missing"] = fault.empty() ? ordered_json(nullptr) : ordered_json(fault);
    json["run"] = describe_run(run_, image, listed, true);
    if (other_ == nullptr) return json;
    json["against"] = nullptr;
    if (!there) return json;
    ordered_json against = describe_run(other_->run, *there, listed, false);
    // The label map of the first run serves for both, unless their classes differ.
    if (!same_classes(json["run"], against)) against = describe_run(other_->run, *there, listed, true);
    json["against"] = std::move(against);
    compare(image, *there);
    return json;
}

}  // namespace semscope::report
