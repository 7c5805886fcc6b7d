#include "known_inputs.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/data/image.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace semscope::occlusion {

namespace {

/// "3: 120 pixels, 7: 12 pixels".
std::string describe(const std::vector<data::ClassCount>& classes) {
    std::vector<std::string> texts;
    texts.reserve(classes.size());
    for (const auto& [semantic, pixels] : classes) texts.push_back(fmt::format("{}: {} pixels", semantic, pixels));
    return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

/// The classes of an image as the file has them.
std::vector<data::ClassCount> known_classes(const results::SurveyRows& rows, std::size_t i) {
    std::vector<data::ClassCount> classes;
    for (std::uint64_t v = rows.variant_offset[i]; v < rows.variant_offset[i + 1]; ++v)
        classes.push_back(
            {rows.variant_semantic[v - rows.variants.begin], rows.variant_pixels[v - rows.variants.begin]});
    return classes;
}

bool sound(const std::vector<std::uint64_t>& offsets, std::uint64_t variants) {
    return std::is_sorted(offsets.begin(), offsets.end()) && offsets.back() <= variants;
}

std::string describe_change(const std::string& name, const char* what, std::uint64_t then, std::uint64_t now) {
    return fmt::format(
        "{}: the {} has changed since the file was begun: its SHA-256 began with {:016x}, and begins "
        "with {:016x}",
        name, what, then, now);
}

}  // namespace

bool is_pending(const KnownInputs& known, std::size_t i) {
    return known.status[i] == stored(results::ImageStatus::pending);
}

KnownInputs read_known_inputs(const results::OcclusionWriter& writer, std::span<const std::uint8_t> status, bool verify,
                              const comm::Communicator& communicator) {
    std::vector<std::uint64_t> cost(status.size() + 1);
    for (std::size_t i = 0; i < status.size(); ++i)
        cost[i + 1] = cost[i] + (verify || status[i] == stored(results::ImageStatus::pending) ? 1 : 0);
    const auto boundaries = comm::balanced_boundaries(cost, communicator.size());
    const auto rank = static_cast<std::size_t>(communicator.rank());

    KnownInputs known;
    known.verify = verify;
    results::SurveyRows& rows = known.rows;
    rows.images = {boundaries[rank], boundaries[rank + 1]};
    const auto own = status.subspan(rows.images.begin, rows.images.size());
    known.status.assign(own.begin(), own.end());
    known.photo_digest = writer.read_photo_digests(rows.images);
    rows.label_digest = writer.read_label_digests(rows.images);
    rows.scene = writer.read_scenes(rows.images);
    rows.variant_offset = writer.read_variant_offsets(rows.images);
    const std::uint64_t variants = writer.variants();
    comm::agree(communicator, [&] {
        if (!sound(rows.variant_offset, variants))
            throw InputError("the variant offsets of the file are damaged: it cannot be resumed");
    });
    rows.variants = {rows.variant_offset.front(), rows.variant_offset.back()};
    rows.variant_semantic = writer.read_variant_semantics(rows.variants);
    rows.variant_pixels = writer.read_variant_pixels(rows.variants);
    return known;
}

std::vector<std::size_t> images_to_read(const KnownInputs& known) {
    std::vector<std::size_t> images;
    for (std::size_t i = 0; i < known.status.size(); ++i)
        if (known.verify || is_pending(known, i)) images.push_back(i);
    return images;
}

void compare_label_map(const Source& source, const KnownInputs& known, std::size_t i, Finding& finding) {
    const std::string name = source.label_name(known.rows.images.begin + i);
    const auto then = known_classes(known.rows, i);
    if (then != finding.classes)
        finding.problems.add(
            fmt::format("{}: the label map has changed since the file was begun; classes then {}; now {}", name,
                        describe(then), describe(finding.classes)));
    else if (finding.label_digest != known.rows.label_digest[i])
        finding.problems.add(describe_change(name, "label map", known.rows.label_digest[i], finding.label_digest));
}

Finding verify_digests(const Source& source, const KnownInputs& known, std::size_t i) {
    const std::uint64_t image = known.rows.images.begin + i;
    Finding finding;
    const auto verify = [&](const data::PictureTree& tree, const std::string& path, const char* what,
                            std::uint64_t then) {
        finding.problems.collect([&] {
            if (const std::uint64_t now = data::digest_of_picture_file(tree, path); now != then)
                finding.problems.add(describe_change(tree.name(path), what, then, now));
        });
    };
    const std::string path(source.images.path(image));
    // Of a photo that could not be decoded nothing is known.
    if (known.photo_digest[i] != 0) verify(*source.photos.tree, path, "photo", known.photo_digest[i]);
    verify(*source.labels.tree, data::label_map_path(path, source.labels.naming), "label map",
           known.rows.label_digest[i]);
    return finding;
}

void compare_scenes(const Source& source, const KnownInputs& known, Problems& problems) {
    for (std::size_t i = 0; i < known.status.size(); ++i) {
        const std::uint64_t image = known.rows.images.begin + i;
        const std::int32_t now = source.images.scene(image);
        if (known.rows.scene[i] != now)
            problems.add(fmt::format("{}: its true scene was {} when the file was begun and is {} now",
                                     source.photo_name(image), known.rows.scene[i], now));
    }
}

}  // namespace semscope::occlusion
