# semscope_room(<room> SOURCES <file>... [ROOMS <room>...] [LIBRARIES <target>...] [PRIVATE_LIBRARIES <target>...])
#
# Declares the library target semscope::<room> from src/<room>. A room sees its own public headers and those of the
# rooms it lists in ROOMS (and what those pass on), and no others: every room's headers are reached through an include
# root of their own, so that including a header of a room that is not listed does not compile.
function(semscope_room room)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;ROOMS;LIBRARIES;PRIVATE_LIBRARIES")
  list(TRANSFORM ARG_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/src/${room}/")
  list(TRANSFORM ARG_ROOMS PREPEND "semscope::")

  set(root "${PROJECT_BINARY_DIR}/rooms/${room}")
  file(MAKE_DIRECTORY "${root}/semscope")
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/include/semscope/${room}" "${root}/semscope/${room}" SYMBOLIC)

  add_library(semscope_${room} STATIC ${ARG_SOURCES})
  add_library(semscope::${room} ALIAS semscope_${room})
  target_include_directories(semscope_${room} PUBLIC "${root}" PRIVATE "${PROJECT_SOURCE_DIR}/src/${room}")
  target_link_libraries(semscope_${room} PUBLIC ${ARG_ROOMS} ${ARG_LIBRARIES}
                        PRIVATE ${ARG_PRIVATE_LIBRARIES} semscope_flags semscope_counters)
  set_property(GLOBAL APPEND PROPERTY SEMSCOPE_ROOMS ${room})
endfunction()

# semscope_program(<name> SOURCES <file>... ROOMS <room>... [LIBRARIES <target>...])
# A program named <name> in build/<preset>/bin, installed with the others.
function(semscope_program name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;ROOMS;LIBRARIES")
  list(TRANSFORM ARG_ROOMS PREPEND "semscope::")
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_ROOMS} ${ARG_LIBRARIES} semscope_flags semscope_counters)
  set_property(GLOBAL APPEND PROPERTY SEMSCOPE_PROGRAMS ${name})
endfunction()
