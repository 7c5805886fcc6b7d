# ctest reads this when it starts. Open MPI 4 has a folder for all jobs of a user on a host, which a job removes when it is the
# last to end; one that starts at that moment fails with "A call to mkdir was unable to create the desired directory ... File
# exists". Jobs of tests start and end side by side. A folder in it keeps it from being removed.
cmake_host_system_information(RESULT mpi_host QUERY HOSTNAME)
string(REGEX REPLACE "[.].*" "" mpi_host "${mpi_host}")  # as Open MPI calls it
execute_process(COMMAND id -u OUTPUT_VARIABLE mpi_user OUTPUT_STRIP_TRAILING_WHITESPACE)
set(mpi_temporary "$ENV{TMPDIR}")
if(NOT mpi_temporary)
  set(mpi_temporary /tmp)
endif()
file(MAKE_DIRECTORY "${mpi_temporary}/ompi.${mpi_host}.${mpi_user}/semscope_tests")
