// Whose budget a call is about: a unit, a province, the nation.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_PLACE_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_PLACE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/units/units.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/law.h"

namespace twotier::budget::handlers {

struct Place {
  std::string province_code;  // "00" for the nation.
  std::string unit;           // `units/{unit_id}` of a commune; empty: the province or the nation.
  std::string full_unit;      // The same, and of a province its own unit; empty for the nation.
  std::string unit_code;      // Empty for the nation.
  Level level = Level::kUnknown;

  // For rules, where the nation has no code.
  std::string rules_province() const { return level == Level::kNation ? "" : province_code; }
};

// `unit` of `parent` on a day; an empty one is the province itself, or the nation for
// `provinces/00`. NOT_FOUND `UNIT_NOT_FOUND`; FAILED_PRECONDITION `UNIT_OUTSIDE_PROVINCE`.
absl::StatusOr<Place> PlaceOf(const units::Units& units, absl::string_view parent,
                              absl::string_view unit, absl::CivilDay day);

// Whose budget an account is of; nothing where nobody knows the unit: then it has no account
// either.
std::optional<Level> LevelOf(const units::Units& units, const AccountKey& key);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_PLACE_H_
