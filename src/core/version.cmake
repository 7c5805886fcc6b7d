# Generates version.cpp: the project's version from CMake, the git revision at each build.
set(SEMSCOPE_VERSION_SOURCE "${PROJECT_BINARY_DIR}/generated/version.cpp")
add_custom_target(semscope_revision
  COMMAND ${CMAKE_COMMAND}
          -DINPUT=${CMAKE_CURRENT_LIST_DIR}/version.cpp.in -DOUTPUT=${SEMSCOPE_VERSION_SOURCE}
          -DSOURCE_DIR=${PROJECT_SOURCE_DIR} -DVERSION=${PROJECT_VERSION} -DBUILD_TYPE=${CMAKE_BUILD_TYPE}
          -P ${CMAKE_CURRENT_LIST_DIR}/write_version.cmake
  BYPRODUCTS "${SEMSCOPE_VERSION_SOURCE}" VERBATIM)
add_library(semscope_version INTERFACE)
add_dependencies(semscope_version semscope_revision)
