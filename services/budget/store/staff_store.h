// Rows of what personnel tells of staff. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_STAFF_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_STAFF_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"

namespace twotier::budget::store {

// Whose figure it is.
struct StaffKey {
  std::string province_code;
  std::string unit;        // `units/{unit_id}`.
  int64_t quota_kind = 0;  // Of personnel's contract.

  friend auto operator<=>(const StaffKey&, const StaffKey&) = default;
};

// Places that nobody has, and those that somebody has.
struct StaffFigure {
  int64_t vacant = 0;
  int64_t used = 0;

  friend bool operator==(const StaffFigure&, const StaffFigure&) = default;
};

struct StaffRow {
  StaffKey key;
  absl::CivilDay from;
  std::optional<StaffFigure> figure;  // Nothing: personnel tells nothing of it any more.
};

// The last row of each key up to a day, in order of the keys; an empty `province_code`: of the
// country.
absl::StatusOr<std::vector<StaffRow>> ListStaff(db::Tx& tx, absl::string_view province_code,
                                                absl::CivilDay day);
// Writes a row that is new, or is of the day of `before`, the key's last one.
absl::Status PutStaff(db::Tx& tx, const StaffRow& row, const StaffRow* before);

// Days on each of which personnel was heard.
struct HeardSpan {
  absl::CivilDay first;
  absl::CivilDay last;
};
// The last span that begins by `day`.
absl::StatusOr<std::optional<HeardSpan>> FindHeard(db::Tx& tx, absl::CivilDay day);
// Notes that personnel was heard on a day, after every earlier one.
absl::Status PutHeard(db::Tx& tx, absl::CivilDay day);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_STAFF_STORE_H_
