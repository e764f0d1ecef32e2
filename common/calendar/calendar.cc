#include "common/calendar/calendar.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::calendar {
namespace {

// What the entries of one date and place amount to.
struct DateState {
  bool decided = false;         // Something but a proposal was published.
  std::optional<bool> working;  // Absent: as the base week says.
  bool undecided = false;
};

// By index of the date; ordered, so that what is built does not depend on the order of the entries.
using DateStates = std::map<int64_t, DateState>;
using EntriesByDate = std::map<int64_t, std::vector<const Entry*>>;

bool IsBaseWorkingDay(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

DateState StateOf(std::vector<const Entry*> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->known_from < b->known_from; });
  DateState state;
  for (const Entry* entry : entries) {
    // A proposal leaves standing what was decided before it.
    state.undecided = entry->kind == EntryKind::kProposed;
    if (entry->kind == EntryKind::kProposed) continue;
    state.decided = true;
    if (entry->kind == EntryKind::kOrdinary) {
      state.working.reset();
    } else {
      state.working = entry->kind == EntryKind::kMakeupWork;
    }
  }
  return state;
}

// `own` of a province over what stands for the whole country. A decision of its own replaces the
// national ones; its mere proposal leaves them standing and makes the date undecided.
DateState Over(const DateState& national, const DateState& own) {
  if (own.decided) return own;
  DateState state = national;
  state.undecided = state.undecided || own.undecided;
  return state;
}

void CheckEntry(const Entry& entry, size_t i, error::Violations& violations) {
  const std::string field = absl::StrCat("entries[", i, "]");
  const std::string& code = entry.province_code;
  if (!code.empty() &&
      (code.size() != 2 || !absl::ascii_isdigit(code[0]) || !absl::ascii_isdigit(code[1]))) {
    violations.Add(field + ".province_code",
                   absl::StrCat("province code \"", code, "\" is not two digits"));
  }
  if (entry.kind == EntryKind::kMakeupWork && IsBaseWorkingDay(entry.date)) {
    violations.Add(field + ".kind",
                   absl::StrCat(absl::FormatCivilTime(entry.date),
                                " is worked anyway and cannot make up for another day"));
  }
}

void CheckDuplicates(const std::vector<Entry>& entries, error::Violations& violations) {
  std::map<std::tuple<absl::CivilDay, std::string, absl::CivilDay>, size_t> seen;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    const auto [other, fresh] =
        seen.try_emplace({entry.date, entry.province_code, entry.known_from}, i);
    if (fresh) continue;
    violations.Add(absl::StrCat("entries[", i, "].date"),
                   absl::StrCat(absl::FormatCivilTime(entry.date), " stands in entries[",
                                other->second, "] too, known from the same day"));
  }
}

absl::Status Check(const std::vector<Entry>& entries, const CalendarOptions& options) {
  error::Violations violations;
  if (options.first_year < 1900 || options.first_year > options.last_year ||
      options.undecided_years < 0 ||
      options.last_year + options.undecided_years - options.first_year >= Calendar::kYearsMax) {
    violations.Add("last_year",
                   absl::StrCat("years ", options.first_year, " to ", options.last_year, " and ",
                                options.undecided_years, " undecided ones are not 1 to ",
                                Calendar::kYearsMax, " years from 1900 on"));
  }
  for (size_t i = 0; i < entries.size(); ++i) CheckEntry(entries[i], i, violations);
  CheckDuplicates(entries, violations);
  return violations.ToStatus();
}

}  // namespace

std::optional<EntryKind> KindOf(absl::string_view name) {
  static constexpr struct {
    absl::string_view name;
    EntryKind kind;
  } kKinds[] = {{"statutory", EntryKind::kStatutory},    {"in_lieu", EntryKind::kInLieu},
                {"swapped_off", EntryKind::kSwappedOff}, {"makeup_work", EntryKind::kMakeupWork},
                {"ordinary", EntryKind::kOrdinary},      {"proposed", EntryKind::kProposed}};
  for (const auto& known : kKinds) {
    if (known.name == name) return known.kind;
  }
  return std::nullopt;
}

absl::StatusOr<std::shared_ptr<const Calendar>> Calendar::Build(const std::vector<Entry>& entries,
                                                                const CalendarOptions& options) {
  RETURN_IF_ERROR(Check(entries, options));
  const absl::CivilDay last_published(options.last_year, 12, 31);
  std::shared_ptr<Calendar> calendar(
      new Calendar(absl::CivilDay(options.first_year, 1, 1),
                   absl::CivilDay(options.last_year + options.undecided_years, 12, 31)));
  const int64_t days = calendar->last_day_ - calendar->first_day_ + 1;
  const int64_t published_days = last_published - calendar->first_day_ + 1;

  std::map<std::string, EntriesByDate> by_place;
  for (const Entry& entry : entries) {
    const int64_t index = entry.date - calendar->first_day_;
    const bool known = !options.known_on.has_value() || entry.known_from <= *options.known_on;
    if (index >= 0 && index < published_days && known) {
      by_place[entry.province_code][index].push_back(&entry);
    }
  }
  const auto states_of = [](const EntriesByDate& place) {
    DateStates states;
    for (const auto& [index, of_date] : place) states[index] = StateOf(of_date);
    return states;
  };
  const auto table_of = [&](const DateStates& states) {
    Table table;
    table.working_before.reserve(days + 1);
    table.undecided_before.reserve(days + 1);
    table.working_before.push_back(0);
    table.undecided_before.push_back(0);
    for (int64_t i = 0; i < days; ++i) {
      const auto found = states.find(i);
      const DateState state = found == states.end() ? DateState{} : found->second;
      const bool working = state.working.value_or(IsBaseWorkingDay(calendar->first_day_ + i));
      if (working) table.working_days.push_back(static_cast<int32_t>(i));
      table.working_before.push_back(static_cast<int32_t>(table.working_days.size()));
      const bool undecided = state.undecided || i >= published_days;
      table.undecided_before.push_back(table.undecided_before.back() + (undecided ? 1 : 0));
    }
    return table;
  };

  const DateStates national = states_of(by_place[""]);
  calendar->national_ = table_of(national);
  for (const auto& [province_code, place] : by_place) {
    if (province_code.empty()) continue;
    DateStates states = national;
    for (const auto& [index, own] : states_of(place)) states[index] = Over(states[index], own);
    calendar->provinces_.emplace(province_code, table_of(states));
  }
  return std::shared_ptr<const Calendar>(std::move(calendar));
}

const Calendar::Table& Calendar::TableOf(absl::string_view province_code) const {
  const auto found = provinces_.find(province_code);
  return found == provinces_.end() ? national_ : found->second;
}

absl::Status Calendar::Ends(absl::CivilDay day) const {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("the calendar knows ", absl::FormatCivilTime(first_day_),
                                        " to ", absl::FormatCivilTime(last_day_), "; asked for ",
                                        absl::FormatCivilTime(day), " and on"),
                           "CALENDAR_ENDS",
                           {{"calendar_begins", absl::FormatCivilTime(first_day_)},
                            {"calendar_ends", absl::FormatCivilTime(last_day_)}});
}

absl::StatusOr<size_t> Calendar::IndexOf(absl::CivilDay day, bool end_allowed) const {
  if (day < first_day_ || day > last_day_ + (end_allowed ? 1 : 0)) return Ends(day);
  return static_cast<size_t>(day - first_day_);
}

absl::StatusOr<DayResult> Calendar::Nth(const Table& table, size_t begin, int64_t n) const {
  const int64_t wanted = table.working_before[begin] + n - 1;
  if (wanted >= static_cast<int64_t>(table.working_days.size())) {
    return Ends(first_day_ + static_cast<int64_t>(begin));
  }
  const int32_t index = table.working_days[wanted];
  return DayResult{
      .day = first_day_ + index,
      .provisional = table.undecided_before[index + 1] > table.undecided_before[begin]};
}

absl::StatusOr<bool> Calendar::IsWorkingDay(absl::CivilDay day,
                                            absl::string_view province_code) const {
  ASSIGN_OR_RETURN(const size_t i, IndexOf(day, /*end_allowed=*/false));
  const Table& table = TableOf(province_code);
  return table.working_before[i + 1] > table.working_before[i];
}

absl::StatusOr<DayResult> Calendar::NextWorkingDay(absl::CivilDay day,
                                                   absl::string_view province_code) const {
  return AddWorkingDays(day, 1, province_code);
}

absl::StatusOr<DayResult> Calendar::WorkingDayAtOrAfter(absl::CivilDay day,
                                                        absl::string_view province_code) const {
  ASSIGN_OR_RETURN(const size_t i, IndexOf(day, /*end_allowed=*/false));
  return Nth(TableOf(province_code), i, 1);
}

absl::StatusOr<DayResult> Calendar::AddWorkingDays(absl::CivilDay day, int count,
                                                   absl::string_view province_code) const {
  if (count < 0 || count > kTermDaysMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("a term of ", count, " days is not 0 to ", kTermDaysMax));
  }
  ASSIGN_OR_RETURN(const size_t i, IndexOf(day, /*end_allowed=*/false));
  if (count == 0) return DayResult{.day = day};
  return Nth(TableOf(province_code), i + 1, count);
}

absl::StatusOr<CountResult> Calendar::WorkingDaysBetween(absl::CivilDay from, absl::CivilDay to,
                                                         absl::string_view province_code) const {
  if (to < from) {
    return absl::InvalidArgumentError(
        absl::StrCat(absl::FormatCivilTime(to), " is before ", absl::FormatCivilTime(from)));
  }
  ASSIGN_OR_RETURN(const size_t begin, IndexOf(from, /*end_allowed=*/true));
  ASSIGN_OR_RETURN(const size_t end, IndexOf(to, /*end_allowed=*/true));
  const Table& table = TableOf(province_code);
  return CountResult{.days = table.working_before[end] - table.working_before[begin],
                     .provisional = table.undecided_before[end] > table.undecided_before[begin]};
}

absl::StatusOr<CountResult> Calendar::WorkingDaysAfterUntil(absl::CivilDay after,
                                                            absl::CivilDay until,
                                                            absl::string_view province_code) const {
  if (until < after) {
    return absl::InvalidArgumentError(
        absl::StrCat(absl::FormatCivilTime(until), " is before ", absl::FormatCivilTime(after)));
  }
  return WorkingDaysBetween(after + 1, until + 1, province_code);
}

}  // namespace twotier::calendar
