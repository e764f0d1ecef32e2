#include "common/units/snapshot_state.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::units {
namespace {

// The migrations made the rows.
constexpr int64_t kAll = 1;
constexpr int64_t kUnits = 2;

constexpr db::Statement kCount{"units_count_change",
                               "UPDATE snapshot_state SET change = change + 1 WHERE id = $1"};
constexpr db::Statement kLoad{"units_load_change",
                              "SELECT change FROM snapshot_state WHERE id = $1"};

absl::StatusOr<int64_t> Load(db::Tx& tx, int64_t id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoad, {id}));
  if (rows.empty()) {
    return error::WithReason(absl::StatusCode::kDataLoss,
                             absl::StrCat("snapshot_state has no row ", id), "UNREADABLE_ROW");
  }
  return rows[0].Int(0);
}

}  // namespace

absl::Status CountChange(db::Tx& tx) { return tx.Write(kCount, {kAll}); }

absl::Status CountUnitsChange(db::Tx& tx) { return tx.Write(kCount, {kUnits}); }

absl::StatusOr<int64_t> LoadChange(db::Tx& tx) { return Load(tx, kAll); }

db::BoundStatement LoadChangeQuery() { return {kLoad, {kAll}, {}, /*shared=*/true}; }

absl::StatusOr<int64_t> LoadUnitsChange(db::Tx& tx) { return Load(tx, kUnits); }

}  // namespace twotier::units
