#include "vocabulary_groups.hpp"

namespace semscope::cli {

std::vector<OptionSpec> figure_options(FigureSettings& figures) {
    return {
        option("figures.scene", figures.scene, "draw these scenes alone, commas between; empty = all"),
        option("figures.image", figures.image,
               "maps: draw these images alone, path, file name or stem, commas between"),
        option("figures.limit", figures.limit,
               "maps: at most this many images a scene, each of correct and predicted; 0 = all", {.unit = "images"}),
        option("figures.formats", figures.formats,
               "of png, svg, pdf, commas between; auto = all three, but png for the panels of maps"),
        option("figures.attribution", figures.attribution,
               "what maps, box plots and word clouds show: deviations, or Shapley values",
               {.details = "`shapley` needs files with Shapley values (attribution.shapley); the names of its files "
                           "end with `.shapley`"}),
        option(
            "figures.scale", figures.scale,
            "maps: the colours' ends are the map's own range, that of all maps of the scene, that of all maps of all "
            "scenes drawn, or symmetric around 0",
            {.details = "`symmetric` has a diverging colour map"}),
        option(
            "figures.range", figures.range,
            "maps: fixed ends of the colours, low,high; values beyond them get the colour of the nearer end; empty = "
            "as figures.scale says",
            {.details = "with figures.scale = symmetric the ends are -x,x; the other scales exclude it"}),
        option("figures.area", figures.area,
               "maps: what the network saw, or the whole label map at the photo's stored size",
               {.details = "with `full`, classes that the network did not see are hatched, and names that do not fit "
                           "stand in a legend"}),
        option("figures.sheet", figures.sheet,
               "maps: draw one sheet of these scenes instead, a row each, with one colour bar; commas between",
               {.details = "a row shows the first image of figures.image that is predicted as the scene, else the most "
                           "typical one"}),
        option("figures.order", figures.order, "box plots: classes by index or by falling mean"),
        option("figures.axis", figures.axis, "box plots: one value axis for all scenes, or each its own"),
        option("figures.share", figures.share, "distributions: show classes with more than this share of the pixels",
               {.maximum = 1}),
        option("figures.set", figures.set, "word clouds: the classes they are made of"),
        option("figures.relative-scaling", figures.relative_scaling,
               "word clouds: how strongly font sizes follow weights; 0 = not at all, 1 = in proportion",
               {.maximum = 1, .details = "the published figures have 0.35"}),
        option("figures.percentile", figures.percentile,
               "word clouds: weights below this percentile of the weights are raised to it", {.maximum = 100}),
        option("figures.words", figures.words, "word clouds: at most this many words, the heaviest ones; 0 = all",
               {.unit = "words"}),
        option("figures.photos", figures.photos, "scene figures: photos of each scene, the most typical ones",
               {.maximum = 12, .unit = "photos"}),
        option(
            "figures.width", figures.width,
            "width of a word cloud, a map or a scene figure; auto = 600 for clouds, 720 for scene figures, and for "
            "maps a pixel "
            "for each pixel of the label map",
            {.minimum = 100,
             .maximum = 10000,
             .unit = "points",
             .details = "a map has width * figures.dpi / 72 pixels, and each picture of a panel or sheet this width"}),
        option("figures.height", figures.height, "word clouds: height in points",
               {.minimum = 100, .maximum = 10000, .unit = "points"}),
        option("figures.seed", figures.seed, "word clouds: seed of the layout"),
        option("figures.dpi", figures.dpi, "pixels per inch of PNG files",
               {.minimum = 10, .maximum = 1200, .unit = "dpi"}),
        option("figures.font", figures.font, "font family"),
        option(
            "figures.palette", figures.palette,
            "colours of the classes, lines `index red green blue [name]` as in config/ade20k_palette150.txt; empty = "
            "that one for 150 classes, else generated",
            {.details = "for clouds, panels, distributions and the report"}),
    };
}

std::vector<OptionSpec> report_options(ReportSettings& report) {
    return {
        option("report.images", report.images,
               "gallery of a scene: at most this many images of each kind (correct, missed, predicted wrongly), chosen "
               "evenly; 0 = all",
               {.unit = "images"}),
        option("report.against", report.against,
               "occlusion file of a second run of the same photos, shown beside the first"),
    };
}

}  // namespace semscope::cli
