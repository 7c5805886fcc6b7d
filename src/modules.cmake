# semscope_module(<module> SOURCES <file>... [EXPOSES <module>...] [USES <module>...]
#                 [LIBRARIES <target>...] [PRIVATE_LIBRARIES <target>...] [TORCH_SOURCES <file>...])
#
# Declares the static library semscope::<module> from src/<module>. EXPOSES lists the modules whose headers the module's
# public headers include, USES those that its sources alone include; LIBRARIES and PRIVATE_LIBRARIES likewise name libraries
# of others. tests/check_modules.py compares both lists with the include lines. TORCH_SOURCES are the files that see LibTorch's
# headers.
function(semscope_module module)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;EXPOSES;USES;LIBRARIES;PRIVATE_LIBRARIES;TORCH_SOURCES")
  list(TRANSFORM ARG_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/src/${module}/")
  list(TRANSFORM ARG_EXPOSES PREPEND "semscope::")
  list(TRANSFORM ARG_USES PREPEND "semscope::")
  add_library(semscope_${module} STATIC ${ARG_SOURCES})
  add_library(semscope::${module} ALIAS semscope_${module})
  target_include_directories(semscope_${module} PUBLIC "${PROJECT_SOURCE_DIR}/include")
  target_link_libraries(semscope_${module} PUBLIC ${ARG_EXPOSES} ${ARG_LIBRARIES}
                        PRIVATE ${ARG_USES} ${ARG_PRIVATE_LIBRARIES} semscope_flags semscope_counters)
  set_target_properties(semscope_${module} PROPERTIES UNITY_BUILD ${SEMSCOPE_UNITY} UNITY_BUILD_BATCH_SIZE 6)
  if(SEMSCOPE_UNITY)
    target_precompile_headers(semscope_${module} REUSE_FROM semscope_common_headers)
  endif()
  if(ARG_TORCH_SOURCES)  # a target of their own, as a target has one precompiled header
    list(TRANSFORM ARG_TORCH_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/src/${module}/")
    add_library(semscope_${module}_torch OBJECT ${ARG_TORCH_SOURCES})
    target_include_directories(semscope_${module}_torch PRIVATE "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(semscope_${module}_torch PRIVATE ${ARG_EXPOSES} ${ARG_LIBRARIES} ${ARG_USES} ${ARG_PRIVATE_LIBRARIES}
                          semscope_torch_external semscope_flags semscope_counters)
    set_target_properties(semscope_${module}_torch PROPERTIES UNITY_BUILD ${SEMSCOPE_UNITY} UNITY_BUILD_BATCH_SIZE 6)
    target_precompile_headers(semscope_${module}_torch REUSE_FROM semscope_torch_headers)
    target_sources(semscope_${module} PRIVATE $<TARGET_OBJECTS:semscope_${module}_torch>)
    target_link_libraries(semscope_${module} PRIVATE $<LINK_ONLY:semscope_torch_external>)
  endif()
endfunction()

# LibTorch's headers cost a file 10 s. They are compiled once, for all that include them.
file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/torch_headers.cpp" CONTENT "")
add_library(semscope_torch_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/torch_headers.cpp")
target_link_libraries(semscope_torch_headers PRIVATE semscope_torch_external semscope_flags)
target_precompile_headers(semscope_torch_headers PRIVATE <torch/script.h>)

# What most files include, compiled once where files are compiled together; elsewhere each file says what it needs.
if(SEMSCOPE_UNITY)
  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/common_headers.cpp" CONTENT "")
  add_library(semscope_common_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/common_headers.cpp")
  target_link_libraries(semscope_common_headers PRIVATE fmt::fmt semscope_flags semscope_counters)
  target_precompile_headers(semscope_common_headers PRIVATE
    <algorithm> <array> <chrono> <filesystem> <fstream> <functional> <map> <memory> <mutex> <numeric> <optional> <set> <span>
    <sstream> <string> <vector> <fmt/format.h>)
endif()

# semscope_program(<name> SOURCES <file>... USES <module>... [LIBRARIES <target>...])
# A program named <name> in build/<preset>/bin, installed with the others.
function(semscope_program name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;USES;LIBRARIES")
  list(TRANSFORM ARG_USES PREPEND "semscope::")
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LIBRARIES} semscope_flags semscope_counters)
  set_property(GLOBAL APPEND PROPERTY SEMSCOPE_PROGRAMS ${name})
endfunction()
