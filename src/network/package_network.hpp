#pragma once

#include "loaded_network.hpp"

#include <memory>
#include <string>
#include <string_view>

/// AOTInductor packages (.pt2): networks compiled for one kind of device, for one precision, and often for one size of
/// batch. https://docs.pytorch.org/docs/stable/user_guide/torch_compiler/torch.compiler_aot_inductor.html
namespace semscope::network {

/// Whether `bytes` are a zip file with a compiled network in the place where AOTInductor puts it.
bool holds_package(std::string_view bytes);

/// Throws InputError where `bytes` are what torch.export.save writes: a program that has still to be compiled.
void require_no_exported_program(const NetworkFile& file, std::string_view bytes);

/// The value of a key in the metadata of a package, as "cuda" of AOTI_DEVICE_KEY; "" where it is not there.
std::string package_metadata(std::string_view bytes, std::string_view key);

/// What speaks against running this package: that it was compiled for another kind of device or for instructions that
/// this CPU has not, or that its code does not check what it is given. Throws InputError.
void require_fitting_package(const NetworkFile& file, std::string_view bytes);

/// Loads a package, which is code of its author: what lies in `bytes` is loaded, and nothing else. LibTorch unpacks it
/// in a folder of its own below /tmp for as long as the network lives. Throws InputError, also where LibTorch cannot
/// load packages.
std::unique_ptr<LoadedNetwork> load_package(const NetworkFile& file, std::string_view bytes);

}  // namespace semscope::network
