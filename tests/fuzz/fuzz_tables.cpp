// The tables of a data set. The first byte of the input selects the reader, the rest is the file.
#include "harness.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/tables.hpp"

namespace semscope {
namespace {

using fuzz::expect_success_or_typed_error;
using fuzz::require;

void check_list(const data::ImageList& images, std::size_t scenes) {
    for (std::size_t i = 0; i < images.size(); ++i) {
        require(!images.path(i).empty() && images.path(i).size() <= images.maximum_path_bytes(), "a path of no length");
        require(images.scene(i) >= -1 && images.scene(i) < static_cast<std::int32_t>(scenes), "a scene out of range");
    }
    require(images.digest().size() == 64, "a digest of another length");
    for (const data::LabelNaming& naming : {data::LabelNaming{}, {"", "_seg.png"}, {"_left.png", "_ids.png"}})
        expect_success_or_typed_error([&] {
            data::require_own_label_maps(images, naming);
            for (std::size_t i = 0; i < images.size(); ++i)
                require(data::label_map_path(images.path(i), naming).ends_with(naming.suffix),
                        "a label map of another end");
        });
}

void run(std::uint8_t selector, std::string_view text) {
    static const fuzz::ScratchFile file("table.txt");
    static const data::SceneNames scenes({"bedroom", "apartment_building-outdoor", "1"});
    file.write(text);
    expect_success_or_typed_error([&] {
        switch (selector % 7) {
            case 0:
                check_list(data::read_image_list(file.path(), scenes, 0), scenes.size());
                break;
            case 1:
                check_list(data::read_image_paths(file.path(), 0), 0);
                break;
            case 2: {
                const data::SceneNames names = data::read_scene_names(file.path());
                for (const std::string& name : names.names())
                    require(names.find(name).has_value(), "a scene is not found by its own name");
                break;
            }
            case 3:
                require(data::read_semantic_names(file.path()).size() <= maximum_semantics,
                        "more classes than label maps hold");
                break;
            case 4: {
                const std::vector<std::string> semantics{"unlabelled", "wall", "pool table"};
                for (const std::uint16_t semantic : data::read_label_mapping(file.path(), semantics))
                    require(semantic < semantics.size(), "a class out of range");
                break;
            }
            case 5: {
                const std::vector<std::string> semantics{"unlabelled", "wall", "pool table"};
                data::LabelCoding coding;
                coding.encoding = data::LabelEncoding::colours;
                coding.colours = file.path();
                (void)data::LabelDecoder(coding, semantics);
                break;
            }
            default:
                check_list(data::read_image_list(file.path(), scenes, 3), scenes.size());
        }
    });
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) semscope::run(data[0], semscope::fuzz::as_text(data + 1, size - 1));
    return 0;
}
