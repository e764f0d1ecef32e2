# The register over gRPC, on both engines.
twotier_library(twotier_registry_fixture
  SRCS registry_fixture.cc
  DEPS registry_service twotier_test_database GTest::gmock
  PCH)
foreach(part IN ITEMS center center_refusal import opening read system watch)
  twotier_test(registry_${part}_service_test SRCS registry_${part}_test.cc
    DEPS twotier_registry_fixture PCH LABELS service TIMEOUT 180)
endforeach()
