#include "services/registry/handlers/changes.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/registry/convert_changes.h"
#include "services/registry/domain/carried_centers.h"
#include "services/registry/domain/change_plan.h"
#include "services/registry/domain/correction.h"
#include "services/registry/domain/retold_centers.h"
#include "services/registry/handlers/change_checks.h"
#include "services/registry/handlers/events.h"
#include "services/registry/handlers/succession.h"
#include "services/registry/store/register_store.h"

namespace twotier::registry::handlers {
namespace {

// What a change writes, and the units with it and without it.
struct Written {
  PlannedChange planned;
  UnitTree after;
  std::vector<CenterHistory> centers;  // Those that differ.
};

std::string Body(const Call& call, const ChangeEvent& event) {
  v1::ChangeReference body;
  SetDate(event.effective, body.mutable_effective_date());
  body.set_act(event.act);
  body.set_principal(call.principal.name);
  body.set_change_event(ChangeEventName(event.id));
  body.set_reason(event.cancel_reason);
  return body.SerializeAsString();
}

absl::Status Write(db::Tx& tx, const Call& call, const Written& written) {
  const ChangeEvent& event = written.planned.event;
  Events events(tx, call, Body(call, event));
  RETURN_IF_ERROR(store::WriteChangeEvent(tx, event));
  RETURN_IF_ERROR(events.Append("", ChangeEventName(event.id), event.version,
                                event.cancelled ? kEventCancelled : kEventPlanned));
  for (const UnitHistory& unit : written.planned.units) {
    RETURN_IF_ERROR(store::WriteUnit(tx, unit));
    RETURN_IF_ERROR(events.Append("", UnitName(unit.id), unit.version, unit.last_change));
  }
  for (const CenterHistory& center : written.centers) {
    RETURN_IF_ERROR(store::WriteCenter(tx, center));
    RETURN_IF_ERROR(events.Append(center.province_code, CenterName(center.province_code, center.id),
                                  center.version, center.last_change));
  }
  return absl::OkStatus();
}

void AddUnit(const UnitTree& tree, const std::string& id, absl::CivilDay day,
             google::protobuf::RepeatedPtrField<v1::Unit>* out) {
  const std::optional<uint32_t> unit = tree.Find(id);
  const std::optional<VersionRef> ref = unit.has_value() ? tree.On(*unit, day) : std::nullopt;
  if (ref.has_value()) *out->Add() = ToProto(tree.unit(*unit), tree.version(*ref));
}

void AddCenters(const std::vector<CenterHistory>& stored, const Written& written,
                v1::ChangeEffect* effect) {
  const absl::CivilDay day = written.planned.event.effective;
  for (const CenterHistory& center : written.centers) {
    v1::CarriedCenter* out = effect->add_centers();
    const auto old = std::find_if(stored.begin(), stored.end(), [&](const CenterHistory& other) {
      return other.province_code == center.province_code && other.id == center.id;
    });
    if (const CenterVersion* was = VersionOn(*old, day))
      *out->mutable_before() = ToProto(*old, *was);
    if (const CenterVersion* is = VersionOn(center, day)) {
      *out->mutable_after() = ToProto(center, *is);
    }
    // Fell by this event, or comes back without it.
    const bool falls = center.fallen_by == written.planned.event.id;
    const bool returns = old->fallen_by != center.fallen_by;
    if (falls || returns) AddFallen(falls ? center : *old, out->mutable_fallen());
  }
}

// Writes what is named after the corrected unit.
absl::Status CorrectCenters(db::Tx& tx, Events& events, const std::vector<CenterHistory>& centers,
                            absl::CivilDay day, v1::CorrectUnitResponse& response) {
  for (const CenterHistory& center : centers) {
    RETURN_IF_ERROR(store::WriteCenter(tx, center));
    RETURN_IF_ERROR(events.Append(center.province_code, CenterName(center.province_code, center.id),
                                  center.version, center.last_change));
    const CenterVersion* version = VersionOn(center, day);
    *response.add_centers() =
        ToProto(center, version == nullptr ? center.versions.back() : *version);
  }
  return absl::OkStatus();
}

// Writes the recorded events whose edges say something else of the corrected unit.
absl::Status CorrectEvents(db::Tx& tx, Events& events, const UnitHistory& unit,
                           std::vector<ChangeEvent>& recorded, v1::CorrectUnitResponse& response) {
  for (ChangeEvent& event : recorded) {
    if (event.cancelled) continue;
    const std::vector<size_t> places = CorrectEdges(unit, event);
    if (places.empty()) continue;
    ++event.version;
    RETURN_IF_ERROR(store::WriteChangeEvent(tx, event));
    for (const size_t place : places) RETURN_IF_ERROR(store::WriteCorrectedEdge(tx, event, place));
    RETURN_IF_ERROR(events.Append("", ChangeEventName(event.id), event.version, kEventCorrected));
    response.add_change_events(ChangeEventName(event.id));
  }
  return absl::OkStatus();
}

// ABORTED `STALE_ETAG`. What is not there is the plan's to tell.
absl::Status CheckEtags(const v1::ApplyChangeEventRequest& request, const UnitTree& tree) {
  for (const v1::ChangeSource& source : request.sources()) {
    const std::optional<uint32_t> unit = tree.Find(UnitIdOf(source.unit()));
    if (unit.has_value()) {
      RETURN_IF_ERROR(CheckEtag(source.etag(), tree.unit(*unit).version));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ApplyChangeEventResponse> ApplyChangeEvent(
    const Env&, const Call& call, const v1::ApplyChangeEventRequest& request, db::Tx& tx) {
  const ChangeRequest asked = FromProto(request, call);
  RETURN_IF_ERROR(CheckForm(asked));
  ASSIGN_OR_RETURN(const RegisterState stored, store::LoadRegister(tx));
  ASSIGN_OR_RETURN(const UnitTree before, UnitTree::Build(stored.units));
  RETURN_IF_ERROR(CheckEtags(request, before));
  Written written;
  ASSIGN_OR_RETURN(written.planned, PlanChange(before, asked));
  const ChangeEvent& event = written.planned.event;
  ASSIGN_OR_RETURN(written.after, TreeWith(stored.units, written.planned.units));
  RETURN_IF_ERROR(RequireCountsFrom(written.after, stored.counts, event.effective));
  ASSIGN_OR_RETURN(written.centers, CarryCenters(written.after, stored.centers, event));
  RETURN_IF_ERROR(Write(tx, call, written));

  v1::ApplyChangeEventResponse response;
  *response.mutable_change_event() = ToProto(event, VietnamDay(call.now), written.centers);
  v1::ChangeEffect* effect = response.mutable_effect();
  for (const std::string& id : SourcesOf(event)) {
    AddUnit(before, id, event.effective - 1, effect->mutable_units_before());
  }
  for (const std::string& id : TargetsOf(event)) {
    AddUnit(written.after, id, event.effective, effect->mutable_units_after());
  }
  AddCenters(stored.centers, written, effect);
  return response;
}

absl::StatusOr<v1::CancelChangeEventResponse> CancelChangeEvent(
    const Env&, const Call& call, const v1::CancelChangeEventRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(ChangeEvent event, FindRecordedEvent(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), event.version));
  event.cancel_reason = request.reason();
  ASSIGN_OR_RETURN(const RegisterState stored, store::LoadRegister(tx));
  ASSIGN_OR_RETURN(const UnitTree before, UnitTree::Build(stored.units));
  Written written;
  ASSIGN_OR_RETURN(written.planned,
                   PlanCancellation(before, stored.change_events, event, VietnamDay(call.now)));
  ASSIGN_OR_RETURN(written.after, TreeWith(stored.units, written.planned.units));
  RETURN_IF_ERROR(RequireCountsFrom(written.after, stored.counts, event.effective));
  ASSIGN_OR_RETURN(written.centers, ReturnCenters(before, written.after, stored.centers,
                                                  stored.change_events, event));
  RETURN_IF_ERROR(Write(tx, call, written));

  v1::CancelChangeEventResponse response;
  *response.mutable_change_event() = ToProto(written.planned.event, VietnamDay(call.now));
  v1::ChangeEffect* effect = response.mutable_effect();
  for (const std::string& id : TargetsOf(event)) {
    AddUnit(before, id, event.effective, effect->mutable_units_before());
  }
  for (const std::string& id : SourcesOf(event)) {
    AddUnit(written.after, id, event.effective, effect->mutable_units_after());
  }
  AddCenters(stored.centers, written, effect);
  return response;
}

absl::StatusOr<v1::CorrectUnitResponse> CorrectUnit(const Env&, const Call& call,
                                                    const v1::CorrectUnitRequest& request,
                                                    db::Tx& tx) {
  const Correction correction = FromProto(request, VietnamDay(call.now));
  ASSIGN_OR_RETURN(RegisterState stored, store::LoadRegister(tx));
  ASSIGN_OR_RETURN(const UnitTree before, UnitTree::Build(stored.units));
  const std::optional<uint32_t> index = before.Find(correction.unit_id);
  if (!index.has_value()) return UnitNotFound(request.name(), correction.day);
  RETURN_IF_ERROR(CheckEtag(request.etag(), before.unit(*index).version));
  ASSIGN_OR_RETURN(const UnitHistory unit, registry::CorrectUnit(before, correction));
  const std::vector<CenterHistory> centers =
      RenameCenters(stored.centers, before.unit(*index), unit);
  ASSIGN_OR_RETURN(const UnitTree after, TreeWith(std::move(stored.units), {unit}));
  RETURN_IF_ERROR(RequireCountsFrom(after, stored.counts, kDataBegins));

  v1::ChangeReference body;
  body.set_act(request.unit().act().number());
  body.set_principal(call.principal.name);
  body.set_reason(request.reason());
  Events events(tx, call, body.SerializeAsString());
  RETURN_IF_ERROR(store::WriteUnit(tx, unit));
  RETURN_IF_ERROR(events.Append("", UnitName(unit.id), unit.version, unit.last_change));

  v1::CorrectUnitResponse response;
  RETURN_IF_ERROR(CorrectCenters(tx, events, centers, correction.day, response));
  RETURN_IF_ERROR(CorrectEvents(tx, events, unit, stored.change_events, response));
  const VersionRef ref = *before.On(*index, correction.day);
  *response.mutable_before() = ToProto(before.unit(*index), before.version(ref));
  *response.mutable_after() = ToProto(unit, unit.versions[ref.version]);
  for (const StepCorrection& right : correction.steps) {
    for (const Succession& step : unit.successions) {
      if (step.target_id != right.target_id || step.effective != right.effective) continue;
      *response.add_steps() = ToProto(unit, step);
    }
  }
  return response;
}

}  // namespace twotier::registry::handlers
