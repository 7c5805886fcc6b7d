# Every third-party library, found once. jobs/install-dependencies.sh installs the Debian packages behind them.

# Torch is found through /lib when /bin precedes /usr/bin in PATH, and then fails; look below /usr before that, but after
# every folder that the user names.
cmake_path(CONVERT "$ENV{CMAKE_PREFIX_PATH}" TO_CMAKE_PATH_LIST environment_prefixes)
list(APPEND CMAKE_PREFIX_PATH ${environment_prefixes} /usr)

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

# For the demo alone, and only these two: other modules drag in GDAL, a serial HDF5 and a GUI.
find_package(OpenCV REQUIRED COMPONENTS core imgproc)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
include("${CMAKE_CURRENT_LIST_DIR}/torch.cmake")
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(TBB REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
option(SEMSCOPE_STATIC_LIBARCHIVE "Link what reads tar files into the programs: the shared library brings libxml2 and ICU" OFF)
if(SEMSCOPE_STATIC_LIBARCHIVE)
  find_library(SEMSCOPE_LIBARCHIVE NAMES libarchive.a HINTS ${libarchive_LIBRARY_DIRS} ${libarchive_LIBDIR} REQUIRED)
  set_target_properties(PkgConfig::libarchive PROPERTIES INTERFACE_LINK_LIBRARIES "${SEMSCOPE_LIBARCHIVE}")
endif()
pkg_check_modules(minizip REQUIRED IMPORTED_TARGET minizip)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo cairo-svg cairo-pdf)
