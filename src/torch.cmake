# LibTorch: Debian's, or PyTorch's own that SEMSCOPE_TORCH names.
set(SEMSCOPE_TORCH "$ENV{SEMSCOPE_TORCH}" CACHE PATH
    "Folder of a LibTorch other than the system's: an unpacked LibTorch, a virtual environment with PyTorch, or what \
torch.utils.cmake_prefix_path says")
option(SEMSCOPE_CUDA "Accept only a LibTorch with CUDA" OFF)

if(SEMSCOPE_TORCH)
  file(GLOB candidates
    "${SEMSCOPE_TORCH}/TorchConfig.cmake"
    "${SEMSCOPE_TORCH}/Torch/TorchConfig.cmake"
    "${SEMSCOPE_TORCH}/share/cmake/Torch/TorchConfig.cmake"
    "${SEMSCOPE_TORCH}/torch/share/cmake/Torch/TorchConfig.cmake"
    "${SEMSCOPE_TORCH}/lib*/python3*/*-packages/torch/share/cmake/Torch/TorchConfig.cmake")
  if(NOT candidates)
    message(FATAL_ERROR "SEMSCOPE_TORCH: there is no share/cmake/Torch/TorchConfig.cmake below ${SEMSCOPE_TORCH}; "
                        "give the folder of a LibTorch or of a virtual environment with PyTorch, or what\n"
                        "  python3 -c 'import torch; print(torch.utils.cmake_prefix_path)'\nprints")
  endif()
  list(GET candidates 0 config)
  cmake_path(GET config PARENT_PATH folder)
  set(Torch_DIR "${folder}" CACHE PATH "Folder of TorchConfig.cmake" FORCE)
  # The wheels' libtorch.so exports parts of libstdc++ (std::filesystem), which crash when a program's calls reach them:
  # the system's libstdc++ is searched first.
  add_link_options("LINKER:--push-state,--no-as-needed" -lstdc++ "LINKER:--pop-state")
  # A wheel's libraries of CUDA lie in packages of their own. The linker does not know how libtorch_cuda.so finds them, and
  # would take older ones of the toolkit or the system.
  file(GLOB cuda_folders "${folder}/../../../../nvidia/*/lib")
  foreach(cuda_folder ${cuda_folders})
    cmake_path(NORMAL_PATH cuda_folder)
    add_link_options("LINKER:-rpath-link,${cuda_folder}")
  endforeach()
  # TorchConfig.cmake looks for its own libraries and for Caffe2Config.cmake in the usual places, where it would find the
  # system's: its folder comes first.
  cmake_path(SET prefix NORMALIZE "${folder}/../../..")
  list(PREPEND CMAKE_PREFIX_PATH "${prefix}")
  # semscope has no CUDA source, so the architecture does not matter; without one PyTorch's files search for a GPU by a
  # program that CMake 3.25 cannot compile.
  if(NOT DEFINED TORCH_CUDA_ARCH_LIST AND NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST})
    set(TORCH_CUDA_ARCH_LIST 9.0)
  endif()
endif()

find_package(Torch REQUIRED)
message(STATUS "LibTorch ${Torch_VERSION} in ${TORCH_INSTALL_PREFIX}")
if(SEMSCOPE_CUDA AND NOT TARGET torch_cuda)
  message(FATAL_ERROR "SEMSCOPE_CUDA: the LibTorch in ${TORCH_INSTALL_PREFIX} has no CUDA; set SEMSCOPE_TORCH to one that has")
endif()

# AOTInductor packages (.pt2): the header came with LibTorch 2.6; builds without the loader exist.
set(SEMSCOPE_HAS_AOTINDUCTOR OFF)
if(EXISTS "${TORCH_INSTALL_PREFIX}/include/torch/csrc/inductor/aoti_package/model_package_loader.h")
  include(CheckCXXSourceCompiles)
  get_target_property(libtorch_cpu torch_cpu LOCATION)
  get_target_property(libc10 c10 LOCATION)
  set(CMAKE_REQUIRED_LIBRARIES "${libtorch_cpu}" "${libc10}" -Wl,--allow-shlib-undefined)
  set(CMAKE_REQUIRED_INCLUDES ${TORCH_INCLUDE_DIRS})
  set(CMAKE_REQUIRED_FLAGS "-std=c++20 ${TORCH_CXX_FLAGS}")
  check_cxx_source_compiles("
    #include <torch/csrc/inductor/aoti_package/model_package_loader.h>
    int main(int count, char** words) {
      torch::inductor::AOTIModelPackageLoader loader(words[count - 1], \"model\");
      return static_cast<int>(loader.run({}).size());
    }" SEMSCOPE_AOTINDUCTOR_${Torch_VERSION})
  set(SEMSCOPE_HAS_AOTINDUCTOR ${SEMSCOPE_AOTINDUCTOR_${Torch_VERSION}})
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_INCLUDES)
  unset(CMAKE_REQUIRED_FLAGS)
endif()

add_library(semscope_torch_external INTERFACE)
target_link_libraries(semscope_torch_external INTERFACE torch)
target_include_directories(semscope_torch_external SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
if(SEMSCOPE_HAS_AOTINDUCTOR)
  target_compile_definitions(semscope_torch_external INTERFACE SEMSCOPE_AOTINDUCTOR)
endif()
# ROCm's LibTorch has no target of this name; its graphs were never tried.
if(TARGET torch_cuda AND Torch_VERSION VERSION_GREATER_EQUAL 2.1)
  target_compile_definitions(semscope_torch_external INTERFACE SEMSCOPE_CUDA_GRAPH)
  target_link_libraries(semscope_torch_external INTERFACE torch_cuda c10_cuda torch::cudart)
endif()
if(EXISTS "${TORCH_INSTALL_PREFIX}/include/fmt" AND NOT TORCH_INSTALL_PREFIX STREQUAL "/usr")
  # The wheels bring headers of another fmt, without its library. Ours come first by a folder that holds nothing else:
  # the compiler keeps /usr/include last whatever it is told.
  get_target_property(fmt_headers fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/generated/fmt")
  file(CREATE_LINK "${fmt_headers}/fmt" "${PROJECT_BINARY_DIR}/generated/fmt/fmt" SYMBOLIC)
  target_include_directories(semscope_torch_external SYSTEM BEFORE INTERFACE "${PROJECT_BINARY_DIR}/generated/fmt")
endif()
