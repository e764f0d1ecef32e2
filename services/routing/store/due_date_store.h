// Which due dates rest on days that are not decided, and how far they were computed again. Errors
// of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_DUE_DATE_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_DUE_DATE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"

namespace twotier::routing::store {

// The calendar that was imported last; version 0: none was.
struct CalendarImport {
  int64_t version = 0;
  absl::Time imported;
};
absl::StatusOr<CalendarImport> LoadCalendarImport(db::Tx& tx);

// Up to which dossier of a province due dates were computed again for a version of the calendar.
struct CalendarMark {
  int64_t calendar_version = 0;
  int64_t pass = 0;
  std::string code;
};
absl::StatusOr<CalendarMark> LoadCalendarMark(db::Tx& tx, absl::string_view province_code);
absl::Status StoreCalendarMark(db::Tx& tx, absl::string_view province_code,
                               const CalendarMark& mark);

// Codes of dossiers behind `after_code` whose clock somebody holds and whose due date is
// provisional, in order, at most `limit`.
absl::StatusOr<std::vector<std::string>> FindProvisional(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         absl::string_view after_code, int limit);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_DUE_DATE_STORE_H_
