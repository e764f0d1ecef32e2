#include "services/budget/domain/execution.h"

#include <limits>

#include "common/errors.h"

namespace twotier::budget {

RowKey Execution::RowOf(const AccountKey& key, int month) const {
  RowKey row;
  if (grouping_.unit) row.unit = key.unit;
  if (grouping_.chapter) row.line.chapter = key.line.chapter;
  if (grouping_.item) row.line.item = key.line.item;
  if (grouping_.sub_item) row.line.sub_item = key.line.sub_item;
  if (grouping_.source) row.line.source = key.line.source;
  if (grouping_.purpose) row.purpose = key.purpose;
  if (grouping_.month) row.month = month;
  return row;
}

void Execution::Add(const AccountKey& key, const ledger::Totals& totals, int month) {
  const RowKey row = RowOf(key, month);
  const int64_t balance = totals.credits_posted - totals.debits_posted;
  switch (key.stage) {
    case Stage::kApproved:
      rows_[row].approved += balance;
      break;
    case Stage::kAllocated:
      rows_[row].left += balance;
      rows_[row].held += totals.debits_pending;
      break;
    case Stage::kSettled:
      rows_[row].settled += balance;
      [[fallthrough]];
    case Stage::kPaid:
      rows_[row].paid += balance;
      break;
    default:
      break;  // Not yet decided, on its way, or no longer to be spent (AddEnded).
  }
}

void Execution::AddEnded(const AccountKey& key, int64_t amount_vnd, int month) {
  Sums& sums = rows_[RowOf(key, month)];
  (key.stage == Stage::kCancelled ? sums.lapsed : sums.carried) += amount_vnd;
}

absl::int128 Execution::PaidIn(const RowKey& key) const {
  const auto row = rows_.find(key);
  const absl::int128 until = row == rows_.end() ? absl::int128(0) : row->second.paid;
  if (key.month <= 1) return until;
  RowKey before = key;
  --before.month;
  const auto earlier = rows_.find(before);
  return earlier == rows_.end() ? until : until - earlier->second.paid;
}

std::optional<int64_t> PaidPpm(const Sums& sums) {
  if (sums.allocated() <= 0) return std::nullopt;
  return static_cast<int64_t>(sums.paid * 1'000'000 / sums.allocated());
}

absl::StatusOr<int64_t> Amount(absl::int128 sum) {
  if (sum >= std::numeric_limits<int64_t>::min() && sum <= std::numeric_limits<int64_t>::max()) {
    return static_cast<int64_t>(sum);
  }
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "the sum of the accounts leaves 64 bits", "AMOUNT_OVERFLOW");
}

}  // namespace twotier::budget
