#include "services/routing/domain/competence_report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

class Checker {
 public:
  Checker(const Catalogue& catalogue, const Register& units, absl::string_view province_code,
          absl::CivilDay day)
      : catalogue_(catalogue), units_(units), day_(day) {
    for (const UnitRecord* unit : units.UnitsOn(day)) {
      const UnitVersion& version = *unit->On(day);
      if (!province_code.empty() && version.province_code != province_code) continue;
      if (version.tier == Tier::kCommune) communes_.push_back(unit);
      if (version.tier == Tier::kProvince) provinces_.push_back(unit);
    }
  }

  CoverageReport Run() {
    report_.units = static_cast<int64_t>(communes_.size() + provinces_.size());
    for (const CatalogueEntry* entry : catalogue_.entries()) {
      const ProcedureVersion* version = entry->On(day_);
      const bool alike = entry->provincial.empty() && entry->assignments.empty() &&
                         (version == nullptr || version->procedure.cases.empty());
      if (!alike) {
        AskAll(*entry);
      } else if (version != nullptr && version->published()) {
        ++report_.procedures;
        AskOncePerLevel(*entry, *version);
      }
    }
    return std::move(report_);
  }

 private:
  // The answer for procedures of one level without assignments, on all units.
  struct LevelAnswer {
    bool asked = false;
    int64_t questions = 0;
    std::vector<std::pair<const UnitRecord*, std::string>> faults;  // With their reasons.
  };

  struct CaseAnswer {
    std::string case_key;
    std::string reason;  // Empty: one body decides.
  };

  // The answer for one procedure in all units of a province and tier but those that are territories
  // of assignments: nothing else tells them apart.
  struct ProvinceAnswer {
    std::vector<std::string> cases;  // To ask about.
    bool asked = false;
    std::vector<CaseAnswer> of_others;
  };

  void AskOncePerLevel(const CatalogueEntry& entry, const ProcedureVersion& version) {
    LevelAnswer& answer = by_level_[static_cast<size_t>(version.procedure.level)];
    if (!std::exchange(answer.asked, true)) {
      const bool of_province = version.procedure.level == Level::kProvince;
      for (const auto* group : {&communes_, &provinces_}) {
        if (group == &provinces_ && !of_province) continue;
        for (const UnitRecord* unit : *group) {
          ++answer.questions;
          const std::string reason = Ask(entry, *unit, "");
          if (!reason.empty()) answer.faults.emplace_back(unit, reason);
        }
      }
    }
    report_.questions += answer.questions;
    for (const auto& [unit, reason] : answer.faults) AddFault(entry, *unit, "", reason);
  }

  void AskAll(const CatalogueEntry& entry) {
    const absl::flat_hash_set<const UnitRecord*> special = TerritoriesOf(entry);
    bool routed = false;
    for (const auto* group : {&communes_, &provinces_}) {
      absl::flat_hash_map<absl::string_view, ProvinceAnswer> by_province;
      for (const UnitRecord* unit : *group) {
        const std::string& province_code = unit->On(day_)->province_code;
        const auto [found, first] = by_province.try_emplace(province_code);
        ProvinceAnswer& answer = found->second;
        if (first) answer.cases = CasesToAsk(entry, province_code, group == &provinces_, routed);
        if (special.contains(unit)) {
          CountAll(entry, *unit, AskEach(entry, *unit, answer.cases));
        } else {
          if (!std::exchange(answer.asked, true)) {
            answer.of_others = AskEach(entry, *unit, answer.cases);
          }
          CountAll(entry, *unit, answer.of_others);
        }
      }
    }
    report_.procedures += int64_t{routed};
  }

  // Units in which an assignment holds that holds in no other unit.
  absl::flat_hash_set<const UnitRecord*> TerritoriesOf(const CatalogueEntry& entry) const {
    absl::flat_hash_set<const UnitRecord*> units;
    for (const Assignment& assignment : entry.assignments) {
      if (assignment.territory.empty() || !assignment.valid.Contains(day_)) continue;
      const UnitRecord* unit = TerritoryOn(assignment, units_, day_);
      if (unit != nullptr) units.insert(unit);
    }
    return units;
  }

  // What a unit of the province is to be asked; sets `routed` when the procedure is routed there.
  std::vector<std::string> CasesToAsk(const CatalogueEntry& entry, const std::string& province_code,
                                      bool of_province, bool& routed) const {
    const ProcedureVersion* version = entry.In(province_code, day_);
    if (version == nullptr || !entry.Routed(*version, province_code, day_)) return {};
    routed = true;
    std::vector<std::string> cases = entry.CasesOf(*version, province_code, day_);
    std::erase_if(cases, [&](const std::string& case_key) {
      const Level level = LevelOf(*version, case_key);
      return level == Level::kMinistry || (of_province && level != Level::kProvince);
    });
    return cases;
  }

  static Level LevelOf(const ProcedureVersion& version, const std::string& case_key) {
    const ProcedureCase* of_case = version.procedure.FindCase(case_key);
    return of_case == nullptr ? version.procedure.level : of_case->level;
  }

  std::vector<CaseAnswer> AskEach(const CatalogueEntry& entry, const UnitRecord& unit,
                                  const std::vector<std::string>& cases) const {
    std::vector<CaseAnswer> answers;
    for (const std::string& case_key : cases) {
      std::string reason = Ask(entry, unit, case_key);
      // A province that handed its matter to its communes is asked about it no more: they are.
      if (reason == "WRONG_UNIT_TIER" && !entry.assignments.empty()) continue;
      answers.push_back({case_key, std::move(reason)});
    }
    return answers;
  }

  void CountAll(const CatalogueEntry& entry, const UnitRecord& unit,
                const std::vector<CaseAnswer>& answers) {
    report_.questions += static_cast<int64_t>(answers.size());
    for (const CaseAnswer& answer : answers) {
      if (!answer.reason.empty()) AddFault(entry, unit, answer.case_key, answer.reason);
    }
  }

  // Why not exactly one body decides; empty when one does.
  std::string Ask(const CatalogueEntry& entry, const UnitRecord& unit,
                  absl::string_view case_key) const {
    CompetenceQuery query;
    query.procedure_code = entry.code;
    query.unit = unit.name;
    query.as_of = day_;
    query.case_key = case_key;
    const absl::StatusOr<Competence> answer = ResolveBody(catalogue_, units_, query);
    if (answer.ok()) return "";
    const std::optional<error::Reason> reason = error::ReasonOf(answer.status());
    return reason.has_value() ? reason->reason : std::string(answer.status().message());
  }

  void AddFault(const CatalogueEntry& entry, const UnitRecord& unit, const std::string& case_key,
                const std::string& reason) {
    ++(reason == "ASSIGNMENTS_CONFLICT" ? report_.overlaps : report_.holes);
    if (report_.faults.size() == kCoverageFaultsMax) return;
    report_.faults.push_back({entry.code, unit.name, case_key, reason});
  }

  const Catalogue& catalogue_;
  const Register& units_;
  const absl::CivilDay day_;
  std::vector<const UnitRecord*> communes_;
  std::vector<const UnitRecord*> provinces_;
  std::array<LevelAnswer, 6> by_level_;  // By Level.
  CoverageReport report_;
};

// The level of the assignment that decides in all units and cases; without one, the version's.
Level DecidedAt(const CatalogueEntry& entry, const ProcedureVersion& version,
                absl::string_view province_code, absl::CivilDay day) {
  if (entry.Routed(version, province_code, day)) {
    const std::vector<const Assignment*> assignments = entry.AssignmentsIn(province_code);
    const std::vector<const Assignment*> deciding = Deciding(
        assignments, {.unit = "", .province_code = province_code, .case_key = "", .day = day});
    if (deciding.size() == 1) return deciding.front()->level;
  }
  return version.procedure.proven ? version.procedure.level : Level::kUnknown;
}

void Count(Level level, DecentralizationLine& line) {
  ++line.procedures;
  ++line.by_level[level];
}

}  // namespace

CoverageReport CheckCoverage(const Catalogue& catalogue, const Register& units,
                             absl::string_view province_code, absl::CivilDay day) {
  return Checker(catalogue, units, province_code, day).Run();
}

int64_t DecentralizationLine::MinistryPpm() const {
  const auto count = [this](Level level) {
    const auto it = by_level.find(level);
    return it == by_level.end() ? int64_t{0} : it->second;
  };
  const int64_t proven = procedures - count(Level::kUnknown);
  return proven == 0 ? 0 : count(Level::kMinistry) * 1'000'000 / proven;
}

Decentralization CountLevels(const Catalogue& catalogue, absl::string_view province_code,
                             absl::CivilDay day) {
  Decentralization result;
  for (const CatalogueEntry* entry : catalogue.entries()) {
    const ProcedureVersion* version = entry->In(province_code, day);
    if (version == nullptr) continue;
    const Level level = DecidedAt(*entry, *version, province_code, day);
    Count(level, result.total);
    Count(level, result.by_ministry[version->procedure.ministry]);
  }
  return result;
}

}  // namespace twotier::routing
