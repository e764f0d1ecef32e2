#include "tools/twotierctl/staff_generator.h"

#include <map>
#include <set>

#include "gtest/gtest.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::personnel::v1;

registry::v1::Unit Commune(registry::v1::UnitType type) {
  registry::v1::Unit unit;
  unit.set_name("units/x");
  unit.set_tier(registry::v1::TIER_COMMUNE);
  unit.set_type(type);
  return unit;
}

TEST(SyntheticStaffTest, FillsACommuneAsPublished) {
  const auto rows = SyntheticStaff(Commune(registry::v1::UNIT_TYPE_WARD), 7);
  EXPECT_EQ(rows.size(), static_cast<size_t>(kPostsOfCommune));
  std::map<v1::PostKind, int> kinds;
  std::set<v1::BodyKind> bodies;
  for (const v1::StaffRow& row : rows) {
    ++kinds[row.post_kind()];
    bodies.insert(row.body_kind());
    EXPECT_TRUE(row.synthetic());
  }
  EXPECT_EQ(kinds[v1::POST_KIND_COMMITTEE_VICE_CHAIR], kViceChairsOfCommune);
  EXPECT_EQ(kinds[v1::POST_KIND_COUNCIL_VICE_CHAIR], 1);
  EXPECT_TRUE(bodies.contains(v1::BODY_KIND_ECONOMY_INFRASTRUCTURE_URBAN_OFFICE));
  const auto commune = SyntheticStaff(Commune(registry::v1::UNIT_TYPE_COMMUNE), 7);
  for (const v1::StaffRow& row : commune) {
    EXPECT_NE(row.body_kind(), v1::BODY_KIND_ECONOMY_INFRASTRUCTURE_URBAN_OFFICE);
  }
}

TEST(SyntheticStaffTest, IsTheSameEveryTimeAndNobodyTwice) {
  std::set<std::string> ids;
  int people = 0;
  for (int number = 0; number < 500; ++number) {
    const auto rows = SyntheticStaff(Commune(registry::v1::UNIT_TYPE_COMMUNE), number);
    const auto again = SyntheticStaff(Commune(registry::v1::UNIT_TYPE_COMMUNE), number);
    for (size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(rows[i].SerializeAsString(), again[i].SerializeAsString());
      if (!rows[i].has_person()) continue;
      ++people;
      EXPECT_EQ(rows[i].person().national_id().size(), 12u);
      ids.insert(rows[i].person().national_id());
    }
  }
  EXPECT_EQ(ids.size(), static_cast<size_t>(people));
  EXPECT_NEAR(people, 500 * kPostsOfCommune * 0.98, 100);
}

}  // namespace
}  // namespace twotier::ctl
