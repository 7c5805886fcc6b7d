# Generates the ADE20K class table as C++ from config/, so that the program needs no file at run time.
set(SEMSCOPE_SEMANTICS_TABLE "${PROJECT_SOURCE_DIR}/config/ade20k_objectInfo150.txt")
set(SEMSCOPE_SEMANTICS_SOURCE "${PROJECT_BINARY_DIR}/generated/ade20k_names.cpp")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${SEMSCOPE_SEMANTICS_TABLE}")
file(STRINGS "${SEMSCOPE_SEMANTICS_TABLE}" rows)
list(POP_FRONT rows)  # the header line
set(names)
foreach(row IN LISTS rows)
  string(REGEX REPLACE "^[0-9]+\t(.*)$" "\\1" name "${row}")
  string(APPEND names "    \"${name}\",\n")
endforeach()
list(LENGTH rows count)
file(CONFIGURE OUTPUT "${SEMSCOPE_SEMANTICS_SOURCE}" @ONLY CONTENT
"// Generated from config/ade20k_objectInfo150.txt.
#include \"semscope/demo/semantics.hpp\"

namespace semscope::demo {

const std::array<std::string_view, @count@> ade20k_names = {
@names@};

}  // namespace semscope::demo
")
