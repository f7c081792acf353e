# The house rules as tests.
function(sotto_lint name)
  sotto_test(lint_${name} lint ${ARGN})
endfunction()
sotto_lint(layers ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/check_layers.py ${CMAKE_SOURCE_DIR}/src)
sotto_lint(sizes ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/check_sizes.py ${CMAKE_SOURCE_DIR}/src)
