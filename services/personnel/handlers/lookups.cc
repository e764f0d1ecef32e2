#include "services/personnel/handlers/lookups.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/plan_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

absl::Status NotFound(absl::string_view what, absl::string_view reason, absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no ", what, " is ", name),
                           reason, {{std::string(what), std::string(name)}});
}

}  // namespace

const std::string& LiesIn(const units::UnitRecord& unit, absl::CivilDay day) {
  day = std::max(day, kTwoTiersBegan);
  const units::UnitVersion* version = unit.On(day);
  if (version != nullptr) return version->province_code;
  const units::UnitVersion& first = unit.versions.front();
  return first.valid.first > day ? first.province_code : unit.versions.back().province_code;
}

const std::string& KeptIn(const units::UnitRecord& unit) { return LiesIn(unit, kTwoTiersBegan); }

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::StatusOr<const units::UnitVersion*> RequireUnitOn(const units::Units& units,
                                                        absl::string_view unit,
                                                        absl::CivilDay day) {
  const units::UnitRecord* record = units.FindUnit(unit);
  if (record == nullptr) return NotFound("unit", "UNIT_NOT_FOUND", unit);
  const units::UnitVersion* version = record->On(day);
  if (version == nullptr) return UnitEnded(unit, day);
  return version;
}

absl::StatusOr<const units::UnitVersion*> RequireUnit(const units::Units& units,
                                                      absl::string_view unit,
                                                      absl::string_view province_code,
                                                      absl::CivilDay day) {
  ASSIGN_OR_RETURN(const units::UnitVersion* version, RequireUnitOn(units, unit, day));
  const std::string& kept_in = KeptIn(*units.FindUnit(unit));
  if (kept_in != province_code) return OutsideProvince(unit, province_code, kept_in);
  return version;
}

absl::Status OutsideProvince(absl::string_view unit, absl::string_view province_code,
                             absl::string_view other) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(unit, " is not of province ", province_code),
                           "UNIT_OUTSIDE_PROVINCE",
                           {{"unit", std::string(unit)}, {"province_code", std::string(other)}});
}

bool ExistsOn(const units::Units& units, absl::string_view unit, absl::CivilDay day) {
  const units::UnitRecord* record = units.FindUnit(unit);
  return record != nullptr && record->On(day) != nullptr;
}

absl::Status UnitEnded(absl::string_view unit, absl::CivilDay day) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(unit, " does not exist on ", Text(day)), "UNIT_ENDED",
                           {{"unit", std::string(unit)}, {"as_of", Text(day)}});
}

UnitFacts FactsOf(const units::UnitVersion& version) {
  return {version.tier, version.type, version.code};
}

absl::StatusOr<Body> RequireBody(db::Tx& tx, absl::string_view name) {
  const auto [province_code, id] = SplitName(name);
  ASSIGN_OR_RETURN(std::optional<Body> body, store::LoadBody(tx, province_code, id));
  if (!body) return NotFound("body", "BODY_NOT_FOUND", name);
  return *std::move(body);
}

absl::StatusOr<Post> RequirePost(db::Tx& tx, absl::string_view name) {
  const auto [province_code, id] = SplitName(name);
  ASSIGN_OR_RETURN(std::optional<Post> post, store::LoadPost(tx, province_code, id));
  if (!post) return PostNotFound(name);
  return *std::move(post);
}

absl::StatusOr<Person> RequirePerson(db::Tx& tx, absl::string_view name) {
  ASSIGN_OR_RETURN(std::optional<Person> person, store::LoadPerson(tx, name));
  if (!person) return PersonNotFound(name);
  return *std::move(person);
}

absl::Status CheckActive(const Person& person) {
  if (person.state == PersonState::kActive) return absl::OkStatus();
  const std::string state(NameOf(person.state));
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(person.Name(), " is ", state), "PERSON_NOT_ACTIVE",
                           {{"person", person.Name()}, {"state", state}});
}

absl::Status PersonNotFound(absl::string_view name) {
  return NotFound("person", "PERSON_NOT_FOUND", name);
}

absl::Status PostNotFound(absl::string_view name) {
  return NotFound("post", "POST_NOT_FOUND", name);
}

absl::StatusOr<store::StoredAppointment> RequireAppointment(db::Tx& tx, absl::string_view name) {
  const auto [province_code, id] = SplitName(name);
  ASSIGN_OR_RETURN(std::optional<store::StoredAppointment> found,
                   store::LoadAppointment(tx, province_code, id));
  if (!found) return NotFound("appointment", "APPOINTMENT_NOT_FOUND", name);
  return *std::move(found);
}

absl::Status CheckNotReserved(db::Tx& tx, const Post& post) {
  ASSIGN_OR_RETURN(const std::optional<std::string> plan,
                   store::PlanOfPost(tx, post.province_code, post.Name()));
  if (!plan) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("a signed plan has ", post.Name()), "POST_RESERVED",
                           {{"post", post.Name()}});
}

PostPlace PlaceOf(const Post& post, const units::Units& units, absl::CivilDay day) {
  PostPlace place;
  place.kind = post.kind;
  place.body_kind = post.body_kind;
  place.body = post.BodyName();
  place.unit = post.unit;
  const units::UnitRecord* unit = units.FindUnit(post.unit);
  if (unit == nullptr || unit->versions.empty()) {
    place.province_code = post.province_code;
    place.tier = UnitTier::kCommune;
    return place;
  }
  place.province_code = LiesIn(*unit, day);
  const units::UnitVersion* version = unit->On(day);
  place.unit_ended = unit->versions.back().valid.end <= day;
  place.tier = version == nullptr ? unit->versions.back().tier : version->tier;
  return place;
}

absl::StatusOr<std::string> HolderOn(db::Tx& tx, absl::string_view post, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const std::vector<store::HolderRow> holders,
                   store::LoadHolders(tx, ProvinceCodeOf(post), post, day));
  std::string acting;
  for (const store::HolderRow& holder : holders) {
    if (HoldsPost(holder.kind)) return holder.person;
    acting = holder.person;
  }
  return acting;
}

absl::Status CheckNotPast(absl::CivilDay day, const Call& call) {
  const absl::CivilDay today = VietnamDay(call.now);
  if (day >= today) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(Text(day), " lies before today"), "DATE_PAST",
                           {{"today", Text(today)}});
}

absl::Status CheckSignDay(absl::CivilDay sign_day, const Call& call) {
  error::Violations violations;
  if (sign_day > VietnamDay(call.now)) {
    violations.Add("form.sign_date", "must not lie behind today");
  }
  return violations.ToStatus();
}

absl::Status CheckScope(const Call& call, absl::string_view province_code) {
  const std::vector<std::string>& allowed = call.principal.province_codes;
  if (allowed.empty() ||
      std::find(allowed.begin(), allowed.end(), province_code) != allowed.end()) {
    return absl::OkStatus();
  }
  return error::WithReason(absl::StatusCode::kPermissionDenied,
                           absl::StrCat("may not act in province ", province_code), "OUT_OF_SCOPE",
                           {{"province_code", std::string(province_code)}});
}

void CheckOrder(const google::type::Date& first, const google::type::Date& end,
                absl::string_view end_field, error::Violations& violations) {
  if (first.year() == 0 || end.year() == 0) return;
  if (FromProto(end) <= FromProto(first)) violations.Add(end_field, "must lie behind first_date");
}

absl::Status AppendEvent(db::Tx& tx, const Call& call, feed::Event event, std::string& chain_hash,
                         int ordinal) {
  event.previous_hash = event.version == 1 ? "" : chain_hash;
  ASSIGN_OR_RETURN(chain_hash, feed::Append(tx, call, event, ordinal));
  return absl::OkStatus();
}

}  // namespace twotier::personnel::handlers
