#include "services/budget/handlers/place.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "services/budget/convert.h"

namespace twotier::budget::handlers {
namespace {

absl::Status NoUnit(absl::string_view unit) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no unit is ", unit),
                           "UNIT_NOT_FOUND", {{"unit", std::string(unit)}});
}

absl::Status Outside(absl::string_view unit, absl::string_view province_code) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition, absl::StrCat(unit, " does not lie in that province"),
      "UNIT_OUTSIDE_PROVINCE",
      {{"unit", std::string(unit)}, {"province_code", std::string(province_code)}});
}

}  // namespace

absl::StatusOr<Place> PlaceOf(const units::Units& units, absl::string_view parent,
                              absl::string_view unit, absl::CivilDay day) {
  Place place;
  place.province_code = std::string(ProvinceCodeOf(parent));
  if (place.province_code == kCentral) {
    if (!unit.empty()) return Outside(unit, kCentral);
    place.level = Level::kNation;
    return place;
  }
  const units::UnitRecord* record =
      unit.empty() ? units.FindUnitByCode(place.province_code, day) : units.FindUnit(unit);
  if (record == nullptr) return NoUnit(unit.empty() ? parent : unit);
  // A unit that has ended still closes its books: its last version tells where it lay.
  const units::UnitVersion* on_day = record->On(day);
  const units::UnitVersion& version = on_day == nullptr ? record->versions.back() : *on_day;
  if (version.province_code != place.province_code) return Outside(unit, version.province_code);
  place.full_unit = record->name;
  place.unit_code = version.code;
  place.level = version.tier == units::Tier::kProvince ? Level::kProvince : Level::kCommune;
  if (place.level == Level::kCommune) place.unit = record->name;
  return place;
}

std::optional<Level> LevelOf(const units::Units& units, const AccountKey& key) {
  if (key.unit.empty()) return Level::kNation;
  const units::UnitRecord* unit = units.FindUnit(key.unit);
  if (unit == nullptr) return std::nullopt;
  // A unit never changes its tier.
  return unit->versions.back().tier == units::Tier::kProvince ? Level::kProvince : Level::kCommune;
}

}  // namespace twotier::budget::handlers
