// What a Database promises to its users, on each engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/types/span.h"
#include "common/db/account_fixture.h"
#include "common/db/database.h"
#include "common/db/late_keys.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;

// Longest a test waits for something that must happen; only a broken program gets there.
constexpr absl::Duration kPatience = absl::Seconds(30);

using DatabaseTest = AccountTest;

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

TEST_P(DatabaseTest, QueriesAskedTogetherAreAnsweredInOrder) {
  constexpr int kMany = 100;  // More than one statement asks.
  const absl::Status status = database_->Write({{"48", "lane"}}, [](Tx& tx) -> absl::Status {
    std::vector<BoundStatement> queries;
    for (int i = 0; i < kMany; ++i) {
      const std::string name = absl::StrCat("account", i);
      // What the unit itself has written is seen; the odd ones are not there.
      if (i % 2 == 0) RETURN_IF_ERROR(tx.Write(kInsert, {"48", name, i}));
      queries.push_back(GetOf(name));
    }
    queries.push_back({kTotal, {}, {}});
    ASSIGN_OR_RETURN(const std::vector<Rows> answers, tx.QueryAll(queries));
    EXPECT_EQ(answers.size(), queries.size());
    for (int i = 0; i < kMany; ++i) {
      const int64_t amount = answers[i].empty() ? -1 : answers[i][0].Int(0);
      EXPECT_EQ(amount, i % 2 == 0 ? i : -1);
    }
    EXPECT_EQ(answers[kMany][0].Int(0), 2450);
    ASSIGN_OR_RETURN(const std::vector<Rows> nothing, tx.QueryAll({}));
    EXPECT_TRUE(nothing.empty());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_P(DatabaseTest, LargeRequestsShareABudget) {
  constexpr size_t kMegabyte = 1 << 20;
  DatabaseOptions options;
  options.lanes_postgres = 1;
  options.queue_bytes_max = 2 * kMegabyte;
  Open(options);
  Outcomes outcomes;
  const auto submit = [&](const std::string& name, size_t bytes) {
    Unit unit = MakeUnit(name, 1, outcomes);
    unit.bytes = bytes;
    database_->Submit(std::move(unit));
  };
  auto held = Hold();
  submit("first", kMegabyte);
  submit("second", kMegabyte);
  submit("one too many", kMegabyte);
  submit("small", 100);
  Read read;
  read.bytes = kMegabyte;
  read.work = [](Tx&) { return absl::OkStatus(); };
  read.done = outcomes.Done("reading");
  database_->Submit(std::move(read));
  for (const char* name : {"one too many", "reading"}) {  // Refused at once.
    EXPECT_EQ(outcomes.Of(name).code(), absl::StatusCode::kResourceExhausted) << name;
    EXPECT_EQ(ReasonOf(outcomes.Of(name)), "QUEUE_FULL");
    EXPECT_TRUE(error::RetryAfterOf(outcomes.Of(name)).has_value());
  }
  held->Release();
  outcomes.Wait(5);
  // What was answered has left its room, and one that needs more than there is has it alone.
  held.reset();
  submit("larger than all", 3 * kMegabyte);
  outcomes.Wait(6);
  EXPECT_THAT(Names(), ElementsAre("first", "larger than all", "second", "small"));
}

TEST_P(DatabaseTest, AReaderLeavesItsSiblingsTheirShareOfWhatIsQueued) {
  constexpr int kReaders = 2;
  DatabaseOptions options;
  options.readers = kReaders;
  Open(options);
  Outcomes outcomes;
  const auto submit = [&](const std::string& name, std::function<void()> work) {
    Read read;
    read.work = [work = std::move(work)](Tx&) {
      work();
      return absl::OkStatus();
    };
    read.done = outcomes.Done(name);
    database_->Submit(std::move(read));
  };
  // Both readers are busy while four reads queue up.
  absl::BlockingCounter busy(kReaders);
  absl::Notification release;
  for (int i = 0; i < kReaders; ++i) {
    submit(absl::StrCat("busy", i), [&] {
      busy.DecrementCount();
      release.WaitForNotification();
    });
  }
  busy.Wait();
  absl::Notification third;
  bool shared = false;
  // The first one needs the third: it waits for ever when both lie in one pile.
  submit("first", [&] { shared = third.WaitForNotificationWithTimeout(kPatience); });
  submit("second", [] {});
  submit("third", [&] { third.Notify(); });
  submit("fourth", [] {});
  release.Notify();
  outcomes.Wait(kReaders + 4);
  EXPECT_TRUE(shared);
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
    unit.work = [i](Tx& tx) -> absl::Status {
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

// ---- Looked up first, written once

// Looks for a row and adds it, as the request log does with ids.
std::function<absl::Status(Tx&)> AddUnlessThere(const std::string& name) {
  return [name](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t amount, AmountOf(tx, name));
    if (amount >= 0) return absl::AlreadyExistsError("it is there");
    return tx.Write(kInsertOnce, {"48", name, 1});
  };
}

TEST_P(DatabaseTest, OfTwoThatRaceForARowOneAddsIt) {
  constexpr int kPairs = 50;
  Outcomes outcomes;
  for (int i = 0; i < kPairs; ++i) {
    for (const char* racer : {"left", "right"}) {
      // Different keys: on PostgreSQL, most pairs run on two lanes at once.
      Unit unit = MakeUnit(absl::StrCat(racer, i), 1, outcomes);
      unit.keys = {{"48", absl::StrCat(racer, i)}};
      unit.first = {GetOf(absl::StrCat("request", i))};
      unit.work = AddUnlessThere(absl::StrCat("request", i));
      database_->Submit(std::move(unit));
    }
  }
  outcomes.Wait(2 * kPairs);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), kPairs);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kAlreadyExists), kPairs);
  EXPECT_EQ(Names().size(), kPairs);
}

TEST_P(DatabaseTest, AMateSeesWhatOneBeforeItAdded) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  for (const char* name : {"first", "second"}) {
    Unit unit = MakeUnit(name, 1, outcomes);
    unit.first = {GetOf("request")};
    unit.work = AddUnlessThere("request");
    database_->Submit(std::move(unit));
  }
  held->Release();
  outcomes.Wait(2);
  EXPECT_TRUE(outcomes.Of("first").ok());
  EXPECT_EQ(outcomes.Of("second").code(), absl::StatusCode::kAlreadyExists);
}

// ---- Aggregates

// Two accounts may be spent by two writers at once; together they must never exceed the envelope.
// Each writer's decision rests on the envelope, which it declares as a key: without that,
// PostgreSQL lets both pass.
class EnvelopeTest : public DatabaseTest {
 protected:
  static constexpr int64_t kEnvelope = 50;
  static constexpr int kSpendings = 100;

  // `late`: the key is declared while the unit runs.
  static Unit Spending(const std::string& account, bool late) {
    Unit unit;
    unit.keys = {{"48", account}};
    if (!late) unit.keys.push_back({"48", "envelope"});
    unit.work = [account, late](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const Rows spent, tx.Query(kTotal, {}));
      if (spent[0].Int(0) >= kEnvelope) return absl::FailedPreconditionError("spent");
      const Key envelope{"48", "envelope"};
      if (late) RETURN_IF_ERROR(DeclareLate(tx, absl::MakeSpan(&envelope, 1)));
      return tx.Write(kAdd, {"48", account, 1});
    };
    return unit;
  }

  // `left_late`: what is spent from the left account declares its key late; so for the right one.
  void Spend(bool left_late, bool right_late) {
    ASSERT_TRUE(Insert("left", 0).ok());
    ASSERT_TRUE(Insert("right", 0).ok());
    Outcomes outcomes;
    for (int i = 0; i < kSpendings; ++i) {
      for (const bool left : {true, false}) {
        const std::string account = left ? "left" : "right";
        Unit unit = Spending(account, left ? left_late : right_late);
        unit.done = outcomes.Done(absl::StrCat(account, i));
        database_->Submit(std::move(unit));
      }
    }
    outcomes.Wait(2 * kSpendings);
    EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), kEnvelope);
    EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kFailedPrecondition), 2 * kSpendings - kEnvelope);
    EXPECT_THAT(test_database_.Run("SELECT SUM(amount) FROM account"), ElementsAre("50"));
  }
};

TEST_P(EnvelopeTest, DeclaringTheAggregatePreventsWriteSkew) { Spend(false, false); }

TEST_P(EnvelopeTest, SoDoesDeclaringItWhileTheUnitsRun) { Spend(true, true); }

TEST_P(EnvelopeTest, AndDeclaringItLateBesideThoseWhoKnewIt) { Spend(true, false); }

// ---- End

TEST_P(DatabaseTest, DrainFinishesWhatIsQueuedAndRefusesTheRest) {
  Outcomes outcomes;
  for (int i = 0; i < 20; ++i) database_->Submit(MakeUnit(absl::StrCat("n", i), 1, outcomes));
  database_->Drain(absl::Seconds(30));
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 20);
  const absl::Status late = Insert("late", 1);
  EXPECT_EQ(late.code(), absl::StatusCode::kUnavailable) << late;
  EXPECT_EQ(ReasonOf(late), "SHUTTING_DOWN");
}

TEST_P(DatabaseTest, WhatDrainCannotFinishFails) {
  std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("queued", 1, outcomes));
  std::thread drain([&] { database_->Drain(absl::ZeroDuration()); });
  std::atomic<bool> closed{false};
  while (!closed) {
    Unit probe;
    probe.keys = {{"48", "lane"}};
    probe.work = [](Tx&) { return absl::OkStatus(); };
    probe.done = [&](const absl::Status& status) {
      if (ReasonOf(status) == "SHUTTING_DOWN") closed = true;
    };
    database_->Submit(std::move(probe));
  }
  held->Release();
  drain.join();
  outcomes.Wait(1);
  // Whether the lane was stopped before or after it took the unit is a race; both ends are clean.
  const absl::Status status = outcomes.Of("queued");
  EXPECT_EQ(ReasonOf(status), status.ok() ? "" : "SHUTTING_DOWN") << status;
  database_.reset();
  EXPECT_EQ(test_database_.Run("SELECT name FROM account WHERE name = 'queued'").size(),
            status.ok() ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(All, DatabaseTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);
INSTANTIATE_TEST_SUITE_P(All, EnvelopeTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::db
