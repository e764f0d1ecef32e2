#include "services/routing/store/snapshot_state.h"

#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::routing::store {
namespace {

constexpr int64_t kId = 1;  // The migration made the row.

constexpr db::Statement kCount{"routing_count_change",
                               "UPDATE snapshot_state SET change = change + 1 WHERE id = $1"};
constexpr db::Statement kLoad{"routing_load_change",
                              "SELECT change FROM snapshot_state WHERE id = $1"};

}  // namespace

absl::Status CountChange(db::Tx& tx) { return tx.Write(kCount, {kId}); }

absl::StatusOr<int64_t> LoadChange(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoad, {kId}));
  if (rows.empty()) {
    return error::WithReason(absl::StatusCode::kDataLoss, "snapshot_state has no row",
                             "UNREADABLE_ROW");
  }
  return rows[0].Int(0);
}

}  // namespace twotier::routing::store
