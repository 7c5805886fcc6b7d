#include "semscope/figures/interaction_matrix.hpp"

#include "axes.hpp"
#include "colour_bar.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/colour_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <utility>

namespace semscope::figures {
namespace {

using Style = ChartStyle;

constexpr double side = 24;  // of a cell
constexpr double small_share = 0.55;
constexpr double head_height = 40;
constexpr double dot_radius = 2.4;
constexpr double most_name_width = 130;
constexpr double bar_gap = 18;
constexpr double least_bar = 130, longest_bar = 220;
const double diagonal = std::sqrt(0.5);
const BarLook bar_look{"need each other", "stand in for each other", true};

void check(const InteractionMatrix& matrix) {
    if (matrix.cells.empty()) throw InputError(fmt::format("{}: a matrix without interactions", matrix.title));
    for (const InteractionCell& cell : matrix.cells) {
        if (cell.first >= cell.second || cell.second >= matrix.names.size())
            throw InputError(fmt::format("{}: {} and {} are no pair of {} classes", matrix.title, cell.first,
                                         cell.second, matrix.names.size()));
        if (!std::isfinite(cell.mean))
            throw InputError(fmt::format("{}: the interaction of {} and {} is not finite", matrix.title,
                                         matrix.names[cell.first], matrix.names[cell.second]));
    }
}

ValueRange range_of(const InteractionMatrix& matrix) {
    ValueRange range;
    for (const InteractionCell& cell : matrix.cells) range = join(range, {cell.mean, cell.mean});
    return symmetric(range);
}

Note note_of(const InteractionMatrix& matrix, const InteractionCell& cell) {
    const std::string &first = matrix.names[cell.first], &second = matrix.names[cell.second];
    return {"interaction",
            fmt::format("{} and {}: {} [{}, {}], q = {}, n = {}", first, second, significant(cell.mean),
                        significant(cell.ci_low), significant(cell.ci_high), significant(cell.q_value), cell.images),
            {{"first", first},
             {"second", second},
             {"images", fmt::format("{}", cell.images)},
             {"mean", exact(cell.mean)},
             {"ci-low", exact(cell.ci_low)},
             {"ci-high", exact(cell.ci_high)},
             {"q", exact(cell.q_value)}}};
}

/// Where everything stands. Class k > 0 has row k - 1, and class k < n - 1 column k.
class MatrixLayout {
  public:
    explicit MatrixLayout(InteractionMatrix matrix) : matrix_(std::move(matrix)), range_(range_of(matrix_)) {
        for (const std::string& name : matrix_.names)
            labels_.push_back(shorten(short_name(name), font(), most_name_width));
        double widest = 0, deepest = 0, overhang = 0;
        for (std::size_t k = 0; k < labels_.size(); ++k) {
            const double width = measure(labels_[k], font()).width;
            if (k > 0) widest = std::max(widest, width);
            if (k + 1 == labels_.size()) continue;
            deepest = std::max(deepest, (width + Style::text_size) * diagonal);
            overhang = std::max(overhang, width * diagonal - (static_cast<double>(k) + 0.5) * side + 4);
        }
        const double length = side * static_cast<double>(labels_.size() - 1);
        area_ = {Style::margin + std::max(widest + 6, overhang), Style::margin + head_height, length, length};
        const double bar_width = colour_bar_width(matrix_.font, range_, bar_look);
        // The bar stands in the empty triangle as far as the rows beside it leave room.
        const double bar = std::clamp(length, least_bar, longest_bar);
        bar_ = {area_.x + std::min(length, side * (std::ceil(bar / side) + 1)) + bar_gap, area_.y, bar_width, bar};
        const double texts = std::max(measure(matrix_.title, font(Style::title_size, true)).width,
                                      measure(matrix_.subtitle, font()).width);
        size_.width = std::max({bar_.right(), area_.right(), Style::margin + texts}) + Style::margin;
        caption_ = wrap(caption(), font(Style::caption_size), size_.width - 2 * Style::margin);
        size_.height = std::max(area_.bottom() + deepest + 8, bar_.bottom()) + 14 +
                       1.35 * Style::caption_size * static_cast<double>(caption_.size() - 1) + Style::margin;
    }

    const InteractionMatrix& matrix() const { return matrix_; }
    Size size() const { return size_; }

    void draw(Canvas& canvas) const {
        canvas.text({Style::margin, Style::margin + Style::title_size}, matrix_.title,
                    {.font = font(Style::title_size, true)});
        canvas.text({Style::margin, Style::margin + Style::title_size + 1.35 * Style::text_size}, matrix_.subtitle,
                    {.font = font(), .colour = Style::grey});
        draw_names(canvas);
        draw_missing(canvas);
        const MapColours colours{diverging(), range_};
        for (const InteractionCell& cell : matrix_.cells) draw_cell(canvas, colours, cell);
        draw_colour_bar(canvas, bar_, colours, matrix_.font, bar_look);
        double y = size_.height - Style::margin - 1.35 * Style::caption_size * static_cast<double>(caption_.size() - 1);
        for (const std::string& line : caption_) {
            canvas.text({Style::margin, y}, line, {.font = font(Style::caption_size), .colour = Style::grey});
            y += 1.35 * Style::caption_size;
        }
    }

  private:
    Font font(double size = Style::text_size, bool bold = false) const { return {matrix_.font, size, bold}; }

    std::string caption() const {
        return fmt::format(
            "Mean of p \u2212 p\u209b \u2212 p\u209c + p\u209b\u209c over the images that have both classes s and t. "
            "Dot: q < {}; ring: "
            "the 95 % interval of the mean excludes 0. "
            "Small: {} images or fewer. Crossed: never together. {}",
            matrix_.significant, matrix_.few_images, matrix_.caption);
    }

    Rect place(std::size_t first, std::size_t second) const {
        return {area_.x + side * static_cast<double>(first), area_.y + side * static_cast<double>(second - 1), side,
                side};
    }

    void draw_names(Canvas& canvas) const {
        const Group group(canvas, {"names", "", {}});
        for (std::size_t k = 0; k < labels_.size(); ++k) {
            const double along = side * static_cast<double>(k);
            if (k > 0)
                canvas.text({area_.x - 6, area_.y + along - side / 2 + 0.36 * Style::text_size}, labels_[k],
                            {.font = font(), .anchor = Anchor::end});
            if (k + 1 < labels_.size())
                canvas.text({area_.x + along + side / 2 + 0.5 * Style::text_size * diagonal,
                             area_.bottom() + 6 + 0.5 * Style::text_size},
                            labels_[k], {.font = font(), .anchor = Anchor::end, .rotation = 45});
        }
    }

    void draw_missing(Canvas& canvas) const {
        std::set<std::pair<std::size_t, std::size_t>> known;
        for (const InteractionCell& cell : matrix_.cells) known.emplace(cell.first, cell.second);
        const Group group(canvas, {"never-together", "", {}});
        for (std::size_t second = 1; second < labels_.size(); ++second)
            for (std::size_t first = 0; first < second; ++first) {
                const Rect cell = place(first, second);
                canvas.rectangle(cell, {.outline = Pen{Style::grid, 0.6, {}}});
                if (known.contains({first, second})) continue;
                constexpr double inset = 8.5;
                const double left = cell.x + inset, right = cell.right() - inset;
                const double top = cell.y + inset, bottom = cell.bottom() - inset;
                canvas.line({left, bottom}, {right, top}, {{190, 190, 190}, 0.6, {}});
                canvas.line({left, top}, {right, bottom}, {{190, 190, 190}, 0.6, {}});
            }
    }

    void draw_cell(Canvas& canvas, const MapColours& colours, const InteractionCell& cell) const {
        const Group group(canvas, note_of(matrix_, cell));
        const Rect whole = place(cell.first, cell.second);
        const bool few = cell.images <= matrix_.few_images;
        const double length = few ? small_share * side : side;
        const Rect square{whole.centre().x - length / 2, whole.centre().y - length / 2, length, length};
        const Rgb colour = colours.colours.colour_of(cell.mean, range_);
        canvas.rectangle(square, {.fill = colour, .outline = Pen{few ? Rgb{160, 160, 160} : white, 0.6, {}}});
        const Rgb mark = contrast(colour, white) > contrast(colour, black) ? white : black;
        if (cell.q_value < matrix_.significant)
            canvas.circle(whole.centre(), dot_radius, {.fill = mark});
        else if (!few && (cell.ci_low > 0 || cell.ci_high < 0))
            canvas.circle(whole.centre(), dot_radius, {.outline = Pen{mark, 0.9, {}}});
    }

    InteractionMatrix matrix_;
    ValueRange range_;
    std::vector<std::string> labels_;
    Rect area_;
    Rect bar_;
    Size size_;
    std::vector<std::string> caption_;
};

}  // namespace

Picture draw_interactions(InteractionMatrix matrix) {
    check(matrix);
    const auto layout = std::make_shared<const MatrixLayout>(std::move(matrix));
    return {layout->size(), layout->matrix().title, [layout](Canvas& canvas) { layout->draw(canvas); }};
}

}  // namespace semscope::figures
