#include "services/registry/convert.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/etag.h"
#include "common/organisation_id.h"
#include "common/text.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

absl::string_view SegmentOf(absl::string_view name, int n) {
  for (; n > 0; --n) {
    const size_t slash = name.find('/');
    if (slash == absl::string_view::npos) return "";
    name.remove_prefix(slash + 1);
  }
  return name.substr(0, name.find('/'));
}

std::string UnitName(absl::string_view unit_id) { return absl::StrCat("units/", unit_id); }

std::string CenterName(absl::string_view province_code, absl::string_view center_id) {
  return absl::StrCat("provinces/", province_code, "/centers/", center_id);
}

std::string TierModelSubject(absl::string_view province_code) {
  return absl::StrCat("provinces/", province_code, "/tierModel");
}

absl::string_view UnitIdOf(absl::string_view name) {
  return absl::ConsumePrefix(&name, "units/") ? name : absl::string_view();
}

absl::CivilDay ToDay(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void SetDate(absl::CivilDay day, google::type::Date* out) {
  out->set_year(static_cast<int32_t>(day.year()));
  out->set_month(day.month());
  out->set_day(day.day());
}

void SetRange(const DateRange& range, common::v1::DateRange* out) {
  if (kDataBegins < range.first) SetDate(range.first, out->mutable_first_date());
  if (range.end != kNoEnd) SetDate(range.end, out->mutable_end_date());
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixMicros(time.seconds() * 1'000'000 + time.nanos() / 1'000);
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t seconds = absl::ToUnixSeconds(time);  // Rounds down, also before 1970.
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>((absl::ToUnixMicros(time) - seconds * 1'000'000) * 1'000));
}

v1::Unit ToProto(const UnitHistory& unit, const UnitVersion& version) {
  v1::Unit out;
  out.set_name(UnitName(unit.id));
  out.set_tier(static_cast<v1::Tier>(unit.tier));
  out.set_code(version.code);
  out.set_type(static_cast<v1::UnitType>(version.type));
  out.set_full_name(version.full_name);
  out.set_short_name(version.short_name);
  out.set_ascii_name(text::WithoutDiacritics(version.short_name));
  if (!version.parent_id.empty()) out.set_parent(UnitName(version.parent_id));
  out.set_province_code(version.province_code);
  out.set_area_hectares(version.area_hectares);
  out.set_area_quality(static_cast<v1::FigureQuality>(version.area_quality));
  if (version.population.has_value()) out.set_population(*version.population);
  out.set_population_quality(static_cast<v1::FigureQuality>(version.population_quality));
  out.set_population_estimate(version.population_estimate);
  if (version.point.has_value()) {
    out.mutable_point()->set_latitude(static_cast<double>(version.point->latitude_micros) / 1e6);
    out.mutable_point()->set_longitude(static_cast<double>(version.point->longitude_micros) / 1e6);
  }
  SetRange(version.valid, out.mutable_valid());
  if (!version.act.empty()) out.mutable_act()->set_number(version.act);
  out.set_version(unit.version);
  out.set_etag(EtagOf(unit.version));
  return out;
}

v1::Succession ToProto(const UnitHistory& source, const Succession& step) {
  v1::Succession out;
  out.set_source(UnitName(source.id));
  out.set_target(UnitName(step.target_id));
  out.set_relation(static_cast<v1::Relation>(step.relation));
  SetDate(step.effective, out.mutable_effective_date());
  if (!step.act.empty()) out.mutable_act()->set_number(step.act);
  if (step.population_ppm) out.set_population_ppm(static_cast<int32_t>(*step.population_ppm));
  if (step.area_ppm) out.set_area_ppm(static_cast<int32_t>(*step.area_ppm));
  for (const std::string& hamlet : step.hamlets) out.add_hamlets(hamlet);
  return out;
}

v1::Center ToProto(const CenterHistory& center, const CenterVersion& version) {
  v1::Center out;
  out.set_name(CenterName(center.province_code, center.id));
  out.set_kind(static_cast<v1::CenterKind>(version.kind));
  out.set_state(static_cast<v1::CenterState>(version.state));
  out.set_display_name(version.display_name);
  out.set_unit(UnitName(version.unit_id));
  if (!version.parent_id.empty()) {
    out.set_parent(CenterName(center.province_code, version.parent_id));
  }
  for (const std::string& unit_id : version.served_unit_ids) {
    out.add_served_units(UnitName(unit_id));
  }
  out.set_organisation_id(version.organisation_id);
  out.set_organisation_id_provisional(version.organisation_id_provisional);
  out.set_origin(static_cast<v1::Origin>(version.origin));
  SetRange(version.valid, out.mutable_valid());
  out.set_version(center.version);
  out.set_etag(EtagOf(center.version));
  if (!version.act.empty()) out.mutable_act()->set_number(version.act);
  if (!version.successor_id.empty()) {
    out.set_successor(CenterName(center.province_code, version.successor_id));
  }
  out.set_organisation_id_older_form(OlderForm(version.organisation_id));
  for (const Readiness& item : center.readiness) {
    v1::ReadinessRecord* record = out.add_readiness();
    record->set_item(static_cast<v1::ReadinessItem>(item.item));
    SetDate(item.done, record->mutable_done_date());
    record->set_note(item.note);
  }
  for (const CenterOverride& made : center.overrides) {
    v1::CenterOverride* record = out.add_overrides();
    record->set_rule(made.rule);
    record->set_reason(made.reason);
    SetDate(made.effective, record->mutable_effective_date());
  }
  return out;
}

v1::ProvinceTierModel ToProto(const TierModelHistory& history, const TierModelRow& row) {
  v1::ProvinceTierModel out;
  out.set_province_code(row.province_code);
  out.set_model(static_cast<v1::TierModel>(row.model));
  SetRange(row.valid, out.mutable_valid());
  out.set_source(row.source);
  out.set_origin(static_cast<v1::Origin>(row.origin));
  out.set_version(history.version);
  out.set_etag(EtagOf(history.version));
  return out;
}

v1::Coverage ToProto(const Coverage& coverage, absl::CivilDay as_of) {
  v1::Coverage out;
  SetDate(as_of, out.mutable_as_of());
  out.set_provinces(coverage.provinces);
  out.set_two_level_provinces_covered(coverage.two_level_provinces_covered);
  out.set_single_level_provinces_covered(coverage.single_level_provinces_covered);
  out.set_communes(coverage.communes);
  out.set_communes_covered(coverage.communes_covered);
  out.set_commune_centers(coverage.commune_centers);
  out.set_provincial_centers(coverage.provincial_centers);
  out.set_branches(coverage.branches);
  out.set_reception_points(coverage.reception_points);
  if (coverage.published_commune_centers.has_value()) {
    out.set_published_commune_centers(static_cast<int32_t>(*coverage.published_commune_centers));
    SetDate(coverage.published_day, out.mutable_published_date());
  }
  for (const std::string& unit_id : coverage.uncovered_unit_ids) {
    out.add_uncovered_units(UnitName(unit_id));
  }
  for (const ProvinceCoverage& province : coverage.by_province) {
    v1::ProvinceCoverage* line = out.add_province_coverage();
    line->set_province_code(province.province_code);
    line->set_unit(UnitName(province.unit_id));
    line->set_model(static_cast<v1::TierModel>(province.model));
    line->set_provincial_center_operating(province.provincial_center_operating);
    line->set_communes(province.communes);
    line->set_communes_covered(province.communes_covered);
  }
  return out;
}

v1::PublishedCounts ToProto(absl::Span<const PublishedCount> counts) {
  v1::PublishedCounts out;
  for (const PublishedCount& count : counts) {
    v1::PublishedCount* one = out.add_counts();
    SetDate(count.day, one->mutable_count_date());
    one->set_what(count.what);
    one->set_number(count.count);
    one->set_binding(count.binding);
    one->set_source(count.source);
  }
  return out;
}

std::vector<PublishedCount> FromProto(const v1::PublishedCounts& counts) {
  std::vector<PublishedCount> out;
  for (const v1::PublishedCount& one : counts.counts()) {
    PublishedCount count;
    count.day = ToDay(one.count_date());
    count.what = one.what();
    count.count = one.number();
    count.binding = one.binding();
    count.source = one.source();
    out.push_back(std::move(count));
  }
  return out;
}

v1::Resource ToResource(const UnitHistory& unit) {
  v1::Resource out;
  out.set_subject(UnitName(unit.id));
  out.set_version(unit.version);
  out.set_kind(unit.last_change);
  v1::UnitHistory* history = out.mutable_unit();
  history->set_name(out.subject());
  for (const UnitVersion& version : unit.versions) {
    *history->add_versions() = ToProto(unit, version);
  }
  for (const Succession& step : unit.successions) {
    *history->add_successions() = ToProto(unit, step);
  }
  return out;
}

v1::Resource ToResource(const CenterHistory& center) {
  v1::Resource out;
  out.set_subject(CenterName(center.province_code, center.id));
  out.set_version(center.version);
  out.set_kind(center.last_change);
  for (const CenterVersion& version : center.versions) {
    *out.mutable_center()->add_versions() = ToProto(center, version);
  }
  return out;
}

v1::Resource ToResource(const TierModelHistory& history) {
  v1::Resource out;
  out.set_subject(TierModelSubject(history.province_code));
  out.set_version(history.version);
  out.set_kind(std::string(IsRecorded(history) ? kTierModelSet : kTierModelImported));
  for (const TierModelRow& row : history.models) {
    *out.mutable_tier_model()->add_models() = ToProto(history, row);
  }
  return out;
}

}  // namespace twotier::registry
