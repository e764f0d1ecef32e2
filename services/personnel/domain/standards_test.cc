#include "services/personnel/domain/standards.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::personnel {
namespace {

TEST(StandardsTest, NamesEveryStandardThatIsNotMet) {
  const Standards standards{Education::kBachelor, PoliticalTheory::kIntermediate, 36, 60};
  const absl::CivilDay first(2026, 11, 1);
  const Qualifications fit{Education::kMaster, PoliticalTheory::kIntermediate,
                           absl::CivilDay(2023, 11, 30), absl::CivilMonth(2031, 11)};
  const auto names = [&](const Qualifications& person) {
    std::vector<std::string> found;
    for (const Unmet& unmet : UnmetStandards(standards, person, first)) {
      found.push_back(unmet.standard);
    }
    return found;
  };
  EXPECT_THAT(names(fit), ::testing::IsEmpty());
  EXPECT_THAT(names({}), ::testing::ElementsAre("EDUCATION", "POLITICAL_THEORY", "SERVICE",
                                                "TIME_TO_PENSION"));
  Qualifications late = fit;
  late.service_first = absl::CivilDay(2023, 12, 1);
  EXPECT_THAT(names(late), ::testing::ElementsAre("SERVICE"));
  Qualifications old = fit;
  old.pension_from = absl::CivilMonth(2031, 10);
  EXPECT_THAT(names(old), ::testing::ElementsAre("TIME_TO_PENSION"));
  EXPECT_THAT(UnmetStandards({}, {}, first), ::testing::IsEmpty());
}

}  // namespace
}  // namespace twotier::personnel
