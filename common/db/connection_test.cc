#include "common/db/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/db/database.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Lt;
using testing::Not;

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

// Of a table of one page the planner would read every row, whatever the key, and each version of
// it that has not been cleared away.
TEST(ConnectionTest, WritersOfPostgresLookUpByKey) {
  testing_support::TestDatabase test_database = testing_support::MakePostgres();
  const auto database = Database::Open(
      test_database.url(),
      {{"test", 1, "thing", {"CREATE TABLE thing (name TEXT PRIMARY KEY, size BIGINT NOT NULL)"}}},
      {});
  ASSERT_TRUE(database.ok()) << database.status();
  test_database.Run("INSERT INTO thing VALUES ('a', 1)");
  test_database.Run("ANALYZE thing");
  constexpr Statement kPlan{"plan",
                            "EXPLAIN UPDATE thing SET size = size + added.column2 FROM (VALUES "
                            "('a', 1), ('b', 2)) AS added"
                            " WHERE thing.name = added.column1"};
  std::string plan;
  const absl::Status status = (*database)->Write({}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, tx.Query(kPlan, {}));
    for (const Row& row : rows) absl::StrAppend(&plan, row.Text(0), "\n");
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(plan, HasSubstr("Index Scan using thing_pkey"));
  EXPECT_THAT(plan, Not(HasSubstr("Seq Scan")));
}

}  // namespace
}  // namespace twotier::db
