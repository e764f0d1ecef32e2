// Until when the books of a province and year are closed.
//
// Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_PERIOD_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_PERIOD_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"

namespace twotier::budget::store {

// Nothing is entered in accounts of `year` with an effective date up to `through`.
struct PeriodRow {
  std::string province_code = {};
  int year = 0;
  absl::CivilDay through = {};
  std::string act = {};  // That closed it, or opened it again.
  int64_t version = 0;   // 0: it was never closed.
  std::string chain_hash = {};
};

// Those of a province, in order of the year.
absl::StatusOr<std::vector<PeriodRow>> LoadPeriods(db::Tx& tx, absl::string_view province_code);
// What LoadPeriods asks. Whoever closes a period while others post has closed it after them.
db::BoundStatement LoadPeriodsQuery(absl::string_view province_code);

// Stores `row`, whose version is one more than what is stored.
absl::Status PutPeriod(db::Tx& tx, const PeriodRow& row);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_PERIOD_STORE_H_
