// What a Database promises to its users, on each engine.
#include "common/db/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;
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

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

constexpr Statement kTotal{"total", "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM account"};
constexpr Statement kClaim{"claim",
                           "INSERT INTO account (province_code, name, amount) VALUES ('48', $1, 0)"
                           " ON CONFLICT DO NOTHING"};

BoundStatement ClaimOf(const std::string& name) { return {kClaim, {name}, {false}}; }

// What became of units, by name.
class Outcomes {
 public:
  std::function<void(absl::Status)> Done(const std::string& name) {
    return [this, name](absl::Status status) {
      absl::MutexLock lock(&mutex_);
      outcomes_[name] = std::move(status);
    };
  }
  void Wait(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] { return outcomes_.size() >= count; };
    mutex_.Await(absl::Condition(&enough));
  }
  absl::Status Of(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    const auto found = outcomes_.find(name);
    return found == outcomes_.end() ? absl::UnknownError("not finished") : found->second;
  }
  int CountOf(absl::StatusCode code) {
    absl::MutexLock lock(&mutex_);
    int count = 0;
    for (const auto& [name, status] : outcomes_) count += status.code() == code ? 1 : 0;
    return count;
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, absl::Status> outcomes_;
};

// Keeps the lane of key "48/lane" busy, so that what is submitted meanwhile becomes one batch.
class HeldLane {
 public:
  explicit HeldLane(Database& database) {
    Unit unit;
    unit.keys = {{"48", "lane"}};
    unit.work = [this](Tx&, bool) {
      running_.Notify();
      release_.WaitForNotification();
      return absl::OkStatus();
    };
    unit.done = [this](const absl::Status&) { finished_.Notify(); };
    database.Submit(std::move(unit));
    running_.WaitForNotification();
  }
  ~HeldLane() {
    Release();
    finished_.WaitForNotification();
  }
  void Release() {
    if (!release_.HasBeenNotified()) release_.Notify();
  }

 private:
  absl::Notification running_;
  absl::Notification release_;
  absl::Notification finished_;
};

class CountingObserver final : public Observer {
 public:
  void OnStatement(absl::string_view, absl::Duration, bool) override {}
  void OnBatch(int, absl::Duration) override { ++batches_; }
  void OnConflict() override {}
  void OnReconnect() override {}
  void OnQueue(bool, size_t) override {}
  void OnWal(int64_t) override {}
  int batches() const { return batches_; }

 private:
  std::atomic<int> batches_{0};
};

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

  std::unique_ptr<HeldLane> Hold() { return std::make_unique<HeldLane>(*database_); }

  // Inserts an account, on the lane that Hold holds.
  static Unit MakeUnit(const std::string& name, int64_t amount, Outcomes& outcomes) {
    Unit unit;
    unit.keys = {{"48", "lane"}};
    unit.work = [name, amount](Tx& tx, bool) { return tx.Write(kInsert, {"48", name, amount}); };
    unit.done = outcomes.Done(name);
    return unit;
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

// ---- Units
// ------------------------------------------------------------------------------------------------------

TEST_P(DatabaseTest, APoisonedUnitFailsNoMate) {
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

TEST_P(DatabaseTest, AUnitThatFailsAfterWritingIsUndoneAlone) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("before", 1, outcomes));
  Unit failing = MakeUnit("failing", 1, outcomes);
  failing.work = [work = failing.work](Tx& tx, bool claimed) -> absl::Status {
    RETURN_IF_ERROR(work(tx, claimed));
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

TEST_P(DatabaseTest, AGuardUndoesItsBodyAndKeepsTheRest) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("mate", 1, outcomes));
  Unit unit = MakeUnit("guarded", 1, outcomes);
  unit.work = [](Tx& tx, bool) -> absl::Status {
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

TEST_P(DatabaseTest, AGuardSurvivesAnErrorOfTheEngine) {
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

TEST_P(DatabaseTest, OnlyTheEngineDecidesARerun) {
  int runs = 0;
  const absl::Status status = database_->Write({{"48", "x"}}, [&](Tx&) {
    ++runs;
    return absl::AbortedError("stale etag");
  });
  EXPECT_EQ(status, absl::AbortedError("stale etag"));
  EXPECT_EQ(runs, 1);
}

TEST_P(DatabaseTest, ErrorsWaitForTheCommitTheyRestOn) {
  // A mate's uncommitted row is what the second unit trips over; the second is told only after the
  // first is there to be seen.
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  database_->Submit(MakeUnit("first", 1, outcomes));
  std::vector<std::string> seen_at_done;
  Unit second = MakeUnit("second", 1, outcomes);
  second.work = [](Tx& tx, bool) -> absl::Status {
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

TEST_P(DatabaseTest, ABatchSharesOneCommit) {
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
}

TEST_P(DatabaseTest, AFullQueueRefusesAtOnce) {
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
  held->Release();
  outcomes.Wait(3);
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
}

TEST_P(DatabaseTest, UnwantedUnitsAreDropped) {
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
  ending.work = [&gone, work = ending.work](Tx& tx, bool claimed) {
    gone = true;
    return work(tx, claimed);
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

TEST_P(DatabaseTest, ADryRunLeavesNothing) {
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

// ---- Claims
// -----------------------------------------------------------------------------------------------------

TEST_P(DatabaseTest, OneOfTwoRacingClaimsIsGranted) {
  constexpr int kPairs = 50;
  Outcomes outcomes;
  for (int i = 0; i < kPairs; ++i) {
    for (const char* racer : {"left", "right"}) {
      // Different keys: on PostgreSQL, most pairs run on two lanes at once.
      Unit unit = MakeUnit(absl::StrCat(racer, i), 1, outcomes);
      unit.keys = {{"48", absl::StrCat(racer, i)}};
      unit.claim = ClaimOf(absl::StrCat("request", i));
      // Counted in the row that commits, not in the run, which may be undone.
      unit.work = [i](Tx& tx, bool claimed) {
        return claimed ? tx.Write(kAdd, {"48", absl::StrCat("request", i), 1}) : absl::OkStatus();
      };
      database_->Submit(std::move(unit));
    }
  }
  outcomes.Wait(2 * kPairs);
  EXPECT_EQ(test_database_.Run("SELECT COUNT(*) FROM account WHERE amount = 1"),
            std::vector<std::string>{absl::StrCat(kPairs)});
}

TEST_P(DatabaseTest, TheClaimOfAFailedUnitIsUndone) {
  Outcomes outcomes;
  Unit unit = MakeUnit("unit", 1, outcomes);
  unit.claim = ClaimOf("request");
  unit.work = [](Tx&, bool) { return absl::UnavailableError("no"); };
  database_->Submit(std::move(unit));
  outcomes.Wait(1);
  EXPECT_EQ(outcomes.Of("unit"), absl::UnavailableError("no"));
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_P(DatabaseTest, AMateSeesTheClaimBeforeIt) {
  const std::unique_ptr<HeldLane> held = Hold();
  Outcomes outcomes;
  std::vector<bool> claimed_by(2);
  for (int i = 0; i < 2; ++i) {
    Unit unit = MakeUnit(absl::StrCat("n", i), 1, outcomes);
    unit.claim = ClaimOf("request");
    unit.work = [&claimed_by, i](Tx&, bool claimed) {
      claimed_by[i] = claimed;
      return absl::OkStatus();
    };
    database_->Submit(std::move(unit));
  }
  held->Release();
  outcomes.Wait(2);
  EXPECT_THAT(claimed_by, ElementsAre(true, false));
}

// ---- Aggregates
// -------------------------------------------------------------------------------------------------

// Two accounts may be spent by two writers at once; together they must never exceed the envelope.
// Each writer's decision rests on the envelope, which it declares as a key: without that,
// PostgreSQL lets both pass.
TEST_P(DatabaseTest, DeclaringTheAggregatePreventsWriteSkew) {
  constexpr int64_t kEnvelope = 50;
  constexpr int kSpendings = 100;
  ASSERT_TRUE(Insert("left", 0).ok());
  ASSERT_TRUE(Insert("right", 0).ok());
  Outcomes outcomes;
  for (int i = 0; i < kSpendings; ++i) {
    for (const char* account : {"left", "right"}) {
      Unit unit = MakeUnit(absl::StrCat(account, i), 1, outcomes);
      unit.keys = {{"48", account}, {"48", "envelope"}};
      unit.work = [account](Tx& tx, bool) -> absl::Status {
        ASSIGN_OR_RETURN(const Rows spent, tx.Query(kTotal, {}));
        if (spent[0].Int(0) >= kEnvelope) return absl::FailedPreconditionError("spent");
        return tx.Write(kAdd, {"48", account, 1});
      };
      database_->Submit(std::move(unit));
    }
  }
  outcomes.Wait(2 * kSpendings);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), kEnvelope);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kFailedPrecondition), 2 * kSpendings - kEnvelope);
  EXPECT_THAT(test_database_.Run("SELECT SUM(amount) FROM account"), ElementsAre("50"));
}

// ---- Reads
// ------------------------------------------------------------------------------------------------------

TEST_P(DatabaseTest, AReadSeesOneState) {
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

TEST_P(DatabaseTest, AReadCannotWrite) {
  const absl::Status status = database_->ReadNow([](Tx& tx) {
    return tx.Exec(kInsert, {"48", "a", 1}).status();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_READ_ONLY");
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_P(DatabaseTest, ABrokenReadFailsNoMate) {
  DatabaseOptions options;
  options.readers = 1;
  Open(options);
  ASSERT_TRUE(Insert("a", 1).ok());
  absl::Notification blocked;
  absl::Notification release;
  Outcomes outcomes;
  const auto submit = [&](const std::string& name, std::function<absl::Status(Tx&)> work) {
    Read read;
    read.work = std::move(work);
    read.done = outcomes.Done(name);
    database_->Submit(std::move(read));
  };
  submit("blocker", [&](Tx&) {
    blocked.Notify();
    release.WaitForNotification();
    return absl::OkStatus();
  });
  blocked.WaitForNotification();
  submit("good", [](Tx& tx) { return tx.Query(kTotal, {}).status(); });
  submit("broken", [](Tx& tx) { return tx.Query({"broken", "SELEC"}, {}).status(); });
  submit("better", [](Tx& tx) { return tx.Query(kTotal, {}).status(); });
  release.Notify();
  outcomes.Wait(4);
  EXPECT_TRUE(outcomes.Of("good").ok());
  EXPECT_EQ(outcomes.Of("broken").code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(outcomes.Of("better").ok());
}

// ---- End
// --------------------------------------------------------------------------------------------------------

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
    probe.work = [](Tx&, bool) { return absl::OkStatus(); };
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

}  // namespace
}  // namespace twotier::db
