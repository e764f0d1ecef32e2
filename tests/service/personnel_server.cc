#include "tests/service/personnel_server.h"

#include "absl/strings/str_format.h"
#include "common/clock.h"
#include "prometheus/registry.h"

namespace twotier::personnel::testing {

void Set(google::type::Date* date, absl::CivilDay day) {
  date->set_year(static_cast<int>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

PersonnelServer::PersonnelServer(const std::string& database, const std::string& registry_target,
                                 const std::string& reference_data_dir)
    : ServiceHost({v1::PersonnelService::service_full_name(), PersonnelMigrations(),
                   [&](const server::Parts& parts) {
                     return BuildPersonnel(parts, {.registry_target = registry_target,
                                                   .reference_data_dir = reference_data_dir,
                                                   .effects_rest = absl::Milliseconds(5),
                                                   .successions_rest = absl::Milliseconds(5)});
                   }},
                  database),
      stub_(v1::PersonnelService::NewStub(channel())) {}

double PersonnelServer::Gauge(const std::string& family) {
  for (const prometheus::MetricFamily& found : metrics().Collect()) {
    if (found.name == family && !found.metric.empty()) return found.metric[0].gauge.value;
  }
  return -1;
}

void PersonnelServer::GoTo(absl::CivilDay day) {
  LookAt(absl::FromCivil(absl::CivilSecond(day) + 9 * 60 * 60, VietnamTimeZone()));
}

void PersonnelServer::LookAgain(absl::Duration passed) { LookAt(clock().Now() + passed); }

void PersonnelServer::LookAt(absl::Time time) {
  clock().Set(time);
  const double instant = absl::ToDoubleSeconds(time - absl::UnixEpoch());
  WaitUntil([&] { return Gauge("twotier_personnel_effects_looked_timestamp_seconds") == instant; },
            "what is due to take effect");
}

std::string NationalId(int n) { return absl::StrFormat("0480%08d", n); }

v1::StaffRow Row(const std::string& unit, v1::BodyKind body, v1::PostKind kind, int number,
                 int national_id) {
  v1::StaffRow row;
  row.set_unit(unit);
  row.set_body_kind(body);
  row.set_post_kind(kind);
  row.set_post_number(number);
  row.set_title("Công chức");
  row.set_grade(v1::GRADE_EXPERT);
  row.set_synthetic(true);
  if (national_id == 0) return row;
  row.mutable_person()->set_full_name(absl::StrFormat("Nguyễn Văn %d", national_id));
  Set(row.mutable_person()->mutable_birth_date(), absl::CivilDay(1980, 5, 4));
  row.mutable_person()->set_sex(v1::SEX_MALE);
  row.mutable_person()->set_national_id(NationalId(national_id));
  row.mutable_qualifications()->set_education(v1::EDUCATION_BACHELOR);
  row.mutable_qualifications()->set_rank_coefficient_hundredths(366);
  Set(row.mutable_qualifications()->mutable_service_first_date(), absl::CivilDay(2005, 1, 1));
  row.set_appointment_kind(v1::APPOINTMENT_KIND_PERMANENT);
  Set(row.mutable_first_date(), absl::CivilDay(2025, 7, 1));
  return row;
}

}  // namespace twotier::personnel::testing
