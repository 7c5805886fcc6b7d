# The ways to declare a test. Labels (unit, mpi, system, headers) select with `ctest -L`.

# Open MPI 4 and 5: run as root, more ranks than cores, no pinning of ranks to cores.
set(SEMSCOPE_MPI_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
  OMPI_MCA_hwloc_base_binding_policy=none OMP_NUM_THREADS=1)

# semscope_unit_test(<name> SOURCES <file>... ROOMS <room>... [LIBRARIES <target>...])
# Tests without MPI; each TEST becomes a ctest entry.
function(semscope_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;ROOMS;LIBRARIES")
  list(TRANSFORM ARG_ROOMS PREPEND "semscope::")
  add_executable(unit_${name} ${ARG_SOURCES})
  target_include_directories(unit_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(unit_${name} PRIVATE ${ARG_ROOMS} ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main semscope_flags)
  set_target_properties(unit_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  gtest_discover_tests(unit_${name} TEST_PREFIX unit. DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT "OMP_NUM_THREADS=1")
endfunction()

# semscope_mpi_test(<name> SOURCES <file>... ROOMS <room>... [LIBRARIES <target>...])
# The same tests under 1, 2, 3 and 4 ranks; the exit code is the worst of all ranks, rank 0 prints.
function(semscope_mpi_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;ROOMS;LIBRARIES")
  list(TRANSFORM ARG_ROOMS PREPEND "semscope::")
  add_executable(mpi_${name} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/support/mpi_main.cpp")
  target_include_directories(mpi_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(mpi_${name} PRIVATE semscope::mpi ${ARG_ROOMS} ${ARG_LIBRARIES} GTest::gmock semscope_flags)
  set_target_properties(mpi_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  foreach(ranks 1 2 3 4)
    add_test(NAME mpi.${name}.${ranks}
             COMMAND timeout -k 5 240 ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} $<TARGET_FILE:mpi_${name}>)
    set_tests_properties(mpi.${name}.${ranks} PROPERTIES LABELS mpi TIMEOUT 300
                         ENVIRONMENT "${SEMSCOPE_MPI_ENVIRONMENT}")
  endforeach()
endfunction()

# semscope_system_test(<name> SOURCES <file>... PROGRAMS <target>... [ROOMS ...] [LIBRARIES ...] [TIMEOUT <s>]
#                      [FIXTURES <ctest fixture>...])
# Runs the real programs. The test gets their folder, the source folder and the Python that checks numbers.
find_program(SEMSCOPE_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)  # Debian's: it has the Debian packages
find_program(SEMSCOPE_PYTHON NAMES python3)
function(semscope_system_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TIMEOUT" "SOURCES;PROGRAMS;ROOMS;LIBRARIES;FIXTURES")
  list(TRANSFORM ARG_ROOMS PREPEND "semscope::")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  add_executable(system_${name} ${ARG_SOURCES})
  target_include_directories(system_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(system_${name} PRIVATE
    SEMSCOPE_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" SEMSCOPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SEMSCOPE_PYTHON="${SEMSCOPE_PYTHON}")
  target_link_libraries(system_${name} PRIVATE ${ARG_ROOMS} ${ARG_LIBRARIES} semscope_test_support GTest::gmock
                        GTest::gtest_main semscope_flags)
  set_target_properties(system_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  if(ARG_PROGRAMS)
    add_dependencies(system_${name} ${ARG_PROGRAMS})
  endif()
  gtest_discover_tests(system_${name} TEST_PREFIX system. DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS system TIMEOUT ${ARG_TIMEOUT} FIXTURES_REQUIRED "${ARG_FIXTURES}"
                                  ENVIRONMENT "${SEMSCOPE_MPI_ENVIRONMENT}")
endfunction()
