#include "network/package_network.hpp"

#include "semscope/core/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

// What is seen of an AOTInductor package before LibTorch gets it. Packages that run:
// tests/system/python/check_package.py.

namespace semscope::network {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// The parts of a zip file that are looked at: names of files, and files that are not packed.
std::string package(const std::string& device, const std::string& instructions, const std::string& code) {
    return "PK\x03\x04net/data/aotinductor/model/a.wrapper_metadata.json{\"AOTI_DEVICE_KEY\": \"" + device +
           "\", \"AOTI_PLATFORM\": \"linux\", \"AOTI_CPU_ISA\": \"" + instructions +
           "\"}PK\x03\x04net/data/aotinductor/model/a.wrapper.so" + code;
}

const std::string checks = "getenv AOTI_RUNTIME_CHECK_INPUTS";

TEST(Package, IsKnownByItsContent) {
    EXPECT_TRUE(holds_package(package("cpu", "", checks)));
    EXPECT_FALSE(holds_package("PK\x03\x04net/code/__torch__.py"));
    EXPECT_FALSE(holds_package("a text with /data/aotinductor/ in it"));
    EXPECT_FALSE(holds_package(""));
}

TEST(Package, TellsItsMetadata) {
    const std::string bytes = package("cuda", "AVX512 AVX512_VNNI", checks);
    EXPECT_EQ(package_metadata(bytes, "AOTI_DEVICE_KEY"), "cuda");
    EXPECT_EQ(package_metadata(bytes, "AOTI_CPU_ISA"), "AVX512 AVX512_VNNI");
    EXPECT_EQ(package_metadata(bytes, "AOTI_MACHINE"), "");
}

TEST(Package, OfAnotherDeviceIsRefusedBeforeItIsLoaded) {
    const NetworkFile on_cpu{.path = "net.pt2"};
    const NetworkFile on_gpu{.path = "net.pt2", .device = {DeviceKind::cuda, 0}};
    EXPECT_NO_THROW(require_fitting_package(on_cpu, package("cpu", "", checks)));
    EXPECT_NO_THROW(require_fitting_package(on_gpu, package("cuda", "AVX512", checks)));
    EXPECT_THAT([&] { require_fitting_package(on_cpu, package("cuda", "", checks)); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("net.pt2"), HasSubstr("is compiled for cuda"),
                                                HasSubstr("--device cpu"), HasSubstr("run.device = cuda"))));
    EXPECT_THAT([&] { require_fitting_package(on_gpu, package("cpu", "", checks)); },
                ThrowsMessage<InputError>(HasSubstr("is compiled for cpu")));
}

TEST(Package, WithoutChecksOfItsInputIsRefused) {
    EXPECT_THAT([&] { require_fitting_package({.path = "net.pt2"}, package("cpu", "", "")); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("net.pt2"), HasSubstr("PyTorch 2.7 or later"))));
}

TEST(Package, ThatIsNotCompiledIsToldFromTorchScript) {
    const NetworkFile file{.path = "net.pt2"};
    EXPECT_THAT(
        [&] { require_no_exported_program(file, "PK\x03\x04net/models/model.json"); },
        ThrowsMessage<InputError>(AllOf(HasSubstr("not compiled"), HasSubstr("export_network.py --format pt2"))));
    EXPECT_NO_THROW(require_no_exported_program(file, "PK\x03\x04net/code/__torch__.py"));
    EXPECT_NO_THROW(require_no_exported_program(file, "no network"));
}

}  // namespace
}  // namespace semscope::network
