// What tests of units and reads share: a table of accounts, outcomes by name, and a lane that can
// be held.
#ifndef TWOTIER_COMMON_DB_ACCOUNT_FIXTURE_H_
#define TWOTIER_COMMON_DB_ACCOUNT_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {

inline constexpr Statement kInsert{
    "insert_account", "INSERT INTO account (province_code, name, amount) VALUES ($1, $2, $3)"};
inline constexpr Statement kAdd{"add_to_account",
                                "UPDATE account SET amount = amount + $3"
                                " WHERE province_code = $1 AND name = $2"};
inline constexpr Statement kGet{
    "get_account", "SELECT amount FROM account WHERE province_code = $1 AND name = $2"};
inline constexpr Statement kNames{"list_accounts", "SELECT name FROM account ORDER BY name"};

inline std::vector<Migration> AccountSteps() {
  return {{"test",
           1,
           "account",
           {"CREATE TABLE account (province_code TEXT NOT NULL, name TEXT NOT NULL,"
            " amount BIGINT NOT NULL CHECK (amount >= 0), PRIMARY KEY (province_code, name))"}}};
}

inline std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

inline constexpr Statement kTotal{"total",
                                  "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM account"};
inline constexpr Statement kInsertOnce{
    "insert_once",
    "INSERT INTO account (province_code, name, amount) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};

inline BoundStatement GetOf(const std::string& name) { return {kGet, {"48", name}, {}}; }

// -1: there is none.
inline absl::StatusOr<int64_t> AmountOf(Tx& tx, const std::string& name) {
  ASSIGN_OR_RETURN(const Rows rows, tx.Query(kGet, {"48", name}));
  return rows.empty() ? -1 : rows[0].Int(0);
}

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
  bool WaitFor(size_t count, absl::Duration time) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] { return outcomes_.size() >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), time);
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
    unit.work = [this](Tx&) {
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
  void OnQueue(bool, int64_t) override {}
  void OnWal(int64_t) override {}
  int batches() const { return batches_; }

 private:
  std::atomic<int> batches_{0};
};

// Tells in which order things happened.
class Sequence final : public Observer {
 public:
  void Add(const std::string& what) {
    absl::MutexLock lock(&mutex_);
    happened_.push_back(what);
  }
  std::vector<std::string> Take() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(happened_, {});
  }
  // Those of what happened that are among `wanted`.
  std::vector<std::string> TakeOf(const std::vector<std::string>& wanted) {
    std::vector<std::string> taken = Take();
    std::erase_if(taken,
                  [&](const std::string& what) { return !absl::c_linear_search(wanted, what); });
    return taken;
  }
  void OnStatement(absl::string_view name, absl::Duration, bool ok) override {
    Add(absl::StrCat(name, ok ? "" : " failed"));
  }
  void OnBatch(int, absl::Duration) override {}
  void OnConflict() override {}
  void OnReconnect() override {}
  void OnQueue(bool, int64_t) override {}
  void OnWal(int64_t) override {}

 private:
  absl::Mutex mutex_;
  std::vector<std::string> happened_;
};

// A database with the table `account`, empty at the start of each test. The tests of one binary
// share a database for each engine: making one takes PostgreSQL longer than all that a test does
// with it.
class AccountTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  AccountTest() : test_database_(Shared()) { Open({}); }
  ~AccountTest() override { database_.reset(); }

  static void TearDownTestSuite() { All().clear(); }

  void SetUp() override { test_database_.Run("DELETE FROM account"); }

  void Open(const DatabaseOptions& options) {
    database_.reset();
    absl::StatusOr<std::unique_ptr<Database>> database =
        Database::Open(test_database_.url(), AccountSteps(), options);
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
    unit.work = [name, amount](Tx& tx) { return tx.Write(kInsert, {"48", name, amount}); };
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

  testing_support::TestDatabase& test_database_;
  std::unique_ptr<Database> database_;

 private:
  static std::map<std::string, testing_support::TestDatabase>& All() {
    static auto* all = new std::map<std::string, testing_support::TestDatabase>();
    return *all;
  }
  static testing_support::TestDatabase& Shared() {
    const auto found = All().find(GetParam().name);
    if (found != All().end()) return found->second;
    return All().emplace(GetParam().name, GetParam().make()).first->second;
  }
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_ACCOUNT_FIXTURE_H_
