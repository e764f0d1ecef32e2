// Dossiers of another system, for tests that import them.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_IMPORT_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_IMPORT_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/clock.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {

inline constexpr char kOldSystem[] = "provinces/48/informationSystems/old-case-handling";

inline void SetTime(google::protobuf::Timestamp* time, int month, int day, int hour) {
  time->set_seconds(absl::ToUnixSeconds(
      absl::FromCivil(absl::CivilHour(2026, month, day, hour), VietnamTimeZone())));
}

// A residence dossier of kHaiChau that was received on Friday 30 October 2026: three working days,
// due on Wednesday 4 November.
inline v1::ImportedDossier Told(const std::string& external_code) {
  v1::ImportedDossier told;
  v1::ImportedRecord& record = *told.mutable_record();
  record.set_external_code(external_code);
  record.set_procedure_code(kResidence);
  record.set_unit(kHaiChau);
  record.set_channel(v1::CHANNEL_ONLINE);
  SetTime(record.mutable_submit_time(), 10, 29, 20);
  SetTime(record.mutable_accept_time(), 10, 30, 9);
  v1::ImportedStep& step = *record.add_history();
  SetTime(step.mutable_time(), 10, 30, 9);
  step.set_what("tiếp nhận");
  step.set_by("bộ phận một cửa");
  *told.mutable_applicant() = Submission().applicant();
  return told;
}

inline v1::ClockPause& AddPause(v1::ImportedDossier& told, v1::PauseKind kind) {
  v1::ClockPause& pause = *told.mutable_record()->add_pauses();
  pause.set_kind(kind);
  SetTime(pause.mutable_start_time(), 10, 30, 10);
  if (kind == v1::PAUSE_KIND_PAYMENT) pause.set_due_vnd(8'000);
  if (kind == v1::PAUSE_KIND_OTHER_AGENCY) {
    pause.set_agency_unit(kDaNang);
    pause.set_agency_title("Sở Tư pháp");
  }
  return pause;
}

inline v1::ImportDossiersRequest ImportOf(const std::vector<v1::ImportedDossier>& told,
                                          const std::string& center = kCenter) {
  v1::ImportDossiersRequest request;
  request.set_center(center);
  request.set_source_system(kOldSystem);
  for (const v1::ImportedDossier& one : told) *request.add_dossiers() = one;
  request.set_request_id(RequestId());
  return request;
}

inline absl::StatusOr<v1::ImportDossiersResponse> Import(RoutingServer& server,
                                                         const v1::ImportDossiersRequest& request) {
  return Invoke(&v1::RoutingService::Stub::ImportDossiers, server.stub(), request);
}

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_IMPORT_FIXTURE_H_
