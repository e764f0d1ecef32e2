#include "common/db/held_rows.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Statement kAdd{"add", "INSERT INTO account (name, amount) VALUES ($1, COALESCE($2, 0))"};
constexpr Statement kAddOnce{
    "add_once", "INSERT INTO account (name, amount) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
constexpr Statement kNote{"note", "INSERT INTO account_note (name) VALUES ($1)"};
constexpr Statement kRaise{"raise", "UPDATE account SET amount = $2 WHERE name = $1"};
constexpr Statement kCount{"count",
                           "INSERT INTO counter (n) VALUES ($1) ON CONFLICT (n) DO NOTHING"};

bool Hold(HeldRows& held, const Statement& statement, std::initializer_list<Value> values,
          int64_t rows_expected = 1) {
  return held.Hold(statement, Values(values.begin(), values.size()), rows_expected);
}

TEST(HeldRowsTest, ARowInsertIsTakenApart) {
  const auto insert = ParseRowInsert(kAddOnce.sql);
  ASSERT_TRUE(insert.has_value());
  EXPECT_EQ(insert->table, "account");
  EXPECT_EQ(insert->row, "($1, $2)");
  EXPECT_EQ(Repeated(*insert, 2, 3),
            "INSERT INTO account (name, amount) VALUES ($1, $2), ($3, $4), ($5, $6)"
            " ON CONFLICT DO NOTHING");
  EXPECT_EQ(
      Repeated(*ParseRowInsert(kAdd.sql), 2, 2),
      "INSERT INTO account (name, amount) VALUES ($1, COALESCE($2, 0)), ($3, COALESCE($4, 0))");
}

TEST(HeldRowsTest, WhatMayMeetItsOwnRowsGoesAlone) {
  for (const absl::string_view sql :
       {"INSERT INTO a (n) VALUES ($1) RETURNING n",
        "INSERT INTO a (n) VALUES ($1) ON CONFLICT (n) DO UPDATE SET n = excluded.n",
        "INSERT INTO a (n) SELECT n FROM b WHERE n = $1",
        "INSERT INTO a (n) VALUES ((SELECT MAX(n) FROM a))", "INSERT INTO a (n) VALUES ($1",
        "INSERT INTO a (n) VALUES", "UPDATE a SET n = $1", "DELETE FROM a"}) {
    EXPECT_FALSE(ParseRowInsert(sql).has_value()) << sql;
  }
}

TEST(HeldRowsTest, RowsOfOneStatementGoTogether) {
  HeldRows held;
  EXPECT_TRUE(Hold(held, kAdd, {"a", 1}));
  EXPECT_TRUE(Hold(held, kNote, {"a"}));
  EXPECT_TRUE(Hold(held, kAdd, {"b", std::nullopt}));
  EXPECT_EQ(held.size(), 3);
  const std::vector<HeldRows::Group> groups = held.Take();
  EXPECT_TRUE(held.empty());
  EXPECT_EQ(held.size(), 0);
  ASSERT_EQ(groups.size(), 2);
  EXPECT_EQ(groups[0].statement.name, kAdd.name);
  ASSERT_EQ(groups[0].rows.size(), 2);
  EXPECT_THAT(groups[0].rows[1].values,
              ElementsAre(Row::Cell(std::string("b")), Row::Cell(std::monostate())));
  EXPECT_EQ(groups[1].statement.name, kNote.name);
}

TEST(HeldRowsTest, ValuesAreCopied) {
  HeldRows held;
  std::string name = "a";
  EXPECT_TRUE(Hold(held, kAdd, {name, Blob{name}}));
  name = "b";
  const std::vector<HeldRows::Group> groups = held.Take();
  EXPECT_THAT(groups[0].rows[0].values,
              ElementsAre(Row::Cell(std::string("a")), Row::Cell(std::string("a"))));
  EXPECT_THAT(groups[0].rows[0].is_blob, ElementsAre(false, true));
}

TEST(HeldRowsTest, WhoeverNamesTheTableIsConcerned) {
  HeldRows held;
  EXPECT_FALSE(held.Concern(kRaise));
  EXPECT_FALSE(held.Concern({"commit", "COMMIT"}));
  EXPECT_TRUE(Hold(held, kAdd, {"a", 1}));
  EXPECT_TRUE(held.Concern(kRaise));
  EXPECT_TRUE(held.Concern({"get", "SELECT n.name FROM other n, account WHERE n.name = $1"}));
  EXPECT_FALSE(held.Concern(kNote));  // Another table, whose name begins alike.
  EXPECT_FALSE(held.Concern({"get", "SELECT name FROM my_account WHERE name = $1"}));
  // What is no work on rows may end what they are part of.
  EXPECT_TRUE(held.Concern({"commit", "COMMIT"}));
  held.Clear();
  EXPECT_FALSE(held.Concern(kRaise));
  EXPECT_THAT(held.Take(), IsEmpty());
}

TEST(HeldRowsTest, OneTableIsFilledByOneStatementAtATime) {
  HeldRows held;
  EXPECT_TRUE(Hold(held, kAdd, {"a", 1}));
  EXPECT_FALSE(Hold(held, kAddOnce, {"b", 1}));
  EXPECT_FALSE(Hold(held, kRaise, {"b", 1}));
  EXPECT_FALSE(Hold(held, kCount, {1}));
  // Who expects another number of rows than one waits for nobody.
  EXPECT_FALSE(Hold(held, kAdd, {"b", 1}, 0));
  EXPECT_EQ(held.size(), 1);
}

}  // namespace
}  // namespace twotier::db
