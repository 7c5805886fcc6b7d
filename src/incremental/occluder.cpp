#include "semscope/incremental/occluder.hpp"

#include "occluder_state.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/kernels/kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace semscope::incremental {

using network::Forward;

std::string reason_against(const network::NetworkOptions& options) {
    if (options.path == network::null_network) return "there is no network";
    const bool gpu = options.device.kind != network::DeviceKind::cpu;
    if (options.precision == Precision::fp16) return "the network computes in fp16";
    if (options.precision == Precision::bf16 && gpu) return "the network computes in bf16 on a GPU";
    if (options.precision == Precision::bf16 &&
        kernels::bf16_kernels_for(network::describe_hardware(options.device)) == nullptr)
        return "the processor has no instructions for products in bf16";
    return "";
}

namespace {

std::string describe(std::size_t operators, const std::string& refused, const std::string& executor) {
    std::string text = fmt::format("{} operators of the network run incrementally, with {}", operators, executor);
    if (!refused.empty()) text += fmt::format("; from {} on it runs as a whole, as that is not understood", refused);
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
        const at::Tensor trial = torch::rand({2, 3, crop, crop}).to(access.device(), bf16 ? at::kBFloat16 : at::kFloat);
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
    // Sums in another order differ by less; an operator that was read wrongly by more. In bf16 the network itself
    // rounds every map to 8 bits, and this only the factors of products.
    const double rounding = bf16 ? 5e-2 : 1e-4;
    const std::size_t operators = reading.operators;
    const std::string refused = reading.refused;
    Trial trial;
    try {
        engine.emplace(access, std::move(reading));
        trial = engine->try_out();
    } catch (const InferenceError& error) {
        engine.reset();
        remark = {fmt::format("nothing runs incrementally: {}", error.what()), true};
        return;
    }
    if (trial.difference <= rounding && trial.same_anywhere) {
        remark = {describe(operators, refused, engine->executor().description()), false};
        if (whole.cuda_graph()) remark->text += "; the CUDA graph, which is of whole forwards, is not used";
        return;
    }
    engine.reset();
    if (trial.difference <= rounding) {
        remark = {"nothing runs incrementally: photos of noise had scores of other bits at other places of a group",
                  true};
        return;
    }
    remark = {fmt::format("nothing runs incrementally: scores of photos of noise differ by {:.1g} of the largest from "
                          "the network's own, as rounding has much effect in it or an operator was misread",
                          trial.difference),
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
    if (state_->engine) return state_->engine->next_batch(queue);
    return std::min(static_cast<std::size_t>(batch()), queue.size());
}

std::size_t Occluder::full_batch() const {
    return state_->engine ? state_->engine->full_batch() : static_cast<std::size_t>(batch());
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
            const bool again = input.group.is_photo(i) && !forwards[next].is_photo();
            s.wanted.push_back(!again);
            if (!again) ++next;
        }
}

void Occluder::start() {
    State& s = *state_;
    if (!s.engine) return s.whole.start();
    if (s.assembled.empty()) throw LibraryError("no batch was assembled");
    const torch::InferenceMode inference;
    const at::Tensor rows = s.engine->run(std::exchange(s.assembled, {}));
    s.access().tell_failures([&] { s.started.push_back({network::RowsToHost(rows), s.wanted}); });
}

bool Occluder::runs_by_itself() const noexcept { return state_->whole.runs_by_itself(); }

std::size_t Occluder::started() const noexcept {
    return state_->engine ? state_->started.size() : state_->whole.started();
}

std::size_t Occluder::started_forwards() const {
    if (!state_->engine) return state_->whole.started_forwards();
    return state_->started.at(0).forwards();
}

void Occluder::finish(std::span<float> probabilities) {
    State& s = *state_;
    if (!s.engine) return s.whole.finish(probabilities);
    if (s.started.empty()) throw LibraryError("no forward was started");
    const State::Started batch = std::move(s.started.front());
    s.started.pop_front();
    const std::size_t scenes = s.whole.options().scenes;
    if (probabilities.size() != batch.forwards() * scenes)
        throw LibraryError(fmt::format("{} numbers do not hold {} rows", probabilities.size(), batch.forwards()));
    const at::Tensor rows = [&] {
        at::Tensor arrived;
        s.access().tell_failures([&] { arrived = batch.rows.wait(); });
        return arrived;
    }();
    float* to = probabilities.data();
    for (std::size_t i = 0; i < batch.wanted.size(); ++i)
        if (batch.wanted[i]) to = std::copy_n(rows.data_ptr<float>() + i * scenes, scenes, to);
}

double Occluder::flops() const noexcept { return state_->engine ? state_->engine->executor().flops_done() : 0; }
double Occluder::flops_of_whole() const noexcept {
    return state_->engine ? state_->engine->executor().flops_of_all() : 0;
}
std::size_t Occluder::largest_bytes() const noexcept {
    return state_->engine ? state_->engine->executor().largest_bytes() : 0;
}

}  // namespace semscope::incremental
