# The themes of themes/*.json go into the program, so that they are always there. Included, it adds
# the step to the build; run with -DOUT and -DFILES, it writes the C file.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "/* Written by cmake/themes.cmake from themes/. */\n#include \"tui/wardrobe.h\"\n\n")
  set(rows "")
  set(i 0)
  string(REPEAT "....." 16 line) # so many bytes
  separate_arguments(FILES UNIX_COMMAND "${FILES}")
  foreach(file ${FILES})
    get_filename_component(name ${file} NAME_WLE)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
    string(APPEND text "static const uint8_t THEME_${i}[] = {\n${bytes}};\n\n")
    string(APPEND rows "    {\"${name}\", THEME_${i}, sizeof THEME_${i}},\n")
    math(EXPR i "${i} + 1")
  endforeach()
  file(WRITE ${OUT} "${text}const struct wardrobe_file WARDROBE_BUILTIN[] = {\n${rows}    {NULL, NULL, 0},\n};\n")
  return()
endif()

file(GLOB theme_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/themes/*.json)
list(SORT theme_files)
list(JOIN theme_files " " theme_list)
set(theme_source ${CMAKE_BINARY_DIR}/generated/tui/theme_builtin.c)
add_custom_command(OUTPUT ${theme_source}
  COMMAND ${CMAKE_COMMAND} -DOUT=${theme_source} "-DFILES=${theme_list}" -P ${CMAKE_SOURCE_DIR}/cmake/themes.cmake
  DEPENDS ${theme_files} ${CMAKE_SOURCE_DIR}/cmake/themes.cmake
  COMMENT "Writing themes into C" VERBATIM)
target_sources(sotto_tui PRIVATE ${theme_source})
