# The ways to declare a test. Labels (unit, mpi, system, headers) select with `ctest -L`.

# Tests of several threads run beside others on few cores: OpenMP's threads that wait for work leave the cores to them.
set(SEMSCOPE_TEST_ENVIRONMENT OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive)
# OpenBLAS takes the kernels of a processor of 2004 where it does not know the model, and slow networks would be too slow.
if(NOT DEFINED ENV{OPENBLAS_CORETYPE} AND EXISTS /proc/cpuinfo)
  file(STRINGS /proc/cpuinfo flags REGEX "^flags" LIMIT_COUNT 1)
  if(flags MATCHES " avx512bw ")
    list(APPEND SEMSCOPE_TEST_ENVIRONMENT OPENBLAS_CORETYPE=SkylakeX)
  elseif(flags MATCHES " avx2 ")
    list(APPEND SEMSCOPE_TEST_ENVIRONMENT OPENBLAS_CORETYPE=Haswell)
  endif()
endif()
# Sanitizers: suppressions for libraries of others, and an exit code that no test takes for an error that it expects.
set(SEMSCOPE_NO_LEAK_CHECK)
set(SEMSCOPE_TIMEOUT_FACTOR 1)
if(SEMSCOPE_SANITIZE)
  set(suppressions "${PROJECT_SOURCE_DIR}/tests/sanitizers")
  set(address_options exitcode=99:detect_stack_use_after_return=1:strict_string_checks=1)
  list(APPEND SEMSCOPE_TEST_ENVIRONMENT
    ASAN_OPTIONS=${address_options}
    LSAN_OPTIONS=suppressions=${suppressions}/leaks.supp:print_suppressions=0
    UBSAN_OPTIONS=print_stacktrace=1:suppressions=${suppressions}/undefined.supp
    SEMSCOPE_TEST_PATIENCE=5)
  # Open MPI leaks memory in components that it unloads, whose names nobody knows at the end, so that no suppression can
  # tell them from ours: leaks are looked for in the unit tests alone, which start no MPI.
  set(SEMSCOPE_NO_LEAK_CHECK ASAN_OPTIONS=${address_options}:detect_leaks=0)
  set(SEMSCOPE_TIMEOUT_FACTOR 5)
endif()
if(SEMSCOPE_COVERAGE)
  # A rank that mpirun kills while it adds to a file of counters leaves one that later processes refuse. They say so here
  # and not on stderr, where tests count the lines.
  list(APPEND SEMSCOPE_TEST_ENVIRONMENT GCOV_ERROR_FILE=${PROJECT_BINARY_DIR}/counters.log)
endif()

# Open MPI 4 and 5: run as root, more ranks than cores, no pinning of ranks to cores, no search for fast networks; ranks of
# one machine need no sockets, of which Open MPI 5 complains a line a rank where it finds none that reach each other, and
# no libfabric, which takes 1.3 s in every MPI_Init; ranks that wait leave their core to those of other tests. Where /sys is
# hidden (a plain chroot, some containers), hwloc would write a line for every process, which tests that count lines take
# for the program's.
set(SEMSCOPE_MPI_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
  HWLOC_HIDE_ERRORS=2 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_pml=ob1 OMPI_MCA_btl=^tcp,ofi
  OMPI_MCA_mpi_yield_when_idle=1 ${SEMSCOPE_TEST_ENVIRONMENT} ${SEMSCOPE_NO_LEAK_CHECK})

# semscope_discover_tests(<target> PREFIX <prefix> TIMEOUT <s> ENVIRONMENT <variable=value>... [PROPERTIES ...])
# Each TEST of the program becomes a ctest entry. The environment is set in a file that ctest reads later, because
# gtest_discover_tests takes apart the values that are lists.
# With SEMSCOPE_TEST_SHARDS = N the program becomes N entries, each of which runs every Nth TEST: with sanitizers the start
# of a program, with all its libraries, takes longer than most tests.
set(SEMSCOPE_TEST_SHARDS 0 CACHE STRING "Entries of ctest for a program of unit tests; 0: one for each of its tests")
function(semscope_discover_tests target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "PREFIX;TIMEOUT" "ENVIRONMENT;PROPERTIES")
  math(EXPR timeout "${ARG_TIMEOUT} * ${SEMSCOPE_TIMEOUT_FACTOR}")
  if(SEMSCOPE_TEST_SHARDS AND ARG_PREFIX STREQUAL unit)
    string(REPLACE unit_ unit. name ${target})
    foreach(shard RANGE 1 ${SEMSCOPE_TEST_SHARDS})
      math(EXPR index "${shard} - 1")
      add_test(NAME ${name}.${shard} COMMAND ${target})
      set_tests_properties(${name}.${shard} PROPERTIES TIMEOUT ${timeout} ${ARG_PROPERTIES}
        ENVIRONMENT "${ARG_ENVIRONMENT};GTEST_TOTAL_SHARDS=${SEMSCOPE_TEST_SHARDS};GTEST_SHARD_INDEX=${index}")
    endforeach()
    return()
  endif()
  gtest_discover_tests(${target} TEST_PREFIX ${ARG_PREFIX}. DISCOVERY_TIMEOUT 120
                       PROPERTIES TIMEOUT ${timeout} ${ARG_PROPERTIES})
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${target}_environment.cmake")
  file(CONFIGURE OUTPUT "${file}" @ONLY CONTENT
    "if(@target@_TESTS)\n  set_tests_properties(\${@target@_TESTS} PROPERTIES ENVIRONMENT \"@ARG_ENVIRONMENT@\")\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${file}")
endfunction()

# Tests are compiled for a quick build: what takes time in them is in the programs.
add_library(semscope_test_flags INTERFACE)
target_link_libraries(semscope_test_flags INTERFACE semscope_flags)
target_compile_options(semscope_test_flags INTERFACE -O0)

set(CMAKE_UNITY_BUILD ${SEMSCOPE_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

# The headers of GoogleTest are compiled once, for all tests.
file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/test_headers.cpp" CONTENT "")
add_library(semscope_test_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/test_headers.cpp")
target_link_libraries(semscope_test_headers PRIVATE GTest::gmock semscope_test_flags)
target_precompile_headers(semscope_test_headers PRIVATE <filesystem> <fstream> <functional> <gmock/gmock.h> <gtest/gtest.h>)

# What `bash tests/checked.sh --quick` builds.
add_custom_target(semscope_quick_tests)

# semscope_unit_test(<name> SOURCES <file>... USES <module>... [LIBRARIES <target>...] [TORCH])
# Tests without MPI; each TEST becomes a ctest entry. TORCH: its files see LibTorch's headers.
function(semscope_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "TORCH" "" "SOURCES;USES;LIBRARIES")
  list(TRANSFORM ARG_USES PREPEND "semscope::")
  add_executable(unit_${name} ${ARG_SOURCES})
  target_compile_definitions(unit_${name} PRIVATE SEMSCOPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_include_directories(unit_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(unit_${name} PRIVATE ${ARG_USES} ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
  if(ARG_TORCH AND SEMSCOPE_UNITY)  # its files are one: they need no headers compiled before
    target_link_libraries(unit_${name} PRIVATE semscope_torch_external semscope_test_flags)
    set_target_properties(unit_${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 0)
  elseif(ARG_TORCH)
    target_link_libraries(unit_${name} PRIVATE semscope_torch_external semscope_flags)
    target_precompile_headers(unit_${name} REUSE_FROM semscope_torch_headers)
  else()
    target_link_libraries(unit_${name} PRIVATE semscope_test_flags)
    target_precompile_headers(unit_${name} REUSE_FROM semscope_test_headers)
  endif()
  add_dependencies(semscope_quick_tests unit_${name})
  set_target_properties(unit_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  semscope_discover_tests(unit_${name} PREFIX unit TIMEOUT 300 ENVIRONMENT ${SEMSCOPE_TEST_ENVIRONMENT}
                          PROPERTIES LABELS unit)
endfunction()

# semscope_mpi_test(<name> SOURCES <file>... USES <module>... [LIBRARIES <target>...])
# The same tests under 1, 2, 3 and 4 ranks; the exit code is the worst of all ranks, rank 0 prints.
function(semscope_mpi_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;USES;LIBRARIES")
  list(TRANSFORM ARG_USES PREPEND "semscope::")
  add_executable(mpi_${name} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/support/mpi_main.cpp")
  target_include_directories(mpi_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(mpi_${name} PRIVATE semscope::comm ${ARG_USES} ${ARG_LIBRARIES} GTest::gmock semscope_test_flags)
  target_precompile_headers(mpi_${name} REUSE_FROM semscope_test_headers)
  add_dependencies(semscope_quick_tests mpi_${name})
  set_target_properties(mpi_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  math(EXPR timeout "300 * ${SEMSCOPE_TIMEOUT_FACTOR}")
  math(EXPR patience "240 * ${SEMSCOPE_TIMEOUT_FACTOR}")
  foreach(ranks 1 2 3 4)
    add_test(NAME mpi.${name}.${ranks}
             COMMAND timeout -k 5 ${patience} ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} $<TARGET_FILE:mpi_${name}>)
    set_tests_properties(mpi.${name}.${ranks} PROPERTIES LABELS mpi TIMEOUT ${timeout}
                         ENVIRONMENT "${SEMSCOPE_MPI_ENVIRONMENT}")
  endforeach()
endfunction()

# semscope_system_test(<name> SOURCES <file>... PROGRAMS <target>... [USES ...] [LIBRARIES ...] [TIMEOUT <s>]
#                      [FIXTURES <ctest fixture>...] [ALONE])
# ALONE: nothing else runs meanwhile, because it measures time, kills, or needs a job to last as long as it does alone.
# Runs the real programs. The test gets their folder, the source folder and the Python that checks numbers.
find_program(SEMSCOPE_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)  # Debian's: it has the Debian packages
find_program(SEMSCOPE_PYTHON NAMES python3)
function(semscope_system_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "ALONE" "TIMEOUT" "SOURCES;PROGRAMS;USES;LIBRARIES;FIXTURES")
  list(TRANSFORM ARG_USES PREPEND "semscope::")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  add_executable(system_${name} ${ARG_SOURCES})
  target_include_directories(system_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(system_${name} PRIVATE
    SEMSCOPE_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" SEMSCOPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SEMSCOPE_PYTHON="${SEMSCOPE_PYTHON}")
  target_link_libraries(system_${name} PRIVATE ${ARG_USES} ${ARG_LIBRARIES} semscope_test_support GTest::gmock
                        GTest::gtest_main semscope_test_flags)
  target_precompile_headers(system_${name} REUSE_FROM semscope_test_headers)
  set_target_properties(system_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  if(ARG_PROGRAMS)
    add_dependencies(system_${name} ${ARG_PROGRAMS})
  endif()
  set(properties LABELS system RUN_SERIAL ${ARG_ALONE})
  if(ARG_FIXTURES)
    list(APPEND properties FIXTURES_REQUIRED ${ARG_FIXTURES})
  endif()
  semscope_discover_tests(system_${name} PREFIX system TIMEOUT ${ARG_TIMEOUT}
                          ENVIRONMENT ${SEMSCOPE_MPI_ENVIRONMENT} PROPERTIES ${properties})
endfunction()
