#include "services/registry/handlers/system_changes.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/registry/convert_operations.h"
#include "services/registry/handlers/events.h"
#include "services/registry/handlers/province_change.h"
#include "services/registry/handlers/systems.h"
#include "services/registry/store/province_store.h"
#include "services/registry/store/system_store.h"

namespace twotier::registry::handlers {
namespace {

void CheckSeconds(absl::string_view field, int64_t silent, int64_t down,
                  error::Violations& violations) {
  if (silent < 1 || down <= silent || down > kDownAfterSecondsMax) {
    violations.Add(
        absl::StrCat(field, ".down_after_seconds"),
        "must be more than silent_after_seconds, which is at least 1, and at most 86,400");
  }
}

int64_t OrDefault(int64_t seconds, int64_t otherwise) { return seconds == 0 ? otherwise : seconds; }

absl::Status WriteSystem(db::Tx& tx, const Call& call, InformationSystem& system,
                         absl::string_view kind) {
  ++system.version;
  system.origin = Origin::kRecorded;
  system.last_change = std::string(kind);
  RETURN_IF_ERROR(store::WriteSystem(tx, system));
  Events events(tx, call, ChangeBody(call, nullptr, "", {}));
  return events.Append(system.province_code, SystemName(system.province_code, system.id),
                       system.version, kind);
}

absl::Status WriteIncident(db::Tx& tx, const Call& call, Incident& incident,
                           absl::string_view kind) {
  ++incident.version;
  incident.last_change = std::string(kind);
  RETURN_IF_ERROR(store::WriteIncident(tx, incident));
  Events events(tx, call, ChangeBody(call, nullptr, "", {}));
  return events.Append(incident.province_code, IncidentName(incident), incident.version, kind);
}

// The open incident that a change names.
absl::StatusOr<Incident> LoadOpen(db::Tx& tx, absl::string_view name, absl::string_view etag) {
  ASSIGN_OR_RETURN(
      std::optional<Incident> incident,
      store::LoadIncident(tx, SegmentOf(name, 1), SegmentOf(name, 3), SegmentOf(name, 5)));
  if (!incident) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no incident \"", name, "\""), "INCIDENT_NOT_FOUND");
  }
  RETURN_IF_ERROR(CheckEtag(etag, incident->version));
  if (incident->resolved) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(name, " is resolved"), "INCIDENT_RESOLVED");
  }
  return *std::move(incident);
}

// Takes the fields of the mask; the validator has seen to their form.
void Apply(const v1::UpdateInformationSystemRequest& request, InformationSystem& system) {
  const v1::InformationSystemUpdate& update = request.information_system();
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "kind") system.kind = static_cast<SystemKind>(update.kind());
    if (path == "display_name") system.display_name = update.display_name();
    if (path == "operator_name") system.operator_name = update.operator_name();
    if (path == "operator_provisional") system.operator_provisional = update.operator_provisional();
    if (path == "silent_after_seconds") system.silent_after_seconds = update.silent_after_seconds();
    if (path == "down_after_seconds") system.down_after_seconds = update.down_after_seconds();
  }
}

void Apply(const v1::UpdateIncidentRequest& request, Incident& incident) {
  const v1::IncidentUpdate& update = request.incident();
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "title") incident.title = update.title();
    if (path == "description") incident.description = update.description();
    if (path == "severity") incident.severity = static_cast<IncidentSeverity>(update.severity());
    if (path == "owner") incident.owner = update.owner();
    if (path == "due_date") incident.due = ToDay(update.due_date());
  }
}

template <typename Request>
void CheckMask(const Request& request, error::Violations& violations) {
  if (request.has_update_mask() && request.update_mask().paths().empty()) {
    violations.Add("update_mask", "must name a field");
  }
}

}  // namespace

absl::StatusOr<v1::RegisterInformationSystemResponse> RegisterInformationSystem(
    const Env&, const Call& call, const v1::RegisterInformationSystemRequest& request, db::Tx& tx) {
  const v1::InformationSystem& asked = request.information_system();
  InformationSystem system;
  system.province_code = std::string(SegmentOf(request.parent(), 1));
  system.id = request.system_id();
  ASSIGN_OR_RETURN(const bool province, store::IsProvince(tx, system.province_code));
  if (!province) return UnitNotFound(system.province_code, std::nullopt);
  ASSIGN_OR_RETURN(const std::optional<InformationSystem> there,
                   store::LoadSystem(tx, system.province_code, system.id));
  if (there) {
    return error::WithReason(absl::StatusCode::kAlreadyExists,
                             absl::StrCat("there is ", SystemName(system.province_code, system.id)),
                             "SYSTEM_EXISTS");
  }
  system.kind = static_cast<SystemKind>(asked.kind());
  system.display_name = asked.display_name();
  system.operator_name = asked.operator_name();
  system.operator_provisional = asked.operator_provisional();
  system.silent_after_seconds = OrDefault(asked.silent_after_seconds(), kSilentAfterSecondsDefault);
  system.down_after_seconds = OrDefault(asked.down_after_seconds(), kDownAfterSecondsDefault);
  RETURN_IF_ERROR(WriteSystem(tx, call, system, "information_system.registered"));
  v1::RegisterInformationSystemResponse response;
  *response.mutable_information_system() = ToProto(system);
  return response;
}

void ValidateRegisterInformationSystem(const v1::RegisterInformationSystemRequest& request,
                                       error::Violations& violations) {
  const v1::InformationSystem& asked = request.information_system();
  if (!request.system_id().empty() && !IsSystemId(request.system_id())) {
    violations.Add("system_id", "must consist of lower-case letters, digits and hyphens");
  }
  CheckSeconds("information_system",
               OrDefault(asked.silent_after_seconds(), kSilentAfterSecondsDefault),
               OrDefault(asked.down_after_seconds(), kDownAfterSecondsDefault), violations);
}

absl::StatusOr<v1::UpdateInformationSystemResponse> UpdateInformationSystem(
    const Env&, const Call& call, const v1::UpdateInformationSystemRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(
      std::optional<InformationSystem> system,
      store::LoadSystem(tx, SegmentOf(request.name(), 1), SegmentOf(request.name(), 3)));
  if (!system) return SystemNotFound(request.name());
  RETURN_IF_ERROR(CheckEtag(request.etag(), system->version));
  Apply(request, *system);
  error::Violations violations;
  CheckSeconds("information_system", system->silent_after_seconds, system->down_after_seconds,
               violations);
  RETURN_IF_ERROR(violations.ToStatus());
  RETURN_IF_ERROR(WriteSystem(tx, call, *system, "information_system.updated"));
  v1::UpdateInformationSystemResponse response;
  *response.mutable_information_system() = ToProto(*system);
  return response;
}

void ValidateUpdateInformationSystem(const v1::UpdateInformationSystemRequest& request,
                                     error::Violations& violations) {
  CheckMask(request, violations);
  const v1::InformationSystemUpdate& update = request.information_system();
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "kind") {
      if (update.kind() == v1::SYSTEM_KIND_UNSPECIFIED || !v1::SystemKind_IsValid(update.kind())) {
        violations.Add("information_system.kind", "must be a known kind");
      }
    } else if (path == "display_name") {
      if (update.display_name().empty()) {
        violations.Add("information_system.display_name", "must not be empty");
      }
    } else if (path != "operator_name" && path != "operator_provisional" &&
               path != "silent_after_seconds" && path != "down_after_seconds") {
      violations.Add("update_mask", absl::StrCat("cannot change \"", path, "\""));
    }
  }
}

absl::StatusOr<v1::OpenIncidentResponse> OpenIncident(const Env&, const Call& call,
                                                      const v1::OpenIncidentRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(
      const std::optional<InformationSystem> system,
      store::LoadSystem(tx, SegmentOf(request.parent(), 1), SegmentOf(request.parent(), 3)));
  if (!system) return SystemNotFound(request.parent());
  Incident incident;
  incident.province_code = system->province_code;
  incident.system_id = system->id;
  incident.id = call.new_id;
  incident.title = request.incident().title();
  incident.description = request.incident().description();
  incident.severity = static_cast<IncidentSeverity>(request.incident().severity());
  incident.owner = request.incident().owner();
  incident.due = ToDay(request.incident().due_date());
  incident.opened = call.now;
  RETURN_IF_ERROR(WriteIncident(tx, call, incident, "incident.opened"));
  v1::OpenIncidentResponse response;
  *response.mutable_incident() = ToProto(incident, call.now);
  return response;
}

absl::StatusOr<v1::UpdateIncidentResponse> UpdateIncident(const Env&, const Call& call,
                                                          const v1::UpdateIncidentRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(Incident incident, LoadOpen(tx, request.name(), request.etag()));
  Apply(request, incident);
  RETURN_IF_ERROR(WriteIncident(tx, call, incident, "incident.updated"));
  v1::UpdateIncidentResponse response;
  *response.mutable_incident() = ToProto(incident, call.now);
  return response;
}

void ValidateUpdateIncident(const v1::UpdateIncidentRequest& request,
                            error::Violations& violations) {
  CheckMask(request, violations);
  const v1::IncidentUpdate& update = request.incident();
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "title" && update.title().empty()) {
      violations.Add("incident.title", "must not be empty");
    } else if (path == "owner" && update.owner().empty()) {
      violations.Add("incident.owner", "must not be empty");
    } else if (path == "severity" && (update.severity() == v1::INCIDENT_SEVERITY_UNSPECIFIED ||
                                      !v1::IncidentSeverity_IsValid(update.severity()))) {
      violations.Add("incident.severity", "must be a known severity");
    } else if (path == "due_date" && !update.has_due_date()) {
      violations.Add("incident.due_date", "must be set");
    } else if (path != "title" && path != "owner" && path != "severity" && path != "due_date" &&
               path != "description") {
      violations.Add("update_mask", absl::StrCat("cannot change \"", path, "\""));
    }
  }
}

absl::StatusOr<v1::ResolveIncidentResponse> ResolveIncident(
    const Env&, const Call& call, const v1::ResolveIncidentRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Incident incident, LoadOpen(tx, request.name(), request.etag()));
  incident.resolved = call.now;
  incident.resolution = request.resolution();
  RETURN_IF_ERROR(WriteIncident(tx, call, incident, "incident.resolved"));
  v1::ResolveIncidentResponse response;
  *response.mutable_incident() = ToProto(incident, call.now);
  return response;
}

}  // namespace twotier::registry::handlers
