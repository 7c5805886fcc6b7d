#pragma once

#include "semscope/base/error.hpp"
#include "semscope/mpi/communicator.hpp"

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace semscope::mpi {

/// An error that every rank knows of: thrown on all ranks at the same call, with the same code and message.
class AgreedError : public Error {
  public:
    using Error::Error;
};

/// Of two ways to end, the one that the job ends with: failed before bad_input before stopped before some_unreadable.
ExitCode graver(ExitCode a, ExitCode b);

/// Collective. Throws AgreedError on every rank when `error` is not null on some rank; returns otherwise.
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

}  // namespace semscope::mpi
