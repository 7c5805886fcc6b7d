# cmake --install: programs in bin, headers, configuration and jobs where they are usual, a modulefile.
include(GNUInstallDirs)

set(SEMSCOPE_SITE generic-slurm CACHE STRING "Site profile (jobs/sites) whose modules the modulefile requires")
set(site_folder "${PROJECT_SOURCE_DIR}/jobs/sites/${SEMSCOPE_SITE}")
if(NOT EXISTS "${site_folder}/profile.sh")
  message(FATAL_ERROR "SEMSCOPE_SITE: there is no ${site_folder}/profile.sh")
endif()

get_property(programs GLOBAL PROPERTY SEMSCOPE_PROGRAMS)
add_custom_target(semscope_programs)
add_dependencies(semscope_programs ${programs})
install(TARGETS ${programs} RUNTIME)
install(DIRECTORY include/semscope DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
set(data ${CMAKE_INSTALL_DATAROOTDIR}/semscope)
install(DIRECTORY config DESTINATION ${data})
# What works without the sources; demo.sh, build.sh and install-dependencies.sh need them.
install(DIRECTORY jobs/slurm jobs/sites jobs/data DESTINATION ${data}/jobs USE_SOURCE_PERMISSIONS
        PATTERN "__pycache__" EXCLUDE)
install(FILES jobs/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/jobs)
install(FILES jobs/programs.sh jobs/mpi-environment.sh DESTINATION ${data}/jobs)
install(FILES README.md CHANGELOG.md CONTRIBUTING.md LICENSE CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY postprocess/pictures DESTINATION ${CMAKE_INSTALL_DOCDIR}/postprocess)

# Made at install, from what the site's profile says then.
set(modulefile "${PROJECT_BINARY_DIR}/generated/modulefile")
install(CODE "execute_process(COMMAND \"${CMAKE_COMMAND}\" \"-DFOLDER=${site_folder}\" -DVERSION=${PROJECT_VERSION}
  \"-DDESCRIPTION=${PROJECT_DESCRIPTION}\" \"-DTEMPLATE=${PROJECT_SOURCE_DIR}/modules/semscope.tcl.in\"
  \"-DOUTPUT=${modulefile}\" -P \"${PROJECT_SOURCE_DIR}/src/write_modulefile.cmake\" COMMAND_ERROR_IS_FATAL ANY)")
# Not below LIBDIR or the like: the modulefile finds the tree from where it lies.
install(FILES "${modulefile}" DESTINATION share/modulefiles/semscope RENAME ${PROJECT_VERSION})
