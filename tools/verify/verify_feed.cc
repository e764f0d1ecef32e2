// The checks of records and feed.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/verify/event_chain.h"
#include "tools/verify/feed_positions.h"
#include "tools/verify/verify_units.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kRecordVersions = "record versions";
constexpr absl::string_view kEventChain = "event chain";
constexpr absl::string_view kPositions = "positions";

// ---- Records

struct Stretch {
  int64_t first_day = 0;
  int64_t end_day = 0;
  Belief belief;
};

// What one record wrote.
struct Record {
  std::vector<Stretch> stretches;  // Of units and centers: what must be whole at every version.
  std::vector<Belief> parts;       // Of its steps and served units.
};

// What is wrong with the versions of a record that has `versions` events; empty when nothing is.
std::string VersionsProblem(const Record& record, int64_t versions) {
  std::set<int64_t> touched;
  std::vector<Belief> all = record.parts;
  for (const Stretch& stretch : record.stretches) all.push_back(stretch.belief);
  for (const Belief& belief : all) {
    touched.insert(belief.since);
    if (!belief.Holds()) touched.insert(belief.until);
    if (belief.since < 1 || belief.until <= belief.since || belief.since > versions ||
        (!belief.Holds() && belief.until > versions)) {
      return absl::StrCat("has a row of versions ", belief.since, " to ", belief.until, ", but ",
                          versions, " events");
    }
  }
  for (int64_t version = 1; version <= versions; ++version) {
    if (!touched.contains(version)) {
      return absl::StrCat("has an event of version ", version, " that wrote nothing");
    }
  }
  return "";
}

// What is wrong with what was believed at `version`; empty when nothing is. Centers may pause.
std::string HistoryProblem(const Record& record, int64_t version, bool may_pause) {
  const Stretch* before = nullptr;
  for (const Stretch& stretch : record.stretches) {  // In order of their first day.
    if (!stretch.belief.At(version)) continue;
    if (before != nullptr && stretch.first_day < before->end_day) {
      return absl::StrCat("has two rows on ", DayText(stretch.first_day), " at version ", version);
    }
    if (before != nullptr && !may_pause && before->end_day < stretch.first_day) {
      return absl::StrCat("has no row on ", DayText(before->end_day), " at version ", version);
    }
    before = &stretch;
  }
  // A unit that was founded by a change which was then cancelled never existed.
  if (before != nullptr || version > 1) return "";
  return "has no row at version 1";
}

void CheckRecord(const std::string& subject, const Record& record, int64_t versions,
                 Report& report) {
  std::string problem = VersionsProblem(record, versions);
  const bool may_pause = absl::StrContains(subject, "/centers/");
  for (int64_t version = 1; version <= versions && problem.empty(); ++version) {
    problem = HistoryProblem(record, version, may_pause);
  }
  if (!problem.empty()) report.Add(kRecordVersions, absl::StrCat(subject, " ", problem));
}

std::string CenterSubject(const std::string& province_code, const std::string& id) {
  return absl::StrCat("provinces/", province_code, "/centers/", id);
}

// ---- Feed

void CheckChains(const RegisterRows& rows, Report& report) {
  const EventRow* before = nullptr;
  int64_t subjects = 0;
  for (const EventRow& event : rows.events) {
    if (before != nullptr &&
        (before->subject != event.subject || before->province_code != event.province_code)) {
      before = nullptr;
    }
    if (before == nullptr) ++subjects;
    const std::string problem = ChainProblem(event, before);
    if (!problem.empty()) report.Add(kEventChain, absl::StrCat(event.subject, " ", problem));
    if (before != nullptr && event.position.has_value() &&
        (!before->position.has_value() || *event.position < *before->position)) {
      report.Add(kPositions, absl::StrCat(event.subject, " has version ", event.version,
                                          " before the one before it"));
    }
    before = &event;
  }
  report.Checked(kEventChain,
                 absl::StrCat(rows.events.size(), " events of ", subjects, " subjects"));
}

void CheckPositions(const RegisterRows& rows, Report& report) {
  std::vector<const EventRow*> numbered;
  for (const EventRow& event : rows.events) {
    if (event.position.has_value()) numbered.push_back(&event);
  }
  std::sort(numbered.begin(), numbered.end(),
            [](const EventRow* a, const EventRow* b) { return *a->position < *b->position; });
  FeedPositions positions;
  for (const EventRow* event : numbered) {
    positions.Take(
        {*event->position, event->group_id, event->known_us.value_or(0), event->last_of_group},
        report);
  }
  positions.Finish(rows.head_position, rows.head_known_us,
                   static_cast<int64_t>(rows.events.size() - numbered.size()), report);
}

}  // namespace

void CheckRecords(const RegisterRows& rows, Report& report) {
  std::map<std::string, Record> records;
  for (const UnitRow& row : rows.units) {
    records[absl::StrCat("units/", row.id)].stretches.push_back(
        {row.first_day, row.end_day, row.belief});
  }
  for (const StepRow& row : rows.steps) {
    records[absl::StrCat("units/", row.source_id)].parts.push_back(row.belief);
  }
  for (const CenterRow& row : rows.centers) {
    records[CenterSubject(row.province_code, row.id)].stretches.push_back(
        {row.first_day, row.end_day, row.belief});
  }
  for (const ServedRow& row : rows.served) {
    records[CenterSubject(row.province_code, row.center_id)].parts.push_back(row.belief);
  }
  std::map<std::string, int64_t> versions;
  for (const EventRow& event : rows.events) {
    int64_t& last = versions[event.subject];
    last = std::max(last, event.version);
    if ((absl::StartsWith(event.subject, "units/") ||
         absl::StrContains(event.subject, "/centers/")) &&
        event.version == 1 && !records.contains(event.subject)) {
      report.Add(kRecordVersions, absl::StrCat(event.subject, " has events and no rows"));
    }
  }
  for (const auto& [subject, record] : records) {
    CheckRecord(subject, record, versions[subject], report);
  }
  report.Checked(kRecordVersions,
                 absl::StrCat(records.size(), " records, ", rows.units.size(), " rows of units, ",
                              rows.centers.size(), " of centers"));
}

void CheckFeed(const RegisterRows& rows, Report& report) {
  CheckChains(rows, report);
  CheckPositions(rows, report);
}

}  // namespace twotier::verify
