# Personnel over gRPC, beside a registry that the test plays.
twotier_library(personnel_server
  SRCS personnel_server.cc staff_plan.cc
  DEPS personnel_service twotier_service_host
  PCH)
twotier_library(personnel_fixture
  SRCS personnel_fixture.cc
  DEPS personnel_server twotier_played_registry twotier_test_metric_families GTest::gmock
  PCH)
foreach(part IN ITEMS person plan published quota refusal staffing)
  twotier_test(personnel_${part}_service_test SRCS personnel_${part}_test.cc DEPS personnel_fixture PCH
    LABELS service TIMEOUT 180)
endforeach()
twotier_test(personnel_large_plan_service_test SRCS personnel_large_plan_test.cc
  DEPS personnel_server twotier_played_registry twotier_verify PCH LABELS service TIMEOUT 180)
foreach(part IN ITEMS correction kinds leaving order plan_day planned_grants succession verify)
  twotier_test(personnel_${part}_service_test SRCS personnel_${part}_test.cc
    DEPS personnel_fixture twotier_verify PCH LABELS service TIMEOUT 180)
endforeach()
foreach(part IN ITEMS carried_places reparent sequence)
  twotier_test(personnel_${part}_service_test SRCS personnel_${part}_test.cc
    DEPS personnel_fixture twotier_verify rapidcheck PCH LABELS service TIMEOUT 300)
  # Its cases go on where the one before ended: a shorter one proves nothing.
  set_property(TEST personnel_${part}_service_test PROPERTY ENVIRONMENT RC_PARAMS=noshrink=1)
endforeach()
twotier_test(personnel_race_service_test SRCS personnel_race_test.cc
  DEPS personnel_fixture twotier_verify PCH LABELS service TIMEOUT 600)
