#include "services/registry/domain/carried_centers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/country_testing.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::Country;
using testing::Founded;
using testing::From;
using testing::Goes;
using testing::kBegin;
using testing::kDay;
using testing::Moved;
using testing::Renamed;

TEST(CarryCentersTest, SitesGoOnWithTheUnitsAfter) {
  Country country;
  country.Apply(
      {"u1", "u2", "u3"}, {Founded("N", "00010"), Goes("u3")},
      {From("u1", "N"), From("u2", "N", 300'000), From("u2", "u3", 700'000), From("u3", "u3")});
  EXPECT_THAT(country.Served("C1", kDay - 1), ElementsAre("u1"));
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("N"));
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("N", "u3"));
  EXPECT_THAT(country.Served("C3", kDay), ElementsAre("u3"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay)->unit_id, "N");
  EXPECT_EQ(VersionOn(country.center("C2"), kDay)->unit_id, "u3") << "the larger part";
  EXPECT_EQ(country.center("C3").version, 1) << "not touched";
}

TEST(CarryCentersTest, WhatIsFoundedOutOfAUnitThatGoesOnIsServedWithIt) {
  Country country;
  country.Apply({"u1"}, {Goes("u1"), Founded("N", "00010")}, {From("u1", "u1"), From("u1", "N")});
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("N", "u1"));
  country.Apply({"u2", "u3"}, {Goes("u2"), Goes("u3")},
                {From("u2", "u2"), From("u2", "u3"), From("u3", "u3")}, "e2");
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("u2")) << "u3 has its own";
}

TEST(CarryCentersTest, WhoGoesToAnotherProvinceIsServedThereByTheProvincialCenter) {
  Country country;
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("closed"));
  EXPECT_THAT(country.Served("Q", kDay), ElementsAre("u1", "uQ"));
}

TEST(CarryCentersTest, ACenterIsRunByAUnitOfItsProvince) {
  Country country;
  country.Close("C2", "C1", kDay - 10);
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("u2"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay)->unit_id, "u2");
}

// C1 serves u1 alone, which goes to another province before the plan holds.
TEST(CarryCentersTest, TheLawDoesNotWaitForWhatIsPlannedOfACenterThatCloses) {
  Country country;
  country.Close("C1", "C2", kDay + 30);
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("closed"));
  EXPECT_THAT(country.Served("C1", kDay + 30), ElementsAre("closed"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay + 30)->successor_id, "") << "the plan fell";
  EXPECT_THAT(country.Served("C2", kDay + 30), ElementsAre("u2"));
  EXPECT_EQ(country.center("C1").fallen_by, "e1");
  ASSERT_EQ(country.center("C1").fallen.size(), 2u);
  EXPECT_EQ(country.center("C1").fallen[1].successor_id, "C2");
}

TEST(CarryCentersTest, WhoReliedOnACenterThatClosesIsServedByTheProvincialCenter) {
  Country country;
  country.Close("C2", "C1", kDay + 30);
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  EXPECT_THAT(country.Served("C1", kDay + 30), ElementsAre("closed"));
  EXPECT_THAT(country.Served("P", kDay + 29), ElementsAre("uP"));
  EXPECT_THAT(country.Served("P", kDay + 30), ElementsAre("u2", "uP"));
}

TEST(ReturnCentersTest, WhatFellComesBackWithTheCenter) {
  for (const bool takes_over : {false, true}) {
    Country country;
    takes_over ? country.Close("C2", "C1", kDay + 30) : country.Close("C1", "C2", kDay + 30);
    const std::vector<CenterHistory> before = country.centers();
    country.Cancel(country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")}));
    EXPECT_TRUE(country.Same(before)) << takes_over;
  }
}

TEST(ReturnCentersTest, WhatFellIsCarriedAndReturnedByOtherEventsLikeWhatHolds) {
  Country country;
  country.Close("C2", "C1", kDay + 30);
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  const std::vector<CenterHistory> fallen = country.centers();
  const ChangeEvent merger = country.Apply({"u2", "u3"}, {Founded("N", "00010")},
                                           {From("u2", "N"), From("u3", "N")}, "e2");
  EXPECT_THAT(country.center("C1").fallen.back().served_unit_ids, ElementsAre("N"));
  country.Cancel(merger);
  EXPECT_TRUE(country.Same(fallen));
}

TEST(ReturnCentersTest, WhatWasDecidedOfACenterAfterItsPlanFellStays) {
  Country country;
  country.Close("C1", "C2", kDay + 30);
  const ChangeEvent event = country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  Province province = country.province("48");
  CenterAmendment amendment;
  amendment.display_name = "Trung tâm mới";
  ASSERT_TRUE(AmendCenter(province, "C1", amendment, {kDay - 10, "6/QĐ", ""}).ok());
  country.Put(province);
  country.Cancel(event);
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("u1"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay)->display_name, "Trung tâm mới");
  EXPECT_THAT(country.Served("C1", kDay + 30), ElementsAre("closed"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay + 30)->successor_id, "C2");
  EXPECT_EQ(VersionOn(country.center("C1"), kDay + 30)->display_name, "Trung tâm mới");
}

TEST(ReturnCentersTest, NothingIsLeftOfAnEventThatIsTakenBack) {
  const struct {
    const char* what;
    std::vector<std::string> sources;
    std::vector<ChangeTarget> targets;
    std::vector<ChangeEdge> edges;
  } cases[] = {
      {"merge", {"u1", "u2"}, {Founded("N", "00010")}, {From("u1", "N"), From("u2", "N")}},
      {"absorb", {"u1", "u2"}, {Goes("u2")}, {From("u1", "u2"), From("u2", "u2")}},
      {"spin-off",
       {"u1"},
       {Goes("u1"), Founded("N", "00010")},
       {From("u1", "u1"), From("u1", "N")}},
      {"rename", {"u1"}, {Renamed("u1", "Xã Y")}, {From("u1", "u1")}},
      {"move", {"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")}},
      {"province", {"uP"}, {Renamed("uP", "Tỉnh Y")}, {From("uP", "uP")}},
  };
  for (const auto& [what, sources, targets, edges] : cases) {
    Country country;
    const std::vector<CenterHistory> before = country.centers();
    const ChangeEvent event = country.Apply(sources, targets, edges);
    country.Cancel(event);
    EXPECT_TRUE(country.Same(before)) << what;
  }
}

TEST(ReturnCentersTest, WhatWasPlannedBeforeStays) {
  Country country;
  country.Close("C1", "C2", kDay + 30);
  const std::vector<CenterHistory> before = country.centers();
  country.Cancel(country.Apply({"u1"}, {Renamed("u1", "Xã Y")}, {From("u1", "u1")}));
  EXPECT_TRUE(country.Same(before));
  country.Cancel(country.Apply({"u2"}, {Renamed("u2", "Xã Y")}, {From("u2", "u2")}));
  EXPECT_TRUE(country.Same(before));
  country.Cancel(country.Apply({"u1", "u2"}, {Goes("u1")}, {From("u1", "u1"), From("u2", "u1")}));
  EXPECT_TRUE(country.Same(before)) << "C2 is to serve u1 from a later day on";
}

TEST(ReturnCentersTest, WhoClosedInTheMeantimeLeavesToItsSuccessorWhatItWouldHaveGotBack) {
  Country country;
  const ChangeEvent event =
      country.Apply({"u1", "u2"}, {Founded("N", "00010")}, {From("u1", "N"), From("u2", "N")});
  country.Close("C2", "C1", kDay + 5);
  country.Cancel(event);
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("u1"));
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("u2"));
  EXPECT_THAT(country.Served("C1", kDay + 5), ElementsAre("u1", "u2"));
  EXPECT_THAT(country.Served("C2", kDay + 5), ElementsAre("closed"));
}

TEST(ReturnCentersTest, OfTwoEventsOfOneDayEachIsTakenBackForItself) {
  for (const bool first_one_first : {true, false}) {
    Country country;
    country.Close("C2", "C1", kBegin + 10);
    const std::vector<CenterHistory> before = country.centers();
    const ChangeEvent one = country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
    const ChangeEvent two = country.Apply({"u2"}, {Moved("u2", "uQ")}, {From("u2", "u2")}, "e2");
    EXPECT_THAT(country.Served("C1", kDay), ElementsAre("closed"));
    country.Cancel(first_one_first ? one : two);
    EXPECT_THAT(country.Served("C1", kDay), ElementsAre(first_one_first ? "u1" : "u2"));
    country.Cancel(first_one_first ? two : one);
    EXPECT_TRUE(country.Same(before)) << first_one_first;
  }
}

// On one day u1 goes to another province, and one of C1 and C2 hands over to the other.
TEST(ReturnCentersTest, WhoTakesOverOrClosesOnTheDayItLosesItsUnitsIsNotClosedByLaw) {
  for (const bool takes_over : {true, false}) {
    Country country;
    takes_over ? country.Close("C2", "C1", kDay) : country.Close("C1", "C2", kDay);
    country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
    EXPECT_THAT(country.Served("C1", kDay), ElementsAre(takes_over ? "u2" : "closed"));
    const std::vector<CenterHistory> before = country.centers();
    country.Cancel(country.Apply({"u3"}, {Renamed("u3", "Xã Y")}, {From("u3", "u3")}, "e2"));
    EXPECT_TRUE(country.Same(before)) << takes_over;
  }
}

TEST(ReturnCentersTest, ANameComesBackThoughAnotherEventOfTheDayTouchesTheCenter) {
  Country country;
  const ChangeEvent rename = country.Apply({"uQ"}, {Renamed("uQ", "Tỉnh Y")}, {From("uQ", "uQ")});
  const std::string name = VersionOn(country.center("Q"), kDay - 1)->display_name;
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")}, "e2");
  EXPECT_NE(VersionOn(country.center("Q"), kDay)->display_name, name);
  country.Cancel(rename);
  EXPECT_EQ(VersionOn(country.center("Q"), kDay)->display_name, name);
  EXPECT_THAT(country.Served("Q", kDay), ElementsAre("u1", "uQ"));
}

}  // namespace
}  // namespace twotier::registry
