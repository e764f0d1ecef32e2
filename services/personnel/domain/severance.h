// What somebody gets who leaves because of the reorganisation, with the working.
//
// Decree 178/2024/NĐ-CP as amended by 67/2025/NĐ-CP, closed at the end of 2025 (Conclusion
// 183-KL/TW); Decree 154/2025/NĐ-CP, 16 June 2025 to 31 December 2030.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_SEVERANCE_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_SEVERANCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace twotier::personnel {

// The numbers of the contract.
enum class SeveranceRule { kUnknown = 0, kDecree178 = 1, kDecree154 = 2 };

enum class Departure {
  kUnknown = 0,
  kEarlyRetirement = 1,
  kLeave = 2,
  kMoveOutOfBudget = 3,  // To a body that the budget does not pay; Decree 154 only.
  kPartTimerLeave = 4,   // Of a commune or village; Decree 154 only.
};

// What is counted in a line.
enum class SeveranceUnit { kUnknown = 0, kMonth = 1, kYear = 2, kOnce = 3 };

struct SeveranceFacts {
  SeveranceRule rule = SeveranceRule::kUnknown;
  Departure departure = Departure::kUnknown;
  absl::CivilDay leaves;  // First day out of service.
  // Day of the decision on the apparatus; the twelve months of the full rate begin with it. Decree
  // 178 only.
  std::optional<absl::CivilDay> apparatus_decision;
  int64_t monthly_vnd = 0;  // Present salary, or a part-timer's allowance. Below a billion.
  int service_months = 0;   // With compulsory social insurance; a part-timer's months of work.
  // Month in which the pension begins. Needed for early retirement and part-timers of five years.
  std::optional<absl::CivilMonth> pension_from;
};

// One addend: quantity × rate × monthly.
struct SeveranceLine {
  std::string part;     // What it is for.
  std::string article;  // Where it stands.
  SeveranceUnit unit = SeveranceUnit::kUnknown;
  int quantity_halves = 0;  // Half units: years count in halves.
  int rate_hundredths = 0;  // Monthly salaries for each.
  int64_t amount_vnd = 0;   // Rounded half up to whole đồng.
  std::string note;         // How it was counted, where the text leaves it open. May be empty.

  friend bool operator==(const SeveranceLine&, const SeveranceLine&) = default;
};

struct Severance {
  std::vector<SeveranceLine> lines;
  int64_t total_vnd = 0;
};

// Half years of service (Decree 178 Art. 5): odd months up to six count half a year, more a whole
// one.
int HalfYearsOf(int months);

// FAILED_PRECONDITION: `SEVERANCE_RULE_NOT_IN_FORCE` (on the day of leaving; metadata `first_date`
// and `end_date`), `SEVERANCE_NOT_PROVIDED` (the decree gives nothing in this case; metadata
// `because`).
absl::StatusOr<Severance> ComputeSeverance(const SeveranceFacts& facts);

// Decree 154/2025: who is hired again by the State within 60 months pays the allowance back.
bool MustRepay(absl::CivilDay left, absl::CivilDay hired);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_SEVERANCE_H_
