# Routing over gRPC, beside a registry that the test plays.
twotier_library(routing_fixture
  SRCS routing_fixture.cc
  DEPS routing_service twotier_test_database GTest::gmock
  PCH)
foreach(part IN ITEMS alarms delegation list rating steps life refusal race continuity privacy import chain)
  twotier_test(routing_${part}_test SRCS routing_${part}_test.cc DEPS routing_fixture PCH
    LABELS service TIMEOUT 180)
endforeach()
foreach(part IN ITEMS transition verify walk)
  twotier_test(routing_${part}_test SRCS routing_${part}_test.cc
    DEPS routing_fixture twotier_ctl_lib twotier_verify rapidcheck PCH LABELS service TIMEOUT 180)
endforeach()
