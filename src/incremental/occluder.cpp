#include "semscope/incremental/occluder.hpp"

#include "engine.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <new>
#include <optional>
#include <set>

namespace semscope::incremental {

using network::Forward;

struct Occluder::State {
    explicit State(network::Occluder occluder) : whole(std::move(occluder)) {}

    /// Reads and tries the network; the remark says what came of it.
    void read();

    network::Occluder whole;
    std::optional<Engine> engine;
    std::optional<network::Remark> remark;
    std::vector<GroupInput> assembled;
    std::vector<bool> wanted;  ///< rows of the assembled groups that were asked for
    std::deque<at::Tensor> started;
};

std::string reason_against(const network::NetworkOptions& options) {
    if (options.path == network::null_network) return "there is no network";
    if (options.device.kind != network::DeviceKind::cpu) return "the network is on a GPU";
    if (options.precision == Precision::fp16) return "the network computes in fp16";
    if (options.precision == Precision::bf16 && bf16_kernels_for(network::describe_hardware(options.device)) == nullptr)
        return "the processor has no instructions for products in bf16";
    return "";
}

namespace {

std::string describe(const Reading& reading, const Kernels& kernels) {
    std::string text =
        fmt::format("{} operators of the network run incrementally, with {} kernels", reading.operators, kernels.name);
    if (!reading.refused.empty())
        text += fmt::format("; from {} on it runs as a whole, as that is not understood", reading.refused);
    return text;
}

}  // namespace

void Occluder::State::read() {
    if (const std::string reason = reason_against(whole.options()); !reason.empty()) {
        remark = {fmt::format("nothing runs incrementally: {}", reason), true};
        return;
    }
    const network::TorchAccess access(whole);
    if (access.module() == nullptr) {
        remark = {"nothing runs incrementally: the operators of an AOTInductor package are compiled", true};
        return;
    }
    const auto crop = static_cast<std::int64_t>(whole.options().crop);
    const bool bf16 = whole.options().precision == Precision::bf16;
    Reading reading;
    std::string failure = "does not begin with what is understood";
    try {
        const at::Tensor trial = torch::rand({2, 3, crop, crop}).to(bf16 ? at::kBFloat16 : at::kFloat);
        reading = read_graph(*access.module(), trial.contiguous(at::MemoryFormat::ChannelsLast));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        failure = fmt::format("cannot be read: {}", error.what());
    }
    if (reading.empty()) {
        remark = {fmt::format("nothing runs incrementally: the network {}{}", failure,
                              reading.refused.empty() ? "" : fmt::format(" ({})", reading.refused)),
                  true};
        return;
    }
    // Rows of a group are counted in 32 bits.
    constexpr std::size_t maximum_pixels = std::size_t{1} << 30;
    const std::size_t forwards = std::max<std::size_t>(smallest_group, static_cast<std::size_t>(whole.options().batch));
    for (const Shape& shape : reading.graph.maps)
        if (shape.pixels() * forwards > maximum_pixels) {
            remark = {"nothing runs incrementally: the photos are too large for this run.batch", true};
            return;
        }
    const std::string hardware = network::describe_hardware(whole.options().device);
    const Kernels& kernels = bf16 ? *bf16_kernels_for(hardware) : kernels_for(hardware);
    const std::string text = describe(reading, kernels);
    // Sums in another order differ by less; an operator that was read wrongly by more. In bf16 the network itself
    // rounds every map to 8 bits, and this only the factors of products.
    const double rounding = bf16 ? 5e-2 : 1e-4;
    double difference = std::numeric_limits<double>::infinity();
    try {
        engine.emplace(access, std::move(reading), kernels);
        difference = engine->trial_difference();
    } catch (const InferenceError& error) {
        engine.reset();
        remark = {fmt::format("nothing runs incrementally: {}", error.what()), true};
        return;
    }
    if (difference <= rounding) {
        remark = {text, false};
        return;
    }
    engine.reset();
    remark = {fmt::format("nothing runs incrementally: scores of photos of noise differ by {:.1g} of the largest from "
                          "the network's own, as rounding has much effect in it or an operator was misread",
                          difference),
              true};
}

Occluder::Occluder(network::Occluder whole, bool incremental) : state_(std::make_unique<State>(std::move(whole))) {
    if (incremental) state_->read();
}

Occluder::~Occluder() = default;
Occluder::Occluder(Occluder&&) noexcept = default;
Occluder& Occluder::operator=(Occluder&&) noexcept = default;

bool Occluder::incremental() const noexcept { return state_->engine.has_value(); }

std::vector<network::Remark> Occluder::remarks() const {
    auto remarks = state_->whole.remarks();
    if (state_->remark) remarks.push_back(*state_->remark);
    return remarks;
}

network::Occluder& Occluder::whole() noexcept { return state_->whole; }

int Occluder::batch() const noexcept { return state_->whole.batch(); }
int Occluder::slots() const noexcept { return state_->whole.slots(); }

void Occluder::load(int slot, std::shared_ptr<const network::Sample> sample) {
    state_->whole.load(slot, std::move(sample));
}

std::size_t Occluder::next_batch(std::span<const Forward> queue) const {
    const auto batch = static_cast<std::size_t>(this->batch());
    if (!incremental()) return std::min(batch, queue.size());
    std::size_t count = 0;
    while (count < queue.size()) {
        std::size_t end = count + 1;  // of the next photo
        while (end < queue.size() && queue[end].semantic != 0) ++end;
        if (count > 0 && end > batch) break;
        count = end;
    }
    return count;
}

std::size_t Occluder::padding(std::size_t forwards) const {
    return incremental() ? 0 : static_cast<std::size_t>(batch()) - forwards;
}

void Occluder::assemble(std::span<const Forward> forwards) {
    State& s = *state_;
    if (!s.engine) return s.whole.assemble(forwards);
    s.assembled = s.engine->assemble(forwards);
    // A photo that begins a further group of its variants is there once more.
    s.wanted.clear();
    std::size_t next = 0;
    for (const GroupInput& input : s.assembled)
        for (std::size_t i = 0; i < input.group.forwards(); ++i) {
            const bool again = input.group.is_photo(i) && forwards[next].semantic != 0;
            s.wanted.push_back(!again);
            if (!again) ++next;
        }
}

void Occluder::start() {
    State& s = *state_;
    if (!s.engine) return s.whole.start();
    if (s.assembled.empty()) throw LibraryError("no batch was assembled");
    const torch::InferenceMode inference;
    const at::Tensor rows = s.engine->run(s.assembled);
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < s.wanted.size(); ++i)
        if (s.wanted[i]) places.push_back(static_cast<std::int64_t>(i));
    s.started.push_back(rows.index_select(0, torch::tensor(places)).contiguous());
    s.assembled.clear();
}

bool Occluder::runs_by_itself() const noexcept { return !incremental() && state_->whole.runs_by_itself(); }

std::size_t Occluder::started() const noexcept {
    return state_->engine ? state_->started.size() : state_->whole.started();
}

std::size_t Occluder::started_forwards() const {
    if (!state_->engine) return state_->whole.started_forwards();
    return static_cast<std::size_t>(state_->started.at(0).size(0));
}

void Occluder::finish(std::span<float> probabilities) {
    State& s = *state_;
    if (!s.engine) return s.whole.finish(probabilities);
    if (s.started.empty()) throw LibraryError("no forward was started");
    const at::Tensor rows = std::move(s.started.front());
    s.started.pop_front();
    if (probabilities.size() != static_cast<std::size_t>(rows.numel()))
        throw LibraryError(fmt::format("{} numbers do not hold {} rows", probabilities.size(), rows.size(0)));
    std::memcpy(probabilities.data(), rows.data_ptr<float>(), probabilities.size_bytes());
}

double Occluder::flops() const noexcept { return state_->engine ? state_->engine->executor().flops_done() : 0; }
double Occluder::flops_of_whole() const noexcept {
    return state_->engine ? state_->engine->executor().flops_of_all() : 0;
}
std::size_t Occluder::largest_bytes() const noexcept {
    return state_->engine ? state_->engine->executor().largest_bytes() : 0;
}

namespace {

/// Of each photo itself and all its classes.
std::vector<std::vector<Forward>> forwards_of(const std::vector<std::shared_ptr<const network::Sample>>& photos) {
    std::vector<std::vector<Forward>> forwards;
    for (const auto& photo : photos) {
        std::vector<Forward>& own = forwards.emplace_back(1);
        const std::set<std::uint16_t> present(photo->labels.begin(), photo->labels.end());
        for (const std::uint16_t label : present)
            if (label != 0) own.push_back({0, label});
    }
    return forwards;
}

}  // namespace

Speeds measure(Occluder& occluder, const std::vector<std::shared_ptr<const network::Sample>>& photos,
               const std::function<void()>& on_batch) {
    if (!occluder.incremental() || photos.empty()) throw LibraryError("there is nothing to measure");
    Occluder::State& s = *occluder.state_;
    const auto classes = forwards_of(photos);
    const auto batch = static_cast<std::size_t>(occluder.batch());
    constexpr double never = std::numeric_limits<double>::infinity();
    Speeds best{never, never};
    std::vector<float> rows;
    constexpr int rounds = 4;  // the first one prepares the libraries
    for (int round = 0; round < rounds; ++round) {
        double seconds = 0;
        std::size_t forwards = 0;
        std::vector<Forward> full;
        for (std::size_t i = 0; i < photos.size(); ++i) {
            occluder.load(0, photos[i]);
            const double start = steady_seconds();
            s.engine->run(s.engine->assemble(classes[i]));
            seconds += steady_seconds() - start;
            forwards += classes[i].size();
            on_batch();
        }
        const double incremental = seconds / static_cast<double>(forwards);
        // A whole batch costs the same whatever it holds.
        full.assign(batch, classes.back().back());
        rows.resize(batch * s.whole.options().scenes);
        const double start = steady_seconds();
        s.whole.assemble(full);
        s.whole.forward(rows);
        const double whole = (steady_seconds() - start) / static_cast<double>(batch);
        on_batch();
        if (round > 0) best = {std::min(best.whole, whole), std::min(best.incremental, incremental)};
    }
    return best;
}

bool is_faster(const Speeds& speeds) {
    constexpr double least_gain = 0.97;  // beside what a measurement varies by
    return speeds.incremental < least_gain * speeds.whole;
}

}  // namespace semscope::incremental
