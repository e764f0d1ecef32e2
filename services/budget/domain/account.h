// What an account of public finance stands for, and the name that says it.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_ACCOUNT_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_ACCOUNT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/errors.h"

namespace twotier::budget {

// Province code of the central budget.
inline constexpr absl::string_view kCentral = "00";

// Years that accounts may be of: the two-tier model begins with 2025, and no plan of public
// investment reaches further than 2050 today.
inline constexpr int kFirstYear = 2025;
inline constexpr int kLastYear = 2050;

// The numbers of budget/v1/account.proto.
enum class Stage {
  kUnknown = 0,
  kSource = 1,
  kEstimate = 2,
  kApproved = 3,
  kAllocated = 4,
  kAdjusted = 5,
  kPaid = 6,
  kSettled = 7,
  kCarriedOver = 8,
  kCancelled = 9,
  kCeilingGrant = 10,
  kCeiling = 11,
  kCeilingPaid = 12,
};

// Whether an account pays no more than it has received. Where an estimate or a ceiling comes from
// has no such limit.
inline bool HasLimit(Stage stage) {
  return stage != Stage::kSource && stage != Stage::kCeilingGrant;
}

// Name in account ids and metadata: "source", "estimate", ….
absl::string_view NameOf(Stage stage);
// kUnknown when no stage has that name.
Stage StageOf(absl::string_view name);

// Allocated money is paid.
inline bool IsPayment(Stage from, Stage to) {
  return from == Stage::kAllocated && to == Stage::kPaid;
}

// An estimate is approved.
inline bool IsApproval(Stage from, Stage to) {
  return from == Stage::kEstimate && to == Stage::kApproved;
}

// Whether it is no money, but the ceiling on what is paid in a quarter or a month.
inline bool IsOfCeiling(Stage stage) {
  return stage == Stage::kCeilingGrant || stage == Stage::kCeiling || stage == Stage::kCeilingPaid;
}

// Segments of the classification; empty: not told apart.
struct Line {
  std::string chapter = {};   // Three digits.
  std::string item = {};      // Three digits.
  std::string sub_item = {};  // Four digits.
  std::string source = {};    // Two digits.

  friend auto operator<=>(const Line&, const Line&) = default;
};

struct AccountKey {
  std::string province_code = {};
  std::string unit = {};  // `units/{unit_id}`; empty: the central budget.
  int year = 0;
  Stage stage = Stage::kUnknown;
  Line line = {};
  std::string purpose = {};  // Empty: the money is not targeted.

  friend auto operator<=>(const AccountKey&, const AccountKey&) = default;
};

// Id of the account within its province: `year.stage.unit.chapter.item.sub_item.source.purpose`, a
// segment that is not told apart being `x`.
std::string AccountIdOf(const AccountKey& key);
// `provinces/{province_code}/accounts/{account_id}`.
std::string NameOf(const AccountKey& key);
// What an id says; nothing when no account can have it.
std::optional<AccountKey> KeyOf(absl::string_view province_code, absl::string_view account_id);
// The same of a name.
std::optional<AccountKey> KeyOfName(absl::string_view name);

// Days since 1970-01-01, as they are stored.
inline int64_t DayNumber(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
inline absl::CivilDay DayOfNumber(int64_t number) { return absl::CivilDay(1970, 1, 1) + number; }

// Adds what is malformed in `key`, whose fields stand at `field`.
void CheckKey(const AccountKey& key, absl::string_view field, error::Violations& violations);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_ACCOUNT_H_
