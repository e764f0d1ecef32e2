#include "services/budget/domain/apportion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "services/budget/domain/int128.h"

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;

std::vector<int64_t> Parts(int64_t pool, const std::vector<Claim>& claims) {
  const absl::StatusOr<std::vector<int64_t>> parts = Apportion(pool, claims);
  EXPECT_TRUE(parts.ok()) << parts.status();
  return parts.ok() ? *parts : std::vector<int64_t>();
}

std::string ReasonFor(int64_t pool, const std::vector<Claim>& claims) {
  const absl::Status status = Apportion(pool, claims).status();
  const auto reason = error::ReasonOf(status);
  return reason ? reason->reason : std::string(absl::StatusCodeToString(status.code()));
}

TEST(ApportionTest, LargestRemaindersGetWhatIsLeft) {
  // 100 × 3/7 = 42 6/7, × 2/7 = 28 4/7.
  EXPECT_THAT(Parts(100, {{"a", 3}, {"b", 2}, {"c", 2}}), ElementsAre(43, 29, 28));
}

TEST(ApportionTest, AmongEqualRemaindersTheSmallerKeyIsFirst) {
  EXPECT_THAT(Parts(2, {{"c", 1}, {"a", 1}, {"b", 1}}), ElementsAre(0, 1, 1));
}

TEST(ApportionTest, FloorsAndCapsHoldAndTheRestSharesWhatIsLeft) {
  EXPECT_THAT(Parts(100, {{"a", 1, 40}, {"b", 1}, {"c", 2}}), ElementsAre(40, 20, 40));
  EXPECT_THAT(Parts(100, {{"a", 8, 0, 50}, {"b", 1}, {"c", 1}}), ElementsAre(50, 25, 25));
  // The floor of b binds only because the cap of a frees money, and then does not any more.
  EXPECT_THAT(Parts(100, {{"a", 98, 0, 40}, {"b", 1, 20}, {"c", 1}}), ElementsAre(40, 30, 30));
}

TEST(ApportionTest, NoWeightGetsTheFloorOnly) {
  EXPECT_THAT(Parts(10, {{"a", 0, 3}, {"b", 0}, {"c", 5}}), ElementsAre(3, 0, 7));
  EXPECT_THAT(Parts(0, {}), ElementsAre());
}

TEST(ApportionTest, WorksAtTheLimits) {
  const std::vector<int64_t> parts =
      Parts(kApportionMax, {{"a", kApportionMax / 2 - 1}, {"b", kApportionMax / 2}, {"c", 1}});
  EXPECT_EQ(parts[0] + parts[1] + parts[2], kApportionMax);
  EXPECT_EQ(ReasonFor(kApportionMax + 1, {{"a", 1}}), "ALLOCATION_NOT_COMPUTABLE");
  EXPECT_EQ(ReasonFor(1, {{"a", kApportionMax}, {"b", 1}}), "ALLOCATION_NOT_COMPUTABLE");
}

TEST(ApportionTest, SaysWhatDoesNotFit) {
  EXPECT_EQ(ReasonFor(9, {{"a", 1, 5}, {"b", 1, 5}}), "POOL_BELOW_FLOORS");
  EXPECT_EQ(ReasonFor(11, {{"a", 1, 0, 5}, {"b", 1, 0, 5}}), "POOL_WITHOUT_TAKER");
  EXPECT_EQ(ReasonFor(1, {{"a", 0}}), "POOL_WITHOUT_TAKER");
  EXPECT_EQ(ReasonFor(1, {}), "POOL_WITHOUT_TAKER");
  EXPECT_EQ(ReasonFor(1, {{"a", -1}}), "INVALID_ARGUMENT");
  EXPECT_EQ(ReasonFor(1, {{"a", 1, 3, 2}}), "INVALID_ARGUMENT");
  EXPECT_EQ(ReasonFor(-1, {{"a", 1}}), "INVALID_ARGUMENT");
}

// Claims with bounds that some pool fits, and that pool.
struct Case {
  std::vector<std::string> keys;
  std::vector<Claim> claims;
  int64_t pool = 0;
};

Case AnyCase() {
  Case c;
  const auto count = *rc::gen::inRange<size_t>(1, 12);
  const auto weight_max = *rc::gen::element<int64_t>(3, 1'000, int64_t{1} << 58);
  const auto bound_max = *rc::gen::element<int64_t>(4, 100, int64_t{1} << 56);
  for (size_t i = 0; i < count; ++i) c.keys.push_back(absl::StrCat("u", 10 + i));
  int64_t floors = 0, caps = 0;
  for (size_t i = 0; i < count; ++i) {
    Claim claim{c.keys[i], *rc::gen::inRange<int64_t>(0, weight_max)};
    if (*rc::gen::inRange(0, 3) == 0) claim.floor = *rc::gen::inRange<int64_t>(0, bound_max);
    claim.cap = claim.floor + *rc::gen::inRange<int64_t>(0, bound_max);
    floors += claim.floor;
    caps += claim.weight == 0 ? claim.floor : claim.cap;
    c.claims.push_back(claim);
  }
  c.pool = *rc::gen::inRange<int64_t>(floors, caps + 1);
  return c;
}

RC_GTEST_PROP(ApportionProperties, PartsSumToThePoolWithinTheirBounds, ()) {
  const Case c = AnyCase();
  const auto parts = Apportion(c.pool, c.claims);
  RC_ASSERT(parts.ok());
  RC_ASSERT(std::accumulate(parts->begin(), parts->end(), int64_t{0}) == c.pool);
  for (size_t i = 0; i < c.claims.size(); ++i) {
    RC_ASSERT(c.claims[i].floor <= (*parts)[i] && (*parts)[i] <= c.claims[i].cap);
  }
}

RC_GTEST_PROP(ApportionProperties, FreePartsAreProportionalToWithinOneDong, ()) {
  const Case c = AnyCase();
  const auto parts = Apportion(c.pool, c.claims);
  RC_ASSERT(parts.ok());
  // Two claims strictly within their bounds: p1 / w1 and p2 / w2 differ by less than one đồng each.
  for (size_t i = 0; i < c.claims.size(); ++i) {
    for (size_t k = 0; k < c.claims.size(); ++k) {
      const Claim& a = c.claims[i];
      const Claim& b = c.claims[k];
      const bool free = a.floor < (*parts)[i] - 1 && (*parts)[i] + 1 < a.cap &&
                        b.floor < (*parts)[k] - 1 && (*parts)[k] + 1 < b.cap;
      if (!free) continue;
      const Int128 difference = Int128{(*parts)[i]} * b.weight - Int128{(*parts)[k]} * a.weight;
      RC_ASSERT(difference <= a.weight + b.weight && -difference <= a.weight + b.weight);
    }
  }
}

RC_GTEST_PROP(ApportionProperties, TheOrderOfClaimsDoesNotMatter, ()) {
  const Case c = AnyCase();
  const auto parts = Apportion(c.pool, c.claims);
  RC_ASSERT(parts.ok());
  std::vector<size_t> order(c.claims.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto swaps = *rc::gen::container<std::vector<size_t>>(
      order.size(), rc::gen::inRange<size_t>(0, order.size()));
  for (size_t i = 0; i < order.size(); ++i) std::swap(order[i], order[swaps[i]]);
  std::vector<Claim> shuffled;
  shuffled.reserve(order.size());
  for (const size_t i : order) shuffled.push_back(c.claims[i]);
  const auto again = Apportion(c.pool, shuffled);
  RC_ASSERT(again.ok());
  for (size_t i = 0; i < order.size(); ++i) RC_ASSERT((*again)[i] == (*parts)[order[i]]);
}

RC_GTEST_PROP(ApportionProperties, MoreWeightNeverGetsLess, ()) {
  Case c = AnyCase();
  const auto chosen = *rc::gen::inRange<size_t>(0, c.claims.size());
  const auto before = Apportion(c.pool, c.claims);
  c.claims[chosen].weight += *rc::gen::element<int64_t>(1, 2, 17, int64_t{1} << 40);
  const auto after = Apportion(c.pool, c.claims);
  RC_ASSERT(before.ok() && after.ok());
  RC_ASSERT((*after)[chosen] >= (*before)[chosen]);
}

RC_GTEST_PROP(ApportionProperties, AHigherFloorNeverGetsLess, ()) {
  Case c = AnyCase();
  const auto chosen = *rc::gen::inRange<size_t>(0, c.claims.size());
  const auto before = Apportion(c.pool, c.claims);
  c.claims[chosen].floor = std::min(c.claims[chosen].cap, c.claims[chosen].floor + 1);
  const auto after = Apportion(c.pool, c.claims);
  if (!after.ok()) return;
  RC_ASSERT((*after)[chosen] >= (*before)[chosen]);
}

}  // namespace
}  // namespace twotier::budget
