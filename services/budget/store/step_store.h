// Steps of the legal year that were done. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_STEP_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_STEP_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/budget/domain/budget_year.h"

namespace twotier::budget::store {

struct StepRow {
  std::string province_code = {};
  int budget_year = 0;
  std::string unit = {};  // Empty: the province itself, or the nation.
  StepKey key = {};
  int64_t version = 1;
  Body body = Body::kUnknown;
  absl::CivilDay day = {};
  std::string act = {};
  std::string act_title = {};
  absl::Time recorded = {};
  std::string chain_hash = {};  // Of its event.
};

// The newest version of each step of one unit.
absl::StatusOr<std::vector<StepRow>> LoadSteps(db::Tx& tx, absl::string_view province_code,
                                               int budget_year, absl::string_view unit);
// The same of the province itself and all of its units.
absl::StatusOr<std::vector<StepRow>> LoadProvinceSteps(db::Tx& tx, absl::string_view province_code,
                                                       int budget_year);

// Adds a version; the one before is the newest no more.
absl::Status InsertStep(db::Tx& tx, const StepRow& row);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_STEP_STORE_H_
