#include "semscope/results/occlusion_writer.hpp"

#include "occlusion_schema.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/hdf5/attribute.hpp"

namespace semscope::results {

using hdf5::Dataset;

OcclusionWriter::OcclusionWriter(const std::filesystem::path& path, const comm::Communicator& communicator,
                                 const KeyValues& hints)
    : communicator_(&communicator), file_(comm::agree(communicator, [&] {
          return hdf5::File::open(path, hdf5::Access::read_write, communicator, hints);
      })) {}

template <class T>
std::vector<T> OcclusionWriter::read(const Field<T>& field, Range rows) const {
    return comm::agree(*communicator_, [&] { return file_.dataset(field.path).template read<T>(rows); });
}

template <class T>
void OcclusionWriter::write(const Field<T>& field, const std::vector<Range>& rows, const std::vector<T>& values) {
    comm::agree(*communicator_, [&] {
        Dataset dataset = file_.dataset(field.path);
        dataset.template write<T>(rows, values);
        wrote_collectively_ = dataset.last_transfer_was_collective();
    });
}

void OcclusionWriter::flush() {
    comm::agree(*communicator_, [&] { file_.flush(); });
}

void OcclusionWriter::set_complete(std::uint64_t complete) {
    comm::agree(*communicator_, [&] { hdf5::update_attribute(file_.id(), "complete", complete); });
    flush();
}

void OcclusionWriter::write_survey(const SurveyRows& rows) {
    const std::vector<std::uint8_t> pending(rows.images.size(), static_cast<std::uint8_t>(ImageStatus::pending));
    const Range boundaries{rows.images.begin, rows.images.begin + rows.variant_offset.size()};
    write(occlusion_schema().image_status, {rows.images}, pending);
    write(occlusion_schema().image_scene, {rows.images}, rows.scene);
    write(occlusion_schema().variant_offset, {boundaries}, rows.variant_offset);
    write(occlusion_schema().variant_image, {rows.variants}, rows.variant_image);
    write(occlusion_schema().variant_semantic, {rows.variants}, rows.variant_semantic);
    write(occlusion_schema().variant_pixels, {rows.variants}, rows.variant_pixels);
    flush();
}

std::vector<std::uint8_t> OcclusionWriter::read_status() const {
    return comm::agree(*communicator_,
                       [&] { return file_.dataset(occlusion_schema().image_status.path).read<std::uint8_t>(); });
}

std::vector<std::int32_t> OcclusionWriter::read_scenes(Range images) const {
    return read(occlusion_schema().image_scene, images);
}

std::vector<std::uint64_t> OcclusionWriter::read_variant_offsets(Range images) const {
    return read(occlusion_schema().variant_offset, {images.begin, images.end + 1});
}

std::vector<std::uint16_t> OcclusionWriter::read_variant_semantics(Range variants) const {
    return read(occlusion_schema().variant_semantic, variants);
}

std::vector<std::uint32_t> OcclusionWriter::read_variant_pixels(Range variants) const {
    return read(occlusion_schema().variant_pixels, variants);
}

std::uint64_t OcclusionWriter::variants() const {
    return comm::agree(*communicator_, [&] { return file_.dataset(occlusion_schema().variant_semantic.path).rows(); });
}

void OcclusionWriter::mark_other_hardware() {
    comm::agree(*communicator_, [&] { hdf5::update_attribute(file_.id(), "other_hardware", std::uint64_t{1}); });
    flush();
}

void OcclusionWriter::mark_pending(const std::vector<Range>& images) {
    set_complete(0);  // first: a complete file has no pending images
    std::vector<std::uint8_t> pending;
    for (const Range& range : images)
        pending.insert(pending.end(), range.size(), static_cast<std::uint8_t>(ImageStatus::pending));
    write(occlusion_schema().image_status, images, pending);
    flush();
}

void OcclusionWriter::write_results(const ResultRows& rows) {
    write(occlusion_schema().variant_probability, rows.variants, rows.variant_probability);
    write(occlusion_schema().image_probability, rows.images, rows.image_probability);
    write(occlusion_schema().image_loss, rows.images, rows.image_loss);
    flush();
    write(occlusion_schema().image_status, rows.images, rows.status);
    flush();
}

void OcclusionWriter::finish() {
    set_complete(1);
    close();
}

void OcclusionWriter::close() {
    comm::agree(*communicator_, [&] { file_.close(); });
}

}  // namespace semscope::results
