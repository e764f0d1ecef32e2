// Working days, from dated and versioned data.
//
// The base week is Monday to Friday (office week of administrative bodies, Decision
// 188/1999/QĐ-TTg). Entries make exceptions: holidays, days off in lieu, swapped days, make-up
// Saturdays; a province may have its own. A proposed day off does not count until it is decided,
// but whatever touches it is provisional. So is what touches a year that nothing was published for.
// Days are counted as days and never turned into hours.
#ifndef TWOTIER_COMMON_CALENDAR_CALENDAR_H_
#define TWOTIER_COMMON_CALENDAR_CALENDAR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace twotier::calendar {

enum class EntryKind {
  kStatutory,  // A public holiday.
  kInLieu,  // A day off for a holiday that falls on a weekend (Labour Code 2019, Article 111(3)).
  kSwappedOff,  // A working day off, worked on another day.
  kMakeupWork,  // A day of the weekend that is worked.
  kOrdinary,    // As the base week says: withdraws what was published earlier for the date.
  kProposed,    // A day off that was proposed and not decided.
};

// Kind by its name in data: "statutory", "in_lieu", "swapped_off", "makeup_work", "ordinary",
// "proposed".
std::optional<EntryKind> KindOf(absl::string_view name);

// One published fact about one date.
struct Entry {
  absl::CivilDay date = {};
  EntryKind kind = EntryKind::kStatutory;
  std::string province_code = {};  // Two digits; empty: the whole country.
  std::string name = {};
  std::string act = {};  // Where it stands.
  absl::CivilDay
      known_from;  // Day from which it was known. For one date and place the latest wins.
};

// A day that was computed.
struct DayResult {
  absl::CivilDay day = {};
  bool provisional = false;  // A date that is not decided lies on the way.

  friend bool operator==(const DayResult& a, const DayResult& b) {
    return a.day == b.day && a.provisional == b.provisional;
  }
};

// A number of days that was counted.
struct CountResult {
  int64_t days = 0;
  bool provisional = false;

  friend bool operator==(const CountResult& a, const CountResult& b) {
    return a.days == b.days && a.provisional == b.provisional;
  }
};

struct CalendarOptions {
  int first_year = 0;
  int last_year = 0;  // Included. Entries of other years are not looked at.
  // Years behind `last_year` that the calendar goes on for by the base week, with every day
  // undecided: days off are decided in the autumn before, and terms that reach them run already.
  int undecided_years = 0;
  // Only what was known on this day counts; absent: everything. Shows why an earlier answer
  // differed.
  std::optional<absl::CivilDay> known_on = std::nullopt;
};

// Immutable; thread-safe. Every method is O(1): it looks at prefix sums.
//
// A province without entries of its own has the national calendar. Its decision for a date replaces
// the national ones; its proposal leaves them standing. Every method that computes with
// a day outside the calendar answers FAILED_PRECONDITION `CALENDAR_ENDS` with metadata
// `calendar_begins` and `calendar_ends` (its last date).
class Calendar {
 public:
  // A calendar of more years is a slip of the pen.
  static constexpr int kYearsMax = 50;
  // No term of the law is longer than ten years.
  static constexpr int kTermDaysMax = 3660;

  // INVALID_ARGUMENT `MALFORMED_REQUEST` with a violation for every wrong entry (field
  // `entries[i].member`): two entries for one date and place known from the same day, a make-up day
  // that is worked anyway, a province code that is not two digits; or for wrong years.
  static absl::StatusOr<std::shared_ptr<const Calendar>> Build(const std::vector<Entry>& entries,
                                                               const CalendarOptions& options);

  absl::CivilDay first_day() const { return first_day_; }
  absl::CivilDay last_day() const { return last_day_; }  // With the undecided years.

  absl::StatusOr<bool> IsWorkingDay(absl::CivilDay day, absl::string_view province_code) const;

  // The first working day after `day`.
  absl::StatusOr<DayResult> NextWorkingDay(absl::CivilDay day,
                                           absl::string_view province_code) const;

  // `day` itself when it is a working day, else the next one.
  absl::StatusOr<DayResult> WorkingDayAtOrAfter(absl::CivilDay day,
                                                absl::string_view province_code) const;

  // The `count`-th working day after `day`. The day a term starts on is not counted (Civil Code
  // 2015, Article 147(2)), so 1 is the next working day. 0 is `day` itself, working or not.
  // INVALID_ARGUMENT: below 0 or above kTermDaysMax.
  absl::StatusOr<DayResult> AddWorkingDays(absl::CivilDay day, int count,
                                           absl::string_view province_code) const;

  // Working days of [from, to). INVALID_ARGUMENT when `to` is before `from`.
  absl::StatusOr<CountResult> WorkingDaysBetween(absl::CivilDay from, absl::CivilDay to,
                                                 absl::string_view province_code) const;

  // Working days of (after, until]: by how much a due date moves that stood still from `after` to
  // `until`.
  absl::StatusOr<CountResult> WorkingDaysAfterUntil(absl::CivilDay after, absl::CivilDay until,
                                                    absl::string_view province_code) const;

 private:
  // What is known of each date in one place.
  struct Table {
    std::vector<int32_t> working_before;    // [i]: working days of the first i days.
    std::vector<int32_t> undecided_before;  // [i]: undecided days of the first i days.
    std::vector<int32_t> working_days;      // Indexes of the working days, ascending.
  };

  Calendar(absl::CivilDay first_day, absl::CivilDay last_day)
      : first_day_(first_day), last_day_(last_day) {}

  const Table& TableOf(absl::string_view province_code) const;
  // Index of `day`; the day after the last one is allowed where `end_allowed`.
  absl::StatusOr<size_t> IndexOf(absl::CivilDay day, bool end_allowed) const;
  absl::Status Ends(absl::CivilDay day) const;
  // The n-th (from 1) working day at or after index `begin`.
  absl::StatusOr<DayResult> Nth(const Table& table, size_t begin, int64_t n) const;

  absl::CivilDay first_day_;
  absl::CivilDay last_day_;
  Table national_;
  absl::flat_hash_map<std::string, Table> provinces_;  // Those with entries of their own.
};

}  // namespace twotier::calendar

#endif  // TWOTIER_COMMON_CALENDAR_CALENDAR_H_
