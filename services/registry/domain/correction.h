// Corrections of what was recorded wrongly: nothing changed in the world.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CORRECTION_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CORRECTION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// Right values of one version of a unit; what is absent was right.
struct VersionCorrection {
  std::optional<std::string> code;
  std::optional<UnitType> type;
  std::optional<std::string> full_name;
  std::optional<std::string> short_name;
  std::optional<int64_t> area_hectares;              // 0: not known.
  std::optional<std::optional<int64_t>> population;  // Absent inside: not known.
  std::optional<std::optional<Point>> point;         // Absent inside: not known.
  std::optional<std::string> act;
};

// Right values of one step out of a unit.
struct StepCorrection {
  std::string target_id;
  absl::CivilDay effective;
  std::optional<int64_t> population_ppm;
  std::optional<int64_t> area_ppm;
  std::vector<std::string> hamlets;
};

struct Correction {
  std::string unit_id;
  absl::CivilDay day;  // On which the version that is corrected stands.
  VersionCorrection version;
  std::vector<StepCorrection> steps;
};

// The unit as it is right, with its next version. Dates, parent and steps themselves are not
// corrected: what began or ended wrongly is taken back and applied again. How the version relates
// to the one before it, and the one after it to this one, follows from what they are now.
//
// NOT_FOUND `UNIT_NOT_FOUND`, `STEP_NOT_FOUND`; OUT_OF_RANGE `DATE_BEFORE_DATA`; INVALID_ARGUMENT
// `SHARES_DO_NOT_SUM` (over all steps of that date, corrected or not; `steps[i]` as in
// `correction`); FAILED_PRECONDITION `PROVINCE_BY_IMPORT`, `UNIT_TYPE_NOT_ALLOWED` (a level's types
// of that date), `CODE_IN_USE`, `NOTHING_CHANGES`.
absl::StatusOr<UnitHistory> CorrectUnit(const UnitTree& tree, const Correction& correction);

// Lets the edges of a recorded event say what the corrected unit says of its steps and of its own
// change. Returns the places of those that said something else.
std::vector<size_t> CorrectEdges(const UnitHistory& unit, ChangeEvent& event);

// Centers of which a version, or one that fell, bears the name of the unit as it was recorded
// wrongly: it bears the right one then, and rests on the act that it rested on. A name that
// somebody gave stays. Returns those that differ, with their next version.
std::vector<CenterHistory> RenameCenters(absl::Span<const CenterHistory> centers,
                                         const UnitHistory& before, const UnitHistory& after);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CORRECTION_H_
