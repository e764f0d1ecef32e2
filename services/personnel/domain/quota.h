// Arithmetic of quotas (biên chế): grants, the allowance for a surplus, its run-down, the pool of
// vice chairs.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_QUOTA_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_QUOTA_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"

namespace twotier::personnel {

// Most posts that one grant may name: ten times the country's commune staff.
inline constexpr int64_t kPostsMax = 2'000'000;

// How one unit stands on one line of quota.
struct QuotaBalance {
  int64_t granted = 0;      // By the level above.
  int64_t allowance = 0;    // For a surplus, still in force.
  int64_t distributed = 0;  // To the units below.
  int64_t held = 0;         // By orders that are signed and not in force.
  int64_t used = 0;

  int64_t available() const { return granted + allowance - distributed - held - used; }
  friend bool operator==(const QuotaBalance&, const QuotaBalance&) = default;
};

// FAILED_PRECONDITION `QUOTA_EXCEEDED` with metadata `unit`, `quota_kind`, `asked`, `available` and
// `held` when `asked` places are not there.
absl::Status CheckAvailable(const QuotaBalance& balance, int64_t asked, absl::string_view unit,
                            absl::string_view quota_kind);

// An allowance for a surplus: from `first` on so many posts above the quota.
struct AllowanceStep {
  absl::CivilDay first;
  int64_t posts = 0;

  friend bool operator==(const AllowanceStep&, const AllowanceStep&) = default;
};

// Posts that steps in order of their dates allow on `day`; 0 before the first.
int64_t AllowanceOn(absl::Span<const AllowanceStep> steps, absl::CivilDay day);

// What is allowed when an act replaces `before` by `after`, which is not empty: before the first of
// the new steps the old ones still hold.
std::vector<AllowanceStep> FollowedBy(absl::Span<const AllowanceStep> before,
                                      std::vector<AllowanceStep> after);

// Moves `places` of what `from` allows to `to`, on every day as many of them as there are: together
// both allow what they allowed.
void MoveAllowance(std::vector<AllowanceStep>& from, std::vector<AllowanceStep>& to,
                   int64_t places);

// Whether `steps` are in order of their dates, each below the one before, none negative.
bool OnlyFalls(absl::Span<const AllowanceStep> steps);

// First day of government in two tiers (Law 72/2025/QH15).
inline const absl::CivilDay kTwoTiersBegan(2025, 7, 1);

// A surplus is right-sized in five years from that day (Conclusion of the Politburo; domain: Law
// 80/2025). What may be left of `surplus` at the end of year n: equal parts, rounded up, 0 at the
// end of the fifth.
inline constexpr int kRunDownYears = 5;
std::vector<AllowanceStep> RunDownOf(int64_t surplus, absl::CivilDay first);

// Decree 300/2025 Art. 6: vice chairs of commune committees, 2.5 on average over a province,
// rounded down.
int64_t ViceChairPool(int64_t communes);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_QUOTA_H_
