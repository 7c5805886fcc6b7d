# Run with -P at install: writes the modulefile OUTPUT from TEMPLATE for the site profile in FOLDER, whose modules.txt
# names the modules to be loaded where they are not yet, and required.
get_filename_component(SITE "${FOLDER}" NAME)
set(PREREQUISITES "")
if(EXISTS "${FOLDER}/modules.txt")
  file(STRINGS "${FOLDER}/modules.txt" modules)
  foreach(module IN LISTS modules)
    string(REGEX REPLACE "#.*" "" module "${module}")
    string(STRIP "${module}" module)
    if(module)
      string(APPEND PREREQUISITES
             "if { [module-info mode load] && ![is-loaded ${module}] } { module load ${module} }\nprereq ${module}\n")
    endif()
  endforeach()
endif()
configure_file("${TEMPLATE}" "${OUTPUT}" @ONLY)
