#include "services/registry/convert_operations.h"

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"

namespace twotier::registry {

std::string SystemName(absl::string_view province_code, absl::string_view system_id) {
  return absl::StrCat("provinces/", province_code, "/informationSystems/", system_id);
}

std::string IncidentName(const Incident& incident) {
  return absl::StrCat(SystemName(incident.province_code, incident.system_id), "/incidents/",
                      incident.id);
}

std::string OpeningHoursName(absl::string_view province_code, absl::string_view center_id) {
  return absl::StrCat(CenterName(province_code, center_id), "/openingHours");
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

v1::InformationSystem ToProto(const InformationSystem& system) {
  v1::InformationSystem out;
  out.set_name(SystemName(system.province_code, system.id));
  out.set_kind(static_cast<v1::SystemKind>(system.kind));
  out.set_display_name(system.display_name);
  out.set_operator_name(system.operator_name);
  out.set_operator_provisional(system.operator_provisional);
  out.set_silent_after_seconds(system.silent_after_seconds);
  out.set_down_after_seconds(system.down_after_seconds);
  out.set_origin(static_cast<v1::Origin>(system.origin));
  out.set_version(system.version);
  out.set_etag(EtagOf(system.version));
  return out;
}

v1::Incident ToProto(const Incident& incident) {
  v1::Incident out;
  out.set_name(IncidentName(incident));
  out.set_title(incident.title);
  out.set_description(incident.description);
  out.set_severity(static_cast<v1::IncidentSeverity>(incident.severity));
  out.set_owner(incident.owner);
  SetDate(incident.due, out.mutable_due_date());
  SetTime(incident.opened, out.mutable_opened_time());
  if (incident.resolved) SetTime(*incident.resolved, out.mutable_resolved_time());
  out.set_resolution(incident.resolution);
  out.set_version(incident.version);
  out.set_etag(EtagOf(incident.version));
  return out;
}

v1::Incident ToProto(const Incident& incident, absl::Time now) {
  v1::Incident out = ToProto(incident);
  out.set_overdue(IsOverdue(incident, VietnamDay(now)));
  out.set_age_days(AgeDays(incident, now));
  return out;
}

std::vector<DayInterval> ToIntervals(
    const google::protobuf::RepeatedPtrField<v1::DayInterval>& intervals) {
  std::vector<DayInterval> out;
  for (const v1::DayInterval& interval : intervals) {
    out.push_back({interval.from_minute(), interval.to_minute()});
  }
  return out;
}

void SetIntervals(const std::vector<DayInterval>& intervals,
                  google::protobuf::RepeatedPtrField<v1::DayInterval>* out) {
  for (const DayInterval& interval : intervals) {
    v1::DayInterval* added = out->Add();
    added->set_from_minute(interval.from);
    added->set_to_minute(interval.to);
  }
}

v1::OpeningHours ToProto(const OpeningHours& hours) {
  v1::OpeningHours out;
  out.set_name(OpeningHoursName(hours.province_code, hours.center_id));
  for (const WeeklyHours& week : hours.weeks) {
    v1::WeeklyHours* added = out.add_weeks();
    SetRange(week.valid, added->mutable_valid());
    if (!week.act.empty()) added->mutable_act()->set_number(week.act);
    for (int day = 0; day < v1::WEEKDAY_SUNDAY; ++day) {
      if (week.days[day].empty()) continue;
      v1::WeekdayHours* open = added->add_days();
      open->set_weekday(static_cast<v1::Weekday>(day + 1));
      SetIntervals(week.days[day], open->mutable_intervals());
    }
  }
  for (const OpeningException& exception : hours.exceptions) {
    v1::OpeningException* added = out.add_exceptions();
    SetDate(exception.day, added->mutable_date());
    SetIntervals(exception.intervals, added->mutable_intervals());
    added->set_note(exception.note);
  }
  out.set_version(hours.version);
  out.set_etag(EtagOf(hours.version));
  return out;
}

v1::Resource ToResource(const InformationSystem& system) {
  v1::Resource out;
  *out.mutable_information_system() = ToProto(system);
  out.set_subject(out.information_system().name());
  out.set_version(system.version);
  out.set_kind(system.last_change);
  return out;
}

v1::Resource ToResource(const Incident& incident) {
  v1::Resource out;
  *out.mutable_incident() = ToProto(incident);
  out.set_subject(out.incident().name());
  out.set_version(incident.version);
  out.set_kind(incident.last_change);
  return out;
}

v1::Resource ToResource(const OpeningHours& hours) {
  v1::Resource out;
  *out.mutable_opening_hours() = ToProto(hours);
  out.set_subject(out.opening_hours().name());
  out.set_version(hours.version);
  out.set_kind(hours.last_change);
  return out;
}

}  // namespace twotier::registry
