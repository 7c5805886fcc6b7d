#include "semscope/attribution/curves.hpp"

#include <limits>
#include <numeric>

namespace semscope::attribution {

std::vector<Order> curve_orders(const Settings& settings, std::uint64_t image, const OrderValues& values) {
    std::vector<Order> orders{falling_order(std::span<const double>(values.deviation))};
    if (!values.shapley.empty() || settings.shapley != Shapley::off)
        orders.push_back(falling_order(std::span<const float>(values.shapley)));
    orders.push_back(falling_order(std::span<const std::uint32_t>(values.pixels)));
    for (std::uint32_t i = 0; i < settings.random_orders; ++i)
        orders.push_back(random_order({settings.seed, image, i, Purpose::curves}, values.pixels.size()));
    return orders;
}

std::vector<Coalition> deletion_coalitions(const Order& order) {
    std::vector<Coalition> coalitions{all_of(order.size())};
    for (const std::uint32_t each : order) coalitions.push_back(Coalition(coalitions.back()).reset(each));
    return coalitions;
}

std::vector<Coalition> insertion_coalitions(const Order& order) {
    std::vector<Coalition> coalitions{Coalition(order.size())};
    for (const std::uint32_t each : order) coalitions.push_back(Coalition(coalitions.back()).set(each));
    return coalitions;
}

std::uint64_t most_curve_coalitions(const Settings& settings, std::size_t classes) {
    if (!settings.curves || classes < 3) return 0;
    // Of deletion k = 2 .. n-1, of insertion k = 1 .. n-2.
    return order_names(settings).size() * 2 * (std::uint64_t{classes} - 2);
}

double area(std::span<const double> position, std::span<const float> value) {
    double sum = 0;
    for (std::size_t k = 1; k < position.size(); ++k)
        sum += (position[k] - position[k - 1]) * (double{value[k - 1]} + double{value[k]}) / 2;
    return sum;
}

std::vector<double> class_positions(std::size_t classes) {
    std::vector<double> positions{0};
    for (std::size_t k = 1; k <= classes; ++k)
        positions.push_back(static_cast<double>(k) / static_cast<double>(classes));
    return positions;
}

std::vector<double> pixel_positions(std::span<const std::uint32_t> pixels) {
    const auto all = static_cast<double>(std::accumulate(pixels.begin(), pixels.end(), std::uint64_t{0}));
    std::vector<double> positions{0};
    std::uint64_t sum = 0;
    for (const std::uint32_t each : pixels) positions.push_back(static_cast<double>(sum += each) / all);
    return positions;
}

namespace {

std::vector<float> predicted_scores(const std::vector<Coalition>& coalitions, const Scores& scores) {
    std::vector<float> values;
    values.reserve(coalitions.size());
    for (const Coalition& coalition : coalitions) values.push_back(scores.at(coalition).predicted);
    return values;
}

std::uint32_t first_flip(const std::vector<Coalition>& deletion, const Scores& scores) {
    for (std::size_t k = 1; k < deletion.size(); ++k)
        if (scores.at(deletion[k]).scene != scores.predicted()) return static_cast<std::uint32_t>(k);
    return 0;
}

}  // namespace

Curve make_curve(const Order& order, const Scores& scores, std::span<const std::uint32_t> pixels) {
    const auto deletion = deletion_coalitions(order);
    Curve curve;
    curve.deletion = predicted_scores(deletion, scores);
    curve.insertion = predicted_scores(insertion_coalitions(order), scores);
    curve.flip_count = first_flip(deletion, scores);
    if (order.empty()) {
        curve.deletion_area = curve.deletion_area_pixels = std::numeric_limits<float>::quiet_NaN();
        curve.insertion_area = curve.insertion_area_pixels = curve.deletion_area;
        return curve;
    }
    std::vector<std::uint32_t> in_order;
    in_order.reserve(order.size());
    for (const std::uint32_t each : order) in_order.push_back(pixels[each]);
    const auto by_classes = class_positions(order.size());
    const auto by_pixels = pixel_positions(in_order);
    curve.deletion_area = static_cast<float>(area(by_classes, curve.deletion));
    curve.deletion_area_pixels = static_cast<float>(area(by_pixels, curve.deletion));
    curve.insertion_area = static_cast<float>(area(by_classes, curve.insertion));
    curve.insertion_area_pixels = static_cast<float>(area(by_pixels, curve.insertion));
    return curve;
}

}  // namespace semscope::attribution
