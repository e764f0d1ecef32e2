// The checks of changes of units by law.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/verify/verify_units.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kShares = "shares";
constexpr absl::string_view kChanges = "changes";
constexpr int64_t kAll = 1'000'000;

using UnitOnDay = std::pair<std::string, int64_t>;

// ---- Shares

// What is wrong with the shares of all parts of a unit; empty when nothing is.
std::string SharesProblem(const std::vector<std::optional<int64_t>>& shares) {
  int64_t sum = 0;
  size_t known = 0;
  for (const std::optional<int64_t>& share : shares) {
    if (!share.has_value()) continue;
    ++known;
    sum += *share;
    if (*share < 0) return "are not all positive";
  }
  if (known == 0) return "";
  if (known < shares.size()) return "are known in part";
  return sum == kAll ? "" : absl::StrCat("add up to ", sum);
}

void CheckShares(const RegisterRows& rows, Report& report) {
  std::map<UnitOnDay, std::vector<const StepRow*>> divisions;
  for (const StepRow& step : rows.steps) {
    if (step.belief.Holds()) divisions[{step.source_id, step.day}].push_back(&step);
  }
  for (const auto& [division, steps] : divisions) {
    std::vector<std::optional<int64_t>> people;
    std::vector<std::optional<int64_t>> area;
    for (const StepRow* step : steps) {
      people.push_back(step->population_ppm);
      area.push_back(step->area_ppm);
    }
    for (const auto& [of, shares] : {std::pair("people", &people), std::pair("area", &area)}) {
      const std::string problem = SharesProblem(*shares);
      if (problem.empty()) continue;
      report.Add(kShares, absl::StrCat("the shares of the ", of, " of units/", division.first,
                                       " on ", DayText(division.second), " ", problem));
    }
  }
  report.Checked(kShares, absl::StrCat(divisions.size(), " units and dates"));
}

// ---- Changes

// What is believed now, by what changes on which day.
struct Present {
  std::map<std::string, std::vector<const UnitRow*>> units;  // Versions by date.
  std::set<std::tuple<std::string, std::string, int64_t>> steps;
  std::set<UnitOnDay> leaves;                 // Source and date of every step.
  std::map<std::string, std::string> served;  // A center that serves it, by unit.
};

Present PresentOf(const RegisterRows& rows) {
  Present present;
  for (const UnitRow& row : rows.units) {
    if (row.belief.Holds()) present.units[row.id].push_back(&row);
  }
  for (const StepRow& row : rows.steps) {
    if (!row.belief.Holds()) continue;
    present.steps.emplace(row.source_id, row.target_id, row.day);
    present.leaves.emplace(row.source_id, row.day);
  }
  for (const ServedRow& row : rows.served) {
    if (row.belief.Holds()) present.served[row.unit_id] = row.center_id;
  }
  return present;
}

bool BeginsOn(const Present& present, const std::string& id, int64_t day) {
  const auto found = present.units.find(id);
  return found != present.units.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const UnitRow* row) { return row->first_day == day; });
}

int64_t FirstDay(const Present& present, const std::string& id) {
  const auto found = present.units.find(id);
  return found == present.units.end() ? kNoEndDay : found->second.front()->first_day;
}

int64_t EndDay(const Present& present, const std::string& id) {
  const auto found = present.units.find(id);
  return found == present.units.end() ? 0 : found->second.back()->end_day;
}

class ChangeChecker {
 public:
  ChangeChecker(const RegisterRows& rows, Report& report)
      : rows_(rows), present_(PresentOf(rows)), report_(report) {
    for (const ChangeEdgeRow& edge : rows.change_edges) edges_[edge.event_id].push_back(&edge);
    for (const ChangeRow& change : rows.changes) {
      if (!change.belief.Holds() || change.cancelled) continue;
      for (const ChangeEdgeRow* edge : edges_[change.id]) {
        touched_.emplace(edge->source_id, change.day);
        touched_.emplace(edge->target_id, change.day);
      }
    }
  }

  void Run() {
    int64_t changes = 0;
    for (const ChangeRow& change : rows_.changes) {
      if (!change.belief.Holds()) continue;
      ++changes;
      for (const ChangeEdgeRow* edge : edges_[change.id]) {
        change.cancelled ? CheckCancelled(change, *edge) : CheckRecorded(change, *edge);
      }
      if (!change.cancelled && !change.caretaker_id.empty() &&
          !present_.units.contains(change.caretaker_id)) {
        Add(change,
            absl::StrCat("leaves things to units/", change.caretaker_id, ", which never was"));
      }
    }
    report_.Checked(kChanges,
                    absl::StrCat(changes, " changes, ", rows_.change_edges.size(), " edges"));
  }

 private:
  void Add(const ChangeRow& change, const std::string& what) {
    report_.Add(kChanges,
                absl::StrCat("changeEvents/", change.id, " of ", DayText(change.day), " ", what));
  }

  void CheckRecorded(const ChangeRow& change, const ChangeEdgeRow& edge) {
    int64_t out = 0;
    bool goes_on = false;
    for (const ChangeEdgeRow* other : edges_[change.id]) {
      if (other->source_id != edge.source_id) continue;
      ++out;
      goes_on = goes_on || other->target_id == edge.source_id;
    }
    const std::string target = absl::StrCat("units/", edge.target_id);
    if (edge.target_founded && FirstDay(present_, edge.target_id) != change.day) {
      Add(change, absl::StrCat("founds ", target, ", which does not begin then"));
    } else if (!BeginsOn(present_, edge.target_id, change.day)) {
      Add(change, absl::StrCat("leads to ", target, ", of which no version begins then"));
    }
    if (!goes_on && EndDay(present_, edge.source_id) != change.day) {
      Add(change, absl::StrCat("ends units/", edge.source_id, ", which does not end then"));
    }
    // Where a unit goes on as a whole its version says so, and there is no step.
    const bool whole = edge.source_id == edge.target_id && out == 1;
    if (!whole && !present_.steps.contains({edge.source_id, edge.target_id, change.day})) {
      Add(change,
          absl::StrCat("leads from units/", edge.source_id, " to ", target, " without a step"));
    }
  }

  void CheckCancelled(const ChangeRow& change, const ChangeEdgeRow& edge) {
    const std::string target = absl::StrCat("units/", edge.target_id);
    if (edge.target_founded && present_.units.contains(edge.target_id)) {
      Add(change, absl::StrCat("was cancelled, and left ", target, " behind"));
    }
    const auto served = present_.served.find(edge.target_id);
    if (edge.target_founded && served != present_.served.end()) {
      Add(change, absl::StrCat("was cancelled, and left ", target, " to center ", served->second));
    }
    if (touched_.contains({edge.source_id, change.day})) return;  // By another one of that date.
    if (present_.leaves.contains({edge.source_id, change.day})) {
      Add(change, absl::StrCat("was cancelled, and left a step out of units/", edge.source_id));
    }
    if (BeginsOn(present_, edge.source_id, change.day) ||
        EndDay(present_, edge.source_id) == change.day) {
      Add(change, absl::StrCat("was cancelled, and units/", edge.source_id, " still changes then"));
    }
  }

  const RegisterRows& rows_;
  const Present present_;
  Report& report_;
  std::map<std::string, std::vector<const ChangeEdgeRow*>> edges_;  // By event.
  std::set<UnitOnDay> touched_;  // Units that a change which stands touches, and its date.
};

}  // namespace

void CheckChanges(const RegisterRows& rows, Report& report) {
  CheckShares(rows, report);
  ChangeChecker(rows, report).Run();
}

}  // namespace twotier::verify
