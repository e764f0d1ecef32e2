# Budget over gRPC, beside a registry that the test plays.
twotier_library(budget_fixture
  SRCS budget_fixture.cc
  DEPS budget_service twotier_service_host twotier_played_registry twotier_test_metric_families
       GTest::gmock
  PCH)
foreach(part IN ITEMS accounts asked_first balances carry_over ceilings contingency_bounds
    contingency_succession credit_succession decided estimate execution going_over holds journals
    lawful reference spending steps targeted treasury year_close)
  twotier_test(budget_${part}_service_test SRCS budget_${part}_test.cc DEPS budget_fixture twotier_verify PCH
    LABELS service TIMEOUT 180)
endforeach()
twotier_library(budget_commands SRCS budget_commands.cc DEPS budget_fixture twotier_test_ctl PCH)
twotier_test(budget_succession_service_test SRCS budget_succession_test.cc
  DEPS budget_commands PCH LABELS service TIMEOUT 180)
# Any sequence of journals, and the independent checker on what it leaves.
twotier_test(budget_property_service_test SRCS budget_property_test.cc
  DEPS budget_fixture twotier_verify rapidcheck PCH LABELS service TIMEOUT 300)

# Norms and allocations; the facts are read as twotierctl reads them.
twotier_library(budget_norms_fixture
  SRCS budget_norms_fixture.cc
  DEPS budget_fixture twotier_ctl_lib
  PCH)
foreach(part IN ITEMS allocation danang norm_sets staff_inputs)
  twotier_test(budget_${part}_service_test SRCS budget_${part}_test.cc DEPS budget_norms_fixture PCH
    LABELS service TIMEOUT 180)
endforeach()
twotier_test(budget_commands_service_test SRCS budget_commands_test.cc
  DEPS budget_commands budget_norms_fixture PCH LABELS service TIMEOUT 180)
