// What a Database promises to its users, on each engine.
#include "common/db/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing_support::EngineParam;
using testing_support::TestDatabase;

constexpr Statement kInsert{
    "insert_account", "INSERT INTO account (province_code, name, amount) VALUES ($1, $2, $3)"};
constexpr Statement kAdd{"add_to_account",
                         "UPDATE account SET amount = amount + $3"
                         " WHERE province_code = $1 AND name = $2"};
constexpr Statement kGet{"get_account",
                         "SELECT amount FROM account WHERE province_code = $1 AND name = $2"};
constexpr Statement kNames{"list_accounts", "SELECT name FROM account ORDER BY name"};

std::vector<Migration> Steps() {
  return {{"test",
           1,
           "account",
           {"CREATE TABLE account (province_code TEXT NOT NULL, name TEXT NOT NULL,"
            " amount BIGINT NOT NULL CHECK (amount >= 0), PRIMARY KEY (province_code, name))"}}};
}

[[maybe_unused]] std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

class DatabaseTest : public testing::TestWithParam<EngineParam> {
 protected:
  DatabaseTest() : test_database_(GetParam().make()) { Open({}); }

  void Open(const DatabaseOptions& options) {
    database_.reset();
    absl::StatusOr<std::unique_ptr<Database>> database =
        Database::Open(test_database_.url(), Steps(), options);
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
  }

  absl::Status Insert(const std::string& name, int64_t amount) {
    return database_->Write({{"48", name}}, [&](Tx& tx) {
      return tx.Write(kInsert, {"48", name, amount});
    });
  }

  // What another reader sees.
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const absl::Status status = database_->ReadNow([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const Rows rows, tx.Query(kNames, {}));
      names.clear();
      for (const Row& row : rows) names.push_back(row.Text(0));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return names;
  }

  TestDatabase test_database_;
  std::unique_ptr<Database> database_;
};

TEST_P(DatabaseTest, WhatIsWrittenIsReadByOthers) {
  ASSERT_TRUE(Insert("a", 7).ok());
  int64_t amount = 0;
  const absl::Status status = database_->ReadNow([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, tx.Query(kGet, {"48", "a"}));
    amount = rows.at(0).Int(0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(amount, 7);
}

TEST_P(DatabaseTest, AnErrorUndoesTheUnit) {
  const absl::Status status = database_->Write({{"48", "a"}}, [](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Write(kInsert, {"48", "a", 1}));
    return absl::NotFoundError("no");
  });
  EXPECT_EQ(status, absl::NotFoundError("no"));
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_P(DatabaseTest, AUniqueViolationIsAlreadyExists) {
  ASSERT_TRUE(Insert("a", 7).ok());
  const absl::Status status = Insert("a", 8);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << status;
}

TEST_P(DatabaseTest, AnotherConstraintIsAFailedPrecondition) {
  const absl::Status status = Insert("a", -1);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
}

TEST_P(DatabaseTest, SubmittedUnitsAllCommit) {
  constexpr int kUnits = 500;
  absl::BlockingCounter left(kUnits);
  std::atomic<int> failed{0};
  ASSERT_TRUE(Insert("sum", 0).ok());
  for (int i = 0; i < kUnits; ++i) {
    Unit unit;
    unit.keys = {{"48", absl::StrCat("n", i)}, {"48", "sum"}};
    unit.work = [i](Tx& tx, bool) -> absl::Status {
      RETURN_IF_ERROR(tx.Write(kInsert, {"48", absl::StrCat("n", i), 1}));
      return tx.Write(kAdd, {"48", "sum", 1});
    };
    unit.done = [&](const absl::Status& status) {
      if (!status.ok()) ++failed;
      left.DecrementCount();
    };
    database_->Submit(std::move(unit));
  }
  left.Wait();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(Names().size(), kUnits + 1);
  EXPECT_EQ(test_database_.Run("SELECT amount FROM account WHERE name = 'sum'"),
            std::vector<std::string>{absl::StrCat(kUnits)});
}

INSTANTIATE_TEST_SUITE_P(All, DatabaseTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::db
