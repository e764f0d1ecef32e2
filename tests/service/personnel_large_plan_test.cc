// A plan of some hundred people, as `dev bench --large` runs it with ten thousand.

#include "gtest/gtest.h"
#include "tests/service/played_registry.h"
#include "tests/service/staff_plan.h"
#include "tests/support/database.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

class LargePlanTest : public ::testing::TestWithParam<testing_support::EngineParam> {};

TEST_P(LargePlanTest, IsSeenNotAtAllOrAsAWhole) {
  const testing_support::TestDatabase database = GetParam().make();
  testing_support::PlayedRegistry registry;
  PersonnelServer server(database.url(), registry.address());
  const absl::StatusOr<StaffPlanFigures> figures =
      RunStaffPlan(server, {.province_code = "48",
                            .province_unit = testing_support::kDaNang,
                            .from_units = {testing_support::kHaiChau, testing_support::kAnHai},
                            .to_units = {testing_support::kHoaVang},
                            .people_each = 600});
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->people, 1200);
  testing_support::ExpectSound(verify::VerifyStaff(database.url()));
}

INSTANTIATE_TEST_SUITE_P(All, LargePlanTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::personnel::testing
