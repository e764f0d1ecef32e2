// The calendar that this service imports, and a count of its days one by one that the code under
// test has no part in.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_CLOCK_ORACLE_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_CLOCK_ORACLE_H_

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "common/clock.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

using Day = absl::CivilDay;

inline constexpr char kProvince[] = "48";

// The first three columns of the calendar this service imports: date, kind, province. They hold no
// quotes.
struct Fact {
  absl::CivilDay day;
  std::string kind;
};

inline std::vector<Fact> ReadFacts() {
  std::ifstream file("services/routing/data/calendar.csv");
  std::vector<Fact> facts;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, absl::MaxSplits(',', 3));
    absl::CivilDay day;
    if (cells.size() < 4 || !absl::ParseCivilTime(cells[0], &day)) continue;
    if (!cells[2].empty()) continue;  // A province's own day.
    facts.push_back({day, cells[1]});
  }
  return facts;
}

class Facts {
 public:
  Facts() : facts_(ReadFacts()) {
    std::vector<calendar::Entry> entries;
    for (const Fact& fact : facts_) {
      kinds_[fact.day] = fact.kind;
      const auto kind = calendar::KindOf(fact.kind);
      if (!kind) std::abort();
      entries.push_back({fact.day, *kind, "", "", "", absl::CivilDay(2020, 1, 1)});
    }
    calendar_ = calendar::Calendar::Build(entries, {.first_year = 2025, .last_year = 2027}).value();
  }

  const calendar::Calendar& calendar() const { return *calendar_; }
  size_t size() const { return facts_.size(); }

  // The oracle: one day looked at by itself.
  bool Works(absl::CivilDay day) const {
    const auto found = kinds_.find(day);
    if (found != kinds_.end() && found->second == "makeup_work") return true;
    if (found != kinds_.end() && found->second != "proposed") return false;
    const absl::Weekday weekday = absl::GetWeekday(day);
    return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
  }

 private:
  std::vector<Fact> facts_;
  std::map<absl::CivilDay, std::string> kinds_;
  std::shared_ptr<const calendar::Calendar> calendar_;
};

inline const Facts& National() {
  static const auto* const kFacts = new Facts();
  return *kFacts;
}

inline absl::Time At(absl::CivilDay day, int hour, int minute = 0) {
  return absl::FromCivil(day, VietnamTimeZone()) + absl::Hours(hour) + absl::Minutes(minute);
}

inline Term WorkingDays(int count) { return {count, false, TermUnit::kWorkingDay, std::nullopt}; }

// Counted day by day.
inline absl::CivilDay OracleAfter(absl::CivilDay day, int count) {
  while (count > 0) {
    ++day;
    if (National().Works(day)) --count;
  }
  return day;
}

// The day an answer counts on, looked for day by day; and a reception, where there is a cut-off.
inline absl::CivilDay OracleCountsOn(absl::CivilDay day, int minute, int closes) {
  if (minute > closes) ++day;
  while (!National().Works(day)) ++day;
  return day;
}

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_CLOCK_ORACLE_H_
