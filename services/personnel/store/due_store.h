// What is to happen on a day, in the database. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_DUE_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_DUE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/db.h"

namespace twotier::personnel::store {

// Stored: never renumber.
enum class DueKind {
  kBegin = 1,      // An appointment begins; `subject` is its id.
  kEnd = 2,        // One ends.
  kAllowance = 3,  // An allowance falls; `subject` is `{unit}|{quota kind}`.
  kPostBegins = 4,
  kPostEnds = 5,
  kPlan = 6,   // A plan of reorganisation is in force; `subject` is its id.
  kGrant = 7,  // A planned grant is in force; `subject` as of kAllowance.
};
struct DueEffect {
  std::string province_code;
  absl::CivilDay day;
  DueKind kind = DueKind::kBegin;
  std::string subject;
  int64_t failures = 0;  // How often it was tried in vain.
};
absl::Status InsertDue(db::Tx& tx, const DueEffect& due);
// Nothing when it is not there.
absl::Status DeleteDue(db::Tx& tx, const DueEffect& due);
// At most `limit` that are due by `today` and do not stand aside at `now`, in order of day and
// province; ends come before beginnings of their day.
absl::StatusOr<std::vector<DueEffect>> ListDue(db::Tx& tx, absl::CivilDay today, absl::Time now,
                                               int limit);

// It was tried in vain, because of `reason`, and stands aside until `retry`. Nothing when it is not
// there.
absl::Status StandAside(db::Tx& tx, const DueEffect& due, absl::string_view reason,
                        absl::Time retry);
// It may be tried again at once: what stood against it is done.
absl::Status TryAgain(db::Tx& tx, const DueEffect& due);

// Effects that were tried in vain, and the day of the first one.
struct Failing {
  int64_t effects = 0;
  absl::CivilDay first_day;
};
absl::StatusOr<Failing> CountFailing(db::Tx& tx);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_DUE_STORE_H_
