#include "semscope/cli/vocabulary.hpp"
#include "semscope/inspection/inspection.hpp"

namespace semscope::inspection {

cli::Options inspection_options(InspectionSettings& settings) {
    cli::Options options("semscope-inspect", "summarises, checks and compares result files and label maps", {"file"});
    options.add(cli::option("file", settings.file, "file to look at", {.required = true}));
    options.add(cli::option("json", settings.json, "print the summary as JSON"));
    options.add(cli::option("digest", settings.digest, "print a SHA-256 over all the datasets and nothing else"));
    options.add(cli::option("check", settings.check, "check schema and content; exit code 2 when something is wrong"));
    options.add(cli::option("scene", settings.scene, "of a statistics file: print the classes of this scene, ranked"));
    cli::Settings& shared = settings.shared;
    options.add(cli::vocabulary(shared, {cli::Group::labels}));
    options.use(shared.data.root, shared.data.semantics, shared.data.suffix, shared.output.overwrite);
    options.add(
        cli::option("figure", settings.figure, "of a label map: draw it over its photo to this PNG, SVG or PDF"));
    options.add(
        cli::option("photo", settings.photo, "photo of the label map; else the one at the same place below data.root"));
    return options;
}

}  // namespace semscope::inspection
