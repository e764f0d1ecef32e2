#include "common/db/together.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;

constexpr Statement kGet{"get", "SELECT amount FROM account WHERE owner = $2 AND name = $1"};
constexpr Statement kOther{"other", "SELECT amount FROM account WHERE name = $1"};
constexpr Statement kSorted{"sorted", "SELECT amount FROM account WHERE name = $1 ORDER BY amount"};
constexpr Statement kRemove{"remove", "DELETE FROM account WHERE name = $1 RETURNING name"};

BoundStatement Ask(const Statement& statement, std::vector<Row::Cell> values,
                   std::vector<bool> is_blob = {}) {
  return {statement, std::move(values), std::move(is_blob)};
}

std::vector<std::vector<size_t>> Groups(const std::vector<BoundStatement>& queries,
                                        size_t size_max = 16) {
  std::vector<const BoundStatement*> borrowed;
  for (const BoundStatement& query : queries) borrowed.push_back(&query);
  return AskableTogether(borrowed, size_max);
}

TEST(TogetherTest, QueriesOfOneStatementAreAskedTogether) {
  EXPECT_THAT(
      Groups({Ask(kOther, {"a"}), Ask(kGet, {"a", "b"}), Ask(kOther, {"b"}), Ask(kOther, {"c"})}),
      ElementsAre(ElementsAre(0, 2, 3), ElementsAre(1)));
}

TEST(TogetherTest, AGroupHasAnEnd) {
  EXPECT_THAT(Groups({Ask(kOther, {"a"}), Ask(kOther, {"b"}), Ask(kOther, {"c"})}, 2),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2)));
}

TEST(TogetherTest, OrderOnlyHoldsAlone) {
  EXPECT_THAT(Groups({Ask(kSorted, {"a"}), Ask(kSorted, {"b"})}),
              ElementsAre(ElementsAre(0), ElementsAre(1)));
}

TEST(TogetherTest, OnlyQueriesAreAskedTogether) {
  EXPECT_THAT(Groups({Ask(kRemove, {"a"}), Ask(kRemove, {"b"})}),
              ElementsAre(ElementsAre(0), ElementsAre(1)));
}

TEST(TogetherTest, OneStatementIsPreparedForOneTypeOfEachValue) {
  const Row::Cell absent;
  EXPECT_THAT(Groups({Ask(kOther, {"a"}), Ask(kOther, {int64_t{1}}), Ask(kOther, {absent}),
                      Ask(kOther, {absent}), Ask(kOther, {"a"}, {true}), Ask(kOther, {"b"})}),
              ElementsAre(ElementsAre(0, 5), ElementsAre(1), ElementsAre(2), ElementsAre(3),
                          ElementsAre(4)));
}

TEST(TogetherTest, EachQueryHasItsValues) {
  EXPECT_EQ(Together(kGet.sql, 2, 2),
            "SELECT asked.number, found.* FROM (VALUES (0, $1, $2), (1, $3, $4))"
            " AS asked (number, value1, value2) CROSS JOIN LATERAL ("
            "SELECT amount FROM account WHERE owner = asked.value2 AND name = asked.value1"
            " OFFSET 0) AS found");
}

TEST(TogetherTest, ParametersAreCountedByTheHighest) {
  EXPECT_EQ(ParameterCount(kGet.sql), 2);
  EXPECT_EQ(ParameterCount("SELECT $12, $3"), 12);
  EXPECT_EQ(ParameterCount("SELECT 1"), 0);
}

}  // namespace
}  // namespace twotier::db
