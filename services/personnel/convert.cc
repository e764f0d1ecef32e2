#include "services/personnel/convert.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/etag.h"

namespace twotier::personnel {

absl::CivilDay FromProto(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void ToProto(absl::CivilDay day, google::type::Date* out) {
  out->set_year(static_cast<int32_t>(day.year()));
  out->set_month(day.month());
  out->set_day(day.day());
}

void ToProto(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1'000);
}

void ToProto(const DayRange& range, common::v1::DateRange* out) {
  ToProto(range.first, out->mutable_first_date());
  if (range.end != kNoEnd) ToProto(range.end, out->mutable_end_date());
}

std::string ProvinceCodeOf(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, absl::MaxSplits('/', 2));
  return parts.size() > 1 && parts[0] == "provinces" ? std::string(parts[1]) : std::string();
}

std::pair<std::string, std::string> SplitName(absl::string_view name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4) return {};
  return {parts[1], parts[3]};
}

Standards FromProto(const v1::PostStandards& standards) {
  return {static_cast<Education>(standards.education_min()),
          static_cast<PoliticalTheory>(standards.political_theory_min()),
          standards.service_months_min(), standards.months_to_pension_min()};
}

Qualifications FromProto(const v1::Qualifications& qualifications) {
  Qualifications result;
  result.education = static_cast<Education>(qualifications.education());
  result.theory = static_cast<PoliticalTheory>(qualifications.political_theory());
  if (qualifications.has_service_first_date()) {
    result.service_first = FromProto(qualifications.service_first_date());
  }
  return result;
}

void ToProto(const Body& body, v1::Body* out) {
  out->set_name(body.Name());
  out->set_unit(body.unit);
  out->set_kind(static_cast<v1::BodyKind>(body.kind));
  out->set_display_name(body.display_name);
  ToProto(body.valid, out->mutable_valid());
  out->mutable_act()->set_number(body.act);
  if (!body.end_act.empty()) out->mutable_end_act()->set_number(body.end_act);
  out->set_version(body.version);
  out->set_etag(EtagOf(body.version));
}

void ToProto(const Post& post, v1::Post* out) {
  out->set_name(post.Name());
  out->set_body(post.BodyName());
  out->set_unit(post.unit);
  out->set_kind(static_cast<v1::PostKind>(post.kind));
  out->set_title(post.title);
  out->set_grade(static_cast<v1::Grade>(post.grade));
  out->set_key_post(IsKeyPost(post.kind));
  out->set_quota_kind(static_cast<v1::QuotaKind>(QuotaOf(post.kind)));
  out->set_counts_as_vice_chair(post.vice_chair);
  out->set_allowance_coefficient_hundredths(post.allowance_hundredths);
  v1::PostStandards* standards = out->mutable_standards();
  standards->set_education_min(static_cast<v1::Education>(post.standards.education_min));
  standards->set_political_theory_min(static_cast<v1::PoliticalTheory>(post.standards.theory_min));
  standards->set_service_months_min(post.standards.service_months_min);
  standards->set_months_to_pension_min(post.standards.months_to_pension_min);
  ToProto(post.valid, out->mutable_valid());
  out->mutable_act()->set_number(post.act);
  out->set_version(post.version);
  out->set_etag(EtagOf(post.version));
}

void ToProto(const Order& order, v1::Order* out) {
  out->set_name(order.Name());
  out->set_kind(static_cast<v1::OrderKind>(order.kind));
  out->mutable_form()->set_number(order.number);
  ToProto(order.sign_day, out->mutable_form()->mutable_sign_date());
  out->mutable_form()->set_signer_post(order.signer_post);
  out->set_signer(order.signer);
  ToProto(order.effective_day, out->mutable_effective_date());
  out->set_reason(order.reason);
  ToProto(order.created, out->mutable_create_time());
  out->set_in_force(order.open_effects == 0);
  out->set_version(order.version);
}

void ToProto(const Appointment& appointment, v1::Appointment* out) {
  out->set_name(appointment.Name());
  out->set_person(appointment.person);
  out->set_post(appointment.post);
  out->set_unit(appointment.unit);
  out->set_kind(static_cast<v1::AppointmentKind>(appointment.kind));
  ToProto(appointment.valid, out->mutable_valid());
  out->set_end_reason(static_cast<v1::EndReason>(appointment.end_reason));
  out->set_order(appointment.order);
  out->set_end_order(appointment.end_order);
  out->set_quota_state(static_cast<v1::QuotaState>(appointment.quota_state));
  out->set_unverified(appointment.unverified);
  out->set_post_kind(static_cast<v1::PostKind>(appointment.post_kind));
  out->set_version(appointment.version);
  out->set_etag(EtagOf(appointment.version));
}

void ToProto(const Person& person, v1::Qualifications* out) {
  out->set_education(static_cast<v1::Education>(person.qualifications.education));
  out->set_political_theory(static_cast<v1::PoliticalTheory>(person.qualifications.theory));
  if (person.qualifications.service_first) {
    ToProto(*person.qualifications.service_first, out->mutable_service_first_date());
  }
  out->set_grade(static_cast<v1::Grade>(person.grade));
  out->set_rank_coefficient_hundredths(person.rank_hundredths);
}

void ToProto(const store::PersonRow& row, v1::Person* out) {
  out->set_name(row.person.Name());
  out->mutable_data()->set_full_name(row.data.full_name);
  ToProto(row.data.birth, out->mutable_data()->mutable_birth_date());
  out->mutable_data()->set_sex(static_cast<v1::Sex>(row.data.sex));
  out->mutable_data()->set_national_id(row.data.national_id);
  ToProto(row.person, out->mutable_qualifications());
  out->set_state(static_cast<v1::PersonState>(row.person.state));
  out->set_managing_province(absl::StrCat("provinces/", row.person.managing_province));
  out->set_synthetic(row.person.synthetic);
  out->set_version(row.person.version);
  out->set_etag(EtagOf(row.person.version));
}

void ToProto(const store::QuotaRow& row, absl::CivilDay today, v1::Quota* out) {
  const Quota& quota = row.quota;
  out->set_name(quota.Name());
  out->set_unit(quota.unit);
  out->set_quota_kind(static_cast<v1::QuotaKind>(quota.kind));
  out->set_granted(quota.granted);
  out->set_allowance(quota.allowance);
  out->set_distributed(quota.distributed);
  out->set_held(row.balance.held);
  out->set_used(row.balance.used);
  out->set_available(row.balance.available());
  // An allowance that begins today is not in force before its effect.
  out->set_overdue(std::max<int64_t>(0, quota.Overdue(today)));
  for (const AllowanceStep& step : quota.steps) {
    v1::AllowanceStep* added = out->add_allowance_steps();
    ToProto(step.first, added->mutable_first_date());
    added->set_posts(step.posts);
  }
  for (const PlannedGrant& grant : quota.planned) {
    v1::PlannedGrant* added = out->add_planned_grants();
    ToProto(grant.first, added->mutable_first_date());
    added->set_year(grant.year);
    added->set_posts(grant.posts);
    added->mutable_act()->set_number(grant.act);
  }
  out->set_province(absl::StrCat("provinces/", quota.counted_in));
  out->set_year(quota.year);
  out->set_version(quota.version);
  out->set_etag(EtagOf(quota.version));
}

void ToProto(const PublishedFigure& figure, v1::PublishedFigure* out) {
  out->set_province_code(figure.province_code);
  out->set_unit_code(figure.unit_code);
  out->set_staff(static_cast<v1::PublishedStaff>(figure.staff));
  out->set_measure(static_cast<v1::PublishedMeasure>(figure.measure));
  out->set_value(figure.value);
  ToProto(figure.as_of, out->mutable_as_of());
  out->set_quota_kind(static_cast<v1::QuotaKind>(figure.quota_kind));
  out->set_document(figure.document);
  out->set_source(figure.source);
  out->set_proven(figure.proven);
  out->set_note(figure.note);
  if (figure.last_day) ToProto(*figure.last_day, out->mutable_last_day());
}

void ToProto(const std::string& appointment, const store::RatingRow& rating, v1::Rating* out) {
  out->set_appointment(appointment);
  out->set_year(rating.year);
  out->set_month(rating.month);
  out->set_rank(static_cast<v1::RatingRank>(rating.rank));
  out->set_rater_post(rating.rater_post);
  ToProto(rating.rated, out->mutable_create_time());
  out->set_version(rating.version);
}

}  // namespace twotier::personnel
