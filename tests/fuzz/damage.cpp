#include "damage.hpp"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace semscope::fuzz {

namespace {

/// Closes an HDF5 identifier. Calls on one that is not valid fail, and nothing comes of it.
class Id {
  public:
    Id(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Id() {
        if (id_ >= 0) close_(id_);
    }
    Id(const Id&) = delete;
    Id& operator=(const Id&) = delete;
    operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor): stands for it

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

herr_t add_dataset(hid_t /*group*/, const char* name, const H5O_info_t* info, void* names) {
    if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(names)->push_back(name);
    return 0;
}

std::vector<std::string> dataset_names(hid_t file) {
    std::vector<std::string> names;
    H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, add_dataset, &names);
    return names;
}

/// The bits of a number that programs trip over.
std::uint64_t odd_bits(Choices& choices) {
    const auto bits = [](auto value) {
        std::uint64_t result = 0;
        std::copy_n(reinterpret_cast<const unsigned char*>(&value), sizeof(value),
                    reinterpret_cast<unsigned char*>(&result));
        return result;
    };
    using Float = std::numeric_limits<float>;
    using Double = std::numeric_limits<double>;
    const std::array<std::uint64_t, 22> table{0,
                                              1,
                                              2,
                                              3,
                                              4,
                                              5,
                                              6,
                                              8,
                                              255,
                                              65535,
                                              0x7fffffff,
                                              0x80000000,
                                              0xffffffff,
                                              UINT64_MAX,
                                              std::uint64_t{1} << 32,
                                              std::uint64_t{1} << 63,
                                              bits(Float::quiet_NaN()),
                                              bits(Float::infinity()),
                                              bits(1.0F),
                                              bits(-1.0F),
                                              bits(Double::quiet_NaN()),
                                              bits(Double::infinity())};
    const std::size_t which = choices.below(table.size() + 4);
    return which < table.size() ? table[which] : choices.number(8);
}

void change_value(hid_t file, const std::string& name, Choices& choices) {
    const Id dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    const Id type(H5Dget_type(dataset), H5Tclose);
    const Id space(H5Dget_space(dataset), H5Sclose);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    const std::size_t size = H5Tget_size(type);
    constexpr std::size_t maximum_bytes = 1 << 20;
    if (count <= 0 || size == 0 || static_cast<std::size_t>(count) > maximum_bytes / size ||
        H5Tis_variable_str(type) > 0 || H5Tget_class(type) == H5T_VLEN)
        return;
    std::vector<unsigned char> values(static_cast<std::size_t>(count) * size);
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) return;
    const std::size_t at = choices.number(2) % static_cast<std::size_t>(count);
    if (H5Tget_class(type) == H5T_STRING) {
        std::string text = choices.text(size);
        text.resize(size);
        std::copy(text.begin(), text.end(), values.data() + at * size);
    } else {
        const std::uint64_t bits = odd_bits(choices);
        std::copy_n(reinterpret_cast<const unsigned char*>(&bits), std::min<std::size_t>(size, 8),
                    values.data() + at * size);
    }
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

hid_t make_type(Choices& choices) {
    const std::array<hid_t, 12> numbers{H5T_STD_I8LE,   H5T_STD_U8LE,   H5T_STD_I16LE, H5T_STD_U16LE,
                                        H5T_STD_I32BE,  H5T_STD_U32LE,  H5T_STD_I64LE, H5T_STD_U64LE,
                                        H5T_IEEE_F32LE, H5T_IEEE_F64BE, H5T_STD_B32LE, H5T_STD_REF_OBJ};
    const std::size_t which = choices.below(numbers.size() + 6);
    if (which < numbers.size()) return H5Tcopy(numbers[which]);
    switch (which - numbers.size()) {
        case 0: {
            const hid_t text = H5Tcopy(H5T_C_S1);
            H5Tset_size(text, 1 + choices.number(2));
            return text;
        }
        case 1: {
            const hid_t text = H5Tcopy(H5T_C_S1);
            H5Tset_size(text, H5T_VARIABLE);
            return text;
        }
        case 2: {
            const hid_t compound = H5Tcreate(H5T_COMPOUND, 4);
            H5Tinsert(compound, "x", 0, H5T_STD_U32LE);
            return compound;
        }
        case 3: {
            const hsize_t extent = 1 + choices.byte();
            return H5Tarray_create2(H5T_STD_U8LE, 1, &extent);
        }
        case 4:
            return H5Tvlen_create(H5T_STD_U16LE);
        default:
            return H5Tcreate(H5T_OPAQUE, 1 + choices.byte());
    }
}

hid_t make_space(hid_t old, Choices& choices) {
    std::array<hsize_t, 4> extent{};
    int rank = H5Sget_simple_extent_ndims(old);
    if (rank >= 0 && rank <= 2) H5Sget_simple_extent_dims(old, extent.data(), nullptr);
    const std::array<hsize_t, 12> odd{
        0, 1, 2, 3, 4, 5, 6, 7, 100000, hsize_t{1} << 31, hsize_t{1} << 40, hsize_t{1} << 62};
    switch (choices.below(4)) {
        case 0:
            return H5Scopy(old);
        case 1:
            return H5Screate(choices.below(2) == 0 ? H5S_SCALAR : H5S_NULL);
        case 2:
            if (rank > 0) extent[choices.below(static_cast<std::size_t>(rank))] = odd[choices.below(odd.size())];
            break;
        default:
            rank = 1 + static_cast<int>(choices.below(4));
            for (int i = 0; i < rank; ++i) extent.at(static_cast<std::size_t>(i)) = odd[choices.below(odd.size())];
    }
    return H5Screate_simple(rank, extent.data(), nullptr);
}

/// Puts another dataset in the place of one: type, shape and layout, with or without data.
void replace_dataset(hid_t file, const std::string& name, Choices& choices) {
    hid_t new_type = -1, new_space = -1;
    {
        const Id old(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
        const Id old_type(H5Dget_type(old), H5Tclose);
        const Id old_space(H5Dget_space(old), H5Sclose);
        const std::size_t what = choices.below(3);
        new_type = what == 0 ? H5Tcopy(old_type) : make_type(choices);
        new_space = what == 1 ? H5Scopy(old_space) : make_space(old_space, choices);
    }
    const Id type(new_type, H5Tclose);
    const Id space(new_space, H5Sclose);
    const Id creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    std::array<hsize_t, 4> extent{};
    const int rank = H5Sget_simple_extent_ndims(space);
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    const std::size_t layout = choices.below(5);
    if (layout == 1 && rank > 0 && rank <= 4) {
        H5Sget_simple_extent_dims(space, extent.data(), nullptr);
        for (hsize_t& each : extent) each = std::clamp<hsize_t>(each, 1, 16);
        H5Pset_chunk(creation, rank, extent.data());
        H5Pset_deflate(creation, 6);
    } else if (layout == 2 && points > 0 && points < 1000) {
        H5Pset_layout(creation, H5D_COMPACT);
    } else if (layout == 3) {
        H5Pset_external(creation, "/dev/zero", 0, H5F_UNLIMITED);
    } else if (points > 0 && points < 100000 && H5Tget_size(type) < 1000) {
        H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    }
    H5Ldelete(file, name.c_str(), H5P_DEFAULT);
    const Id made(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
}

/// Writes an attribute of some type, shape and content, in the place of an old one or as a new one.
void change_attribute(hid_t object, const std::string& name, Choices& choices) {
    if (H5Aexists(object, name.c_str()) > 0) H5Adelete(object, name.c_str());
    const std::size_t what = choices.below(5);
    if (what == 0) return;  // it is gone
    const Id scalar(H5Screate(H5S_SCALAR), H5Sclose);
    if (what == 1) {  // a text of the input
        const std::string text = choices.text(64) + '\0';
        const Id type(H5Tcopy(H5T_C_S1), H5Tclose);
        H5Tset_size(type, text.size());
        const Id made(H5Acreate2(object, name.c_str(), type, scalar, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        H5Awrite(made, type, text.data());
        return;
    }
    if (what == 2) {  // a number
        const std::uint64_t bits = odd_bits(choices);
        const hid_t type = choices.below(2) == 0 ? H5T_STD_I64LE : H5T_IEEE_F64LE;
        const Id made(H5Acreate2(object, name.c_str(), type, scalar, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        H5Awrite(made, type, &bits);
        return;
    }
    const Id type(make_type(choices), H5Tclose);
    const Id space(make_space(scalar, choices), H5Sclose);
    const Id made(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    const std::size_t size = H5Tget_size(type);
    if (made < 0 || H5Tis_variable_str(type) != 0 || H5Tget_class(type) == H5T_VLEN ||
        H5Tget_class(type) == H5T_REFERENCE || points < 0 || static_cast<std::size_t>(points) * size > 60000)
        return;
    const std::vector<unsigned char> bytes(static_cast<std::size_t>(points) * size + 1, 'x');
    H5Awrite(made, type, bytes.data());
}

void change_link(hid_t file, const std::vector<std::string>& names, const std::string& name, Choices& choices) {
    H5Ldelete(file, name.c_str(), H5P_DEFAULT);
    switch (choices.below(5)) {
        case 0:
            break;  // it is gone
        case 1:
            H5Lcreate_soft(choices.below(2) == 0 ? ("/" + name).c_str() : "/nowhere", file, name.c_str(), H5P_DEFAULT,
                           H5P_DEFAULT);
            break;
        case 2:
            H5Lcreate_hard(file, names[choices.below(names.size())].c_str(), file, name.c_str(), H5P_DEFAULT,
                           H5P_DEFAULT);
            break;
        case 3:
            H5Lcreate_external("/dev/zero", "/x", file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
            break;
        default:
            const Id group(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    }
}

void change_some_attribute(hid_t file, Choices& choices) {
    constexpr std::array of_root{"format",        "format_version", "complete",           "ranks",
                                 "configuration", "created",        "occlusion_identity", "configuration_digest",
                                 "command_line"};
    constexpr std::array of_groups{"images", "unknown",   "loss",         "top1",     "mean_class_accuracy",
                                   "seed",   "resamples", "permutations", "relevant", "distracting"};
    constexpr std::array groups{"/evaluation", "/deviation", "/relevance", "/image", "/variant"};
    if (choices.below(2) == 0) {
        change_attribute(file, of_root.at(choices.below(of_root.size())), choices);
    } else {
        const Id group(H5Gopen2(file, groups.at(choices.below(groups.size())), H5P_DEFAULT), H5Gclose);
        if (group >= 0) change_attribute(group, of_groups.at(choices.below(of_groups.size())), choices);
    }
}

}  // namespace

void damage(const std::filesystem::path& path, Choices& choices) {
    constexpr int maximum_changes = 8;
    std::optional<std::uint64_t> length;
    {
        const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        const Id file(H5Fopen(path.c_str(), H5F_ACC_RDWR, access), H5Fclose);
        for (int i = 0; i < maximum_changes && !choices.empty(); ++i) {
            const auto names = dataset_names(file);
            if (names.empty()) break;
            const std::size_t what = choices.below(16);
            const std::string& name = names[choices.below(names.size())];
            if (what < 8)
                change_value(file, name, choices);
            else if (what < 11)
                replace_dataset(file, name, choices);
            else if (what < 14)
                change_some_attribute(file, choices);
            else if (what < 15)
                change_link(file, names, name, choices);
            else
                length = choices.number(3);
        }
    }
    std::error_code ignored;
    if (length && *length < std::filesystem::file_size(path)) std::filesystem::resize_file(path, *length, ignored);
}

}  // namespace semscope::fuzz
