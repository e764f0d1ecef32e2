#include "services/registry/domain/correction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/refusals.h"
#include "services/registry/domain/resolution.h"
#include "services/registry/domain/shares.h"
#include "services/registry/domain/unit_type.h"

namespace twotier::registry {
namespace {

void Apply(const VersionCorrection& right, UnitVersion& version) {
  if (right.code) version.code = *right.code;
  if (right.type) version.type = *right.type;
  if (right.full_name) version.full_name = *right.full_name;
  if (right.short_name) version.short_name = *right.short_name;
  if (right.area_hectares) {
    version.area_hectares = *right.area_hectares;
    version.area_quality =
        *right.area_hectares == 0 ? FigureQuality::kUnspecified : FigureQuality::kOneSource;
  }
  if (right.population) {
    version.population = *right.population;
    version.population_quality =
        right.population->has_value() ? FigureQuality::kOneSource : FigureQuality::kUnspecified;
    // The estimate stands for a figure that is missing.
    if (right.population->has_value()) version.population_estimate = **right.population;
  }
  if (right.point) version.point = *right.point;
  if (right.act) version.act = *right.act;
}

void CheckVersion(const UnitTree& tree, const UnitHistory& unit, const UnitVersion& before,
                  const UnitVersion& after, Refusals& refusals) {
  if (unit.tier == Tier::kProvince && before.code != after.code) {
    refusals.Add("PROVINCE_BY_IMPORT", unit.id,
                 "is a province: its code is corrected by an import of the right lists");
  }
  if (!TypeFits(unit.tier, after.type, after.valid.first)) {
    refusals.Add("UNIT_TYPE_NOT_ALLOWED", unit.id, "cannot have this type on its level and date");
  }
  for (const VersionRef ref : tree.WithCode(after.code)) {
    const UnitHistory& other = tree.unit(ref.unit);
    if (other.id == unit.id || !tree.version(ref).valid.Overlaps(after.valid)) continue;
    refusals.Add(
        "CODE_IN_USE", unit.id,
        absl::StrCat("would have code ", after.code, ", which is that of units/", other.id));
    return;
  }
}

absl::Status CorrectSteps(const std::vector<StepCorrection>& right, UnitHistory& unit) {
  std::vector<absl::CivilDay> days;
  for (const StepCorrection& step : right) {
    const auto found =
        std::find_if(unit.successions.begin(), unit.successions.end(), [&](const Succession& s) {
          return s.target_id == step.target_id && s.effective == step.effective;
        });
    if (found == unit.successions.end()) {
      return error::WithReason(
          absl::StatusCode::kNotFound,
          absl::StrCat("no step leads from units/", unit.id, " to units/", step.target_id, " on ",
                       absl::FormatCivilTime(step.effective)),
          "STEP_NOT_FOUND", {{"unit", absl::StrCat("units/", step.target_id)}});
    }
    found->population_ppm = step.population_ppm;
    found->area_ppm = step.area_ppm;
    found->hamlets = step.hamlets;
    if (std::find(days.begin(), days.end(), step.effective) == days.end()) {
      days.push_back(step.effective);
    }
  }
  error::Violations violations;
  for (const absl::CivilDay day : days) {
    std::vector<PartShares> parts;
    for (const Succession& step : unit.successions) {
      if (step.effective != day) continue;
      std::string field = absl::StrCat("steps: units/", step.target_id);
      for (size_t i = 0; i < right.size(); ++i) {
        if (right[i].effective == day && right[i].target_id == step.target_id) {
          field = absl::StrCat("steps[", i, "]");
        }
      }
      parts.push_back({step.population_ppm, step.area_ppm, std::move(field)});
    }
    CheckShares(parts, violations);
    if (parts.size() == 1) continue;  // All of it: the relation is what was published.
    for (Succession& step : unit.successions) {
      // Where shares are known they say more than the word that was published.
      const bool known = step.population_ppm.has_value() || step.area_ppm.has_value();
      if (step.effective == day && known) {
        step.relation = RelationOf(step.population_ppm, step.area_ppm);
      }
    }
  }
  return violations.ToStatus("SHARES_DO_NOT_SUM");
}

// A unit that was divided is a part of what it was, whatever it is called.
void Relate(const UnitVersion& before, UnitVersion& after) {
  if (after.change == Relation::kUnchanged || after.change == Relation::kRenamed ||
      after.change == Relation::kTypeChanged) {
    after.change = OwnChange(before, after);
  }
}

}  // namespace

absl::StatusOr<UnitHistory> CorrectUnit(const UnitTree& tree, const Correction& correction) {
  RETURN_IF_ERROR(CheckDay(correction.day));
  const std::string name = absl::StrCat("units/", correction.unit_id);
  const std::optional<uint32_t> index = tree.Find(correction.unit_id);
  if (!index.has_value()) return UnitNotFound(name, correction.day);
  const std::optional<VersionRef> ref = tree.On(*index, correction.day);
  if (!ref.has_value()) return UnitNotFound(name, correction.day);

  UnitHistory unit = tree.unit(*index);
  UnitVersion& version = unit.versions[ref->version];
  const UnitVersion before = version;
  Apply(correction.version, version);
  RETURN_IF_ERROR(CorrectSteps(correction.steps, unit));
  Refusals refusals;
  CheckVersion(tree, unit, before, version, refusals);
  if (version == before && unit.successions == tree.unit(*index).successions) {
    refusals.Add("NOTHING_CHANGES", unit.id, "is recorded so already");
  }
  RETURN_IF_ERROR(refusals.ToStatus());
  if (ref->version > 0) Relate(unit.versions[ref->version - 1], version);
  if (ref->version + 1 < unit.versions.size()) Relate(version, unit.versions[ref->version + 1]);
  ++unit.version;
  unit.last_change = std::string(kUnitCorrected);
  return unit;
}

std::vector<size_t> CorrectEdges(const UnitHistory& unit, ChangeEvent& event) {
  std::vector<size_t> places;
  for (size_t i = 0; i < event.edges.size(); ++i) {
    ChangeEdge& edge = event.edges[i];
    if (edge.source_id != unit.id) continue;
    ChangeEdge right = edge;
    for (const Succession& step : unit.successions) {
      if (step.target_id != edge.target_id || step.effective != event.effective) continue;
      right.relation = step.relation;
      right.population_ppm = step.population_ppm;
      right.area_ppm = step.area_ppm;
      right.hamlets = step.hamlets;
    }
    for (const UnitVersion& version : unit.versions) {
      if (edge.target_id != unit.id || version.valid.first != event.effective) continue;
      if (version.change != Relation::kPart) right.relation = version.change;
    }
    if (right == edge) continue;
    edge = std::move(right);
    places.push_back(i);
  }
  return places;
}

std::vector<CenterHistory> RenameCenters(absl::Span<const CenterHistory> centers,
                                         const UnitHistory& before, const UnitHistory& after) {
  std::vector<CenterHistory> renamed(centers.begin(), centers.end());
  for (CenterHistory& center : renamed) {
    for (size_t v = 0; v < before.versions.size(); ++v) {
      const UnitVersion& was = before.versions[v];
      const UnitVersion& is = after.versions[v];
      if (was.full_name == is.full_name) continue;
      const auto rename = [&](CenterVersion& version) {
        if (version.unit_id == before.id &&
            version.display_name == DisplayName(version.kind, was.full_name)) {
          version.display_name = DisplayName(version.kind, is.full_name);
        }
      };
      AlterDuring(center.versions, was.valid, rename);
      AlterDuring(center.fallen, was.valid, rename);
    }
  }
  return ChangedCenters(centers, std::move(renamed), kCenterCorrected);
}

}  // namespace twotier::registry
