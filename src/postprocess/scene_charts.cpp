#include "semscope/postprocess/scene_charts.hpp"

#include "semscope/postprocess/selection.hpp"

#include <algorithm>
#include <functional>

namespace semscope::postprocess {

using figures::Box;
using results::Column;
using results::DeviationSet;
using results::Range;

namespace {

constexpr DeviationSet correct = DeviationSet::correct;

/// The numbers of one scene by column, each read when first asked for.
class Columns {
  public:
    Columns(const results::StatisticsReader& file, Range scene, Attribution attribution)
        : file_(file), scene_(scene), attribution_(attribution) {}

    double at(Column column, std::size_t semantic) {
        auto& values = values_[static_cast<std::size_t>(column)];
        if (values.empty()) values = file_.column(correct, column, scene_, attribution_);
        return values[semantic];
    }

  private:
    const results::StatisticsReader& file_;
    Range scene_;
    Attribution attribution_;
    std::array<std::vector<double>, results::column_count> values_;
};

/// The stored values outside the whiskers. The zeros of images without the class are not stored; where the whiskers do
/// not reach 0 they are fliers too.
std::vector<double> fliers(const Box& box, const std::vector<float>& values) {
    const auto outside = [&](double value) { return value < box.whisker_low || value > box.whisker_high; };
    std::vector<double> result;
    for (const float value : values)
        if (outside(value)) result.push_back(value);
    // They lie on one point, so more of them than this would only cost memory (box.n is whatever the file says).
    constexpr std::size_t maximum_zeros = 100000;
    if (box.n > values.size() && outside(0))
        result.insert(result.end(), std::min(box.n - values.size(), maximum_zeros), 0.0);
    return result;
}

}  // namespace

SceneCharts::SceneCharts(const results::StatisticsReader& file, const cli::FigureSettings& settings)
    : file_(file),
      attribution_(settings.attribution),
      order_(settings.order),
      share_(settings.share),
      font_(settings.font),
      scenes_(file.scene_names()),
      semantics_(file.semantic_names()) {
    if (!settings.palette.empty()) palette_ = selected_palette(settings, semantics_.size());
}

figures::BoxPlot SceneCharts::box_plot(std::uint64_t scene) const {
    const Range range{scene, scene + 1};
    figures::BoxPlot plot;
    plot.scene = scenes_.at(scene);
    plot.images = file_.images(correct, range)[0];
    plot.few_images = plot.images <= results::few_images;
    plot.font = font_;
    if (attribution_ == Attribution::shapley) plot.quantity = "Shapley value";
    const double threshold = file_.settings().relevant;
    const auto present = file_.present(correct, range);
    const auto offsets = file_.sample_offsets(correct, range);
    Columns columns(file_, range, attribution_);
    for (std::size_t s = 1; s < semantics_.size(); ++s) {
        const double mean = columns.at(Column::mean, s);
        if (!(mean > threshold)) continue;  // NaN is not relevant either
        Box box;
        box.semantic = s;
        box.name = semantics_[s];
        box.n = plot.images;
        box.present = present[s];
        box.mean = mean;
        using Member = std::pair<double Box::*, Column>;
        for (const auto& [member, column] :
             {Member{&Box::min, Column::min}, Member{&Box::q1, Column::q1}, Member{&Box::median, Column::median},
              Member{&Box::q3, Column::q3}, Member{&Box::max, Column::max},
              Member{&Box::whisker_low, Column::whisker_low}, Member{&Box::whisker_high, Column::whisker_high},
              Member{&Box::ci_low, Column::ci_low}, Member{&Box::ci_high, Column::ci_high}})
            box.*member = columns.at(column, s);
        box.fliers = fliers(box, file_.sample_values(correct, {offsets[s], offsets[s + 1]}, attribution_));
        plot.boxes.push_back(std::move(box));
    }
    if (order_ == BoxOrder::mean)
        std::stable_sort(plot.boxes.begin(), plot.boxes.end(),
                         [](const Box& a, const Box& b) { return a.mean > b.mean; });
    return plot;
}

figures::BarChart SceneCharts::distribution(std::uint64_t scene) const {
    const Range range{scene, scene + 1};
    figures::BarChart chart;
    chart.scene = scenes_.at(scene);
    chart.truth_images = file_.scene_images(range)[0];
    chart.predicted_images = file_.images(DeviationSet::predicted, range)[0];
    chart.shares =
        figures::shares_above(file_.distribution_truth(range), file_.distribution_predicted(range), semantics_, share_);
    chart.threshold = share_;
    chart.whole_maps = file_.settings().full_area != 0;
    chart.font = font_;
    if (palette_)
        for (const figures::Share& each : chart.shares) chart.swatches.push_back(palette_->area(each.semantic));
    return chart;
}

figures::ValueRange SceneCharts::common_range() const {
    figures::ValueRange range;
    for (std::uint64_t scene = 0; scene < scenes_.size(); ++scene) {
        if (file_.images(correct, {scene, scene + 1})[0] == 0) continue;
        range = figures::join(range, figures::box_plot_range(box_plot(scene).boxes));
    }
    return range;
}

double distracting_value(std::uint32_t flips, std::uint32_t missed, double mean, double threshold) {
    const double by_flips = missed > 0 ? static_cast<double>(flips) / missed : 0;
    const double by_mean = mean < -threshold ? -mean : 0;
    return std::max(by_flips, by_mean);
}

std::vector<double> cloud_values(const results::StatisticsReader& file, std::uint64_t scene, CloudSet set,
                                 Attribution attribution) {
    const results::Range range{scene, scene + 1};
    std::vector<double> mean = file.column(results::DeviationSet::correct, results::Column::mean, range, attribution);
    if (set == CloudSet::relevant) return mean;
    const auto flip = file.flip(range);
    const std::uint32_t missed = file.distractor_images(range)[0];
    const double threshold = file.settings().distracting;
    std::vector<double> values;
    for (std::size_t s = 0; s < mean.size(); ++s)
        values.push_back(distracting_value(flip[s], missed, mean[s], threshold));
    return values;
}

}  // namespace semscope::postprocess
