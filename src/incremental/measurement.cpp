#include "occluder_state.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/timing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>

namespace semscope::incremental {

using network::Forward;

namespace {

/// Photos in the first slots, and the forwards of each itself and of what is inhibited in it.
struct MeasuredBatch {
    std::vector<std::shared_ptr<const network::Sample>> photos;
    std::vector<Forward> forwards;

    void add(const std::shared_ptr<const network::Sample>& photo, Inhibited inhibited) {
        const auto slot = static_cast<int>(photos.size());
        photos.push_back(photo);
        forwards.push_back({slot, 0});
        std::set<std::uint16_t> present(photo->labels.begin(), photo->labels.end());
        present.erase(0);
        for (const std::uint16_t label : present) forwards.push_back({slot, label});
        if (inhibited == Inhibited::classes || present.empty()) return;
        Forward coalition{slot, *present.begin()};
        present.erase(present.begin());
        for (const std::uint16_t label : present) {
            coalition.also.push_back(label);
            forwards.push_back(coalition);
        }
    }
};

/// One photo each on a CPU. A GPU that had little to do would tell nothing: there they are as full as in a run, by the
/// same photos again where there are too few.
std::vector<MeasuredBatch> batches_to_measure(const network::Occluder& whole,
                                              const std::vector<std::shared_ptr<const network::Sample>>& photos,
                                              Inhibited inhibited) {
    const std::size_t wanted = whole.runs_by_itself() ? static_cast<std::size_t>(whole.batch()) : 1;
    const auto is_full = [&](const MeasuredBatch& batch) {
        return batch.forwards.size() >= wanted || batch.photos.size() == static_cast<std::size_t>(whole.slots());
    };
    std::vector<MeasuredBatch> batches(1);
    for (const auto& photo : photos) {
        if (!batches.back().photos.empty() && is_full(batches.back())) batches.emplace_back();
        batches.back().add(photo, inhibited);
    }
    for (std::size_t i = 0; !is_full(batches.back()); ++i) batches.back().add(photos[i % photos.size()], inhibited);
    return batches;
}

/// Between two lists of probabilities; infinite where one of them is not a number and the other is.
double largest_difference(std::span<const float> found, std::span<const float> expected) {
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (std::isnan(found[i]) != std::isnan(expected[i])) return std::numeric_limits<double>::infinity();
        if (!std::isnan(found[i])) largest = std::max(largest, std::abs(double{found[i]} - double{expected[i]}));
    }
    return largest;
}

}  // namespace

Measurement measure(Occluder& occluder, const std::vector<std::shared_ptr<const network::Sample>>& photos,
                    Inhibited inhibited, const std::function<void()>& on_batch) {
    if (!occluder.incremental() || photos.empty()) throw LibraryError("there is nothing to measure");
    Occluder::State& s = *occluder.state_;
    const network::TorchAccess access = s.access();
    const torch::InferenceMode inference;
    const auto batches = batches_to_measure(s.whole, photos, inhibited);
    const auto batch = static_cast<std::size_t>(occluder.batch());
    const std::size_t scenes = s.whole.options().scenes;
    constexpr double never = std::numeric_limits<double>::infinity();
    Measurement best{never, never, 0};
    std::vector<float> rows, whole_rows(batch * scenes);
    constexpr std::size_t rounds = 4;  // the first one prepares the libraries
    for (std::size_t round = 0; round < rounds; ++round) {
        double seconds = 0;
        std::size_t forwards = 0;
        // Another one is the last in each round, which whole forwards are compared with.
        for (std::size_t i = 1; i <= batches.size(); ++i) {
            const MeasuredBatch& measured = batches[(round + i) % batches.size()];
            for (std::size_t slot = 0; slot < measured.photos.size(); ++slot)
                occluder.load(static_cast<int>(slot), measured.photos[slot]);
            access.wait_for_device();
            const double start = steady_seconds();
            occluder.assemble(measured.forwards);
            occluder.start();
            access.wait_for_device();
            seconds += steady_seconds() - start;
            forwards += measured.forwards.size();
            rows.resize(measured.forwards.size() * scenes);
            occluder.finish(rows);
            on_batch();
        }
        const double incremental = seconds / static_cast<double>(forwards);
        // A whole batch costs the same whatever it holds.
        std::vector<Forward> full = batches[round % batches.size()].forwards;
        full.resize(batch, full.back());
        const double start = steady_seconds();
        s.whole.assemble(full);
        s.whole.forward(whole_rows);
        const double whole = (steady_seconds() - start) / static_cast<double>(batch);
        on_batch();
        if (round > 0) {
            best.whole = std::min(best.whole, whole);
            best.incremental = std::min(best.incremental, incremental);
        }
        rows.resize(std::min(rows.size(), whole_rows.size()));
        best.difference = std::max(best.difference, largest_difference(rows, whole_rows));
    }
    return best;
}

bool is_faster(const Measurement& measurement) {
    constexpr double least_gain = 0.97;  // beside what a measurement varies by
    return measurement.incremental < least_gain * measurement.whole;
}

}  // namespace semscope::incremental
