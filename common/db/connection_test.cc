#include "common/db/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;
using testing::Lt;

std::vector<Bump> BumpsOfPeople(int first, int count) {
  std::vector<Key> keys;
  for (int i = first; i < first + count; ++i) keys.push_back({"", absl::StrCat("persons/", i)});
  return BumpsOf({&keys});
}

TEST(BumpsTest, AreSortedAndDistinct) {
  const std::vector<Key> keys = {{"79", "ledger"}, {"01", "ledger"}, {"79", "ledger"}};
  const std::vector<Bump> bumps = BumpsOf({&keys, &keys});
  ASSERT_EQ(bumps.size(), 2u);
  EXPECT_EQ(bumps[0].province_code, "01");
  EXPECT_EQ(bumps[1].province_code, "79");
}

// Releases that run side by side must agree: the rows guard what both write.
TEST(BumpsTest, ABucketIsTheSameInEveryRelease) {
  const std::vector<Key> keys = {{"79", "ledger"}, {"", "persons/1"}};
  EXPECT_THAT(BumpsOf({&keys}), ElementsAre(Bump{"", 63560}, Bump{"79", 4004}));
}

// Which lane takes a unit is its first key's hash modulo the number of lanes.
TEST(BumpsTest, AggregatesOfDifferentLanesShareNoBucket) {
  constexpr uint64_t kLanes = 4;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<Key> keys = {{"79", absl::StrCat("dossiers/", i)}};
    const std::vector<Bump> bumps = BumpsOf({&keys});
    ASSERT_EQ(bumps.size(), 1u);
    EXPECT_EQ(static_cast<uint64_t>(bumps[0].bucket) % kLanes,
              StableHash(keys[0].province_code, keys[0].name) % kLanes);
  }
}

TEST(BumpsTest, TwoBatchesOfPeopleSeldomMeet) {
  constexpr int kBatch = 64;
  constexpr int kPairs = 200;
  int met = 0;
  for (int pair = 0; pair < kPairs; ++pair) {
    const std::vector<Bump> one = BumpsOfPeople(2 * pair * kBatch, kBatch);
    const std::vector<Bump> other = BumpsOfPeople((2 * pair + 1) * kBatch, kBatch);
    std::vector<Bump> shared;
    std::set_intersection(one.begin(), one.end(), other.begin(), other.end(),
                          std::back_inserter(shared));
    met += shared.empty() ? 0 : 1;
  }
  EXPECT_THAT(met, Lt(kPairs / 20));  // Of 4096 buckets: more than half.
}

}  // namespace
}  // namespace twotier::db
