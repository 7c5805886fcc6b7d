

// Result files that say what is not so. The files are made by HDF5 itself, so that only their content is at fault.
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/result_file.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace semscope::results {
namespace {

using hdf5::File;
using hdf5::Handle;
using testing::Contains;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Two images of one variant each, two scenes, two classes; as far as readers look at it before they read numbers.
class HostileResults : public testing::Test {
  protected:
    void SetUp() override {
        create_occlusion_file(path_,
                              {2,
                               2,
                               {"kitchen", "street"},
                               {"unlabelled", "wall"},
                               20,
                               [](std::uint64_t i) { return "val/" + std::to_string(i); }},
                              {{"configuration", "[data]\nroot = x\n"}}, 1);
        File file = open();
        file.dataset("/image/variant_offset").write<std::uint64_t>({{0, 3}}, {0, 1, 2});
    }
    File open() const { return File::open(path_, hdf5::Access::read_write); }
    /// Puts a dataset in the place of another, with nothing but `creation` to say how it is stored.
    void replace(const char* name, hid_t type, const std::vector<hsize_t>& extent, hid_t creation = H5P_DEFAULT) const {
        const File file = open();
        hdf5::check(H5Ldelete(file.id(), name, H5P_DEFAULT), "deleting");
        const Handle space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose,
                           "space");
        const Handle made(H5Dcreate2(file.id(), name, type, space.get(), H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose,
                          "creating");
    }
    void write_name(const char* name, const std::string& text) const {
        const File file = open();
        file.dataset(name).write_strings(0, std::span(&text, 1));
    }
    void expect_refused(const std::string& word) const {
        EXPECT_THAT([&] { OcclusionReader file(path_); }, ThrowsMessage<InputError>(HasSubstr(word)));
    }

    testing_support::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.path() / "occlusion.h5";
};

TEST_F(HostileResults, TheFileTheyStartFromIsRead) {
    const OcclusionReader file(path_);
    EXPECT_EQ(file.images(), 2U);
    EXPECT_EQ(file.scene_names().at(1), "street");
    EXPECT_EQ(file.image_paths({0, 2}).at(1), "val/1");
    EXPECT_EQ(content_digest(File::open(path_, hdf5::Access::read)).size(), 64U);
}

TEST_F(HostileResults, AnExtentThatNothingStandsBehindIsRefusedBeforeItIsAllocated) {
    replace("/image/loss", H5T_IEEE_F32LE, {hsize_t{1} << 40});
    EXPECT_THAT([&] { content_digest(open()); }, ThrowsMessage<InputError>(HasSubstr("/image/loss")));
    replace("/image/loss", H5T_IEEE_F32LE, {hsize_t{1} << 40, hsize_t{1} << 40});  // more bytes than 64 bits count
    EXPECT_THAT([&] { content_digest(open()); }, ThrowsMessage<InputError>(HasSubstr("/image/loss")));
    replace("/image/path", H5T_STD_U8LE, {hsize_t{1} << 62});
    expect_refused("/image/path");
}

TEST_F(HostileResults, MoreScenesThanAreReadAreRefusedSinceTheirMatrixIsTheirSquare) {
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "properties");
    hdf5::check(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), "allocating");
    const Handle text = hdf5::string_type(8);
    replace("/scene/name", text.get(), {maximum_scenes + 1}, creation.get());
    expect_refused("from 1 to 16384");
    replace("/scene/name", text.get(), {0});
    expect_refused("has 0 names");
}

TEST_F(HostileResults, DataInOtherFilesAreNotRead) {
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "properties");
    hdf5::check(H5Pset_external(creation.get(), "/etc/passwd", 0, 8), "external data");
    replace("/image/loss", H5T_IEEE_F32LE, {2}, creation.get());
    expect_refused("other files");
}

TEST_F(HostileResults, LinksThatLeadElsewhereAreNotFollowed) {
    {
        const File file = open();
        hdf5::check(H5Ldelete(file.id(), "/image/loss", H5P_DEFAULT), "deleting");
        hdf5::check(H5Lcreate_external("/other.h5", "/x", file.id(), "/image/loss", H5P_DEFAULT, H5P_DEFAULT), "link");
    }
    expect_refused("there is no dataset /image/loss");
    {
        const File file = open();
        hdf5::check(H5Ldelete(file.id(), "/image/loss", H5P_DEFAULT), "deleting");
        hdf5::check(H5Lcreate_soft("/image/loss", file.id(), "/image/loss", H5P_DEFAULT, H5P_DEFAULT),
                    "link to itself");
    }
    expect_refused("there is no dataset /image/loss");
}

TEST_F(HostileResults, OffsetsThatFallOrPassTheVariantsAreRefused) {
    const std::vector<std::vector<std::uint64_t>> all{{0, 2, 1}, {0, 1, 3}, {UINT64_MAX, 1, 2}, {5, 6, 7}};
    for (const auto& offsets : all) {
        {
            File file = open();
            file.dataset("/image/variant_offset").write<std::uint64_t>({{0, 3}}, offsets);
        }
        const OcclusionReader file(path_);
        EXPECT_THAT([&] { (void)file.variant_offsets({0, 2}); }, ThrowsMessage<InputError>(HasSubstr("inconsistent")));
        EXPECT_THAT(check_occlusion_content(file), Contains(HasSubstr("/image/variant_offset is inconsistent")));
    }
}

TEST_F(HostileResults, RowsThatAreNotThereAreRefusedBeforeTheyAreAllocated) {
    const OcclusionReader file(path_);
    EXPECT_THROW((void)file.variant_pixels({2, 1}), InputError);
    EXPECT_THROW((void)file.variant_probabilities({0, UINT64_MAX}), InputError);
    EXPECT_THROW((void)file.image_paths({1, 3}), InputError);
}

TEST_F(HostileResults, NamesThatLeaveTheirFolderOrMoveTheCursorAreRefused) {
    write_name("/scene/name", "..");
    EXPECT_THAT([&] { (void)OcclusionReader(path_).scene_names(); },
                ThrowsMessage<InputError>(HasSubstr("/scene/name[0] = \"..\"")));
    write_name("/semantic/name", "\x1b[2J");
    EXPECT_THAT([&] { (void)OcclusionReader(path_).semantic_names(); },
                ThrowsMessage<InputError>(HasSubstr("\"\\x1b[2J\" holds a control character")));
    write_name("/image/path", "../../x");
    EXPECT_THAT(
        [&] {
            (void)OcclusionReader(path_).image_paths({0, 2});
        },
        ThrowsMessage<InputError>(HasSubstr("leaves its folder")));
    EXPECT_THAT(check_occlusion_content(OcclusionReader(path_)), Contains(HasSubstr("/scene/name[0]")));
}

TEST_F(HostileResults, ATextAttributeOfManyElementsIsNotWrittenBehindItsBuffer) {
    {
        const File file = open();
        const hsize_t extent = 1000;
        const Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose, "space");
        const Handle type = hdf5::string_type(8);
        const Handle attribute(H5Acreate2(file.id(), "created", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                               H5Aclose, "creating");
        const std::string text(8000, 'x');
        hdf5::check(H5Awrite(attribute.get(), type.get(), text.data()), "writing");
    }
    EXPECT_THAT([&] { (void)OcclusionReader(path_).attribute("created"); },
                ThrowsMessage<InputError>(HasSubstr("attribute created is not one fixed-length string")));
}

TEST_F(HostileResults, ADigestIsOfStoredBytesAndNotOfPointers) {
    const Handle text(H5Tcopy(H5T_C_S1), H5Tclose, "type");
    hdf5::check(H5Tset_size(text.get(), H5T_VARIABLE), "variable length");
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "properties");
    hdf5::check(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), "allocating");
    replace("/image/loss", text.get(), {2}, creation.get());
    EXPECT_THAT([&] { content_digest(open()); }, ThrowsMessage<InputError>(HasSubstr("fixed-length")));
}

TEST_F(HostileResults, RowsWithoutElementsAreNotWalkedThrough) {
    replace("/image/loss", H5T_IEEE_F32LE, {hsize_t{1} << 62, 0});
    EXPECT_EQ(content_digest(open()).size(), 64U);
}

TEST_F(HostileResults, ATruncatedFileIsNoHdf5File) {
    for (const std::uintmax_t length : {0, 1, 100, 5000}) {
        std::filesystem::resize_file(path_, length);
        expect_refused("cannot be opened as an HDF5 file");
    }
}

}  // namespace
}  // namespace semscope::results
