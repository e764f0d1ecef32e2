// Credit lines. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_CREDIT_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_CREDIT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "services/budget/domain/credit_line.h"

namespace twotier::budget::store {

struct CreditRow {
  std::string province_code = {};
  std::string id = {};
  std::string unit = {};
  int budget_year = 0;
  CreditKind kind = CreditKind::kUnknown;
  int month = 0;
  int64_t limit_vnd = 0;
  int64_t legal_max_vnd = 0;
  int64_t drawn_vnd = 0;
  int64_t repaid_vnd = 0;
  absl::CivilDay last_day = {};
  std::string account_id = {};
  std::string source_account_id = {};
  bool closed = false;
  bool moved = false;  // Its unit ended: lines of those who follow go on with it.
  std::string act = {};
  int64_t version = 1;
  std::string chain_hash = {};
};

absl::StatusOr<std::optional<CreditRow>> FindCredit(db::Tx& tx, absl::string_view province_code,
                                                    absl::string_view credit_id);
// Those of a budget year after `after_id`, in order of id; of one unit, or of all when it is empty.
absl::StatusOr<std::vector<CreditRow>> ListCredits(db::Tx& tx, absl::string_view province_code,
                                                   int budget_year, absl::string_view unit,
                                                   absl::string_view after_id, int limit);
// Those of a unit that have not moved, in order of id.
absl::StatusOr<std::vector<CreditRow>> ListCreditsOf(db::Tx& tx, absl::string_view province_code,
                                                     absl::string_view unit);
absl::Status InsertCredit(db::Tx& tx, const CreditRow& row);
// Stores what changes: amounts, closed, moved, version and hash; the version is one more than the
// stored.
absl::Status UpdateCredit(db::Tx& tx, const CreditRow& row);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_CREDIT_STORE_H_
