#pragma once

#include "semscope/comm/partition.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/hdf5/file.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The table of a file format. A format's table names each dataset once; files are laid out, checked, read, written,
/// measured and documented by it.
namespace semscope::results {

/// The dimensions of all formats. Each has a scale in its file, /dim_<name>.
enum class Dimension : std::uint8_t {
    image,
    image_boundary,
    variant,
    scene,
    predicted_scene,
    semantic,
    sample_boundary,
    correct_sample,
    predicted_sample,
    image_flip,
    explanation,
    order,
    pair,
    faithfulness_area,
    order_kind,
    curve_point,
    scene_boundary,
    predicted_pair,
    truth_pair
};

/// Parts that a file may have or not. Which it has follows from what it was made with.
enum class Part : std::uint8_t { shapley, curves, interactions };

/// What an element of a dataset is.
struct ElementType {
    const char* name;                ///< "float32", as the documentation has it; "string" for fixed-length UTF-8
    H5T_class_t kind;                ///< H5T_STRING: a text
    std::size_t bytes;               ///< 0 for texts: their length is a matter of the file
    hid_t (*file_type)() = nullptr;  ///< none for texts
    bool is_text() const noexcept { return kind == H5T_STRING; }
};

/// A row of the table. Every dataset is required, but in files of a version before it, and in files without the parts
/// that it belongs to.
struct DatasetSpec {
    std::string path;
    std::vector<Dimension> dimensions;
    std::string long_name;         ///< attribute of the dataset; its meaning in the documentation
    std::string units = {};        ///< attribute of the dataset, unless ""
    std::string note = {};         ///< what the documentation says besides
    std::uint64_t since = 1;       ///< first version of the format that has it
    std::vector<Part> parts = {};  ///< files that have one of these have the dataset; none = all files
    ElementType element{};

    bool belongs_to(const std::set<Part>& present) const;
};

/// A dataset whose elements are T in memory; texts are std::string.
template <class T>
struct Field {
    std::string path;
};

/// What the table leaves open: how large one file is.
struct Extents {
    std::map<Dimension, std::uint64_t> lengths;
    std::map<std::string, std::size_t> text_bytes;  ///< of the longest text of a dataset of texts, by path
    std::set<Part> parts = {};                      ///< that the file has
};

/// The format and its datasets. Formats derive from it and declare each dataset as a member: `Field<float> loss =
/// add<float>({.path = "/image/loss", ...})`.
class Schema {
  public:
    /// How a file says that it is of this format.
    struct Format {
        const char* name;
        std::uint64_t version;
        std::uint64_t oldest;  ///< version that is still read
        const char* noun;      ///< "an occlusion file"
    };

    const Format& format() const noexcept { return format_; }
    /// In the order in which they are created; all scales before the first dataset.
    const std::vector<Dimension>& dimensions() const noexcept { return dimensions_; }
    const std::vector<DatasetSpec>& datasets() const noexcept { return datasets_; }

    /// Those of a file that has these parts, and the dimensions that they have.
    std::vector<DatasetSpec> datasets_of(const std::set<Part>& parts) const;
    std::vector<Dimension> dimensions_of(const std::set<Part>& parts) const;

    /// Adds a row. The order of the calls is the order in which datasets are created.
    template <class T>
    Field<T> add(DatasetSpec spec);

  protected:
    Schema(Format format, std::vector<Dimension> dimensions) : format_(format), dimensions_(std::move(dimensions)) {}

  private:
    Format format_;
    std::vector<Dimension> dimensions_;
    std::vector<DatasetSpec> datasets_;
};

// Rows that several formats have.
DatasetSpec row_of_scene_name();
DatasetSpec row_of_semantic_name();
DatasetSpec row_of_image_path();
DatasetSpec row_of_image_scene();

const char* name_of(Dimension dimension);

/// The row of a dimension's scale.
DatasetSpec scale_of(Dimension dimension);

/// The shape of a dataset in a file of these extents.
std::vector<std::uint64_t> shape_of(const DatasetSpec& spec, const Extents& extents);

/// Bytes that the datasets and scales of such a file take.
std::uint64_t data_bytes(const Schema& schema, const Extents& extents);

/// The parts of a file, told by the datasets that no other part has. One dataset of a part is enough: that the others
/// are missing shows in require_datasets. Collective for a file of all ranks.
std::set<Part> parts_of(const hdf5::File& file, const Schema& schema);

/// Bytes of the longest of some texts, at least 1.
std::size_t maximum_text_bytes(const std::vector<std::string>& texts);

/// The tables of docs/formats.md, in Markdown: datasets, then scales.
std::string documentation_table(const Schema& schema);

template <class T>
ElementType element_type() {
    if constexpr (std::is_same_v<T, std::string>)
        return {"string", H5T_STRING, 0};
    else
        return {hdf5::type_name<T>(), std::is_floating_point_v<T> ? H5T_FLOAT : H5T_INTEGER, sizeof(T),
                hdf5::file_type<T>};
}

template <class T>
Field<T> Schema::add(DatasetSpec spec) {
    spec.element = element_type<T>();
    datasets_.push_back(std::move(spec));
    return {datasets_.back().path};
}

/// Creates a file: every scale and dataset of the table, allocated, with scales attached, and the attributes that name
/// the format. `fill` then writes what else there is to write now. Reserves the disk space. Local. Throws IoError when
/// the file cannot be made or the disk is full; nothing is left of it then.
void create_file(const std::filesystem::path& path, const Schema& schema, const Extents& extents,
                 const std::function<void(hdf5::File&)>& fill);

// What readers ask of a file before they trust it, and how they read by the table. All throw InputError that names the
// file. Collective for a file of all ranks.

/// The file says that it is of this format, and of a version that is read. Returns that.
std::uint64_t require_format(const hdf5::File& file, const Schema& schema);

/// Every dataset of the table that the file's version calls for is there and has the type and shape that the table and
/// the extents call for.
void require_datasets(const hdf5::File& file, const Schema& schema, const Extents& extents);

/// Length of a dataset of one dimension.
std::uint64_t extent(const hdf5::File& file, const std::string& path);

/// The number of classes that a dataset of names has, from 1 to `most`.
std::uint64_t class_count(const hdf5::File& file, const Field<std::string>& names, std::uint64_t most);

/// Rows of a dataset.
template <hdf5::Number T>
std::vector<T> read(const hdf5::File& file, const Field<T>& field, comm::Range rows) {
    return file.dataset(field.path).template read<T>(rows);
}

/// Names or paths. What `judge` (of core/text.hpp) has against one of them is an error: names end up on terminals and
/// in paths.
std::vector<std::string> read_names(const hdf5::File& file, const Field<std::string>& field, comm::Range rows,
                                    std::string (*judge)(std::string_view));

/// The offsets that enclose rows, one more than rows: none falls, none is beyond `end`.
std::vector<std::uint64_t> read_offsets(const hdf5::File& file, const Field<std::uint64_t>& field, comm::Range rows,
                                        std::uint64_t end);

/// A text attribute of the root group, "" when the file has none.
std::string text_attribute(const hdf5::File& file, const std::string& name);

}  // namespace semscope::results
