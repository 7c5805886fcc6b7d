#include "axes.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace semscope::figures {
namespace {

// Rounding may put a multiple of the step just outside a range that ends on it.
constexpr double slack = 1e-9;

/// mantissa * 10^exponent. Kept apart, because 0.1 * 3 is not 0.3: ticks are computed from whole numbers.
struct Step {
    int mantissa = 1;
    int exponent = 0;

    double times(double count) const {
        const double whole = count * mantissa;
        return exponent < 0 ? whole / std::pow(10.0, -exponent) : whole * std::pow(10.0, exponent);
    }
    int decimals() const { return std::max(0, -exponent); }
};

Step step_for(double width, int target) {
    const double ideal = width / std::max(1, target);
    Step step;
    step.exponent = static_cast<int>(std::floor(std::log10(ideal)));
    const double share = ideal / std::pow(10.0, step.exponent);  // 1 to 10
    step.mantissa = share < std::sqrt(2.0) ? 1 : share < std::sqrt(10.0) ? 2 : share < std::sqrt(50.0) ? 5 : 10;
    if (step.mantissa == 10) step = {1, step.exponent + 1};
    return step;
}

std::string with_minus(std::string text) {
    if (text.empty() || text.front() != '-') return text;
    const bool zero = text.find_first_not_of("-0.") == std::string::npos;
    return fmt::format("{}{}", zero ? "" : "−", text.substr(1));
}

void check(ValueRange range) {
    if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
        throw InputError(fmt::format("an axis from {} to {} cannot be drawn", range.low, range.high));
}

}  // namespace

std::string decimal(double value, int decimals) { return with_minus(fmt::format("{:.{}f}", value, decimals)); }

std::string significant(double value, int digits) {
    const double magnitude = std::abs(value);
    if (value == 0) return "0";
    if (!std::isfinite(value)) return with_minus(fmt::format("{}", value));
    if (magnitude < 1e-5 || magnitude >= 1e7) return with_minus(fmt::format("{:.{}e}", value, digits - 1));
    const int before = static_cast<int>(std::floor(std::log10(magnitude))) + 1;
    return decimal(value, std::max(0, digits - before));
}

Ticks nice_ticks(ValueRange range, int target) {
    check(range);
    if (range.low == range.high) return {{range.low}, {significant(range.low)}, 0};
    const Step step = step_for(range.high - range.low, target);
    const double first = std::ceil(range.low / step.times(1) - slack);
    const double last = std::floor(range.high / step.times(1) + slack);
    Ticks ticks;
    ticks.step = step.times(1);
    for (double count = first; count <= last; ++count) {
        ticks.values.push_back(step.times(count) + 0.0);  // + 0.0: never minus zero
        ticks.labels.push_back(decimal(ticks.values.back(), step.decimals()));
    }
    return ticks;
}

ValueRange to_ticks(ValueRange range, int target) {
    check(range);
    if (range.low == range.high) return range;
    // A widened range may ask for a wider step, whose ticks lie further out.
    for (int round = 0; round < 4; ++round) {
        const Step step = step_for(range.high - range.low, target);
        const ValueRange wider{step.times(std::floor(range.low / step.times(1) + slack)) + 0.0,
                               step.times(std::ceil(range.high / step.times(1) - slack)) + 0.0};
        if (wider == range) break;
        range = wider;
    }
    return range;
}

namespace {

using Style = ChartStyle;

constexpr double plot_height = 220;
constexpr double minimum_plot_width = 260;
constexpr double maximum_name_width = 130;
constexpr double tick_length = 3;
constexpr double head_height = 34;  // title and subtitle
constexpr double name_angle = 45;
const double diagonal = std::sqrt(0.5);

constexpr double line_height(double size) { return 1.35 * size; }

}  // namespace

Columns::Columns(Texts texts, ValueRange range, double pitch, double legend_width, std::string font)
    : texts_(std::move(texts)), range_(range), pitch_(pitch), font_(std::move(font)), ticks_(nice_ticks(range, 7)) {
    const Font text = this->font(Style::text_size);
    for (std::string& name : texts_.names) name = shorten(short_name(name), text, maximum_name_width);
    double widest = 0;
    for (const std::string& label : ticks_.labels) widest = std::max(widest, measure(label, text).width);
    const double axis = line_height(Style::text_size) + widest + tick_length + 8;
    const double left = Style::margin + std::max(axis, name_overhang());
    const double head = std::max(measure(texts_.title, this->font(Style::title_size, true)).width,
                                 measure(texts_.subtitle, text).width + legend_width);
    const double columns = pitch_ * static_cast<double>(texts_.names.size());
    plot_ = {left, Style::margin + head_height, std::max({minimum_plot_width, columns, head + Style::margin - left}),
             plot_height};
    size_.width = plot_.right() + Style::margin;
    caption_ = wrap(texts_.caption, this->font(Style::caption_size), size_.width - 2 * Style::margin);
    size_.height = plot_.bottom() + names_height() + Style::margin +
                   static_cast<double>(caption_.size()) * line_height(Style::caption_size);
}

double Columns::x_of(std::size_t index) const {
    const double pitch = plot_.width / static_cast<double>(texts_.names.size());
    return plot_.x + (static_cast<double>(index) + 0.5) * pitch;
}

double Columns::y_of(double value) const {
    if (!(range_.high > range_.low)) return plot_.centre().y;
    const double share = std::clamp((value - range_.low) / (range_.high - range_.low), 0.0, 1.0);
    return plot_.bottom() - share * plot_.height;
}

/// The names run down to the left at 45 degrees, from just below the axis.
double Columns::names_height() const {
    double widest = 0;
    for (const std::string& name : texts_.names) widest = std::max(widest, measure(name, font(Style::text_size)).width);
    return (widest + Style::text_size) * diagonal + tick_length + 8;
}

/// How far the first names stick out to the left of the plot.
double Columns::name_overhang() const {
    double most = 0;
    for (std::size_t i = 0; i < texts_.names.size(); ++i) {
        const double width = measure(texts_.names[i], font(Style::text_size)).width;
        most = std::max(most, width * diagonal - (static_cast<double>(i) + 0.5) * pitch_ + 4);
    }
    return most;
}

void Columns::draw(Canvas& canvas) const {
    draw_head(canvas);
    draw_value_axis(canvas);
    draw_names(canvas);
    draw_caption(canvas);
}

void Columns::draw_head(Canvas& canvas) const {
    canvas.text({Style::margin, Style::margin + Style::title_size}, texts_.title,
                {.font = font(Style::title_size, true)});
    canvas.text({Style::margin, Style::margin + Style::title_size + line_height(Style::text_size)}, texts_.subtitle,
                {.font = font(Style::text_size), .colour = Style::grey});
}

void Columns::draw_value_axis(Canvas& canvas) const {
    const Group group(canvas, {"axis", "", {{"low", exact(range_.low)}, {"high", exact(range_.high)}}});
    const Font text = font(Style::text_size);
    for (std::size_t i = 0; i < ticks_.values.size(); ++i) {
        const double y = y_of(ticks_.values[i]);
        canvas.line({plot_.x, y}, {plot_.right(), y}, {Style::grid, 0.5, {}});
        canvas.line({plot_.x - tick_length, y}, {plot_.x, y}, {Style::frame, 0.6, {}});
        canvas.text({plot_.x - tick_length - 3, y + 0.36 * text.size}, ticks_.labels[i],
                    {.font = text, .anchor = Anchor::end});
    }
    canvas.rectangle(plot_, {.outline = Pen{Style::frame, 0.6, {}}});
    if (shows(0) && range_.low < 0) canvas.line({plot_.x, y_of(0)}, {plot_.right(), y_of(0)}, {Style::frame, 0.9, {}});
    canvas.text({Style::margin + text.size, plot_.centre().y}, texts_.value_label,
                {.font = text, .anchor = Anchor::middle, .rotation = 90});
}

void Columns::draw_names(Canvas& canvas) const {
    const Group group(canvas, {"names", "", {}});
    const Font text = font(Style::text_size);
    for (std::size_t i = 0; i < texts_.names.size(); ++i) {
        const double x = x_of(i), y = plot_.bottom();
        canvas.line({x, y}, {x, y + tick_length}, {Style::frame, 0.6, {}});
        canvas.text({x + 0.5 * text.size * diagonal, y + tick_length + 3 + 0.5 * text.size}, texts_.names[i],
                    {.font = text, .anchor = Anchor::end, .rotation = name_angle});
    }
}

void Columns::draw_caption(Canvas& canvas) const {
    const Group group(canvas, {"caption", "", {}});
    double y =
        size_.height - Style::margin - static_cast<double>(caption_.size() - 1) * line_height(Style::caption_size);
    for (const std::string& line : caption_) {
        canvas.text({Style::margin, y}, line, {.font = font(Style::caption_size), .colour = Style::grey});
        y += line_height(Style::caption_size);
    }
}

}  // namespace semscope::figures
