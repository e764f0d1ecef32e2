#include "services/personnel/domain/organisation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::personnel {
namespace {

const UnitFacts kWard{UnitTier::kCommune, UnitType::kWard, "20242"};
const UnitFacts kCommune{UnitTier::kCommune, UnitType::kCommune, "20320"};
const UnitFacts kPhuQuoc{UnitTier::kCommune, UnitType::kSpecialZone, "31078"};
const UnitFacts kConDao{UnitTier::kCommune, UnitType::kSpecialZone, "26732"};
const UnitFacts kDaNang{UnitTier::kProvince, UnitType::kCentrallyRunCity, "48"};
const UnitFacts kHaNoi{UnitTier::kProvince, UnitType::kCentrallyRunCity, "01"};

TEST(OrganisationTest, TheEconomicOfficeFollowsTheTypeOfTheUnit) {
  const struct {
    UnitFacts unit;
    bool urban;
  } cases[] = {{kWard, true}, {kCommune, false}, {kPhuQuoc, true}, {kConDao, false}};
  for (const auto& c : cases) {
    EXPECT_EQ(MayHave(c.unit, BodyKind::kEconomyInfrastructureUrbanOffice), c.urban);
    EXPECT_EQ(MayHave(c.unit, BodyKind::kEconomicOffice), !c.urban);
    const BodyKind usual =
        c.urban ? BodyKind::kEconomyInfrastructureUrbanOffice : BodyKind::kEconomicOffice;
    EXPECT_THAT(UsualBodies(c.unit), ::testing::Contains(usual));
  }
  EXPECT_FALSE(MayHave(kDaNang, BodyKind::kEconomicOffice));
  EXPECT_FALSE(MayHave(kCommune, BodyKind::kDepartment));
  EXPECT_TRUE(MayHave(kDaNang, BodyKind::kDivision));
}

TEST(OrganisationTest, PostsBelongIntoTheirBodies) {
  EXPECT_TRUE(MayHave(BodyKind::kCommittee, PostKind::kCommitteeViceChair));
  EXPECT_FALSE(MayHave(BodyKind::kOffice, PostKind::kCommitteeViceChair));
  EXPECT_FALSE(MayHave(BodyKind::kCouncil, PostKind::kHead));
  EXPECT_TRUE(MayHave(BodyKind::kServiceCenter, PostKind::kPublicEmployee));
  EXPECT_FALSE(MayHave(BodyKind::kOffice, PostKind::kParty));
}

TEST(OrganisationTest, PartyMilitaryAndContractPostsAreNotCounted) {
  for (const PostKind kind : {PostKind::kParty, PostKind::kMilitary, PostKind::kContract}) {
    EXPECT_EQ(QuotaOf(kind), QuotaKind::kNone) << NameOf(kind);
    EXPECT_FALSE(IsKeyPost(kind));
  }
  EXPECT_EQ(QuotaOf(PostKind::kCommitteeChair), QuotaKind::kCivilServant);
  EXPECT_TRUE(CountsAsViceChair(kWard, PostKind::kCommitteeViceChair));
  EXPECT_FALSE(CountsAsViceChair(kDaNang, PostKind::kCommitteeViceChair));
}

// A commune as Decree 150/2025 Art. 15 has it.
std::vector<BodyFacts> UsualCommune() {
  std::vector<BodyFacts> bodies;
  for (const BodyKind kind : UsualBodies(kCommune)) bodies.push_back({"b", kind, 5, {}});
  return bodies;
}

std::vector<std::string> CodesOf(const std::vector<Finding>& findings) {
  std::vector<std::string> codes;
  codes.reserve(findings.size());
  for (const Finding& finding : findings) codes.push_back(finding.code);
  return codes;
}

TEST(OrganisationTest, ACenterIsMissingWhereTheProvinceHasThemInCommunes) {
  UnitFacts commune = kCommune;
  commune.has_centers = true;
  std::vector<BodyFacts> bodies = UsualCommune();
  EXPECT_THAT(CodesOf(CheckOrganisation(commune, bodies)), ::testing::ElementsAre("BODY_MISSING"));
  bodies.push_back({"center", BodyKind::kServiceCenter, 5, {}});
  EXPECT_THAT(CheckOrganisation(commune, bodies), ::testing::IsEmpty());
  EXPECT_THAT(CheckOrganisation(kCommune, bodies), ::testing::IsEmpty()) << "it may have one";
  commune = kDaNang;
  commune.has_centers = true;
  EXPECT_THAT(UsualBodies(commune), ::testing::Not(::testing::Contains(BodyKind::kServiceCenter)));
}

TEST(OrganisationTest, ReportsWhatIsNotAsTheLawHasIt) {
  EXPECT_THAT(CheckOrganisation(kCommune, UsualCommune()), ::testing::IsEmpty());

  // The commune became a ward: its economic office is of the wrong kind, another one is missing.
  EXPECT_THAT(CodesOf(CheckOrganisation(kWard, UsualCommune())),
              ::testing::ElementsAre("BODY_MISSING", "BODY_NOT_OF_UNIT"));

  std::vector<BodyFacts> bodies = UsualCommune();
  bodies[2].posts[PostKind::kDeputyHead] = 2;
  bodies.push_back({"twice", BodyKind::kCommittee, 3, {}});
  EXPECT_THAT(CodesOf(CheckOrganisation(kCommune, bodies)),
              ::testing::ElementsAre("BODY_TWICE", "TOO_MANY_POSTS"));
}

TEST(OrganisationTest, MinimaAndDepartmentsOfAProvince) {
  std::vector<BodyFacts> bodies = {{"council", BodyKind::kCouncil, 5, {}},
                                   {"committee", BodyKind::kCommittee, 5, {}},
                                   {"office", BodyKind::kOffice, 40, {}}};
  bodies.push_back({"division", BodyKind::kDivision, 6, {}});
  bodies.push_back({"sub-department", BodyKind::kSubDepartment, 12, {}});
  const std::vector<Finding> small = CheckOrganisation(kDaNang, bodies);
  ASSERT_EQ(CodesOf(small), std::vector<std::string>{"BELOW_MINIMUM"});
  EXPECT_EQ(small[0].body, "division");
  EXPECT_EQ(small[0].expected, 7);
  bodies[3].counted_posts = 7;
  for (int i = 0; i < 15; ++i) bodies.push_back({"department", BodyKind::kDepartment, 60, {}});
  EXPECT_EQ(CodesOf(CheckOrganisation(kDaNang, bodies)),
            std::vector<std::string>{"TOO_MANY_DEPARTMENTS"});
  EXPECT_THAT(CheckOrganisation(kHaNoi, bodies), ::testing::IsEmpty());
}

// Decree 150/2025: three on average, whatever one of them has.
TEST(OrganisationTest, DeputiesOfDepartmentsAreCountedTogether) {
  std::vector<BodyFacts> bodies = {{"council", BodyKind::kCouncil, 5, {}},
                                   {"committee", BodyKind::kCommittee, 5, {}},
                                   {"office", BodyKind::kOffice, 40, {}}};
  bodies.push_back({"large", BodyKind::kDepartment, 60, {{PostKind::kDeputyHead, 4}}});
  bodies.push_back({"small", BodyKind::kDepartment, 20, {{PostKind::kDeputyHead, 2}}});
  EXPECT_THAT(CheckOrganisation(kDaNang, bodies), ::testing::IsEmpty());
  bodies.back().posts[PostKind::kDeputyHead] = 3;
  const std::vector<Finding> above = CheckOrganisation(kDaNang, bodies);
  ASSERT_EQ(CodesOf(above), std::vector<std::string>{"TOO_MANY_POSTS"});
  EXPECT_EQ(above[0].body, "");
  EXPECT_EQ(above[0].found, 7);
  EXPECT_EQ(above[0].expected, 6);
}

// Decree 300/2025 Art. 6: 2.5 a commune, rounded down.
TEST(OrganisationTest, ThePoolOfViceChairsFollowsTheCommunes) {
  EXPECT_THAT(CheckViceChairs(7, 3), ::testing::IsEmpty());
  const std::vector<Finding> above = CheckViceChairs(7, 2);
  ASSERT_EQ(CodesOf(above), std::vector<std::string>{"VICE_CHAIR_POOL_EXCEEDED"});
  EXPECT_EQ(above[0].found, 7);
  EXPECT_EQ(above[0].expected, 5);
}

}  // namespace
}  // namespace twotier::personnel
