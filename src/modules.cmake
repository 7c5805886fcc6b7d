# semscope_module(<module> SOURCES <file>... [EXPOSES <module>...] [USES <module>...]
#                 [LIBRARIES <target>...] [PRIVATE_LIBRARIES <target>...])
#
# Declares the static library semscope::<module> from src/<module>. EXPOSES lists the modules whose headers the module's
# public headers include, USES those that its sources alone include; LIBRARIES and PRIVATE_LIBRARIES likewise name libraries
# of others. tests/check_modules.py compares both lists with the include lines.
function(semscope_module module)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;EXPOSES;USES;LIBRARIES;PRIVATE_LIBRARIES")
  list(TRANSFORM ARG_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/src/${module}/")
  list(TRANSFORM ARG_EXPOSES PREPEND "semscope::")
  list(TRANSFORM ARG_USES PREPEND "semscope::")
  add_library(semscope_${module} STATIC ${ARG_SOURCES})
  add_library(semscope::${module} ALIAS semscope_${module})
  target_include_directories(semscope_${module} PUBLIC "${PROJECT_SOURCE_DIR}/include")
  target_link_libraries(semscope_${module} PUBLIC ${ARG_EXPOSES} ${ARG_LIBRARIES}
                        PRIVATE ${ARG_USES} ${ARG_PRIVATE_LIBRARIES} semscope_flags semscope_counters)
endfunction()

# semscope_program(<name> SOURCES <file>... USES <module>... [LIBRARIES <target>...])
# A program named <name> in build/<preset>/bin, installed with the others.
function(semscope_program name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;USES;LIBRARIES")
  list(TRANSFORM ARG_USES PREPEND "semscope::")
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LIBRARIES} semscope_flags semscope_counters)
  set_property(GLOBAL APPEND PROPERTY SEMSCOPE_PROGRAMS ${name})
endfunction()
