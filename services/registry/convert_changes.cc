#include "services/registry/convert_changes.h"

#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/etag.h"

namespace twotier::registry {
namespace {

template <typename Message>
std::optional<int64_t> PopulationPpm(const Message& message) {
  if (!message.has_population_ppm()) return std::nullopt;
  return message.population_ppm();
}

template <typename Message>
std::optional<int64_t> AreaPpm(const Message& message) {
  if (!message.has_area_ppm()) return std::nullopt;
  return message.area_ppm();
}

Point FromProto(const google::type::LatLng& point) {
  return {std::llround(point.latitude() * 1e6), std::llround(point.longitude() * 1e6)};
}

ChangeTarget FromProto(const v1::ChangeTarget& target, std::string unit_id) {
  ChangeTarget out;
  out.unit_id = std::move(unit_id);
  out.founded = target.unit().empty();
  out.code = target.code();
  out.type = static_cast<UnitType>(target.type());
  out.full_name = target.full_name();
  out.short_name = target.short_name();
  out.parent_id = std::string(UnitIdOf(target.parent()));
  if (target.has_area_hectares()) out.area_hectares = target.area_hectares();
  if (target.has_population()) out.population = target.population();
  if (target.has_point()) out.point = FromProto(target.point());
  return out;
}

v1::ChangeEventState StateOn(const ChangeEvent& event, absl::CivilDay today) {
  if (event.cancelled) return v1::CHANGE_EVENT_STATE_CANCELLED;
  return today < event.effective ? v1::CHANGE_EVENT_STATE_PENDING : v1::CHANGE_EVENT_STATE_IN_FORCE;
}

}  // namespace

std::string ChangeEventName(absl::string_view event_id) {
  return absl::StrCat("changeEvents/", event_id);
}

std::string ReportName(absl::string_view event_id, absl::string_view service) {
  return absl::StrCat(ChangeEventName(event_id), "/successions/", service);
}

v1::ChangeEvent ToProto(const ChangeEvent& event, std::optional<absl::CivilDay> today) {
  v1::ChangeEvent out;
  out.set_name(ChangeEventName(event.id));
  if (!event.act.empty()) out.mutable_act()->set_number(event.act);
  SetDate(event.effective, out.mutable_effective_date());
  for (const ChangeKind kind : event.kinds) out.add_kinds(static_cast<v1::ChangeKind>(kind));
  for (const ChangeEdge& edge : event.edges) {
    UnitHistory source;
    source.id = edge.source_id;
    *out.add_edges() =
        ToProto(source, Succession{edge.target_id, event.effective, edge.relation, event.act,
                                   event.origin, edge.population_ppm, edge.area_ppm, edge.hamlets});
  }
  for (const std::string& id : event.founded_ids) out.add_founded_units(UnitName(id));
  for (const std::string& id : EndedBy(event)) out.add_ended_units(UnitName(id));
  if (!event.caretaker_id.empty()) out.set_caretaker(UnitName(event.caretaker_id));
  if (today.has_value()) out.set_state(StateOn(event, *today));
  out.set_cancel_reason(event.cancel_reason);
  out.set_origin(static_cast<v1::Origin>(event.origin));
  out.set_version(event.version);
  if (event.version > 0) out.set_etag(EtagOf(event.version));
  return out;
}

v1::SuccessionReport ToProto(const SuccessionReport& report) {
  v1::SuccessionReport out;
  out.set_name(ReportName(report.event_id, report.service));
  out.set_open(report.open);
  out.set_planned(report.planned);
  for (const std::string& item : report.unplanned_items) out.add_unplanned_items(item);
  out.set_principal(report.principal);
  out.set_version(report.version);
  if (report.version == 0) return out;  // Computed, not reported.
  SetTime(report.reported, out.mutable_report_time());
  out.set_etag(EtagOf(report.version));
  return out;
}

void AddFallen(const CenterHistory& center,
               google::protobuf::RepeatedPtrField<v1::Center>* versions) {
  // The first one is what it would be on the day on which it closes.
  for (size_t v = 1; v < center.fallen.size(); ++v) {
    *versions->Add() = ToProto(center, center.fallen[v]);
  }
}

v1::ChangeEvent ToProto(const ChangeEvent& event, std::optional<absl::CivilDay> today,
                        absl::Span<const CenterHistory> centers) {
  v1::ChangeEvent out = ToProto(event, today);
  for (const CenterHistory& center : centers) {
    if (center.fallen_by == event.id) AddFallen(center, out.mutable_fallen_centers());
  }
  return out;
}

v1::Resource ToResource(const ChangeEvent& event, absl::Span<const CenterHistory> centers) {
  v1::Resource out;
  *out.mutable_change_event() = ToProto(event, std::nullopt, centers);
  out.set_subject(out.change_event().name());
  out.set_version(event.version);
  const absl::string_view kind = event.version > 1 ? kEventCorrected : kEventPlanned;
  out.set_kind(std::string(event.cancelled ? kEventCancelled : kind));
  return out;
}

v1::Resource ToResource(const SuccessionReport& report) {
  v1::Resource out;
  *out.mutable_succession_report() = ToProto(report);
  out.set_subject(out.succession_report().name());
  out.set_version(report.version);
  out.set_kind(std::string(kSuccessionReported));
  return out;
}

v1::Resource ToResource(const WithdrawnUnit& unit) {
  v1::Resource out;
  out.set_subject(UnitName(unit.id));
  out.set_version(unit.version);
  out.set_kind(std::string(kUnitWithdrawn));
  out.mutable_unit()->set_name(out.subject());
  return out;
}

ChangeRequest FromProto(const v1::ApplyChangeEventRequest& request, const Call& call) {
  ChangeRequest out;
  out.event_id = call.new_id;
  out.act = request.act().number();
  out.effective = ToDay(request.effective_date());
  for (const v1::ChangeSource& source : request.sources()) {
    out.source_ids.emplace_back(UnitIdOf(source.unit()));
  }
  std::map<std::string, std::string> ids;  // Of founded units, by key.
  for (int i = 0; i < request.targets_size(); ++i) {
    const v1::ChangeTarget& target = request.targets(i);
    std::string id(UnitIdOf(target.unit()));
    if (target.unit().empty()) {
      id = absl::StrCat("u", absl::AsciiStrToLower(call.NewId(i)));
      ids.emplace(target.key(), id);
    }
    out.targets.push_back(FromProto(target, std::move(id)));
  }
  const auto id_of = [&ids](const std::string& unit_or_key) {
    const auto it = ids.find(unit_or_key);
    return it == ids.end() ? std::string(UnitIdOf(unit_or_key)) : it->second;
  };
  for (const v1::ChangeEdge& edge : request.edges()) {
    out.edges.push_back({std::string(UnitIdOf(edge.source())),
                         id_of(edge.target()),
                         Relation::kUnspecified,
                         PopulationPpm(edge),
                         AreaPpm(edge),
                         {edge.hamlets().begin(), edge.hamlets().end()}});
  }
  out.caretaker_id = id_of(request.caretaker());
  return out;
}

Correction FromProto(const v1::CorrectUnitRequest& request, absl::CivilDay today) {
  Correction out;
  out.unit_id = std::string(UnitIdOf(request.name()));
  out.day = request.has_as_of() ? ToDay(request.as_of()) : today;
  const v1::Unit& unit = request.unit();
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "code") out.version.code = unit.code();
    if (path == "type") out.version.type = static_cast<UnitType>(unit.type());
    if (path == "full_name") out.version.full_name = unit.full_name();
    if (path == "short_name") out.version.short_name = unit.short_name();
    if (path == "area_hectares") out.version.area_hectares = unit.area_hectares();
    if (path == "population") {
      out.version.population.emplace();
      if (unit.has_population()) *out.version.population = unit.population();
    }
    if (path == "point") {
      out.version.point.emplace();
      if (unit.has_point()) *out.version.point = FromProto(unit.point());
    }
    if (path == "act") out.version.act = unit.act().number();
  }
  for (const v1::StepCorrection& step : request.steps()) {
    out.steps.push_back({std::string(UnitIdOf(step.target())),
                         ToDay(step.effective_date()),
                         PopulationPpm(step),
                         AreaPpm(step),
                         {step.hamlets().begin(), step.hamlets().end()}});
  }
  return out;
}

}  // namespace twotier::registry
