# Every third-party library, found once. jobs/install-dependencies.sh installs the Debian packages behind them.

# Torch is found through /lib when /bin precedes /usr/bin in PATH, and then fails; look below /usr first.
list(PREPEND CMAKE_PREFIX_PATH /usr)

set(MPI_CXX_SKIP_MPICXX ON)
find_package(MPI REQUIRED COMPONENTS C CXX)

set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 REQUIRED COMPONENTS C HL)
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "semscope needs an HDF5 built with MPI (Debian: libhdf5-openmpi-dev)")
endif()
add_library(semscope_hdf5_external INTERFACE)
target_include_directories(semscope_hdf5_external SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
# Later versions keep the functions of 1.10 under their old names when asked to.
target_compile_definitions(semscope_hdf5_external INTERFACE H5_USE_110_API)
target_link_libraries(semscope_hdf5_external INTERFACE ${HDF5_HL_LIBRARIES} ${HDF5_LIBRARIES} MPI::MPI_C)

find_package(Torch REQUIRED)
# Only these three: the other OpenCV modules drag in a serial HDF5 and a GUI.
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PNG REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo cairo-svg cairo-pdf)
