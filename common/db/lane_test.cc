// What a lane promises to the units of one batch, on each engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/db/account_fixture.h"
#include "common/db/database.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;

using LaneTest = AccountTest;

TEST_P(LaneTest, APoisonedUnitFailsNoMate) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  for (int i = 0; i < 8; ++i) {
    database_->Submit(MakeUnit(absl::StrCat("n", i), i == 4 ? -1 : 1, outcomes));
  }
  held->Release();
  outcomes.Wait(8);
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(outcomes.Of(absl::StrCat("n", i)).code(),
              i == 4 ? absl::StatusCode::kFailedPrecondition : absl::StatusCode::kOk);
  }
  EXPECT_THAT(Names(), ElementsAre("n0", "n1", "n2", "n3", "n5", "n6", "n7"));
}

TEST_P(LaneTest, AUnitThatFailsAfterWritingIsUndoneAlone) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("before", 1, outcomes));
  Unit failing = MakeUnit("failing", 1, outcomes);
  failing.work = [work = failing.work](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(work(tx));
    return absl::OutOfRangeError("after writing");
  };
  database_->Submit(std::move(failing));
  database_->Submit(MakeUnit("after", 1, outcomes));
  held->Release();
  outcomes.Wait(3);
  EXPECT_EQ(outcomes.Of("failing"), absl::OutOfRangeError("after writing"));
  EXPECT_TRUE(outcomes.Of("before").ok());
  EXPECT_TRUE(outcomes.Of("after").ok());
  EXPECT_THAT(Names(), ElementsAre("after", "before"));
}

TEST_P(LaneTest, AGuardUndoesItsBodyAndKeepsTheRest) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("mate", 1, outcomes));
  Unit unit = MakeUnit("guarded", 1, outcomes);
  unit.work = [](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Write(kInsert, {"48", "kept", 1}));
    const absl::Status refused = tx.Guard([&]() -> absl::Status {
      RETURN_IF_ERROR(tx.Write(kInsert, {"48", "undone", 1}));
      return absl::FailedPreconditionError("the rule refuses");
    });
    if (tx.conflicted() || refused.ok()) return absl::InternalError("the guard let it pass");
    RETURN_IF_ERROR(tx.Write(kInsert, {"48", "also kept", 1}));
    return absl::OkStatus();
  };
  database_->Submit(std::move(unit));
  held->Release();
  outcomes.Wait(2);
  EXPECT_TRUE(outcomes.Of("guarded").ok()) << outcomes.Of("guarded");
  EXPECT_THAT(Names(), ElementsAre("also kept", "kept", "mate"));
}

TEST_P(LaneTest, AGuardSurvivesAnErrorOfTheEngine) {
  ASSERT_TRUE(Insert("there", 1).ok());
  absl::Status inner;
  const absl::Status status = database_->Write({{"48", "x"}}, [&](Tx& tx) -> absl::Status {
    inner = tx.Guard([&] { return tx.Write(kInsert, {"48", "there", 1}); });
    return tx.Write(kInsert, {"48", "remembered", 1});
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(inner.code(), absl::StatusCode::kAlreadyExists) << inner;
  EXPECT_THAT(Names(), ElementsAre("remembered", "there"));
}

TEST_P(LaneTest, OnlyTheEngineDecidesARerun) {
  int runs = 0;
  const absl::Status status = database_->Write({{"48", "x"}}, [&](Tx&) {
    ++runs;
    return absl::AbortedError("stale etag");
  });
  EXPECT_EQ(status, absl::AbortedError("stale etag"));
  EXPECT_EQ(runs, 1);
}

TEST_P(LaneTest, ErrorsWaitForTheCommitTheyRestOn) {
  // A mate's uncommitted row is what the second unit trips over; the second is told only after the
  // first is there to be seen.
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("first", 1, outcomes));
  std::vector<std::string> seen_at_done;
  Unit second = MakeUnit("second", 1, outcomes);
  second.work = [](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, tx.Query(kGet, {"48", "first"}));
    return rows.empty() ? absl::OkStatus() : absl::AlreadyExistsError("there is a first");
  };
  second.done = [&, done = second.done](absl::Status status) {
    seen_at_done = test_database_.Run("SELECT name FROM account");
    done(std::move(status));
  };
  database_->Submit(std::move(second));
  held->Release();
  outcomes.Wait(2);
  EXPECT_EQ(outcomes.Of("second"), absl::AlreadyExistsError("there is a first"));
  EXPECT_THAT(seen_at_done, ElementsAre("first"));
}

TEST_P(LaneTest, ABatchSharesOneCommit) {
  CountingObserver observer;
  DatabaseOptions options;
  options.observer = &observer;
  Open(options);
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  for (int i = 0; i < 20; ++i) database_->Submit(MakeUnit(absl::StrCat("n", i), 1, outcomes));
  const int before = observer.batches();
  held->Release();
  outcomes.Wait(20);
  // The holding unit's own batch, and one for the twenty. SQLite has one lane; on PostgreSQL all
  // have one key.
  EXPECT_LE(observer.batches() - before, 2);
  database_.reset();  // Before its observer.
}

// An answer that waits for the next batch would hold SQLite's only lane up for ever.
TEST_P(LaneTest, TheNextBatchRunsWhileAnswersAreGiven) {
  DatabaseOptions options;
  options.batch_max_sqlite = 1;
  Open(options);
  bool overlapped = test_database_.is_postgres();  // There, other lanes run meanwhile.
  // The lane helps when the other thread has not even begun with the batch before: then again.
  constexpr int kRoundsMax = 100;
  for (int round = 0; round == 0 || (!overlapped && round < kRoundsMax); ++round) {
    const std::unique_ptr<HeldLane> held = Hold();
    Outcomes outcomes;
    absl::Notification second_ran;
    std::thread::id lane;
    Unit first = MakeUnit(absl::StrCat("first", round), 1, outcomes);
    first.work = [&lane, work = first.work](Tx& tx) {
      lane = std::this_thread::get_id();
      return work(tx);
    };
    first.done = [&, done = first.done](absl::Status status) {
      if (std::this_thread::get_id() != lane) {
        overlapped = second_ran.WaitForNotificationWithTimeout(absl::Seconds(30)) || overlapped;
      }
      done(std::move(status));
    };
    Unit second = MakeUnit(absl::StrCat("second", round), 1, outcomes);
    second.work = [&, work = second.work](Tx& tx) {
      if (!second_ran.HasBeenNotified()) second_ran.Notify();
      return work(tx);
    };
    database_->Submit(std::move(first));
    database_->Submit(std::move(second));
    held->Release();
    outcomes.Wait(2);
    EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 2);
  }
  EXPECT_TRUE(overlapped);
}

TEST_P(LaneTest, WhoeverWasCommittedIsToldBeforeTheDatabaseCloses) {
  DatabaseOptions options;
  options.batch_max_sqlite = 1;
  Open(options);
  Outcomes outcomes;
  {
    const std::unique_ptr<HeldLane> held = Hold();
    for (int i = 0; i < 20; ++i) database_->Submit(MakeUnit(absl::StrCat("n", i), 1, outcomes));
  }
  database_.reset();
  const int committed = outcomes.CountOf(absl::StatusCode::kOk);
  EXPECT_EQ(committed + outcomes.CountOf(absl::StatusCode::kUnavailable), 20);
  EXPECT_THAT(test_database_.Run("SELECT COUNT(*) FROM account"),
              ElementsAre(absl::StrCat(committed)));
}

TEST_P(LaneTest, AFullQueueRefusesAtOnce) {
  DatabaseOptions options;
  options.queue_max = 2;
  Open(options);
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("a", 1, outcomes));
  database_->Submit(MakeUnit("b", 1, outcomes));
  database_->Submit(MakeUnit("c", 1, outcomes));
  const absl::Status refused = outcomes.Of("c");  // Known before anything ran.
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted) << refused;
  EXPECT_EQ(ReasonOf(refused), "QUEUE_FULL");
  EXPECT_TRUE(error::RetryAfterOf(refused).has_value());
  // What the process does by itself, such as renewing a lease, goes on under a flood of calls.
  Unit own = MakeUnit("own", 1, outcomes);
  own.own = true;
  database_->Submit(std::move(own));
  held->Release();
  outcomes.Wait(4);
  EXPECT_THAT(Names(), ElementsAre("a", "b", "own"));
}

TEST_P(LaneTest, UnwantedUnitsAreDropped) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  Unit unwanted = MakeUnit("unwanted", 1, outcomes);
  unwanted.wanted = [] { return false; };
  database_->Submit(std::move(unwanted));
  database_->Submit(MakeUnit("wanted", 1, outcomes));
  // Gone while its batch is running.
  bool gone = false;
  Unit last = MakeUnit("last", 1, outcomes);
  Unit ending = MakeUnit("ending", 1, outcomes);
  ending.work = [&gone, work = ending.work](Tx& tx) {
    gone = true;
    return work(tx);
  };
  last.wanted = [&gone] { return !gone; };
  database_->Submit(std::move(ending));
  database_->Submit(std::move(last));
  held->Release();
  outcomes.Wait(4);
  EXPECT_EQ(outcomes.Of("unwanted").code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(outcomes.Of("unwanted")), "TOO_LATE");
  EXPECT_EQ(outcomes.Of("last").code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Names(), ElementsAre("ending", "wanted"));
}

TEST_P(LaneTest, ADryRunLeavesNothing) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  Unit dry = MakeUnit("dry", 1, outcomes);
  dry.dry_run = true;
  Unit refused = MakeUnit("refused", -1, outcomes);
  refused.dry_run = true;
  database_->Submit(MakeUnit("before", 1, outcomes));
  database_->Submit(std::move(dry));
  database_->Submit(std::move(refused));
  database_->Submit(MakeUnit("after", 1, outcomes));
  held->Release();
  outcomes.Wait(4);
  EXPECT_TRUE(outcomes.Of("dry").ok()) << outcomes.Of("dry");
  EXPECT_EQ(outcomes.Of("refused").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Names(), ElementsAre("after", "before"));
}

// ---- What units begin with

constexpr Statement kSet{"set_account",
                         "UPDATE account SET amount = $3"
                         " WHERE province_code = $1 AND name = $2 AND amount = $3 - 1"};

// Reads the amount and writes the next one, if it is still the next one.
Unit NextOf(const std::string& name, Outcomes& outcomes, Sequence* sequence = nullptr) {
  Unit unit;
  unit.keys = {{"48", "lane"}};
  unit.first = {GetOf("a")};
  unit.work = [sequence, name](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t amount, AmountOf(tx, "a"));
    if (sequence != nullptr) sequence->Add(name);
    return tx.Write(kSet, {"48", "a", amount + 1});
  };
  unit.done = outcomes.Done(name);
  return unit;
}

TEST_P(LaneTest, UnitsAskForWhatTheyBeginWithTogetherWhereThatSavesFlights) {
  Sequence sequence;
  DatabaseOptions options;
  options.observer = &sequence;
  Open(options);
  ASSERT_TRUE(Insert("a", 1).ok());
  ASSERT_TRUE(Insert("b", 2).ok());
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  sequence.Take();
  for (const std::string name : {"a", "b", "none"}) {
    Unit unit;
    unit.keys = {{"48", "lane"}};
    unit.first = {GetOf(name)};
    unit.work = [&sequence, name](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const int64_t amount, AmountOf(tx, name));
      sequence.Add(absl::StrCat(name, " ", amount));
      return absl::OkStatus();
    };
    unit.done = outcomes.Done(name);
    database_->Submit(std::move(unit));
  }
  held->Release();
  outcomes.Wait(3);
  const std::string get(kGet.name);
  if (database_->engine() == Engine::kPostgres) {
    EXPECT_THAT(sequence.TakeOf({get, "a 1", "b 2", "none -1"}),
                ElementsAre(get, get, get, "a 1", "b 2", "none -1"));
  } else {
    EXPECT_THAT(sequence.TakeOf({get, "a 1", "b 2", "none -1"}),
                ElementsAre(get, "a 1", get, "b 2", get, "none -1"));
  }
  database_.reset();  // Before its observer.
}

TEST_P(LaneTest, AUnitMayBeginWithSeveralQueries) {
  ASSERT_TRUE(Insert("a", 1).ok());
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  std::vector<int64_t> seen;
  for (const std::string name : {"n1", "n2"}) {
    // Both begin with "a"; the second one asks for it itself, and finds its own row fetched.
    Unit unit = MakeUnit(name, 1, outcomes);
    unit.first = {GetOf("a"), GetOf(name)};
    unit.work = [name, &seen](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const int64_t shared, AmountOf(tx, "a"));
      ASSIGN_OR_RETURN(const int64_t own, AmountOf(tx, name));
      seen.insert(seen.end(), {shared, own});
      RETURN_IF_ERROR(tx.Write(kAdd, {"48", "a", 1}));
      RETURN_IF_ERROR(tx.Write(kInsert, {"48", name, 7}));
      ASSIGN_OR_RETURN(const int64_t again, AmountOf(tx, name));
      seen.push_back(again);
      return absl::OkStatus();
    };
    database_->Submit(std::move(unit));
  }
  held->Release();
  outcomes.Wait(2);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 2);
  EXPECT_THAT(seen, ElementsAre(1, -1, 7, 2, -1, 7));
}

TEST_P(LaneTest, WhatMayBeSharedIsAskedOnceForAllMates) {
  ASSERT_TRUE(Insert("a", 1).ok());
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  std::vector<int64_t> seen;
  for (const std::string name : {"n1", "n2", "n3"}) {
    Unit unit = MakeUnit(name, 1, outcomes);
    unit.first = {GetOf("a")};
    unit.first[0].shared = true;
    unit.work = [&seen](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const int64_t amount, AmountOf(tx, "a"));
      seen.push_back(amount);
      return tx.Write(kAdd, {"48", "a", 1});
    };
    database_->Submit(std::move(unit));
  }
  held->Release();
  outcomes.Wait(3);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 3);
  // What was there before the batch, where it is fetched; every addition counts.
  const bool fetched = database_->engine() == Engine::kPostgres;
  EXPECT_THAT(seen, fetched ? ElementsAre(1, 1, 1) : ElementsAre(1, 2, 3));
  EXPECT_THAT(test_database_.Run("SELECT amount FROM account WHERE name = 'a'"), ElementsAre("4"));
}

TEST_P(LaneTest, WhatAUnitBeginsWithMayBeAskedTogetherByIt) {
  ASSERT_TRUE(Insert("a", 1).ok());
  ASSERT_TRUE(Insert("b", 2).ok());
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  std::vector<int64_t> seen;
  for (const std::string name : {"n1", "n2"}) {
    Unit unit = MakeUnit(name, 1, outcomes);
    unit.first = {GetOf(name), GetOf("a"), GetOf("b")};
    unit.work = [name, &seen](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const int64_t own, AmountOf(tx, name));
      ASSIGN_OR_RETURN(const std::vector<Rows> all,
                       tx.QueryAll({{GetOf("a"), GetOf("b"), GetOf("none")}}));
      seen.insert(seen.end(), {own, all[0][0].Int(0), all[1][0].Int(0)});
      EXPECT_TRUE(all[2].empty());
      return tx.Write(kAdd, {"48", "b", 5});
    };
    database_->Submit(std::move(unit));
  }
  held->Release();
  outcomes.Wait(2);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 2);
  EXPECT_THAT(seen, ElementsAre(-1, 1, 2, -1, 1, 7));
}

TEST_P(LaneTest, WhoBeginsAsAMateDidSeesWhatTheMateWrote) {
  Sequence sequence;
  DatabaseOptions options;
  options.observer = &sequence;
  Open(options);
  ASSERT_TRUE(Insert("a", 0).ok());
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  for (int i = 0; i < 8; ++i) database_->Submit(NextOf(absl::StrCat("n", i), outcomes, &sequence));
  sequence.Take();
  held->Release();
  outcomes.Wait(8);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 8);
  // Each ran once: nobody took what a mate had changed for its own.
  EXPECT_EQ(sequence.TakeOf({"n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"}).size(), 8);
  const absl::Status checked = database_->ReadNow([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t amount, AmountOf(tx, "a"));
    EXPECT_EQ(amount, 8);
    return absl::OkStatus();
  });
  EXPECT_TRUE(checked.ok()) << checked;
  database_.reset();  // Before its observer.
}

TEST_P(LaneTest, WhatAMateChangesUnderAUnitMakesBothRunAgain) {
  ASSERT_TRUE(Insert("a", 0).ok());
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  Unit mate;
  mate.keys = {{"48", "lane"}};
  mate.work = [](Tx& tx) { return tx.Write(kAdd, {"48", "a", 10}); };
  mate.done = outcomes.Done("mate");
  database_->Submit(std::move(mate));
  database_->Submit(NextOf("unit", outcomes));
  held->Release();
  outcomes.Wait(2);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 2);
  const absl::Status checked = database_->ReadNow([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t amount, AmountOf(tx, "a"));
    EXPECT_EQ(amount, 11);
    return absl::OkStatus();
  });
  EXPECT_TRUE(checked.ok()) << checked;
}

INSTANTIATE_TEST_SUITE_P(All, LaneTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::db
