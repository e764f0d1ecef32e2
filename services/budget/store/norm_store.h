// Rows of norm sets. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_NORM_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_NORM_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"

namespace twotier::budget::store {

struct NormSetRow {
  std::string province_code = {};
  std::string norm_set_id = {};
  int64_t version = 1;
  std::string content = {};  // Serialized NormSetContent; in lists its head.
  std::string publisher = {};
  absl::Time publish_time = {};
  std::string chain_hash = {};
};

// `version` 0: the last one.
absl::StatusOr<std::optional<NormSetRow>> FindNormSet(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view norm_set_id,
                                                      int64_t version);

absl::Status InsertNormSet(db::Tx& tx, const NormSetRow& row, absl::string_view head);

// Those after (id, version), in that order, at most `limit`; `content` is the head.
absl::StatusOr<std::vector<NormSetRow>> ListNormSets(db::Tx& tx, absl::string_view province_code,
                                                     absl::string_view after_id,
                                                     int64_t after_version, int limit);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_NORM_STORE_H_
