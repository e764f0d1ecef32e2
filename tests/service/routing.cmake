# Routing over gRPC, beside a registry that the test plays.
twotier_library(routing_server
  SRCS routing_server.cc
  DEPS routing_service twotier_service_host
  PCH)
twotier_library(routing_fixture
  SRCS routing_fixture.cc routing_publications.cc
  DEPS routing_server twotier_played_registry GTest::gmock
  PCH)
foreach(part IN ITEMS alarm_lag alarm_looks alarms delegation list memory steps life refusal race privacy import publish
    publish_race chain statistics)
  twotier_test(routing_${part}_test SRCS routing_${part}_test.cc DEPS routing_fixture PCH
    LABELS service TIMEOUT 180)
endforeach()
# Random lives of dossiers, and what must hold behind them.
twotier_library(dossier_model SRCS dossier_model.cc DEPS routing_server PCH)
twotier_library(dossier_simulation
  SRCS dossier_lives.cc dossier_proof.cc simulation.cc
  DEPS dossier_model routing_files twotier_verify PCH)
twotier_test(national_year_test SRCS national_year_test.cc
  DEPS dossier_simulation twotier_registry_fixture absl::flags absl::flags_parse PCH
  LABELS service TIMEOUT 1800)
foreach(part IN ITEMS transition verify)
  twotier_test(routing_${part}_test SRCS routing_${part}_test.cc
    DEPS dossier_model routing_fixture twotier_test_ctl twotier_verify rapidcheck PCH LABELS service TIMEOUT 180)
endforeach()
foreach(part IN ITEMS continuity due_date external_code province_merger rating reparent reroute succession verify_version
    walk)
  twotier_test(routing_${part}_test SRCS routing_${part}_test.cc
    DEPS dossier_model routing_fixture twotier_verify rapidcheck PCH LABELS service TIMEOUT 180)
endforeach()
