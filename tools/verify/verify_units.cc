#include "tools/verify/verify_units.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace twotier::verify {
namespace {

// 1 July 2025: districts ended, centers began.
constexpr int64_t kReformDay = 20270;
constexpr int64_t kDataBeginDay = kReformDay - 1;
constexpr int64_t kProvinceTier = 1;
constexpr int64_t kDistrictTier = 2;
constexpr int64_t kCommuneTier = 3;
constexpr int64_t kUnassignedArea = 8;
constexpr int64_t kOperating = 3;

constexpr absl::string_view kOneVersion = "one version";
constexpr absl::string_view kOneParent = "one parent";
constexpr absl::string_view kUniqueCodes = "unique codes";
constexpr absl::string_view kSuccession = "succession";
constexpr absl::string_view kServed = "served";

using Alive = std::map<std::string, const UnitRow*>;  // Units of one date.

// The rows that hold, and the dates on which something changes.
struct Present {
  std::map<std::string, std::vector<const UnitRow*>> units;  // Versions by date.
  std::set<int64_t> days;
};

Present PresentOf(const RegisterRows& rows) {
  Present present;
  for (const UnitRow& row : rows.units) {
    if (!row.belief.Holds()) continue;
    present.units[row.id].push_back(&row);
    present.days.insert(row.first_day);
    if (row.end_day != kNoEndDay) present.days.insert(row.end_day);
  }
  return present;
}

Alive AliveOn(const Present& present, int64_t day) {
  Alive alive;
  for (const auto& [id, versions] : present.units) {
    for (const UnitRow* row : versions) {
      if (row->first_day <= day && day < row->end_day) alive[id] = row;
    }
  }
  return alive;
}

void CheckVersions(const Present& present, Report& report) {
  size_t versions_checked = 0;
  for (const auto& [id, versions] : present.units) {
    versions_checked += versions.size();
    for (size_t i = 0; i < versions.size(); ++i) {
      const UnitRow& row = *versions[i];
      if (row.end_day <= row.first_day) {
        report.Add(kOneVersion,
                   absl::StrCat("units/", id, " has a version that ends on ", DayText(row.end_day),
                                " and begins on ", DayText(row.first_day)));
      }
      if (i == 0) continue;
      const UnitRow& before = *versions[i - 1];
      if (before.tier != row.tier) {
        report.Add(kOneVersion,
                   absl::StrCat("units/", id, " changes its level on ", DayText(row.first_day)));
      }
      if (before.end_day == row.first_day) continue;
      report.Add(kOneVersion,
                 absl::StrCat("units/", id, before.end_day < row.first_day ? " has no" : " has two",
                              before.end_day < row.first_day ? " version" : " versions", " on ",
                              DayText(std::min(before.end_day, row.first_day))));
    }
  }
  report.Checked(kOneVersion, absl::StrCat(present.units.size(), " units, ", versions_checked,
                                           " dated versions"));
}

int64_t TierAbove(int64_t tier, int64_t day) {
  if (tier == kCommuneTier && day < kReformDay) return kDistrictTier;
  return kProvinceTier;
}

// What is wrong with the parent of `row` on `day`; empty when nothing is.
std::string ParentProblem(const Alive& alive, const UnitRow& row, int64_t day) {
  if (row.tier == kProvinceTier) {
    if (!row.parent_id.empty()) return "is a province and has a parent";
    return row.province_code == row.code ? "" : "is a province of another province";
  }
  const auto found = alive.find(row.parent_id);
  if (found == alive.end()) return absl::StrCat("has no parent: units/", row.parent_id);
  const UnitRow& parent = *found->second;
  if (parent.tier != TierAbove(row.tier, day)) return "has a parent that is not of the level above";
  if (parent.province_code != row.province_code) return "lies in another province than its parent";
  return "";
}

// Whether the way up from `row` comes back to where it has been.
bool StandsAboveItself(const Alive& alive, const UnitRow& row) {
  std::set<std::string> seen = {row.id};
  const UnitRow* at = &row;
  while (!at->parent_id.empty()) {
    if (!seen.insert(at->parent_id).second) return true;
    const auto found = alive.find(at->parent_id);
    if (found == alive.end()) return false;
    at = found->second;
  }
  return false;
}

void CheckParents(const Present& present, Report& report) {
  int64_t questions = 0;
  std::set<std::pair<std::string, std::string>>
      named;  // Unit and problem: once, not for each date.
  for (const int64_t day : present.days) {
    const Alive alive = AliveOn(present, day);
    for (const auto& [id, row] : alive) {
      ++questions;
      std::string problem = ParentProblem(alive, *row, day);
      if (StandsAboveItself(alive, *row)) problem = "stands above itself";
      if (problem.empty() || !named.emplace(id, problem).second) continue;
      report.Add(kOneParent, absl::StrCat("units/", id, " ", problem, " on ", DayText(day)));
    }
  }
  report.Checked(kOneParent, absl::StrCat(questions, " units on ", present.days.size(), " dates"));
}

void CheckCodes(const Present& present, Report& report) {
  std::map<std::string, std::vector<const UnitRow*>> by_code;
  for (const auto& [id, versions] : present.units) {
    for (const UnitRow* row : versions) {
      if (row->code.empty() && row->type != kUnassignedArea) {
        report.Add(kUniqueCodes,
                   absl::StrCat("units/", id, " has no code on ", DayText(row->first_day)));
      }
      if (!row->code.empty()) by_code[row->code].push_back(row);
    }
  }
  for (const auto& [code, rows] : by_code) {
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = i + 1; j < rows.size(); ++j) {
        const int64_t both = std::max(rows[i]->first_day, rows[j]->first_day);
        if (rows[i]->id == rows[j]->id || std::min(rows[i]->end_day, rows[j]->end_day) <= both) {
          continue;
        }
        report.Add(kUniqueCodes,
                   absl::StrCat("code ", code, " is that of units/", rows[i]->id, " and of units/",
                                rows[j]->id, " on ", DayText(both)));
      }
    }
  }
  report.Checked(kUniqueCodes, absl::StrCat(by_code.size(), " codes"));
}

void CheckSteps(const RegisterRows& rows, const Present& present, Report& report) {
  const auto exists = [&](const std::string& id, int64_t day) {
    const auto found = present.units.find(id);
    if (found == present.units.end()) return false;
    for (const UnitRow* row : found->second) {
      if (row->first_day <= day && day < row->end_day) return true;
    }
    return false;
  };
  std::set<std::pair<std::string, int64_t>> leaves;   // Unit, and date of a step out of it.
  std::set<std::pair<std::string, int64_t>> arrives;  // Unit, and date of a step into it.
  int64_t steps = 0;
  for (const StepRow& step : rows.steps) {
    if (!step.belief.Holds()) continue;
    ++steps;
    leaves.emplace(step.source_id, step.day);
    arrives.emplace(step.target_id, step.day);
    const std::string name = absl::StrCat("the step from units/", step.source_id, " to units/",
                                          step.target_id, " on ", DayText(step.day));
    if (!exists(step.source_id, step.day - 1)) {
      report.Add(kSuccession, absl::StrCat(name, " begins at no unit of the day before"));
    }
    if (!exists(step.target_id, step.day)) {
      report.Add(kSuccession, absl::StrCat(name, " leads to no unit of the day"));
    }
  }
  int64_t ended = 0;
  for (const auto& [id, versions] : present.units) {
    const int64_t end = versions.back()->end_day;
    const int64_t first = versions.front()->first_day;
    if (end != kNoEndDay) ++ended;
    if (end != kNoEndDay && !leaves.contains({id, end})) {
      report.Add(kSuccession,
                 absl::StrCat("units/", id, " ends on ", DayText(end), " without successor"));
    }
    if (first > kDataBeginDay && !arrives.contains({id, first})) {
      report.Add(kSuccession,
                 absl::StrCat("units/", id, " begins on ", DayText(first), " out of nothing"));
    }
  }
  report.Checked(kSuccession, absl::StrCat(steps, " steps, ", ended, " ended units"));
}

using CenterKey = std::tuple<std::string, std::string, int64_t>;  // Province, center, first day.

}  // namespace

void CheckUnits(const RegisterRows& rows, Report& report) {
  const Present present = PresentOf(rows);
  CheckVersions(present, report);
  CheckParents(present, report);
  CheckCodes(present, report);
  CheckSteps(rows, present, report);
}

void CheckServed(const RegisterRows& rows, Report& report) {
  const Present present = PresentOf(rows);
  std::set<int64_t> days = {kReformDay};
  for (const int64_t day : present.days) {
    if (day > kReformDay) days.insert(day);
  }
  std::map<CenterKey, const CenterRow*> sites;
  for (const CenterRow& row : rows.centers) {
    if (!row.belief.Holds()) continue;
    if (row.first_day > kReformDay) days.insert(row.first_day);
    if (row.end_day > kReformDay && row.end_day != kNoEndDay) days.insert(row.end_day);
    if (row.state != kOperating) continue;
    sites[{row.province_code, row.id, row.first_day}] = &row;
  }
  std::map<std::string, std::vector<const CenterRow*>> serving;  // By unit.
  for (const ServedRow& row : rows.served) {
    const auto site = sites.find({row.province_code, row.center_id, row.first_day});
    if (row.belief.Holds() && site != sites.end()) serving[row.unit_id].push_back(site->second);
  }
  int64_t questions = 0;
  std::set<std::string> named;
  for (const int64_t day : days) {
    for (const auto& [id, unit] : AliveOn(present, day)) {
      if (unit->tier != kCommuneTier || unit->type == kUnassignedArea) continue;
      ++questions;
      bool served = false;
      for (const CenterRow* site : serving[id]) {
        served = served || (site->first_day <= day && day < site->end_day);
      }
      if (served || !named.insert(id).second) continue;
      report.Add(kServed, absl::StrCat("units/", id, " is served by no center on ", DayText(day)));
    }
  }
  report.Checked(kServed, absl::StrCat(questions, " communes on ", days.size(), " dates, ",
                                       sites.size(), " versions of centers"));
}

absl::StatusOr<Report> VerifyUnits(absl::string_view url) {
  ASSIGN_OR_RETURN(const RegisterRows rows, ReadRegisterRows(url));
  Report report;
  CheckUnits(rows, report);
  CheckChanges(rows, report);
  CheckServed(rows, report);
  CheckRecords(rows, report);
  CheckFeed(rows, report);
  return report;
}

}  // namespace twotier::verify
