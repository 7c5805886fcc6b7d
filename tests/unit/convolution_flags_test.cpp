

// A network follows this program's arithmetic, whatever the Python that exported it was set to.
#include "network/determinism.hpp"

#include "network/module_file.hpp"
#include "support/hand_made_network.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace semscope::network {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

/// A convolution as torch.jit.trace records it: benchmark, deterministic, cudnn_enabled and, since PyTorch 1.7,
/// allow_tf32.
std::string traced_convolution(const std::string& flags) {
    return "torch._convolution(x, torch.ones([4, 3, 1, 1]), None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, " + flags +
           ")";
}

using Flags = std::vector<bool>;

void collect(torch::jit::Block* block, std::vector<Flags>& found) {
    for (torch::jit::Node* const node : block->nodes()) {
        for (torch::jit::Block* const inner : node->blocks()) collect(inner, found);
        if (node->kind() != c10::Symbol::fromQualString("aten::_convolution")) continue;
        Flags flags;
        for (std::size_t i = 9; i < node->inputs().size(); ++i)
            flags.push_back(torch::jit::toIValue(node->input(i))->toBool());
        found.push_back(flags);
    }
}

std::vector<Flags> flags_of(const torch::jit::Module& module) {
    std::vector<Flags> found;
    collect(module.get_method("forward").graph()->block(), found);
    return found;
}

TEST(ConvolutionFlags, OfATracedNetworkAreThoseOfThisProgram) {
    const testing_support::TemporaryFolder folder;
    const auto path = folder.path() / "traced.ts";
    testing_support::write_network(path, "return (" + traced_convolution("True, False, False, True") +
                                             " if x.size(0) > 1 else " + traced_convolution("True, False, True, True") +
                                             ").mean([2, 3])");
    ASSERT_THAT(flags_of(torch::jit::load(path.string())), Each(SizeIs(4)));
    EXPECT_THAT(flags_of(load_frozen({path}, read_verified({path}))),
                ElementsAre(Flags{false, true, true, false}, Flags{false, true, true, false}));
}

TEST(ConvolutionFlags, OfTheOverloadWithoutTf32AreSetAsWell) {
    const testing_support::TemporaryFolder folder;
    const auto path = folder.path() / "old.ts";
    testing_support::write_network(path, "return " + traced_convolution("True, False, True") + ".mean([2, 3])");
    EXPECT_THAT(flags_of(load_frozen({path}, read_verified({path}))), ElementsAre(Flags{false, true, true}));
}

}  // namespace
}  // namespace semscope::network
