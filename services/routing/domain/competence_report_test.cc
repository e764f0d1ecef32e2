#include "services/routing/domain/competence_report.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

const absl::CivilDay kBegin(2026, 1, 1);
const absl::CivilDay kMerger(2026, 7, 1);
const absl::CivilDay kDay(2026, 11, 2);
constexpr char kCode[] = "1.000001";

std::shared_ptr<const UnitRecord> Unit(const std::string& id, Tier tier,
                                       const std::string& province, DayRange valid = {kBegin},
                                       const std::string& successor = "") {
  auto unit = std::make_shared<UnitRecord>();
  unit->name = absl::StrCat("units/", id);
  unit->versions.push_back({tier, id, id, province, "", valid});
  if (!successor.empty()) {
    unit->successors.push_back({absl::StrCat("units/", successor), valid.end, ""});
  }
  return unit;
}

// Two provinces of three communes; one of each followed two that merged.
std::shared_ptr<const Register> Units() {
  RegisterChanges changes;
  for (const std::string province : {"01", "48"}) {
    changes.units.push_back(Unit(province, Tier::kProvince, province));
    const auto commune = [&](int number, DayRange valid = {kBegin}, bool merges = false) {
      changes.units.push_back(Unit(absl::StrCat(province, "00", number), Tier::kCommune, province,
                                   valid, merges ? absl::StrCat(province, "003") : ""));
    };
    commune(1);
    commune(2);
    commune(3, {kMerger});
    commune(4, {kBegin, kMerger}, true);
    commune(5, {kBegin, kMerger}, true);
  }
  return Register::With(Register(), changes);
}

ProcedureVersion Version(Level level) {
  ProcedureVersion version;
  version.procedure.code = kCode;
  version.procedure.level = level;
  version.procedure.line = Line::kLocal;
  version.procedure.proven = true;
  version.procedure.term = Term{3, false, TermUnit::kWorkingDay, std::nullopt};
  version.procedure.known_from = kBegin;
  version.version = 1;
  version.draft_reasons = DraftReasonsOf(version.procedure);
  return version;
}

Assignment AnyAssignment(int id) {
  Assignment assignment;
  assignment.id = absl::StrCat(id);
  assignment.procedure_code = kCode;
  assignment.basis = static_cast<AssignmentBasis>(*rc::gen::inRange(1, 5));
  assignment.level = *rc::gen::element(Level::kCommune, Level::kProvince);
  assignment.line = Line::kLocal;
  assignment.province_code = *rc::gen::element<std::string>("", "01", "48");
  if (!assignment.province_code.empty() && *rc::gen::arbitrary<bool>()) {
    assignment.territory =
        absl::StrCat("units/", assignment.province_code, "00", *rc::gen::inRange(1, 6));
  }
  assignment.case_key = *rc::gen::element<std::string>("", "a");
  assignment.valid = {kBegin, *rc::gen::element(kDay, kNoEnd)};
  return assignment;
}

// What a unit says to a question; empty: one body decides.
std::string Reason(const Catalogue& catalogue, const Register& units, const UnitRecord& unit,
                   const std::string& case_key) {
  CompetenceQuery query;
  query.procedure_code = kCode;
  query.unit = unit.name;
  query.as_of = kDay;
  query.case_key = case_key;
  const auto answer = ResolveBody(catalogue, units, query);
  return answer.ok() ? "" : error::ReasonOf(answer.status())->reason;
}

// Units that are asked together answer as each of them would by itself.
RC_GTEST_PROP(CompetenceReportTest, CoverageIsWhatUnitsAnswerOneByOne, ()) {
  const auto units = Units();
  const Level level =
      *rc::gen::element(Level::kCommune, Level::kProvince, Level::kProvinceOrCommune);
  std::vector<Assignment> assignments;
  const int count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) assignments.push_back(AnyAssignment(i));
  const auto catalogue = Catalogue::Of({Version(level)}, assignments);
  const CatalogueEntry& entry = *catalogue->entries().front();
  int64_t questions = 0;
  std::vector<std::string> faults;
  for (const Tier tier : {Tier::kCommune, Tier::kProvince}) {
    for (const UnitRecord* unit : units->UnitsOn(kDay)) {
      if (unit->On(kDay)->tier != tier) continue;
      if (tier == Tier::kProvince && level != Level::kProvince) continue;
      const std::string& province_code = unit->On(kDay)->province_code;
      const ProcedureVersion* version = entry.In(province_code, kDay);
      if (!entry.Routed(*version, province_code, kDay)) continue;
      for (const std::string& case_key : entry.CasesOf(*version, province_code, kDay)) {
        const std::string reason = Reason(*catalogue, *units, *unit, case_key);
        if (reason == "WRONG_UNIT_TIER") continue;
        ++questions;
        if (!reason.empty()) faults.push_back(absl::StrCat(unit->name, " ", case_key, reason));
      }
    }
  }
  const CoverageReport report = CheckCoverage(*catalogue, *units, "", kDay);
  std::vector<std::string> reported;
  for (const CoverageFault& fault : report.faults) {
    reported.push_back(absl::StrCat(fault.unit, " ", fault.case_key, fault.reason));
  }
  RC_ASSERT(report.questions == questions);
  RC_ASSERT(reported == faults);
  RC_ASSERT(report.holes + report.overlaps == static_cast<int64_t>(faults.size()));
}

}  // namespace
}  // namespace twotier::routing
