#include "services/budget/domain/law.h"

#include "absl/numeric/int128.h"

namespace twotier::budget {
namespace {

constexpr absl::string_view kLevels[] = {"UNSPECIFIED", "NATION", "PROVINCE", "COMMUNE"};
constexpr absl::string_view kBodies[] = {"UNSPECIFIED",
                                         "PRIME_MINISTER",
                                         "GOVERNMENT",
                                         "NATIONAL_ASSEMBLY",
                                         "MINISTRY_OF_FINANCE",
                                         "COUNCIL",
                                         "STANDING_COMMITTEE",
                                         "COMMITTEE",
                                         "CHAIR",
                                         "DEPARTMENT_OF_FINANCE",
                                         "FINANCE_OFFICE",
                                         "LEVEL_ONE_UNITS",
                                         "HEAD_OF_UNIT",
                                         "TREASURY",
                                         "EVERYONE"};
constexpr int64_t kHundred = 100;

}  // namespace

absl::string_view NameOf(Level level) { return kLevels[static_cast<size_t>(level)]; }
absl::string_view NameOf(Body body) { return kBodies[static_cast<size_t>(body)]; }

int64_t PercentDown(int64_t amount, int64_t percent) {
  return static_cast<int64_t>(absl::int128(amount) * percent / kHundred);
}

int64_t PercentUp(int64_t amount, int64_t percent) {
  return static_cast<int64_t>((absl::int128(amount) * percent + kHundred - 1) / kHundred);
}

}  // namespace twotier::budget
