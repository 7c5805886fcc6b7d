#pragma once

#include "semscope/attribution/coalition.hpp"
#include "semscope/attribution/orders.hpp"
#include "semscope/attribution/scores.hpp"
#include "semscope/attribution/settings.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Deletion and insertion curves: how the probability of the predicted scene falls while the classes of an image are
/// inhibited one after the other, and how it rises while they are revealed. Petsiuk, Das, Saenko, "RISE", 2018, for
/// pixels. All local and pure.
namespace semscope::attribution {

/// What the orders of the classes of an image stand on.
struct OrderValues {
    std::vector<double> deviation;      ///< [n] of the predicted scene
    std::vector<float> shapley;         ///< [n] of the predicted scene; empty where there are none
    std::vector<std::uint32_t> pixels;  ///< [n]
};

/// The orders of an image, as order_names lists them: by falling deviation, Shapley value and area, and random ones.
std::vector<Order> curve_orders(const Settings& settings, std::uint64_t image, const OrderValues& values);

/// The coalitions of an order: those of its deletion curve, from P to the empty one, or of its insertion curve, from
/// the empty one to P. n + 1 of them.
std::vector<Coalition> deletion_coalitions(const Order& order);
std::vector<Coalition> insertion_coalitions(const Order& order);

/// The most coalitions that the curves of an image ask for besides P, the empty one and P without each class.
std::uint64_t most_curve_coalitions(const Settings& settings, std::size_t classes);

/// The area under a curve by the trapezoidal rule. `position` ascends from 0 to 1; as many values as positions.
double area(std::span<const double> position, std::span<const float> value);

/// The positions k / n, k = 0 .. n.
std::vector<double> class_positions(std::size_t classes);

/// The share of the first k classes of an order in the pixels of all n. `pixels`: of the classes in that order.
std::vector<double> pixel_positions(std::span<const std::uint32_t> pixels);

/// The curves of one image in one order.
struct Curve {
    std::vector<float> deletion;                        ///< [n+1], from no class inhibited to all
    std::vector<float> insertion;                       ///< [n+1], from no class revealed to all
    float deletion_area = 0, deletion_area_pixels = 0;  ///< NaN for an image without classes
    float insertion_area = 0, insertion_area_pixels = 0;
    std::uint32_t flip_count = 0;  ///< classes that must go until another scene is predicted; 0 = that never happens
};

/// From the scores of all coalitions of the order. `pixels`: of the classes of the image, [n].
Curve make_curve(const Order& order, const Scores& scores, std::span<const std::uint32_t> pixels);

}  // namespace semscope::attribution
