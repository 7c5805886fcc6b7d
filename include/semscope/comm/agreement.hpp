#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace semscope::comm {

/// An error that every rank knows of: thrown on all ranks at the same call, with the same code and message.
class AgreedError : public Error {
  public:
    AgreedError(ExitCode code, const std::string& message);
    AgreedError(const AgreedError& other);
    AgreedError& operator=(const AgreedError&) = delete;
    ~AgreedError() override;
};

/// True while an exception unwinds this thread that the other ranks know nothing of. What is destroyed then must make
/// no collective call, not even to free something: the others are elsewhere, the error would never be printed, and
/// nobody could tell which rank is to blame. Local.
bool unwinding_alone() noexcept;

/// Collective. Throws AgreedError on every rank when `error` is not null on some rank; returns otherwise. Its code is
/// the most severe of all ranks: failed before bad_input before stopped before some_without_result.
/// The message lists each different error once, with the ranks and hosts where it happened unless all ranks had it.
void agree_on(const Communicator& communicator, const std::exception_ptr& error);

/// Collective. Runs `work`, which must not communicate, on this rank; then all ranks agree on whether it failed
/// somewhere, as agree_on does. Returns what `work` returns.
template <class Work>
auto agree(const Communicator& communicator, Work&& work) {
    using Result = decltype(work());
    std::exception_ptr error;
    if constexpr (std::is_void_v<Result>) {
        try {
            std::forward<Work>(work)();
        } catch (...) {
            error = std::current_exception();
        }
        agree_on(communicator, error);
    } else {
        std::optional<Result> result;
        try {
            result.emplace(std::forward<Work>(work)());
        } catch (...) {
            error = std::current_exception();
        }
        agree_on(communicator, error);
        return std::move(*result);
    }
}

/// Collective. Joins the problems of all ranks, in rank order, and throws AgreedError (bad_input) on every rank when
/// there is any. What several ranks found alike is listed once. At most `shown` are listed in full; the rest are
/// counted.
void agree_on_problems(const Communicator& communicator, const Problems& problems, std::size_t shown = 50);

/// Something that every rank has read for itself: a file's name or the option that names it, and a digest of the
/// content.
struct InputDigest {
    std::string name;
    std::string digest;
};

/// Collective. Throws AgreedError (bad_input) on every rank, with the inputs and the ranks, where a rank has read
/// another content than rank 0: a copy on one node is stale, or ranks were started with different options. All ranks
/// give the same names.
void require_same_inputs(const Communicator& communicator, const std::vector<InputDigest>& inputs);

/// Collective. Where one rank lacks its inputs, no rank goes on with them: `own` is empty then, and what is wrong is
/// reported with the other problems. Else as require_same_inputs, with `digests_of(inputs)` on each rank.
template <class Inputs, class DigestsOf>
void keep_same_inputs(const Communicator& communicator, std::optional<Inputs>& own, DigestsOf&& digests_of) {
    if (communicator.all_of(own.has_value()))
        require_same_inputs(communicator, std::forward<DigestsOf>(digests_of)(*own));
    else
        own.reset();
}

}  // namespace semscope::comm
