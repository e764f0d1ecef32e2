// The centers of one province as one change sees them, and the rules that hold for all of them.
//
// A change reads the province in its transaction, lets the functions of center_life.h and
// tier_change.h alter the copy, and writes what differs. Everything is dated: a change holds from
// its date on, and every later version is changed with it. What would meet a change of the same
// fact that is already planned for a later date is refused (`LATER_CHANGE_PLANNED`), never
// overwritten.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_PROVINCE_CENTERS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_PROVINCE_CENTERS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

// One dated version of a unit that is asked for or lies in the province.
struct PlacedUnit {
  std::string id;
  Tier tier = Tier::kUnspecified;
  UnitType type = UnitType::kUnspecified;
  std::string code;
  std::string full_name;
  std::string province_code;  // In which it lies during these dates.
  DateRange valid;
};

struct Province {
  std::string code;
  std::vector<PlacedUnit> units;       // Whole history of every unit that ever lay in it.
  std::vector<CenterHistory> centers;  // In order of the ids.
  TierModelHistory models;
  // Recorded changes of units that were not cancelled, in order of (date, id).
  std::vector<ChangeEvent> changes;
};

// What is common to all changes: their date, the act they rest on, and why a rule may be broken.
struct ChangeTerms {
  absl::CivilDay day;
  std::string act;
  std::string override_reason;  // Empty: no rule may be broken.
  std::string reason = {};      // Why, where a call has to say it.
};

// The center with this id; null when there is none.
CenterHistory* FindCenter(Province& province, absl::string_view id);
const CenterHistory* FindCenter(const Province& province, absl::string_view id);

// NOT_FOUND `CENTER_NOT_FOUND` with the date.
absl::Status CenterNotFound(absl::string_view name, absl::CivilDay day);

// The version of a center on a date. NOT_FOUND `CENTER_NOT_FOUND` with `as_of`.
absl::StatusOr<const CenterVersion*> RequireCenter(const Province& province, absl::string_view id,
                                                   absl::CivilDay day);

// The unit as it stands on `day`. NOT_FOUND `UNIT_NOT_FOUND`; FAILED_PRECONDITION `UNIT_ENDED` when
// it has ended by then (or has not begun: metadata `begins`, `ends`); `UNIT_OUTSIDE_PROVINCE` when
// it lies in another one on that day.
absl::StatusOr<const PlacedUnit*> RequireUnit(const Province& province, absl::string_view unit_id,
                                              absl::CivilDay day);

// Applies `change` to every version from `day` on, splitting the one that holds on it, marks them
// as recorded under the act, and joins neighbours that are equal. The center must stand on `day`.
void ChangeFrom(CenterHistory& center, const ChangeTerms& terms,
                absl::FunctionRef<void(CenterVersion&)> change);

// FAILED_PRECONDITION `LATER_CHANGE_PLANNED` with `planned_date` when a version after the one on
// `day` differs from it in what `same` compares.
absl::Status RequireNoLaterChange(
    const CenterHistory& center, absl::CivilDay day,
    absl::FunctionRef<bool(const CenterVersion&, const CenterVersion&)> same);

// Decree 118/2025/NĐ-CP: no commune center where the province chose the single-level model.
// FAILED_PRECONDITION `COMMUNE_CENTER_IN_SINGLE_LEVEL` with `from_date` when a single-level model
// holds on any date from `day` on.
absl::Status RequireCommuneCenters(const Province& province, absl::CivilDay day);

// A branch or point belongs to a center of its province that is not closed on `day`; a branch to a
// provincial or commune center, a point also to a branch. FAILED_PRECONDITION
// `PARENT_CENTER_MISSING`.
absl::Status RequireParent(const Province& province, CenterKind kind, absl::string_view parent_id,
                           absl::CivilDay day);

// What must be true of a center that receives from `day` on: its unit lies in the province, and the
// rules above hold. Their errors, and those of RequireUnit.
absl::Status RequireReceiving(const Province& province, const CenterVersion& version,
                              absl::CivilDay day);

// Two centers with one organisation id on one date would give one dossier code twice.
// FAILED_PRECONDITION `ORGANISATION_ID_TAKEN` when another center than `id` has it from `day` on.
absl::Status RequireFreeOrganisationId(const Province& province, absl::string_view id,
                                       absl::string_view organisation_id, absl::CivilDay day);

// FAILED_PRECONDITION `SUCCESSOR_CENTER_MISSING` of the center with this resource name.
absl::Status SuccessorMissing(absl::string_view center, absl::string_view message);

// Communes that had an operating center in `before` and have none in `after`, on some date from
// `day` on. Sorted.
std::vector<std::string> NewlyUncovered(const Province& before, const Province& after,
                                        absl::CivilDay day);

// OK when no commune is left without a center, or the terms give a reason to override that; then
// the override is recorded in `center` of `after`. FAILED_PRECONDITION `UNITS_LEFT_UNCOVERED` with
// a precondition violation for each of at most 100 communes.
absl::Status RequireCoverage(const Province& before, Province& after, absl::string_view center_id,
                             const ChangeTerms& terms);

// Centers of `after` that differ from `before`, in order of the ids.
std::vector<CenterHistory*> ChangedCenters(const Province& before, Province& after);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_PROVINCE_CENTERS_H_
