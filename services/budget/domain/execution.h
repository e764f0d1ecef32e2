// How far a budget is spent: balances added up by any of the things that tell accounts apart.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_EXECUTION_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_EXECUTION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"
#include "services/budget/domain/account.h"

namespace twotier::budget {

// What rows are told apart by.
struct Grouping {
  bool unit = false;
  bool chapter = false;
  bool item = false;
  bool sub_item = false;
  bool source = false;
  bool purpose = false;
  bool month = false;
};

// A row's place: what is not told apart is empty, or 0.
struct RowKey {
  std::string unit = {};
  Line line = {};
  std::string purpose = {};
  int month = 0;

  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

// Sums of many accounts; each may leave 64 bits where their balances do not.
struct Sums {
  absl::int128 approved = 0;
  absl::int128 left = 0;  // Allocated, and neither taken back nor paid nor ended with the year.
  absl::int128 held = 0;
  absl::int128 paid = 0;  // Up to the day, settled or not.
  absl::int128 settled = 0;
  absl::int128 lapsed = 0;   // Of what was allocated,
  absl::int128 carried = 0;  // or carried over into the next year.

  absl::int128 allocated() const { return left + paid + lapsed + carried; }
};

// Adds up accounts. Months are added in their order.
class Execution {
 public:
  explicit Execution(const Grouping& grouping) : grouping_(grouping) {}

  // What an account held at the end of `month`, or on the day where rows are not told apart by it
  // (0).
  void Add(const AccountKey& key, const ledger::Totals& totals, int month);

  // What of allocated money had come to an account of kCancelled or kCarriedOver by then. Its
  // balance does not tell: money that was never allocated lapses too, and what is carried over goes
  // on.
  void AddEnded(const AccountKey& key, int64_t amount_vnd, int month);

  const std::map<RowKey, Sums>& rows() const { return rows_; }

  // What was paid in the month of a row, not before: its sum less that of the month before.
  absl::int128 PaidIn(const RowKey& key) const;

 private:
  RowKey RowOf(const AccountKey& key, int month) const;

  const Grouping grouping_;
  std::map<RowKey, Sums> rows_;
};

// In millionths, rounded down; nothing where nothing was allocated.
std::optional<int64_t> PaidPpm(const Sums& sums);

// FAILED_PRECONDITION `AMOUNT_OVERFLOW` beyond 64 bits.
absl::StatusOr<int64_t> Amount(absl::int128 sum);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_EXECUTION_H_
