# The fuzzers, beside the code they fuzz. Built with -DTWOTIER_FUZZ=ON and clang (preset `fuzz`), target `fuzzers`;
# `./dev fuzz [SECONDS]` runs each one. A fuzzer's inputs lie in build/fuzz/corpus/NAME: seeds that are written when it is
# built, and what it found before.

add_custom_target(fuzzers)

# twotier_fuzzer(name SRCS x_fuzz.cc DEPS y [SEEDS file...])
#   SEEDS: files of the tree that are inputs as they are.
function(twotier_fuzzer name)
  cmake_parse_arguments(arg "" "" "SRCS;DEPS;SEEDS" ${ARGN})
  add_executable(${name} ${arg_SRCS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  target_compile_options(${name} PRIVATE ${TWOTIER_WARNINGS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
  add_dependencies(fuzzers ${name})
  if(arg_SEEDS)
    add_custom_command(TARGET ${name} POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/corpus/${name}
      COMMAND ${CMAKE_COMMAND} -E copy ${arg_SEEDS} ${CMAKE_BINARY_DIR}/corpus/${name} VERBATIM)
  endif()
endfunction()

twotier_fuzzer(text_fuzz SRCS common/text_fuzz.cc DEPS twotier_text)
twotier_fuzzer(csv_fuzz SRCS common/csv_fuzz.cc DEPS twotier_csv)

if(TARGET twotier_rpc)
  twotier_fuzzer(request_fuzz SRCS common/rpc/request_fuzz.cc DEPS twotier_rpc)
  twotier_binary(request_seeds SRCS common/rpc/request_seeds.cc DEPS twotier_proto absl::strings)
  add_custom_command(TARGET request_fuzz POST_BUILD
    COMMAND request_seeds ${CMAKE_BINARY_DIR}/corpus/request_fuzz VERBATIM)
  add_dependencies(request_fuzz request_seeds)
  twotier_fuzzer(status_fuzz SRCS common/rpc/status_fuzz.cc DEPS twotier_rpc)
endif()

if(TARGET registry_domain)
  twotier_fuzzer(import_fuzz SRCS services/registry/domain/import_fuzz.cc DEPS registry_domain)
  twotier_fuzzer(place_text_fuzz SRCS services/registry/domain/place_text_fuzz.cc DEPS registry_domain)
endif()

if(TARGET routing_domain)
  twotier_fuzzer(dossier_code_fuzz SRCS services/routing/domain/dossier_code_fuzz.cc DEPS routing_domain)
  twotier_fuzzer(catalogue_file_fuzz SRCS services/routing/catalogue_file_fuzz.cc DEPS routing_files)
endif()

if(TARGET budget_norm_files)
  file(GLOB_RECURSE norms ${CMAKE_SOURCE_DIR}/services/budget/data/norms/*.textproto)
  twotier_fuzzer(norm_files_fuzz SRCS services/budget/norm_files_fuzz.cc DEPS budget_norm_files SEEDS ${norms})
endif()

if(TARGET budget_files)
  file(GLOB references ${CMAKE_SOURCE_DIR}/services/budget/data/*.csv)
  twotier_fuzzer(reference_file_fuzz SRCS services/budget/reference_file_fuzz.cc DEPS budget_files
    SEEDS ${references})
endif()

if(TARGET twotier_ctl_lib)
  twotier_fuzzer(allocation_csv_fuzz SRCS tools/twotierctl/allocation_csv_fuzz.cc DEPS twotier_ctl_lib)
  twotier_fuzzer(dossier_csv_fuzz SRCS tools/twotierctl/dossier_csv_fuzz.cc DEPS twotier_ctl_lib)
  twotier_fuzzer(staff_csv_fuzz SRCS tools/twotierctl/staff_csv_fuzz.cc DEPS twotier_ctl_lib)
endif()

if(TARGET registry_service AND TARGET routing_service AND TARGET budget_service AND TARGET personnel_service)
  twotier_fuzzer(suite_fuzz SRCS tests/e2e/suite_fuzz.cc
    DEPS registry_service routing_service budget_service personnel_service twotier_load)
  target_compile_definitions(suite_fuzz PRIVATE TWOTIER_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_custom_command(TARGET suite_fuzz POST_BUILD
    COMMAND request_seeds ${CMAKE_BINARY_DIR}/corpus/suite_fuzz --unary VERBATIM)
  add_dependencies(suite_fuzz request_seeds)
endif()
