#include "services/personnel/domain/retirement.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace twotier::personnel {
namespace {

TEST(RetirementTest, PensionBeginsInTheMonthAfterTheAgeIsReached) {
  const struct {
    Sex sex;
    absl::CivilDay birth;
    absl::CivilMonth pension_from;
  } cases[] = {
      // The published example of Decree 178/2024: age reached in October, pension from November.
      {Sex::kMale, absl::CivilDay(1966, 1, 15), absl::CivilMonth(2027, 11)},
      {Sex::kMale, absl::CivilDay(1961, 1, 1), absl::CivilMonth(2021, 5)},
      {Sex::kMale, absl::CivilDay(1966, 3, 31), absl::CivilMonth(2028, 1)},
      {Sex::kMale, absl::CivilDay(1966, 4, 1), absl::CivilMonth(2028, 5)},
      {Sex::kMale, absl::CivilDay(1990, 12, 31), absl::CivilMonth(2053, 1)},
      {Sex::kFemale, absl::CivilDay(1966, 1, 1), absl::CivilMonth(2021, 6)},
      {Sex::kFemale, absl::CivilDay(1969, 5, 31), absl::CivilMonth(2026, 2)},
      {Sex::kFemale, absl::CivilDay(1969, 6, 1), absl::CivilMonth(2026, 7)},
      {Sex::kFemale, absl::CivilDay(1975, 5, 1), absl::CivilMonth(2035, 6)},
  };
  for (const auto& c : cases) EXPECT_EQ(PensionFrom(c.sex, c.birth), c.pension_from) << c.birth;
}

TEST(RetirementTest, SaysNothingOfThoseWhoRetiredBeforeTheDecree) {
  EXPECT_EQ(PensionFrom(Sex::kMale, absl::CivilDay(1960, 12, 31)), std::nullopt);
  EXPECT_EQ(PensionFrom(Sex::kFemale, absl::CivilDay(1965, 12, 31)), std::nullopt);
  EXPECT_EQ(PensionFrom(Sex::kUnknown, absl::CivilDay(1980, 1, 1)), std::nullopt);
}

RC_GTEST_PROP(RetirementTest, WhoIsYoungerNeverRetiresEarlier, ()) {
  const Sex sex = *rc::gen::element(Sex::kMale, Sex::kFemale);
  const absl::CivilMonth older = absl::CivilMonth(1966, 1) + *rc::gen::inRange(0, 500);
  const absl::CivilMonth younger = older + *rc::gen::inRange(0, 60);
  RC_ASSERT(*PensionFrom(sex, absl::CivilDay(older)) <= *PensionFrom(sex, absl::CivilDay(younger)));
}

}  // namespace
}  // namespace twotier::personnel
