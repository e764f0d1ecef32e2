# The language of norms: exact fractions, units of measure, evaluation, allocation to the đồng.
twotier_library(budget_norms
  SRCS
    domain/allocation_history.cc
    domain/apportion.cc
    domain/measure.cc
    domain/norm_compiler.cc
    domain/norm_evaluation.cc
    domain/norm_forms.cc
    domain/norm_program.cc
    domain/norm_value.cc
    domain/norm_working.cc
    domain/rational.cc
  DEPS twotier_base twotier_units absl::flat_hash_map absl::flat_hash_set)
foreach(test IN ITEMS allocation_history apportion measure norm_evaluation norm_program rational)
  twotier_test(budget_${test}_test SRCS domain/${test}_test.cc DEPS budget_norms rapidcheck_gtest)
endforeach()

# Norm sets as the contract and as files have them.
twotier_library(budget_norm_files
  SRCS norm_convert.cc norm_files.cc
  DEPS budget_norms twotier_proto
  PCH)
twotier_test(budget_norm_files_test SRCS norm_files_test.cc DEPS budget_norm_files PCH)
