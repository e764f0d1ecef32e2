// Works out when dossiers are due, day by day, from the calendars that were imported: the rules of
// docs/clock.md once more, without the service's code and without its prefix sums.
#ifndef TWOTIER_TOOLS_VERIFY_DUE_DATES_H_
#define TWOTIER_TOOLS_VERIFY_DUE_DATES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/verify/dossier_rows.h"

namespace twotier::verify {

// The working days of one imported calendar. Days count from 1970-01-01.
class WorkingDays {
 public:
  // INVALID_ARGUMENT for a file that is no calendar.
  static absl::StatusOr<WorkingDays> Read(absl::string_view content);

  bool Works(const std::string& province_code, int64_t day) const;
  // The `count`-th working day behind `day`; 0 is `day` itself.
  int64_t Behind(const std::string& province_code, int64_t day, int64_t count) const;
  // `day` itself when it is one.
  int64_t AtOrBehind(const std::string& province_code, int64_t day) const;
  // Whether one of the days from `first` to `last` is not decided: a day off is proposed, or no
  // row is of its year or of a later one.
  bool Undecided(const std::string& province_code, int64_t first, int64_t last) const;

 private:
  // What was decided for a day: nothing, that it is as every week, or that it is worked or not.
  struct Decision {
    bool decided = false;
    std::optional<bool> works;
  };
  bool Decides(const std::string& place, int64_t day) const;

  std::map<std::string, std::map<int64_t, Decision>> places_;  // "" is the whole country.
  std::map<std::string, std::set<int64_t>> proposed_;  // Days off, by place, that wait for it.
  int64_t last_day_ = 0;                               // Of the last year that a row is of.
};

// Checks the due dates of timelines. Not thread-safe.
class DueDates {
 public:
  // Takes in an imported calendar; they come in the order of their versions. False: it is
  // unreadable.
  bool Add(const CalendarRow& row);

  // Where an entry of `dossier` says another due date than the rules give, or that its row is
  // marked provisional though it rests on decided days alone, or not though it does not; empty:
  // neither.
  std::string Problem(const DossierRow& dossier) const;

 private:
  struct Imported {
    int64_t imported_us = 0;
    WorkingDays days;
  };
  std::vector<Imported> calendars_;
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_DUE_DATES_H_
