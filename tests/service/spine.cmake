# The spine, with a service that exists for its tests only.
twotier_library(twotier_spine_fixture
  SRCS spine_fixture.cc
  DEPS twotier_server twotier_test_database twotier_test_metric_families twotier_test_spine_proto
       GTest::gmock
  PCH)
foreach(part IN ITEMS cancel chain main recall request_log server watch)
  twotier_test(spine_${part}_test SRCS spine_${part}_test.cc DEPS twotier_spine_fixture PCH
    LABELS service TIMEOUT 120)
endforeach()
