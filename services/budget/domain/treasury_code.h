// The account code of the treasury system: 12 segments, 43 digits. Its layout is data: it is known
// from Circular 77/2017/TT-BTC by memory, and accounts are now in Circular 157/2025/TT-BTC.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_TREASURY_CODE_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_TREASURY_CODE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/budget/domain/law.h"

namespace twotier::budget {

struct TreasurySegment {
  std::string name;  // In lower_snake_case: "budget_level".
  std::string display_name;
  int digits = 0;
  Source source;
};

// Digits of each segment, in the order of the layout.
using TreasuryCode = std::vector<std::string>;

// Immutable.
class TreasuryLayout {
 public:
  static constexpr int kDigitsMax = 64;

  explicit TreasuryLayout(std::vector<TreasurySegment> segments) : segments_(std::move(segments)) {}

  const std::vector<TreasurySegment>& segments() const { return segments_; }
  int digits() const;

  // All digits in a row, or segments separated by one dot each. INVALID_ARGUMENT
  // `MALFORMED_REQUEST` with a violation for every wrong segment (field `code.NAME`), or one for
  // `code`.
  absl::StatusOr<TreasuryCode> Parse(absl::string_view text) const;

  // Segments separated by dots; all of them must be there.
  static std::string Format(const TreasuryCode& code);

  // The segment of that name; empty when the layout has none.
  absl::string_view Get(const TreasuryCode& code, absl::string_view name) const;

 private:
  std::vector<TreasurySegment> segments_;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_TREASURY_CODE_H_
