#include "semscope/occlusion/resume.hpp"

#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/partition.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace semscope::occlusion {

namespace {

/// Classes of one image, as "3: 120 pixels, 7: 12 pixels".
std::string describe(std::span<const std::uint16_t> semantics, std::span<const std::uint32_t> pixels) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < semantics.size(); ++i)
        texts.push_back(fmt::format("{}: {} pixels", semantics[i], pixels[i]));
    return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

/// The part of the file that a rank compares.
struct Stored {
    std::vector<std::int32_t> scene;
    std::vector<std::uint64_t> offset;
    std::vector<std::uint16_t> semantic;
    std::vector<std::uint32_t> pixels;
};

bool sound(const std::vector<std::uint64_t>& offsets, std::uint64_t variants) {
    return std::is_sorted(offsets.begin(), offsets.end()) && offsets.back() <= variants;
}

Stored read_share(const results::OcclusionWriter& writer, mpi::Range images) {
    Stored stored;
    stored.scene = writer.read_scenes(images);
    stored.offset = writer.read_variant_offsets(images);
    // Collective reads: a rank that has found damage takes part with nothing.
    const bool readable = sound(stored.offset, writer.variants());
    const mpi::Range variants = readable ? mpi::Range{stored.offset.front(), stored.offset.back()} : mpi::Range{};
    stored.semantic = writer.read_variant_semantics(variants);
    stored.pixels = writer.read_variant_pixels(variants);
    if (!readable) stored.offset.clear();
    return stored;
}

/// What is wrong with image `i` of the share; "" when it is as it was.
std::string compare_image(const Source& source, const results::SurveyRows& rows, const Stored& stored, std::size_t i) {
    const std::uint64_t image = rows.images.begin + i;
    if (rows.scene[i] != stored.scene[i])
        return fmt::format("{}: its true scene was {} when the file was begun and is {} now",
                           source.image_path(image).string(), stored.scene[i], rows.scene[i]);
    const std::uint64_t now_begin = rows.variant_offset[i] - rows.variants.begin;
    const std::uint64_t now_end =
        (i + 1 < rows.scene.size() ? rows.variant_offset[i + 1] : rows.variants.end) - rows.variants.begin;
    const std::uint64_t then_begin = stored.offset[i] - stored.offset.front();
    const std::uint64_t then_end = stored.offset[i + 1] - stored.offset.front();
    const auto part = [](const auto& values, std::uint64_t begin, std::uint64_t end) {
        return std::span(values).subspan(begin, end - begin);
    };
    const auto then = describe(part(stored.semantic, then_begin, then_end), part(stored.pixels, then_begin, then_end));
    const auto now =
        describe(part(rows.variant_semantic, now_begin, now_end), part(rows.variant_pixels, now_begin, now_end));
    if (then == now) return "";
    return fmt::format("{}: the label map has changed since the file was begun; classes then {}; now {}",
                       source.label_path(image).string(), then, now);
}

}  // namespace

void compare_with_survey(const Source& source, const Survey& survey, const results::OcclusionWriter& writer,
                         const mpi::Communicator& communicator, Problems& problems) {
    const results::SurveyRows& rows = survey.rows;
    const Stored stored = read_share(writer, rows.images);
    mpi::agree(communicator, [&] {
        if (stored.offset.empty()) {
            problems.add("the variant offsets of the file are damaged: it cannot be resumed");
            return;
        }
        for (std::size_t i = 0; i < rows.scene.size(); ++i)
            if (std::string fault = compare_image(source, rows, stored, i); !fault.empty())
                problems.add(std::move(fault));
    });
}

std::vector<std::uint8_t> images_to_resume(results::OcclusionWriter& writer, const mpi::Communicator& communicator,
                                           bool retry_unreadable) {
    constexpr auto pending = static_cast<std::uint8_t>(results::ImageStatus::pending);
    constexpr auto unreadable = static_cast<std::uint8_t>(results::ImageStatus::unreadable);
    std::vector<std::uint8_t> status = writer.read_status();
    if (!retry_unreadable || std::count(status.begin(), status.end(), unreadable) == 0) return status;
    std::vector<mpi::Range> own;
    const auto share = mpi::even_share(status.size(), communicator.rank(), communicator.size());
    for (std::uint64_t image = share.begin; image < share.end; ++image)
        if (status[image] == unreadable) own.push_back({image, image + 1});
    writer.mark_pending(own);
    std::replace(status.begin(), status.end(), unreadable, pending);
    return status;
}

}  // namespace semscope::occlusion
