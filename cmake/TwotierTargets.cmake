# How targets are declared. Files are listed by hand; a test is named after its file.

set(TWOTIER_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Werror)

# A precompiled header serves only code that is compiled with the very same flags: executables are compiled like the
# libraries, with -fPIC, where CMake would take -fPIE.
function(twotier_reuse_pch name)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC)
  target_precompile_headers(${name} REUSE_FROM twotier_pch)
endfunction()

# twotier_library(name SRCS a.cc b.cc DEPS x y [PCH])
#   PCH reuses the precompiled gRPC and protobuf headers; for targets that include them anyway.
function(twotier_library name)
  cmake_parse_arguments(arg "PCH" "" "SRCS;DEPS" ${ARGN})
  add_library(${name} STATIC ${arg_SRCS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_DEPS})
  target_compile_options(${name} PRIVATE ${TWOTIER_WARNINGS})
  if(arg_PCH)
    target_precompile_headers(${name} REUSE_FROM twotier_pch)
  endif()
endfunction()

# Debian's Abseil is built without the thread sanitizer; programs built with it tell it about absl::Mutex.
function(twotier_explain_mutex name)
  if(TWOTIER_SANITIZE STREQUAL "thread")
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/tsan_absl_mutex.cc)
  endif()
endfunction()

# twotier_binary(name SRCS main.cc DEPS x y [PCH])
function(twotier_binary name)
  cmake_parse_arguments(arg "PCH" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${arg_SRCS})
  twotier_explain_mutex(${name})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  target_compile_options(${name} PRIVATE ${TWOTIER_WARNINGS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  if(arg_PCH)
    twotier_reuse_pch(${name})
  endif()
endfunction()

# twotier_test(name SRCS x_test.cc DEPS x [TIMEOUT seconds] [LABELS l] [PCH])
#   One ctest entry a binary. Tests that need PostgreSQL read TWOTIER_TEST_POSTGRES, which tests/support/
#   with_postgres.sh sets; without it they fail.
function(twotier_test name)
  cmake_parse_arguments(arg "PCH" "TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SRCS})
  twotier_explain_mutex(${name})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${TWOTIER_WARNINGS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(arg_PCH)
    twotier_reuse_pch(${name})
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()
