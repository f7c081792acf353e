# One interface target carries every flag of the house: the warnings always, the rest by preset.
add_library(sotto_flags INTERFACE)
target_compile_definitions(sotto_flags INTERFACE _GNU_SOURCE)
target_compile_options(sotto_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wold-style-definition -Wcast-qual -Wwrite-strings -Wpointer-arith -Wvla
  -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wformat=2 -Wnull-dereference -Wdouble-promotion
  -fno-strict-aliasing -fno-common -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

if(SANITIZE)
  target_compile_options(sotto_flags INTERFACE -fsanitize=${SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(sotto_flags INTERFACE -fsanitize=${SANITIZE})
endif()
if(COVERAGE)
  target_compile_options(sotto_flags INTERFACE --coverage)
  target_link_options(sotto_flags INTERFACE --coverage)
endif()
if(HARDEN)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  target_compile_options(sotto_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    $<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY>>:-fPIE> -fno-delete-null-pointer-checks)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(sotto_flags INTERFACE -ftrivial-auto-var-init=zero)
  endif()
  target_link_options(sotto_flags INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
    -Wl,--as-needed)
endif()
