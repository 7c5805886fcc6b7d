#include "semscope/results/occlusion_writer.hpp"

#include "semscope/hdf5/attribute.hpp"
#include "semscope/mpi/agreement.hpp"

namespace semscope::results {

using hdf5::Dataset;

OcclusionWriter::OcclusionWriter(const std::filesystem::path& path, const mpi::Communicator& communicator,
                                 const KeyValues& hints)
    : communicator_(&communicator), file_(mpi::agree(communicator, [&] {
          return hdf5::File::open(path, hdf5::Access::read_write, communicator, hints);
      })) {}

template <class T>
std::vector<T> OcclusionWriter::read(const char* name, Range rows) const {
    return mpi::agree(*communicator_, [&] { return file_.dataset(name).read<T>(rows); });
}

template <class T>
void OcclusionWriter::write(const char* name, const std::vector<Range>& rows, const std::vector<T>& values) {
    mpi::agree(*communicator_, [&] {
        Dataset dataset = file_.dataset(name);
        dataset.write<T>(rows, values);
        wrote_collectively_ = dataset.last_transfer_was_collective();
    });
}

void OcclusionWriter::flush() {
    mpi::agree(*communicator_, [&] { file_.flush(); });
}

void OcclusionWriter::set_complete(std::uint64_t complete) {
    mpi::agree(*communicator_, [&] { hdf5::update_attribute(file_.id(), "complete", complete); });
    flush();
}

void OcclusionWriter::write_survey(const SurveyRows& rows) {
    const std::vector<std::uint8_t> pending(rows.images.size(), static_cast<std::uint8_t>(ImageStatus::pending));
    const Range boundaries{rows.images.begin, rows.images.begin + rows.variant_offset.size()};
    write("/image/status", {rows.images}, pending);
    write("/image/scene", {rows.images}, rows.scene);
    write("/image/variant_offset", {boundaries}, rows.variant_offset);
    write("/variant/image", {rows.variants}, rows.variant_image);
    write("/variant/semantic", {rows.variants}, rows.variant_semantic);
    write("/variant/pixels", {rows.variants}, rows.variant_pixels);
    flush();
}

std::vector<std::uint8_t> OcclusionWriter::read_status() const {
    return mpi::agree(*communicator_, [&] { return file_.dataset("/image/status").read<std::uint8_t>(); });
}

std::vector<std::int32_t> OcclusionWriter::read_scenes(Range images) const {
    return read<std::int32_t>("/image/scene", images);
}

std::vector<std::uint64_t> OcclusionWriter::read_variant_offsets(Range images) const {
    return read<std::uint64_t>("/image/variant_offset", {images.begin, images.end + 1});
}

std::vector<std::uint16_t> OcclusionWriter::read_variant_semantics(Range variants) const {
    return read<std::uint16_t>("/variant/semantic", variants);
}

std::vector<std::uint32_t> OcclusionWriter::read_variant_pixels(Range variants) const {
    return read<std::uint32_t>("/variant/pixels", variants);
}

std::uint64_t OcclusionWriter::variants() const {
    return mpi::agree(*communicator_, [&] { return file_.dataset("/variant/semantic").rows(); });
}

void OcclusionWriter::mark_pending(const std::vector<Range>& images) {
    set_complete(0);  // first: a complete file has no pending images
    std::vector<std::uint8_t> pending;
    for (const Range& range : images)
        pending.insert(pending.end(), range.size(), static_cast<std::uint8_t>(ImageStatus::pending));
    write("/image/status", images, pending);
    flush();
}

void OcclusionWriter::write_results(const ResultRows& rows) {
    write("/variant/probability", rows.variants, rows.variant_probability);
    write("/image/probability", rows.images, rows.image_probability);
    write("/image/loss", rows.images, rows.image_loss);
    flush();
    write("/image/status", rows.images, rows.status);
    flush();
}

void OcclusionWriter::finish() {
    set_complete(1);
    close();
}

void OcclusionWriter::close() {
    mpi::agree(*communicator_, [&] { file_.close(); });
}

}  // namespace semscope::results
