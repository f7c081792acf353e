# The house rules as tests.
function(sotto_lint name)
  sotto_test(lint_${name} lint ${ARGN})
  set_tests_properties(lint_${name} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()
set(tools ${CMAKE_SOURCE_DIR}/tools)
sotto_lint(layers ${Python3_EXECUTABLE} ${tools}/check_layers.py ${CMAKE_SOURCE_DIR}/src)
sotto_lint(sizes ${Python3_EXECUTABLE} ${tools}/check_sizes.py ${CMAKE_SOURCE_DIR}/src)
sotto_lint(format ${Python3_EXECUTABLE} ${tools}/check_format.py ${CMAKE_SOURCE_DIR})
sotto_lint(headers ${Python3_EXECUTABLE} ${tools}/check_headers.py ${CMAKE_SOURCE_DIR}
  ${CMAKE_C_COMPILER} ${CMAKE_BINARY_DIR}/generated)
sotto_lint(map ${Python3_EXECUTABLE} ${tools}/check_map.py ${CMAKE_SOURCE_DIR})
sotto_lint(man ${Python3_EXECUTABLE} ${tools}/check_man.py ${CMAKE_SOURCE_DIR}/man)
sotto_lint(unit ${Python3_EXECUTABLE} ${tools}/check_unit.py ${CMAKE_BINARY_DIR}/units/sottod.service 15)
if(TARGET sottod AND NOT COVERAGE) # what counts lines imports things of its own
  sotto_lint(symbols ${Python3_EXECUTABLE} ${tools}/check_symbols.py $<TARGET_FILE:sottod>)
endif()

# What documents say about the tables is what the tables say.
add_executable(dump_tables lint/dump_tables.c)
target_link_libraries(dump_tables PRIVATE test_support sotto_flags)
sotto_lint(protocol ${Python3_EXECUTABLE} ${tools}/check_protocol.py $<TARGET_FILE:dump_tables>
  ${CMAKE_SOURCE_DIR})
sotto_lint(tables ${Python3_EXECUTABLE} ${tools}/check_tables.py $<TARGET_FILE:dump_tables>
  ${CMAKE_SOURCE_DIR})

if(TARGET sottod AND TARGET sottoctl AND TARGET sotto)
  sotto_lint(install bash ${CMAKE_CURRENT_SOURCE_DIR}/lint/check_install.sh ${CMAKE_BINARY_DIR})
  if(TARGET sottomls)
    sotto_lint(library bash ${CMAKE_CURRENT_SOURCE_DIR}/lint/check_library.sh ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR} ${CMAKE_C_COMPILER} "${SANITIZE}")
  endif()
endif()
