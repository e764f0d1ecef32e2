#include "services/budget/handlers/staff_facts.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/store/staff_store.h"
#include "twotier/personnel/v1/organisation.pb.h"

namespace twotier::budget::handlers {
namespace {

// An input that personnel has.
struct StaffInput {
  absl::string_view key;
  personnel::v1::QuotaKind kind;
  bool vacant;
};
constexpr StaffInput kStaffInputs[] = {
    {"civil_servants_filled", personnel::v1::QUOTA_KIND_CIVIL_SERVANT, false},
    {"civil_servants_vacant", personnel::v1::QUOTA_KIND_CIVIL_SERVANT, true},
    {"public_employees_filled", personnel::v1::QUOTA_KIND_PUBLIC_EMPLOYEE, false},
    {"public_employees_vacant", personnel::v1::QUOTA_KIND_PUBLIC_EMPLOYEE, true},
    {"part_timers_filled", personnel::v1::QUOTA_KIND_PART_TIMER, false},
    {"part_timers_vacant", personnel::v1::QUOTA_KIND_PART_TIMER, true},
};

const StaffInput* FindStaffInput(const NormInput& input) {
  if (input.source != InputSource::kPersonnel) return nullptr;
  const auto* const found =
      std::find_if(std::begin(kStaffInputs), std::end(kStaffInputs),
                   [&input](const StaffInput& each) { return each.key == input.key; });
  return found == std::end(kStaffInputs) ? nullptr : found;
}

// Units without a value of an input that personnel has.
struct Lack {
  const NormInput* input;
  const StaffInput* staff;
  std::vector<const RunUnit*> units;
};

std::vector<Lack> LacksOf(const std::vector<RunUnit>& run_units, const NormSet& set,
                          const v1::AllocationPlan& plan) {
  std::vector<Lack> lacks;
  for (const NormInput& input : set.inputs) {
    const StaffInput* const staff = FindStaffInput(input);
    if (staff == nullptr) continue;
    std::vector<const RunUnit*> units = WithoutValue(input.key, run_units, plan);
    if (!units.empty()) lacks.push_back({&input, staff, std::move(units)});
  }
  return lacks;
}

absl::Status NotHeard(const std::vector<Lack>& lacks, absl::CivilDay day,
                      const std::optional<store::HeardSpan>& heard) {
  error::Metadata metadata = {{"as_of", absl::FormatCivilTime(day)}};
  if (heard) {
    metadata.emplace_back("first_day", absl::FormatCivilTime(heard->first));
    metadata.emplace_back("last_day", absl::FormatCivilTime(heard->last));
  }
  std::vector<error::PreconditionViolation> violations;
  for (const Lack& lack : lacks) {
    for (const RunUnit* unit : lack.units) {
      if (violations.size() == error::Violations::kViolationsMax) break;
      violations.push_back({"PERSONNEL_NOT_HEARD", absl::StrCat(unit->code, " ", lack.input->key),
                            lack.input->title});
    }
  }
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat("personnel told nothing on ", absl::FormatCivilTime(day),
                                     ": hand the figures over, or choose another date"),
                        "PERSONNEL_NOT_HEARD", std::move(metadata)),
      violations);
}

}  // namespace

absl::Status AddStaffFacts(db::Tx& tx, const std::vector<RunUnit>& run_units, const NormSet& set,
                           v1::AllocationPlan& plan) {
  const std::vector<Lack> lacks = LacksOf(run_units, set, plan);
  if (lacks.empty()) return absl::OkStatus();
  const absl::CivilDay day = FromProto(plan.as_of());
  ASSIGN_OR_RETURN(const std::optional<store::HeardSpan> heard, store::FindHeard(tx, day));
  if (!heard || heard->last < day) return NotHeard(lacks, day, heard);
  ASSIGN_OR_RETURN(const std::vector<store::StaffRow> rows, store::ListStaff(tx, "", day));
  std::map<std::pair<std::string, int64_t>, store::StaffFigure> figures;  // By unit and kind.
  for (const store::StaffRow& row : rows) {
    if (row.figure) figures[{row.key.unit, row.key.quota_kind}] = *row.figure;
  }
  for (const Lack& lack : lacks) {
    v1::AllocationInput added;
    added.set_key(lack.input->key);
    added.set_certainty(lack.staff->vacant ? v1::INPUT_CERTAINTY_COMPUTED
                                           : v1::INPUT_CERTAINTY_PUBLISHED);
    added.set_source(absl::StrCat("personnel, as of ", absl::FormatCivilTime(day)));
    for (const RunUnit* unit : lack.units) {
      const auto figure = figures.find({unit->name, lack.staff->kind});
      if (figure == figures.end()) continue;
      const auto& [vacant, used] = figure->second;
      v1::UnitValue* value = added.add_values();
      value->set_unit_code(unit->code);
      value->set_value(absl::StrCat(lack.staff->vacant ? vacant : used));
    }
    if (added.values_size() > 0) *plan.add_inputs() = std::move(added);
  }
  return absl::OkStatus();
}

}  // namespace twotier::budget::handlers
