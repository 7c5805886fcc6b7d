#include "occlusion_schema.hpp"
#include "schema.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/results/occlusion_file.hpp"

namespace semscope::results {

using hdf5::Dataset;

OcclusionWriter::OcclusionWriter(const std::filesystem::path& path, const comm::Communicator& communicator,
                                 const KeyValues& hints)
    : communicator_(&communicator),
      file_(comm::agree(communicator,
                        [&] { return hdf5::File::open(path, hdf5::Access::read_write, communicator, hints); })),
      attribution_(comm::agree(communicator, [&] { return attribution_of(file_); })) {}

/// Apart from the transfer, which is collective: a rank that cannot open the dataset must not miss it.
Dataset OcclusionWriter::open(const std::string& path) const {
    return comm::agree(*communicator_, [&] { return file_.dataset(path); });
}

template <class T>
std::vector<T> OcclusionWriter::read(const Field<T>& field, Range rows) const {
    const Dataset dataset = open(field.path);
    return comm::agree(*communicator_, [&] { return dataset.template read<T>(rows); });
}

template <class T>
void OcclusionWriter::write(const Field<T>& field, const std::vector<Range>& rows, const std::vector<T>& values) {
    Dataset dataset = open(field.path);
    comm::agree(*communicator_, [&] {
        dataset.template write<T>(rows, values);
        wrote_collectively_ = dataset.last_transfer_was_collective();
    });
}

namespace {

/// Ranges of rows with their values, in ascending order and joined where they touch.
template <class T>
struct Rows {
    std::vector<Range> ranges;
    std::vector<T> values;
};

/// Ranks hold ascending spans of the images, so their ranges ascend from rank to rank.
template <class T>
Rows<T> gather_rows(const comm::Communicator& communicator, const std::vector<Range>& ranges,
                    const std::vector<T>& values) {
    Rows<T> all;
    for (const auto& part : communicator.gather(ranges))
        for (const Range& range : part)
            if (!all.ranges.empty() && all.ranges.back().end == range.begin)
                all.ranges.back().end = range.end;
            else
                all.ranges.push_back(range);
    for (const auto& part : communicator.gather(values)) all.values.insert(all.values.end(), part.begin(), part.end());
    return all;
}

}  // namespace

template <class T>
void OcclusionWriter::write_by_root(const Field<T>& field, const std::vector<Range>& rows,
                                    const std::vector<T>& values) {
    const Rows<T> all = comm::agree(*communicator_, [&] { return gather_rows(*communicator_, rows, values); });
    write(field, all.ranges, all.values);
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
    write(occlusion_schema().label_digest, {rows.images}, rows.label_digest);
    write(occlusion_schema().variant_offset, {boundaries}, rows.variant_offset);
    write(occlusion_schema().variant_image, {rows.variants}, rows.variant_image);
    write(occlusion_schema().variant_semantic, {rows.variants}, rows.variant_semantic);
    write(occlusion_schema().variant_pixels, {rows.variants}, rows.variant_pixels);
    if (attribution_.interactions) {
        const PairRows& pairs = rows.pairs;
        write(occlusion_schema().pair_offset, {{rows.images.begin, rows.images.begin + pairs.offset.size()}},
              pairs.offset);
        write(occlusion_schema().pair_image, {pairs.pairs}, pairs.image);
        write(occlusion_schema().pair_first, {pairs.pairs}, pairs.first);
        write(occlusion_schema().pair_second, {pairs.pairs}, pairs.second);
    }
    flush();
}

std::vector<std::uint8_t> OcclusionWriter::read_status() const {
    const Dataset dataset = open(occlusion_schema().image_status.path);
    return comm::agree(*communicator_, [&] { return dataset.read<std::uint8_t>(); });
}

std::vector<std::int32_t> OcclusionWriter::read_scenes(Range images) const {
    return read(occlusion_schema().image_scene, images);
}

std::vector<std::uint64_t> OcclusionWriter::read_photo_digests(Range images) const {
    return read(occlusion_schema().photo_digest, images);
}

std::vector<std::uint64_t> OcclusionWriter::read_label_digests(Range images) const {
    return read(occlusion_schema().label_digest, images);
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

void OcclusionWriter::write_attribution(const ResultRows& rows) {
    const OcclusionSchema& table = occlusion_schema();
    const AttributionRows& values = rows.attribution;
    const bool curves = !attribution_.orders.empty();
    if (attribution_.shapley) {
        write(table.shapley, rows.variants, values.shapley);
        write(table.shapley_error, rows.variants, values.shapley_error);
        write_by_root(table.coalitions, rows.images, values.coalitions);
    }
    if (attribution_.shapley || curves) write(table.probability_empty, rows.images, values.probability_empty);
    if (curves) {
        write(table.step_semantic, rows.variants, values.step_semantic);
        write(table.deletion, rows.variants, values.deletion);
        write(table.insertion, rows.variants, values.insertion);
        for (const CurveArea area : curve_areas)
            write_by_root(table.curve_area(area), rows.images, values.areas.at(static_cast<std::size_t>(area)));
        write_by_root(table.flip_count, rows.images, values.flip_count);
    }
    if (attribution_.interactions) {
        write(table.interaction_predicted, values.pairs, values.interaction_predicted);
        write(table.interaction_truth, values.pairs, values.interaction_truth);
    }
}

void OcclusionWriter::write_results(const ResultRows& rows) {
    write(occlusion_schema().variant_probability, rows.variants, rows.variant_probability);
    write(occlusion_schema().image_probability, rows.images, rows.image_probability);
    write_by_root(occlusion_schema().image_loss, rows.images, rows.image_loss);
    write_by_root(occlusion_schema().photo_digest, rows.images, rows.photo_digest);
    write_attribution(rows);
    flush();
    write_by_root(occlusion_schema().image_status, rows.images, rows.status);
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
