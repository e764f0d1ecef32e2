#include "services/personnel/domain/signing.h"

#include "common/errors.h"
#include "gtest/gtest.h"

namespace twotier::personnel {
namespace {

PostPlace Place(PostKind kind, UnitTier tier, const std::string& unit,
                const std::string& province = "48", const std::string& body = "office") {
  return {kind, BodyKind::kOffice, body, unit, tier, province};
}

constexpr UnitTier kProvince = UnitTier::kProvince;
constexpr UnitTier kCommune = UnitTier::kCommune;

TEST(SigningTest, EachPostHasItsAuthority) {
  const PostPlace council = Place(PostKind::kCouncilChair, kProvince, "dn");
  const PostPlace committee = Place(PostKind::kCommitteeChair, kProvince, "dn");
  const PostPlace commune = Place(PostKind::kCommitteeChair, kCommune, "hc");
  const PostPlace other_commune = Place(PostKind::kCommitteeChair, kCommune, "ah");
  const PostPlace director = Place(PostKind::kHead, kProvince, "dn", "48", "department");
  const PostPlace hanoi = Place(PostKind::kCommitteeChair, kProvince, "hn", "01");
  const struct {
    const char* name;
    PostPlace post;
    const PostPlace* competent;
    std::vector<const PostPlace*> not_competent;
  } cases[] = {
      {"council chair of a commune",
       Place(PostKind::kCouncilChair, kCommune, "hc"),
       &council,
       {&committee, &commune, nullptr}},
      {"vice chair of a commune",
       Place(PostKind::kCommitteeViceChair, kCommune, "hc"),
       &committee,
       {&council, &commune, &hanoi}},
      {"head of a commune's office",
       Place(PostKind::kHead, kCommune, "hc"),
       &commune,
       {&other_commune, &council, nullptr}},
      {"official of a commune",
       Place(PostKind::kOfficial, kCommune, "hc"),
       &commune,
       {&other_commune, &director}},
      {"director of a department",
       Place(PostKind::kHead, kProvince, "dn", "48", "department"),
       &committee,
       {&council, &hanoi, &director}},
      {"official of a department",
       Place(PostKind::kOfficial, kProvince, "dn", "48", "department"),
       &director,
       {&commune, &council}},
      {"chair of a province",
       Place(PostKind::kCommitteeChair, kProvince, "dn"),
       nullptr,
       {&committee, &council}},
  };
  for (const auto& c : cases) {
    const std::vector<PostPlace> posts = {c.post};
    EXPECT_TRUE(CheckSigner(c.competent, posts).ok()) << c.name;
    for (const PostPlace* signer : c.not_competent) {
      const auto reason = error::ReasonOf(CheckSigner(signer, posts));
      ASSERT_TRUE(reason.has_value()) << c.name;
      EXPECT_EQ(reason->reason, "SIGNER_NOT_COMPETENT") << c.name;
    }
  }
}

TEST(SigningTest, WhoFillsThePostLetsGoOfTheOneBelow) {
  const PostPlace committee = Place(PostKind::kCommitteeChair, kProvince, "dn");
  const PostPlace council = Place(PostKind::kCouncilChair, kProvince, "dn");
  const PostPlace commune = Place(PostKind::kCommitteeChair, kCommune, "hc");
  const std::vector<PostPlace> posts = {Place(PostKind::kOfficial, kCommune, "hc"),
                                        Place(PostKind::kCommitteeViceChair, kCommune, "hc")};
  EXPECT_TRUE(CheckSigner(&committee, posts).ok());
  EXPECT_FALSE(CheckSigner(&council, posts).ok());
  EXPECT_FALSE(CheckSigner(&commune, posts).ok());
}

TEST(SigningTest, WhereACommuneHasEndedTheProvinceSigns) {
  const PostPlace committee = Place(PostKind::kCommitteeChair, kProvince, "dn");
  const PostPlace hanoi = Place(PostKind::kCommitteeChair, kProvince, "hn", "01");
  const PostPlace last_chair = Place(PostKind::kCommitteeChair, kCommune, "hc");
  PostPlace official = Place(PostKind::kOfficial, kCommune, "hc");
  EXPECT_FALSE(CheckSigner(&committee, {official}).ok());
  official.unit_ended = true;
  EXPECT_TRUE(CheckSigner(&committee, {official}).ok());
  EXPECT_TRUE(CheckSigner(&last_chair, {official}).ok());
  EXPECT_FALSE(CheckSigner(&hanoi, {official}).ok());
}

TEST(SigningTest, APlanFillsWhatStandsBelowTheProvincialCommittee) {
  const auto may = [](PostKind kind, UnitTier tier) {
    return MayFillByPlan(AuthorityFor(Place(kind, tier, "x")));
  };
  EXPECT_TRUE(may(PostKind::kCommitteeChair, kCommune));
  EXPECT_TRUE(may(PostKind::kOfficial, kCommune));
  EXPECT_TRUE(may(PostKind::kHead, kProvince));
  EXPECT_TRUE(may(PostKind::kOfficial, kProvince));
  EXPECT_FALSE(may(PostKind::kCouncilChair, kCommune));
  EXPECT_FALSE(may(PostKind::kCouncilCommitteeHead, kCommune));
  EXPECT_FALSE(may(PostKind::kCommitteeChair, kProvince));
  EXPECT_FALSE(may(PostKind::kCouncilViceChair, kProvince));
}

TEST(SigningTest, BetweenUnitsTheProvinceSigns) {
  const PostPlace committee = Place(PostKind::kCommitteeChair, kProvince, "dn");
  const PostPlace sender = Place(PostKind::kCommitteeChair, kCommune, "hc");
  const PostPlace hanoi = Place(PostKind::kCommitteeChair, kProvince, "hn", "01");
  const PostPlace from = Place(PostKind::kOfficial, kCommune, "hc");
  const std::vector<PostPlace> within = {from, Place(PostKind::kHead, kCommune, "ah")};
  EXPECT_TRUE(CheckSigner(&committee, within).ok());
  EXPECT_FALSE(CheckSigner(&sender, within).ok());
  const std::vector<PostPlace> across = {from, Place(PostKind::kOfficial, kCommune, "x", "01")};
  EXPECT_TRUE(CheckSigner(&committee, across).ok());
  EXPECT_FALSE(CheckSigner(&hanoi, across).ok());
}

}  // namespace
}  // namespace twotier::personnel
