# The register over gRPC, on both engines.
twotier_library(twotier_registry_fixture
  SRCS registry_fixture.cc
  DEPS registry_service twotier_test_database GTest::gmock
  PCH)
foreach(part IN ITEMS center center_cancel center_refusal change change_race change_refusal import known opening plan read search system watch)
  twotier_test(registry_${part}_service_test SRCS registry_${part}_test.cc
    DEPS twotier_registry_fixture PCH LABELS service TIMEOUT 180)
endforeach()

# The independent checker on what the register writes, and on databases that were damaged.
twotier_test(registry_verify_test SRCS registry_verify_test.cc
  DEPS twotier_registry_fixture twotier_verify twotier_test_ctl PCH LABELS service TIMEOUT 180)

# Any sequence of changes against a model in plain maps.
twotier_test(registry_change_property_test SRCS model_comparison.cc registry_change_property_test.cc unit_commands.cc unit_model.cc unit_model_walk.cc
  DEPS twotier_registry_fixture twotier_verify rapidcheck PCH LABELS service TIMEOUT 300)
# To shrink a case takes longer than a test may: a run by hand does it, with the seed that this one prints.
set_property(TEST registry_change_property_test PROPERTY ENVIRONMENT RC_PARAMS=noshrink=1)
