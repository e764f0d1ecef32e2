// What a post demands of its holder (Decree 170/2025/NĐ-CP: standards by job position).
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_STANDARDS_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_STANDARDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"

namespace twotier::personnel {

// The numbers of the contract; a higher one includes those below.
enum class Education {
  kUnknown = 0,
  kSecondary = 1,
  kIntermediate = 2,
  kCollege = 3,
  kBachelor = 4,
  kMaster = 5,
  kDoctor = 6,
};
enum class PoliticalTheory {
  kUnknown = 0,
  kElementary = 1,
  kIntermediate = 2,
  kAdvanced = 3,
};

struct Standards {
  Education education_min = Education::kUnknown;
  PoliticalTheory theory_min = PoliticalTheory::kUnknown;
  int service_months_min = 0;
  // Months that must be left to the pension when the appointment begins. 0: none are asked for.
  int months_to_pension_min = 0;
};

struct Qualifications {
  Education education = Education::kUnknown;
  PoliticalTheory theory = PoliticalTheory::kUnknown;
  std::optional<absl::CivilDay> service_first;  // First day in the service of the State.
  std::optional<absl::CivilMonth> pension_from;
};

// One standard that is not met. It tells of the post's demand and whether it is known that it is
// not met, never the person's data.
struct Unmet {
  std::string standard;  // `EDUCATION`, `POLITICAL_THEORY`, `SERVICE`, `TIME_TO_PENSION`.
  std::string description;

  friend bool operator==(const Unmet&, const Unmet&) = default;
};

// In the order of the fields. `first` is the day on which the appointment begins.
std::vector<Unmet> UnmetStandards(const Standards& standards, const Qualifications& person,
                                  absl::CivilDay first);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_STANDARDS_H_
