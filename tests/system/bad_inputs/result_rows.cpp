#include "row.hpp"

#include <opencv2/core.hpp>

namespace semscope::bad_inputs {

namespace {

using Spoil = std::function<void(const Place&)>;

Spoil occlusion(const std::string& lines) {
    return [=](const Place& place) { place.edit("occlusion.h5", lines); };
}

/// Lines that replace a dataset by another with the same attributes.
std::string replaced(const std::string& name, const std::string& value) {
    return "old = f['" + name + "']; value = " + value + "; del f['" + name + "']; f['" + name + "'] = value";
}

}  // namespace

Table result_rows() {
    return {
        {"Missing",
         "reduce",
         [](const Place& place) { place.remove("occlusion.h5"); },
         {},
         {"occlusion.h5", "no such file"}},
        {"NotHdf5",
         "reduce",
         [](const Place& place) { place.write("occlusion.h5", "precious"); },
         {},
         {"occlusion.h5", "HDF5"}},
        {"IsAFolder", "reduce", {}, {"--output.occlusion", "@/data"}, {"data"}},
        {"Empty", "reduce", [](const Place& place) { place.write("occlusion.h5", ""); }, {}, {"occlusion.h5", "HDF5"}},
        {"Truncated", "reduce", [](const Place& place) { place.truncate("occlusion.h5"); }, {}, {"occlusion.h5"}},
        {"StatisticsWhereMatricesAreWanted",
         "reduce",
         {},
         {"--output.occlusion", "@/statistics.h5"},
         {"statistics.h5", "not an occlusion file"}},
        {"OtherSchema", "reduce", occlusion("for name in list(f): del f[name]\nf['x'] = 1"), {}, {"occlusion.h5"}},
        {"LaterFormat",
         "reduce",
         occlusion("f.attrs['format_version'] = np.uint64(7)"),
         {},
         {"occlusion.h5", "format version 7"}},
        {"MissingDataset", "reduce", occlusion("del f['/variant/pixels']"), {}, {"occlusion.h5", "/variant/pixels"}},
        {"DatasetOfAnotherType",
         "reduce",
         occlusion(replaced("/image/scene", "np.zeros(old.shape, 'f8')")),
         {},
         {"occlusion.h5", "/image/scene"}},
        {"DatasetOfAnotherShape",
         "reduce",
         occlusion(replaced("/variant/probability", "old[:-1]")),
         {},
         {"occlusion.h5", "/variant/probability"}},
        {"WholeLabelMapsMissingAndChangedTogether",
         "reduce",
         [](const Place& place) {
             std::filesystem::remove(place.label("kitchen/0000.png"));
             place.write_picture(place.label("bedroom/0001.png"), 24, 24, CV_8UC3);
         },
         {"--statistics.area", "full", "--data.root", "@/data"},
         {"kitchen/0000.png", "bedroom/0001.png", "not the label map that the occlusion file was made of",
          "2 problems"}},
        {"WholeLabelMapsReadOtherwise",
         "reduce",
         {},
         {"--statistics.area", "full", "--labels.offset", "2", "--data.root", "@/data"},
         {"labels.offset = 2", "occlusion.h5", "made with 1"}},
        {"AnAreaThatIsNone", "reduce", {}, {"--statistics.area", "half"}, {"statistics.area", "half", "crop, full"}},
        {"OffsetsThatGoBack",
         "reduce",
         occlusion("f['/image/variant_offset'][2] = 0; f['/image/variant_offset'][1] = 9"),
         {},
         {"occlusion.h5", "variant_offset"}},
        {"OffsetsPastTheVariants",
         "reduce",
         occlusion("f['/image/variant_offset'][6] = 10**9"),
         {},
         {"occlusion.h5", "variant_offset"}},
        {"ProbabilitiesThatAreNone",
         "reduce",
         occlusion("f['/image/probability'][3, 0] = np.nan"),
         {},
         {"occlusion.h5", "distribution"}},
        {"RunThatIsNotComplete",
         "reduce",
         occlusion("f['/image/status'][4] = 0; f.attrs['complete'] = f.attrs['complete'] * 0"),
         {},
         {"occlusion.h5", "1 of 6 images are pending", "reduce.partial"}},
        {"InspectOfWhatIsNoHdf5File", "inspect", {}, {"@/data/val.txt"}, {"val.txt", "HDF5"}},
        {"InspectOfAMissingFile", "inspect", {}, {"@/nowhere.h5"}, {"nowhere.h5", "no such file"}},
        {"InspectOfAFolder", "inspect", {}, {"@/data"}, {"data"}},
        {"InspectOfAForeignHdf5File",
         "inspect",
         occlusion("del f.attrs['format']"),
         {"@/occlusion.h5"},
         {"occlusion.h5"}},
        {"InspectOfAnUnknownScene",
         "inspect",
         {},
         {"@/statistics.h5", "--scene", "kitchn"},
         {"kitchn", "nearest: kitchen"}},
        {"InspectOfASceneOfMatrices",
         "inspect",
         {},
         {"@/occlusion.h5", "--scene", "kitchen"},
         {"occlusion.h5", "statistics file"}},
        {"DigestOfWhatIsTruncated",
         "inspect",
         [](const Place& place) { place.truncate("statistics.h5"); },
         {"--digest", "@/statistics.h5"},
         {"statistics.h5"}},
    };
}

}  // namespace semscope::bad_inputs
