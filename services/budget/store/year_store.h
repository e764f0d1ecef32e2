// Budget years of units that were closed, in parts. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_YEAR_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_YEAR_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"

namespace twotier::budget::store {

// Whose year.
struct UnitYear {
  std::string province_code = {};
  std::string unit = {};
  int budget_year = 0;
};

// One part of a closed year.
struct YearPart {
  int64_t ordinal = 0;       // From 1.
  std::string journal = {};  // Empty: nothing was left in its accounts.
  std::string act = {};
  std::string reopened_by = {};  // Empty: it stands.
  absl::Time closed = {};
};

absl::StatusOr<std::vector<YearPart>> LoadYearParts(db::Tx& tx, const UnitYear& year);
// Ids of the accounts of a part, in order.
absl::StatusOr<std::vector<std::string>> LoadYearAccounts(db::Tx& tx, const UnitYear& year,
                                                          int64_t ordinal);
absl::Status InsertYearPart(db::Tx& tx, const UnitYear& year, const YearPart& part,
                            const std::vector<std::string>& account_ids);
absl::Status ReopenYearPart(db::Tx& tx, const UnitYear& year, int64_t ordinal,
                            absl::string_view act);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_YEAR_STORE_H_
