// Rows of allocation runs. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_ALLOCATION_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_ALLOCATION_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/budget/domain/law.h"

namespace twotier::budget::store {

// The numbers of AllocationRunState.
enum class RunState { kUnknown = 0, kCreated = 1, kApproved = 2, kPosted = 3 };

struct RunRow {
  std::string province_code = {};
  std::string run_id = {};
  std::string norm_set = {};  // Resource name.
  int64_t norm_set_version = 0;
  int64_t year = 0;
  absl::CivilDay as_of = {};
  RunState state = RunState::kCreated;
  int64_t units = 0;
  int64_t total_vnd = 0;
  int64_t assumed_inputs = 0;
  std::string inputs_sha256 = {};
  std::string creator = {};
  absl::Time create_time = {};
  std::string approver = {};
  std::string approval_act = {};
  Body approval_body = Body::kUnknown;  // Also of runs that were approved before it was asked.
  absl::CivilDay approval_day = {};
  absl::Time approve_time = absl::UnixEpoch();
  std::string journal = {};
  absl::Time post_time = absl::UnixEpoch();
  int64_t version = 1;
  std::string chain_hash = {};
};

// What a unit gets.
struct PartRow {
  std::string unit_code = {};
  std::string unit = {};
  std::string full_name = {};
  std::string province_code = {};  // That the unit lies in.
  int64_t amount_vnd = 0;
};

absl::StatusOr<std::optional<RunRow>> FindRun(db::Tx& tx, absl::string_view province_code,
                                              absl::string_view run_id);
// Those after `after_id`, in order of creation, at most `limit`; `year` 0: of any.
absl::StatusOr<std::vector<RunRow>> ListRuns(db::Tx& tx, absl::string_view province_code,
                                             int64_t year, absl::string_view after_id, int limit);
// In order of the unit codes.
absl::StatusOr<std::vector<PartRow>> ListParts(db::Tx& tx, absl::string_view province_code,
                                               absl::string_view run_id);
// Serialized AllocationPlan of a run that exists.
absl::StatusOr<std::string> LoadPlan(db::Tx& tx, absl::string_view province_code,
                                     absl::string_view run_id);

absl::Status InsertRun(db::Tx& tx, const RunRow& run, absl::string_view plan,
                       const std::vector<PartRow>& parts);
// Writes what approval and posting change; the stored version is `run.version` - 1.
absl::Status UpdateRun(db::Tx& tx, const RunRow& run);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_ALLOCATION_STORE_H_
