#include "semscope/comm/agreement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <new>
#include <set>

namespace semscope::comm {

namespace {

/// Objects of AgreedError in this thread.
thread_local int agreed_errors = 0;

}  // namespace

AgreedError::AgreedError(ExitCode code, const std::string& message) : Error(code, message) { ++agreed_errors; }
AgreedError::AgreedError(const AgreedError& other) : Error(other) { ++agreed_errors; }
AgreedError::~AgreedError() { --agreed_errors; }

bool unwinding_alone() noexcept { return std::uncaught_exceptions() > 0 && agreed_errors == 0; }

namespace {

struct LocalError {
    ExitCode code = ExitCode::done;
    std::string message;
};

LocalError describe(const std::exception_ptr& error) {
    if (!error) return {};
    try {
        std::rethrow_exception(error);
    } catch (const Error& known) {
        return {known.exit_code(), known.what()};
    } catch (const std::bad_alloc&) {
        return {ExitCode::failed, "out of memory"};
    } catch (const std::exception& unknown) {
        return {ExitCode::failed, unknown.what()};
    } catch (...) {
        return {ExitCode::failed, "an error of unknown type"};
    }
}

int severity(ExitCode code) {
    constexpr std::array rising{ExitCode::done, ExitCode::some_without_result, ExitCode::stopped, ExitCode::bad_input,
                                ExitCode::failed};
    return static_cast<int>(std::find(rising.begin(), rising.end(), code) - rising.begin());
}

/// Rank 0's view: each different message once, followed by where it happened.
std::string merge_messages(const std::vector<std::string>& messages, const std::vector<std::string>& hosts) {
    std::vector<std::string> order;
    std::map<std::string, std::vector<std::string>> places;
    std::size_t failed = 0;
    for (std::size_t rank = 0; rank < messages.size(); ++rank) {
        if (messages[rank].empty()) continue;
        ++failed;
        auto& where = places[messages[rank]];
        if (where.empty()) order.push_back(messages[rank]);
        where.push_back(fmt::format("{} on {}", rank, hosts[rank]));
    }
    if (order.size() == 1 && failed == messages.size()) return order.front();

    constexpr std::size_t shown = 4;
    std::string text;
    for (const auto& message : order) {
        auto where = places[message];
        const std::size_t more = where.size() - std::min(where.size(), shown);
        where.resize(where.size() - more);
        text += fmt::format("{}rank {}{}: {}", text.empty() ? "" : "\n", fmt::join(where, ", "),
                            more > 0 ? fmt::format(" and {} more", more) : "", message);
    }
    return text;
}

}  // namespace

void agree_on(const Communicator& communicator, const std::exception_ptr& error) {
    const LocalError local = describe(error);
    // The common case is one small reduction; messages travel only when there is something to say.
    const auto worst = communicator.max(severity(local.code));
    if (worst == 0) return;
    const std::vector<std::string> messages = communicator.gather(local.message);
    const std::vector<std::string> hosts = communicator.gather(host_name());
    const std::string merged =
        communicator.broadcast(communicator.is_root() ? merge_messages(messages, hosts) : std::string());

    ExitCode code = ExitCode::failed;
    for (const ExitCode candidate : {ExitCode::some_without_result, ExitCode::stopped, ExitCode::bad_input})
        if (severity(candidate) == worst) code = candidate;
    throw AgreedError(code, merged);
}

void agree_on_problems(const Communicator& communicator, const Problems& problems, std::size_t shown) {
    std::uint64_t total = communicator.sum(problems.list().size());
    if (total == 0) return;
    const auto& own = problems.list();
    const std::vector<std::string> first(own.begin(),
                                         own.begin() + static_cast<std::ptrdiff_t>(std::min(shown, own.size())));
    std::vector<std::string> listed;
    std::set<std::string> known;
    for (const auto& texts : communicator.gather(first))
        for (const std::string& problem : texts)
            if (known.insert(problem).second)
                listed.push_back(problem);
            else
                --total;  // several ranks found the same thing
    throw AgreedError(ExitCode::bad_input,
                      communicator.broadcast(communicator.is_root() ? describe_problems(listed, total, shown) : ""));
}

void require_same_inputs(const Communicator& communicator, const std::vector<InputDigest>& inputs) {
    std::vector<std::string> of_root;
    of_root.reserve(inputs.size());
    for (const InputDigest& input : inputs) of_root.push_back(communicator.broadcast(input.digest));
    agree(communicator, [&] {
        std::string differing;
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (inputs[i].digest != of_root[i]) differing += (differing.empty() ? "" : ", ") + inputs[i].name;
        if (!differing.empty())
            throw InputError(
                fmt::format("{}: the content differs from what rank 0 has read. All ranks need the same "
                            "files and options: look for a stale copy on the node",
                            differing));
    });
}

}  // namespace semscope::comm
