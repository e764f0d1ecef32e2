// What the rules of public finance share: years, levels, bodies, and where a rule stands.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_LAW_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_LAW_H_

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace twotier::budget {

// Budget years a rule holds for; both ends belong to it.
struct YearSpan {
  static constexpr int kNoLast = std::numeric_limits<int>::max();

  int first = 0;
  int last = kNoLast;

  bool Has(int year) const { return first <= year && year <= last; }
  bool Meets(const YearSpan& other) const { return first <= other.last && other.first <= last; }
};

// Where a rule stands, and whether its text was read.
struct Source {
  std::string act;
  std::string article;
  bool proven = false;
  std::string note;
};

// Whose budget. The numbers are those of the contract, not the level codes of the classification.
enum class Level { kUnknown = 0, kNation = 1, kProvince = 2, kCommune = 3 };

// Who acts; which one of its kind follows from the level. The numbers are those of the contract.
enum class Body {
  kUnknown = 0,
  kPrimeMinister = 1,
  kGovernment = 2,
  kNationalAssembly = 3,
  kMinistryOfFinance = 4,
  kCouncil = 5,            // People's Council.
  kStandingCommittee = 6,  // Of the Council.
  kCommittee = 7,          // People's Committee, as a body.
  kChair = 8,              // The Committee's chair alone.
  kDepartmentOfFinance = 9,
  kFinanceOffice = 10,
  kLevelOneUnits = 11,
  kHeadOfUnit = 12,
  kTreasury = 13,
  kEveryone = 14,
};

// Names of the contract without prefix.
absl::string_view NameOf(Level level);
absl::string_view NameOf(Body body);

// `percent` hundredths of `amount`, rounded down or up to whole đồng. `amount` is not negative and
// `percent` from 0 to 100, so the result fits.
int64_t PercentDown(int64_t amount, int64_t percent);
int64_t PercentUp(int64_t amount, int64_t percent);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_LAW_H_
