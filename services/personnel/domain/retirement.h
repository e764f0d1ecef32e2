// The age of retirement: Labour Code 45/2019/QH14 Art. 169, Decree 135/2020/NĐ-CP Appendix I.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_RETIREMENT_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_RETIREMENT_H_

#include <optional>

#include "absl/time/civil_time.h"

namespace twotier::personnel {

// Sex as the law of retirement tells it apart. The numbers of the contract.
enum class Sex { kUnknown = 0, kMale = 1, kFemale = 2 };

// Months of age at which somebody born in `birth` retires. Nothing for those who retired before the
// decree (born before 1961, or 1966) and where the sex is not known.
std::optional<int> RetirementAgeMonths(Sex sex, absl::CivilMonth birth);

// The month in which the pension begins: the one after that in which the age is reached (Decree
// 135/2020 Art. 3). Nothing as above.
std::optional<absl::CivilMonth> PensionFrom(Sex sex, absl::CivilDay birth);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_RETIREMENT_H_
