#include "row.hpp"

namespace semscope::bad_inputs {

namespace {

/// A second occlusion file, other.h5, which lines of Python make differ from the first.
std::function<void(const Place&)> other(const std::string& lines) {
    return [=](const Place& place) {
        std::filesystem::copy_file(place / "occlusion.h5", place / "other.h5");
        place.edit("other.h5", lines);
    };
}

}  // namespace

Table compare_rows() {
    return {
        {"CompareFilesOfOtherImagesScenesAndClassesAllNamedTogether",
         "compare",
         other("f['/scene/name'][1] = b'attic'; f['/semantic/name'][1] = b'door'; f['/image/path'][2] = b'val/x.png'\n"
               "f['/image/scene'][0] = 2; f['/image/photo_digest'][1] += 1\n"
               "f.attrs['configuration'] = np.bytes_(f.attrs['configuration'].replace(b'mode = remove', b'mode = "
               "keep'))"),
         {},
         {"6 problems", "other.h5 has other scenes than", "scene 1 is \"attic\" instead of", "other semantic classes",
          "class 1 is \"door\"", "occlusion.mode = remove", "the images differ: 1 in", "val/x.png",
          "images with another true scene: 1, the first", "images whose photo is another file: 1, the first"}},
        {"CompareRunsThatAreNotComplete",
         "compare",
         other("f['/image/status'][4] = 0; f.attrs['complete'] = f.attrs['complete'] * 0"),
         {},
         {"other.h5: 1 of 6 images are pending", "reduce.partial"}},
        {"CompareWithStatisticsIntoAMissingFolder",
         "compare",
         {},
         {
             "--compare.second",
             "@/statistics.h5",
             "--output.comparison",
             "@/nowhere/c.h5",
             "--figures.scene",
             "kitchn",
         },
         {"statistics.h5", "not an occlusion file", "nowhere: the folder of the output does not exist", "kitchn"},
         2,
         {}},
        {"CompareOntoAnInputOrAPicture",
         "compare",
         [](const Place& place) {
             other("pass")(place);
             std::filesystem::create_directories(place / "out/figures");
             place.write("out/figures/comparison.svg", "precious");
         },
         {"--output.comparison", "@/other.h5"},
         {"output.comparison is the file of compare.second", "comparison.svg: the picture exists"}},
        {"CompareThreeFiles", "compare", other("pass"), {"@/statistics.h5"}, {"too many positional options"}},
    };
}

}  // namespace semscope::bad_inputs
