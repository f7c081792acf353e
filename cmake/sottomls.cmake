# The group layer as a library of its own: RFC 9420 for other programs. It is built from the same
# files, needs OpenSSL's libcrypto and nothing else, and shows only the names in sottomls.map.
option(SOTTO_MLS_LIBRARY "build libsottomls for other programs" ON)
if(NOT SOTTO_MLS_LIBRARY)
  return()
endif()
file(GLOB mls_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/mls/*.c)
set(mls_needs crypto/aead crypto/dh crypto/fetch crypto/hash crypto/hpke crypto/key_curve crypto/key_rsa
  crypto/locked crypto/rand crypto/sign base/buf base/err base/map base/mem base/reader)
list(TRANSFORM mls_needs PREPEND ${CMAKE_SOURCE_DIR}/src/)
list(TRANSFORM mls_needs APPEND .c)
add_library(sottomls SHARED ${mls_sources} ${mls_needs})
target_include_directories(sottomls PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>)
target_link_libraries(sottomls PRIVATE sotto_flags PkgConfig::CRYPTO)
target_link_options(sottomls PRIVATE -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/sottomls.map)
set_target_properties(sottomls PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/sottomls.map)

set(SOTTOMLS_HEADERS mls/mls mls/env mls/rule mls/safety crypto/sign crypto/hash crypto/rand base/buf
  base/bytes base/err)
install(TARGETS sottomls LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(header ${SOTTOMLS_HEADERS})
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${CMAKE_SOURCE_DIR}/src/${header}.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sottomls/${folder})
endforeach()
# From where the file lies to the prefix, so that the whole can be moved.
file(RELATIVE_PATH SOTTOMLS_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/sottomls.pc.in ${CMAKE_BINARY_DIR}/sottomls.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sottomls.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
