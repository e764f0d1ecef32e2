#include "services/registry/handlers/systems.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/page.h"
#include "common/status_macros.h"
#include "services/registry/convert_operations.h"
#include "services/registry/handlers/paging.h"

namespace twotier::registry::handlers {
namespace {

v1::InformationSystem WithStanding(const Env& env, const Operations& operations,
                                   const InformationSystem& system, absl::Time now) {
  v1::InformationSystem out = ToProto(system);
  const std::optional<absl::Time> heard = env.heartbeats->LastOf(system.province_code, system.id);
  out.set_connection(static_cast<v1::ConnectionState>(ConnectionOf(system, heard, now)));
  if (heard) SetTime(*heard, out.mutable_last_heartbeat_time());
  for (const Incident& incident : operations.IncidentsOf(system)) {
    if (!incident.resolved) out.set_open_incidents(out.open_incidents() + 1);
    if (IsOverdue(incident, VietnamDay(now))) {
      out.set_overdue_incidents(out.overdue_incidents() + 1);
    }
  }
  return out;
}

bool Wanted(const v1::ListIncidentsRequest& request, const Incident& incident,
            absl::CivilDay today) {
  if (!request.province_code().empty() && incident.province_code != request.province_code()) {
    return false;
  }
  if (!request.parent().empty() &&
      SystemName(incident.province_code, incident.system_id) != request.parent()) {
    return false;
  }
  switch (request.filter()) {
    case v1::INCIDENT_FILTER_OPEN:
      return !incident.resolved.has_value();
    case v1::INCIDENT_FILTER_OVERDUE:
      return IsOverdue(incident, today);
    default:
      return true;
  }
}

}  // namespace

absl::Status SystemNotFound(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no information system \"", name, "\""),
                           "SYSTEM_NOT_FOUND");
}

absl::StatusOr<v1::GetInformationSystemResponse> GetInformationSystem(
    const Env& env, const Call& call, const v1::GetInformationSystemRequest& request) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, env.snapshots->Get());
  const Operations& operations = snapshot->operations();
  const InformationSystem* system =
      operations.FindSystem(SegmentOf(request.name(), 1), SegmentOf(request.name(), 3));
  if (system == nullptr) return SystemNotFound(request.name());
  v1::GetInformationSystemResponse response;
  *response.mutable_information_system() = WithStanding(env, operations, *system, call.now);
  return response;
}

void ValidateListInformationSystems(const v1::ListInformationSystemsRequest& request,
                                    error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ListInformationSystemsResponse> ListInformationSystems(
    const Env& env, const Call& call, const v1::ListInformationSystemsRequest& request) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, env.snapshots->Get());
  ASSIGN_OR_RETURN(const NamedPage page, ReadNamedPage(env, "ListInformationSystems", request));
  v1::ListInformationSystemsResponse response;
  std::string last;
  for (const InformationSystem& system : snapshot->operations().systems()) {
    if (!request.province_code().empty() && system.province_code != request.province_code()) {
      continue;
    }
    const std::string key = absl::StrCat(system.province_code, "/", system.id);
    if (!page.after.empty() && key <= page.after) continue;
    v1::InformationSystem out = WithStanding(env, snapshot->operations(), system, call.now);
    if (request.connection() != v1::CONNECTION_STATE_UNSPECIFIED &&
        out.connection() != request.connection()) {
      continue;
    }
    if (static_cast<size_t>(response.information_systems_size()) == page.size) {
      response.set_next_page_token(env.pages->Seal("ListInformationSystems", page.query, last));
      break;
    }
    *response.add_information_systems() = std::move(out);
    last = key;
  }
  return response;
}

absl::StatusOr<v1::ReportHeartbeatResponse> ReportHeartbeat(
    const Env& env, const Call& call, const v1::ReportHeartbeatRequest& request) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, env.snapshots->Get());
  const absl::string_view province_code = SegmentOf(request.name(), 1);
  const absl::string_view system_id = SegmentOf(request.name(), 3);
  if (snapshot->operations().FindSystem(province_code, system_id) == nullptr) {
    return SystemNotFound(request.name());
  }
  env.heartbeats->Report(province_code, system_id, call.now);
  v1::ReportHeartbeatResponse response;
  SetTime(call.now, response.mutable_heard_time());
  return response;
}

void ValidateListIncidents(const v1::ListIncidentsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(const Env& env, const Call& call,
                                                        const v1::ListIncidentsRequest& request) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, env.snapshots->Get());
  ASSIGN_OR_RETURN(const NamedPage page, ReadNamedPage(env, "ListIncidents", request));
  v1::ListIncidentsResponse response;
  std::string last;
  for (const Incident& incident : snapshot->operations().incidents()) {
    if (!Wanted(request, incident, VietnamDay(call.now))) continue;
    const std::string key =
        absl::StrCat(incident.province_code, "/", incident.system_id, "/", incident.id);
    if (!page.after.empty() && key <= page.after) continue;
    if (static_cast<size_t>(response.incidents_size()) == page.size) {
      response.set_next_page_token(env.pages->Seal("ListIncidents", page.query, last));
      break;
    }
    *response.add_incidents() = ToProto(incident, call.now);
    last = key;
  }
  return response;
}

}  // namespace twotier::registry::handlers
