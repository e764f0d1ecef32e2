// Dividing an amount of whole đồng so that nothing is lost and nothing is made up.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_APPORTION_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_APPORTION_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace twotier::budget {

// Who gets a part. The key is unique and breaks ties, so that the order of claims does not matter.
struct Claim {
  absl::string_view key;
  int64_t weight = 0;  // Not negative.
  int64_t floor = 0;   // Gets at least this, whatever the weight: also "not below last year".
  int64_t cap = std::numeric_limits<int64_t>::max();  // Gets at most this.
};

// Largest sum of weights, and largest pool. A product of both stays within 128 bits with room for a
// sum of two.
inline constexpr int64_t kApportionMax = int64_t{1} << 62;

// The part of each claim, in their order. Between floor and cap the parts are proportional to the
// weights; what division leaves over goes, one đồng each, to the largest remainders, among equal
// ones to the smaller key.
//
// The parts sum to `pool` exactly; they depend on no order; a claim whose weight alone grows gets
// no less. Errors:
//   INVALID_ARGUMENT: a negative weight or pool, a floor that is negative or above its cap
//   OUT_OF_RANGE `ALLOCATION_NOT_COMPUTABLE`: pool or weights above kApportionMax
//   FAILED_PRECONDITION `POOL_BELOW_FLOORS` (`pool`, `floors`): the floors need more than there is
//   FAILED_PRECONDITION `POOL_WITHOUT_TAKER` (`pool`, `placed`): caps or weights of zero leave a
//   rest
absl::StatusOr<std::vector<int64_t>> Apportion(int64_t pool, absl::Span<const Claim> claims);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_APPORTION_H_
