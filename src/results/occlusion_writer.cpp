#include "semscope/results/occlusion_writer.hpp"

#include "semscope/hdf5/attribute.hpp"

namespace semscope::results {

using hdf5::Dataset;

OcclusionWriter::OcclusionWriter(const std::filesystem::path& path, const mpi::Communicator& communicator,
                                 const KeyValues& hints)
    : file_(hdf5::File::open(path, hdf5::Access::read_write, communicator, hints)) {}

void OcclusionWriter::write_survey(const SurveyRows& rows) {
    const std::vector<std::uint8_t> pending(rows.images.size(), static_cast<std::uint8_t>(ImageStatus::pending));
    const Range boundaries{rows.images.begin, rows.images.begin + rows.variant_offset.size()};
    file_.dataset("/image/status").write<std::uint8_t>(rows.images, pending);
    file_.dataset("/image/scene").write<std::int32_t>(rows.images, rows.scene);
    file_.dataset("/image/variant_offset").write<std::uint64_t>(boundaries, rows.variant_offset);
    file_.dataset("/variant/image").write<std::uint32_t>(rows.variants, rows.variant_image);
    file_.dataset("/variant/semantic").write<std::uint16_t>(rows.variants, rows.variant_semantic);
    file_.dataset("/variant/pixels").write<std::uint32_t>(rows.variants, rows.variant_pixels);
    file_.flush();
}

std::vector<std::uint64_t> OcclusionWriter::read_variant_offsets() const {
    return file_.dataset("/image/variant_offset").read<std::uint64_t>();
}

std::vector<std::uint16_t> OcclusionWriter::read_variant_semantics(Range variants) const {
    return file_.dataset("/variant/semantic").read<std::uint16_t>(variants);
}

void OcclusionWriter::write_results(const ResultRows& rows) {
    Dataset variants = file_.dataset("/variant/probability");
    variants.write<float>(rows.variants, rows.variant_probability);
    Dataset images = file_.dataset("/image/probability");
    images.write<float>(rows.images, rows.image_probability);
    wrote_collectively_ = images.last_transfer_was_collective();
    file_.dataset("/image/loss").write<float>(rows.images, rows.image_loss);
    file_.flush();
    file_.dataset("/image/status").write<std::uint8_t>(rows.images, rows.status);
    file_.flush();
}

void OcclusionWriter::finish() {
    hdf5::update_attribute(file_.id(), "complete", 1);
    file_.flush();
    file_.close();
}

}  // namespace semscope::results
