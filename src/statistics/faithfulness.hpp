#pragma once

#include "mean_curves.hpp"
#include "reduction_progress.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/inference.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::statistics {

/// A kind of orders, and where its orders are among those of an occlusion file.
struct OrderKind {
    std::string name;  ///< as /faithfulness/order
    std::vector<std::size_t> orders;
};

/// The kinds of the orders of an occlusion file: each name but "random 1", "random 2" and so on, which are one kind,
/// "random". Pure.
std::vector<OrderKind> order_kinds(std::span<const std::string> orders);

/// The areas of one image in one kind of orders, by results::curve_areas. Plain.
struct KindAreas {
    std::array<float, results::curve_areas.size()> area{};
};

/// What one image says of one kind of orders. Plain: sent between ranks as it is.
struct KindCurves {
    KindAreas areas;
    CurvePair curves;
};

/// An image with classes, of the scene that it is predicted as. Plain.
struct AreaRecord {
    std::uint32_t image = 0;
    std::uint32_t scene = 0;
    std::uint32_t classes = 0;  ///< number of KindCurves that belong to it
};

/// Where the random numbers of the intervals are told apart: DrawKey::set.
enum class AreaSet : std::uint8_t { scene = 6, all = 7 };

/// Appends a row [A,K] to every column of `rows`: means of the areas over images, and of their paired differences, with
/// bootstrap intervals. `areas` [images,K]: in image order. An order has no difference to itself: NaN, as without
/// images or without the other order.
void append_areas(results::FaithfulnessRows& rows, std::span<const KindAreas> areas, std::span<const OrderKind> kinds,
                  const DrawKey& key, Intervals& intervals);

/// Faithfulness of the orders of the file's curves: of the scenes of this rank (comm::even_share), and over all images
/// on rank 0. Every rank holds the curves of all images meanwhile, 184 bytes a kind and image, since all draw from
/// them. The same bits for any number of ranks. Collective. Precondition: the file has curves.
struct Faithfulness {
    results::FaithfulnessRows scenes;
    results::FaithfulnessRows overall;
};
Faithfulness measure_faithfulness(const results::OcclusionReader& file, const comm::Communicator& communicator,
                                  const DoneImages& done, const ResamplingOptions& resampling,
                                  const ReductionProgress& progress);

/// The areas over all images for people, a line each kind of orders; "" where there are none.
std::string faithfulness_table(const results::FaithfulnessRows& overall, std::span<const OrderKind> kinds);

}  // namespace semscope::statistics
