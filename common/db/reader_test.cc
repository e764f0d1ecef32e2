// What reads get: one state, in a transaction that they may share, and no way to write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/db/account_fixture.h"
#include "common/db/database.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;

using ReaderTest = AccountTest;

TEST_P(ReaderTest, AReadSeesOneState) {
  ASSERT_TRUE(Insert("a", 1).ok());
  int64_t first = 0;
  int64_t second = 0;
  const absl::Status status = database_->ReadNow([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows before, tx.Query(kTotal, {}));
    test_database_.Run("UPDATE account SET amount = 2");
    ASSIGN_OR_RETURN(const Rows after, tx.Query(kTotal, {}));
    first = before[0].Int(0);
    second = after[0].Int(0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST_P(ReaderTest, AReadCannotWrite) {
  const absl::Status status = database_->ReadNow([](Tx& tx) {
    return tx.Exec(kInsert, {"48", "a", 1}).status();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_READ_ONLY");
  EXPECT_THAT(Names(), testing::IsEmpty());
}

// Keeps the only reader busy until it is released: the reads that are submitted meanwhile are taken
// together.
class HeldReader {
 public:
  HeldReader(Database& database, Outcomes& outcomes) : database_(database), outcomes_(outcomes) {
    Submit("blocker", [this](Tx&) {
      blocked_.Notify();
      release_.WaitForNotification();
      return absl::OkStatus();
    });
    blocked_.WaitForNotification();
  }

  void Submit(const std::string& name, std::function<absl::Status(Tx&)> work,
              std::optional<BoundStatement> first = std::nullopt) {
    Read read;
    read.first = std::move(first);
    read.work = std::move(work);
    read.done = outcomes_.Done(name);
    database_.Submit(std::move(read));
  }
  void Release() { release_.Notify(); }

 private:
  Database& database_;
  Outcomes& outcomes_;
  absl::Notification blocked_;
  absl::Notification release_;
};

TEST_P(ReaderTest, ABrokenReadFailsNoMate) {
  DatabaseOptions options;
  options.readers = 1;
  Open(options);
  ASSERT_TRUE(Insert("a", 1).ok());
  Outcomes outcomes;
  HeldReader reader(*database_, outcomes);
  reader.Submit("good", [](Tx& tx) { return tx.Query(kTotal, {}).status(); });
  reader.Submit("broken", [](Tx& tx) { return tx.Query({"broken", "SELEC"}, {}).status(); });
  reader.Submit("better", [](Tx& tx) { return tx.Query(kTotal, {}).status(); });
  reader.Release();
  outcomes.Wait(4);
  EXPECT_TRUE(outcomes.Of("good").ok());
  EXPECT_EQ(outcomes.Of("broken").code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(outcomes.Of("better").ok());
}

// What one transaction of the reader sees must not grow old under the reads that wait, nor what was
// fetched in it.
TEST_P(ReaderTest, ReadsThatWaitGetATransactionOfTheirOwnWhenTheSharedOneIsOld) {
  for (const bool shared : {true, false}) {
    DatabaseOptions options;
    options.readers = 1;
    options.read_transaction_max = shared ? absl::Hours(1) : absl::ZeroDuration();
    Open(options);
    Outcomes outcomes;
    HeldReader reader(*database_, outcomes);
    const std::string name = shared ? "meanwhile shared" : "meanwhile alone";
    reader.Submit("first", [&](Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Query(kNames, {}).status());
      return Insert(name, 1);
    });
    bool seen = false;
    reader.Submit(
        "second",
        [&](Tx& tx) -> absl::Status {
          ASSIGN_OR_RETURN(const Rows rows, tx.Query(kGet, {"48", name}));
          seen = !rows.empty();
          return absl::OkStatus();
        },
        GetOf(name));
    reader.Release();
    outcomes.Wait(3);
    EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 3);
    EXPECT_EQ(seen, !shared);
  }
}

// ---- What reads begin with

TEST_P(ReaderTest, ReadsAskForWhatTheyBeginWithTogetherWhereThatSavesFlights) {
  Sequence sequence;
  DatabaseOptions options;
  options.readers = 1;
  options.observer = &sequence;
  Open(options);
  ASSERT_TRUE(Insert("a", 1).ok());
  ASSERT_TRUE(Insert("b", 2).ok());
  Outcomes outcomes;
  HeldReader reader(*database_, outcomes);
  sequence.Take();
  std::vector<int64_t> amounts;
  for (const char* name : {"a", "b", "none"}) {
    reader.Submit(
        name,
        [&, name](Tx& tx) -> absl::Status {
          ASSIGN_OR_RETURN(const int64_t amount, AmountOf(tx, name));
          amounts.push_back(amount);
          sequence.Add(name);
          return absl::OkStatus();
        },
        GetOf(name));
  }
  reader.Release();
  outcomes.Wait(4);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 4);
  EXPECT_THAT(amounts, ElementsAre(1, 2, -1));
  const std::string get(kGet.name);
  if (database_->engine() == Engine::kPostgres) {
    EXPECT_THAT(sequence.Take(), ElementsAre(get, get, get, "a", "b", "none"));
  } else {
    EXPECT_THAT(sequence.Take(), ElementsAre(get, "a", get, "b", get, "none"));
  }
  database_.reset();  // Before its observer.
}

TEST_P(ReaderTest, AnyNumberOfReadsGetsItsOwnRows) {
  DatabaseOptions options;
  options.readers = 1;
  Open(options);
  constexpr int kNames = 40;  // More than share a transaction.
  for (int i = 0; i < kNames; ++i) ASSERT_TRUE(Insert(absl::StrCat("name", i), i).ok());
  for (const int count : {3, 4, 2, 40, 1, 33}) {
    Outcomes outcomes;
    HeldReader reader(*database_, outcomes);
    std::vector<int64_t> amounts(count, -2);
    for (int i = 0; i < count; ++i) {
      const std::string name = absl::StrCat("name", i);
      reader.Submit(
          name,
          [&amounts, i, name](Tx& tx) -> absl::Status {
            ASSIGN_OR_RETURN(amounts[i], AmountOf(tx, name));
            return absl::OkStatus();
          },
          GetOf(name));
    }
    reader.Release();
    outcomes.Wait(count + 1);
    std::vector<int64_t> expected(count);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(amounts, expected);
  }
}

TEST_P(ReaderTest, WhatAReadAsksDecides) {
  DatabaseOptions options;
  options.readers = 1;
  Open(options);
  ASSERT_TRUE(Insert("a", 1).ok());
  ASSERT_TRUE(Insert("b", 2).ok());
  Outcomes outcomes;
  HeldReader reader(*database_, outcomes);
  int64_t other = 0;
  int64_t first = 0;
  int64_t again = 0;
  reader.Submit(
      "other",
      [&](Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(other, AmountOf(tx, "b"));
        return absl::OkStatus();
      },
      GetOf("a"));
  reader.Submit(
      "twice",
      [&](Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(first, AmountOf(tx, "a"));
        ASSIGN_OR_RETURN(again, AmountOf(tx, "a"));
        return absl::OkStatus();
      },
      GetOf("a"));
  reader.Submit(
      "nothing", [](Tx&) { return absl::OkStatus(); }, GetOf("a"));
  reader.Release();
  outcomes.Wait(4);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 4);
  EXPECT_EQ(other, 2);
  EXPECT_EQ(first, 1);
  EXPECT_EQ(again, 1);
}

TEST_P(ReaderTest, ABrokenBeginningFailsNoMate) {
  DatabaseOptions options;
  options.readers = 1;
  Open(options);
  ASSERT_TRUE(Insert("a", 1).ok());
  const Statement kBroken{"broken", "SELEC"};
  // One that the engine refuses, and one that never gets there.
  for (const BoundStatement& bad :
       {BoundStatement{kBroken, {}, {}}, BoundStatement{kGet, {"48", "\xff"}, {}}}) {
    Outcomes outcomes;
    HeldReader reader(*database_, outcomes);
    int64_t good = 0;
    int64_t better = 0;
    const auto amount_into = [](int64_t& amount) {
      return [&amount](Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(amount, AmountOf(tx, "a"));
        return absl::OkStatus();
      };
    };
    reader.Submit("good", amount_into(good), GetOf("a"));
    reader.Submit(
        "bad",
        [&](Tx& tx) {
          std::vector<Value> values;
          for (const Row::Cell& cell : bad.values) values.emplace_back(std::get<std::string>(cell));
          return tx.Query(bad.statement, Values(values)).status();
        },
        bad);
    reader.Submit("better", amount_into(better), GetOf("a"));
    reader.Release();
    outcomes.Wait(4);
    EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 3);
    EXPECT_EQ(outcomes.Of("bad").code(), bad.values.empty() ? absl::StatusCode::kInternal
                                                            : absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(good, 1);
    EXPECT_EQ(better, 1);
  }
}

TEST(PostgresReaderTest, ALossWhileIdleIsNotNoticedByReadsThatBeginTogether) {
  testing_support::TestDatabase test_database = testing_support::MakePostgres();
  DatabaseOptions options;
  options.readers = 1;
  absl::StatusOr<std::unique_ptr<Database>> database =
      Database::Open(test_database.url(), AccountSteps(), options);
  ASSERT_TRUE(database.ok()) << database.status();
  Outcomes outcomes;
  HeldReader reader(**database, outcomes);
  for (const char* name : {"a", "b"}) {
    reader.Submit(
        name, [name](Tx& tx) { return AmountOf(tx, name).status(); }, GetOf(name));
  }
  test_database.KillConnections();
  reader.Release();
  outcomes.Wait(3);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 3);
}

INSTANTIATE_TEST_SUITE_P(All, ReaderTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::db
