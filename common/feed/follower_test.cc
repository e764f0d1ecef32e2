#include "common/feed/follower.h"

#include <deque>
#include <map>

#include "absl/synchronization/mutex.h"
#include "common/errors.h"
#include "common/feed/testing.h"
#include "common/status_macros.h"
#include "gmock/gmock.h"

namespace twotier::feed {
namespace {

constexpr db::Statement kPut{
    "test_put",
    "INSERT INTO followed (snapshot_id, subject, version) VALUES ($1, $2, $3)"
    " ON CONFLICT (snapshot_id, subject) DO UPDATE SET version = excluded.version"
    " WHERE followed.version < excluded.version"};
constexpr db::Statement kDropOthers{"test_drop", "DELETE FROM followed WHERE snapshot_id <> $1"};
constexpr db::Statement kList{"test_list",
                              "SELECT subject, version FROM followed WHERE snapshot_id = $1"};
constexpr db::Statement kTakeOver{
    "test_take_over", "UPDATE follower_position SET token = $1, snapshot_id = $2, staging_id = $3"};
constexpr db::Statement kCount{"test_count", "SELECT COUNT(*) FROM followed"};

std::vector<db::Migration> MigrationsForTest() {
  std::vector<db::Migration> migrations = Migrations();
  migrations.push_back({.module = "test",
                        .version = 1,
                        .name = "followed",
                        .statements = {"CREATE TABLE followed (snapshot_id BIGINT NOT NULL,"
                                       " subject TEXT NOT NULL, version BIGINT NOT NULL,"
                                       " PRIMARY KEY (snapshot_id, subject))"}});
  return migrations;
}

using Versions = std::map<std::string, int64_t>;

// A source that does what the test says, stream by stream.
class Script {
 public:
  using Step = absl::StatusOr<FollowedItem>;

  // What the next stream gives. It stays open after the last step, until Cancel.
  void AddStream(std::vector<Step> steps) {
    absl::MutexLock lock(&mutex_);
    streams_.push_back(std::deque<Step>(steps.begin(), steps.end()));
  }

  void Open(absl::string_view token) {
    absl::MutexLock lock(&mutex_);
    tokens_.push_back(std::string(token));
    if (streams_.empty()) {
      steps_ = {Step(absl::UnavailableError("the source is away"))};
    } else {
      steps_ = std::move(streams_.front());
      streams_.pop_front();
    }
  }

  Step Read() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &Script::HasStep));
    if (cancelled_) return absl::CancelledError("");
    Step step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }

  void Cancel() {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
  }

  void AwaitOpens(size_t count) {
    absl::MutexLock lock(&mutex_);
    while (tokens_.size() < count) {
      const auto more = [this, count]() { return tokens_.size() >= count; };
      mutex_.Await(absl::Condition(&more));
    }
  }
  std::vector<std::string> tokens() {
    absl::MutexLock lock(&mutex_);
    return tokens_;
  }

 private:
  bool HasStep() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return cancelled_ || !steps_.empty();
  }

  absl::Mutex mutex_;
  std::deque<std::deque<Step>> streams_ ABSL_GUARDED_BY(mutex_);
  std::deque<Step> steps_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> tokens_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

class ScriptedFeed final : public FollowedFeed {
 public:
  explicit ScriptedFeed(Script* script) : script_(script) {}
  void Open(absl::string_view token) override { script_->Open(token); }
  absl::StatusOr<FollowedItem> Read(absl::Duration) override { return script_->Read(); }
  void Cancel() override { script_->Cancel(); }

 private:
  Script* const script_;
};

std::function<absl::Status(db::Tx&, int64_t)> Putting(Versions versions) {
  return [versions](db::Tx& tx, int64_t snapshot_id) -> absl::Status {
    for (const auto& [subject, version] : versions) {
      RETURN_IF_ERROR(tx.Exec(kPut, {snapshot_id, subject, version}).status());
    }
    return absl::OkStatus();
  };
}

absl::Time KnownAt(int64_t seconds) { return absl::FromUnixSeconds(1'800'000'000 + seconds); }

FollowedItem Part(Versions versions) {
  return {.kind = FollowedItem::Kind::kSnapshotPart, .apply = Putting(std::move(versions))};
}
FollowedItem End(std::string token) {
  return {.kind = FollowedItem::Kind::kSnapshotEnd, .token = std::move(token)};
}
FollowedItem Changes(Versions versions, std::string token, int64_t known) {
  return {.kind = FollowedItem::Kind::kGroup,
          .token = std::move(token),
          .known_time = KnownAt(known),
          .apply = Putting(std::move(versions))};
}
FollowedItem Beat(int64_t known) {
  return {.kind = FollowedItem::Kind::kHeartbeat, .known_time = KnownAt(known)};
}
absl::Status Refused(absl::StatusCode code, absl::string_view reason) {
  return error::WithReason(code, "refused", reason);
}

class FollowerTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  void Open() { database_ = db::Database::Open(files_.url(), MigrationsForTest(), {}).value(); }

  void SetUp() override { Open(); }

  // Lives as long as the test's follower.
  Script& NewScript() { return scripts_.emplace_back(); }

  void Follow(Script* script) {
    FollowerSink sink;
    sink.swap = [](db::Tx& tx, int64_t snapshot_id) {
      return tx.Exec(kDropOthers, {snapshot_id}).status();
    };
    sink.applied = [this] {
      Versions versions = Held();
      if (const auto once = std::exchange(on_applied_once_, nullptr)) once();
      absl::MutexLock lock(&mutex_);
      applied_.push_back(std::move(versions));
    };
    follower_ = std::make_unique<Follower>(database_.get(), &clock_,
                                           std::make_unique<ScriptedFeed>(script), sink,
                                           FollowerOptions{.source = "registry",
                                                           .backoff_min = absl::Milliseconds(1),
                                                           .backoff_max = absl::Milliseconds(2)});
    follower_->Start();
  }

  // What readers see.
  Versions Held() {
    Versions versions;
    const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      versions.clear();
      ASSIGN_OR_RETURN(const int64_t snapshot_id, SnapshotInUse(tx, "registry"));
      ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kList, {snapshot_id}));
      for (const db::Row& row : rows) versions[row.Text(0)] = row.Int(1);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return versions;
  }

  int64_t Rows() {
    int64_t rows = 0;
    EXPECT_TRUE(database_
                    ->ReadNow([&](db::Tx& tx) -> absl::Status {
                      ASSIGN_OR_RETURN(const db::Rows counted, tx.Query(kCount, {}));
                      rows = counted.front().Int(0);
                      return absl::OkStatus();
                    })
                    .ok());
    return rows;
  }

  // Waits for the n-th time that something was applied and returns what readers saw then.
  Versions AwaitApplied(size_t n) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, n] { return applied_.size() >= n; };
    mutex_.Await(absl::Condition(&enough));
    return applied_[n - 1];
  }

  testing_support::TestDatabase files_ = GetParam().make();
  std::unique_ptr<db::Database> database_;
  FakeClock clock_{KnownAt(100)};
  absl::Mutex mutex_;
  std::vector<Versions> applied_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_applied_once_;  // Of the follower's thread once it runs.
  std::deque<Script> scripts_;
  std::unique_ptr<Follower> follower_;  // First to go: it uses all of the above.
};

TEST_P(FollowerTest, TakesASnapshotThenChanges) {
  Script& script = NewScript();
  script.AddStream({Part({{"a", 1}, {"b", 3}}), Part({{"c", 1}}), End("t0"),
                    Changes({{"a", 2}}, "t1", 10),
                    Changes({{"b", 2}, {"d", 1}}, "t2", 20)});  // b is held at version 3.
  Follow(&script);
  EXPECT_EQ(AwaitApplied(1), (Versions{{"a", 1}, {"b", 3}, {"c", 1}})) << "never half of it";
  EXPECT_EQ(AwaitApplied(2), (Versions{{"a", 2}, {"b", 3}, {"c", 1}}));
  EXPECT_EQ(AwaitApplied(3), (Versions{{"a", 2}, {"b", 3}, {"c", 1}, {"d", 1}}));
  const FollowerStats stats = follower_->stats();
  EXPECT_TRUE(stats.current);
  EXPECT_TRUE(stats.connected);
  EXPECT_EQ(stats.known_time, KnownAt(20) - absl::Microseconds(1))
      << "more of that moment may come";
  EXPECT_EQ(stats.lag, absl::Seconds(80) + absl::Microseconds(1));
}

TEST_P(FollowerTest, GoesOnWithItsTokenAfterTheStreamEnded) {
  Script& script = NewScript();
  script.AddStream(
      {Part({{"a", 1}}), End("t0"), Changes({{"a", 2}}, "t1", 10), absl::UnavailableError("gone")});
  script.AddStream({Refused(absl::StatusCode::kResourceExhausted, "SLOW_CONSUMER")});
  script.AddStream({Changes({{"a", 3}}, "t2", 20)});
  Follow(&script);
  EXPECT_EQ(AwaitApplied(3), (Versions{{"a", 3}}));
  EXPECT_EQ(script.tokens(), (std::vector<std::string>{"", "t1", "t1"}));
  EXPECT_EQ(follower_->stats().snapshots, 1);
  EXPECT_EQ(follower_->stats().failures, 2);
}

TEST_P(FollowerTest, GoesOnWithItsTokenAfterARestart) {
  Script& before = NewScript();
  before.AddStream({Part({{"a", 1}}), End("t0"), Changes({{"a", 2}}, "t1", 10)});
  Follow(&before);
  AwaitApplied(2);
  follower_.reset();
  database_.reset();
  Open();
  EXPECT_EQ(Held(), (Versions{{"a", 2}}));
  Script& after = NewScript();
  after.AddStream({Changes({{"b", 1}}, "t2", 20)});
  Follow(&after);
  EXPECT_EQ(AwaitApplied(3), (Versions{{"a", 2}, {"b", 1}}));
  EXPECT_EQ(after.tokens(), (std::vector<std::string>{"t1"}));
}

TEST_P(FollowerTest, BeginsAgainWithASnapshotWhenItsTokenIsOfNoUse) {
  for (const char* reason : {"RESUME_TOKEN_EXPIRED", "WRONG_RESUME_TOKEN"}) {
    Script& script = NewScript();
    script.AddStream(
        {Part({{"a", 1}, {"gone", 1}}), End("t0"), Refused(absl::StatusCode::kOutOfRange, reason)});
    script.AddStream({Part({{"a", 5}}), End("t9")});
    {
      absl::MutexLock lock(&mutex_);
      applied_.clear();
    }
    Follow(&script);
    AwaitApplied(1);
    EXPECT_EQ(AwaitApplied(2), (Versions{{"a", 5}}));
    EXPECT_EQ(Rows(), 1) << "the old snapshot is deleted";
    EXPECT_EQ(script.tokens().back(), "");
    follower_.reset();
    // The next round begins anew.
    ASSERT_TRUE(
        database_
            ->Write(
                {},
                [](db::Tx& tx) {
                  constexpr db::Statement kForget{"test_forget", "DELETE FROM follower_position"};
                  return tx.Exec(kForget, {}).status();
                })
            .ok());
  }
}

TEST_P(FollowerTest, ReadersKeepTheOldSnapshotUntilTheNewOneIsWhole) {
  Script& script = NewScript();
  script.AddStream({Part({{"a", 1}}), End("t0"),
                    Refused(absl::StatusCode::kOutOfRange, "RESUME_TOKEN_EXPIRED")});
  script.AddStream({Part({{"a", 7}, {"half", 1}}), absl::UnavailableError("gone")});
  Follow(&script);
  script.AwaitOpens(4);  // The source is away since the third; half a snapshot lies staged.
  EXPECT_EQ(Held(), (Versions{{"a", 1}}));
  script.AddStream({Part({{"a", 8}}), End("t9")});
  EXPECT_EQ(AwaitApplied(2), (Versions{{"a", 8}})) << "nothing of the attempt that broke off";
  EXPECT_EQ(Rows(), 1);
}

TEST_P(FollowerTest, NeverWaitsForASourceThatIsAway) {
  Script& script = NewScript();  // Every stream fails.
  Follow(&script);
  script.AwaitOpens(5);
  EXPECT_FALSE(follower_->stats().current);
  EXPECT_EQ(follower_->stats().lag, absl::InfiniteDuration());
  EXPECT_TRUE(absl::IsUnavailable(follower_->stats().last_error));
  follower_->Stop();
}

TEST_P(FollowerTest, HeartbeatsKeepTheLagSmall) {
  Script& script = NewScript();
  script.AddStream({Part({{"a", 1}}), End("t0"), Changes({{"a", 2}}, "t1", 10), Beat(95),
                    Changes({{"a", 3}}, "t2", 96)});
  Follow(&script);
  AwaitApplied(3);
  // That everything known at 96 came is told by what follows it.
  EXPECT_EQ(follower_->stats().lag, absl::Seconds(4) + absl::Microseconds(1));
}

TEST_P(FollowerTest, WhatAHeartbeatToldStaysKnownWhenTheStreamBeginsAnew) {
  Script& script = NewScript();
  script.AddStream({Part({{"a", 1}}), End("t0"), Changes({{"a", 2}}, "t1", 10), Beat(95),
                    absl::UnavailableError("restarted")});
  script.AddStream({});
  Follow(&script);
  script.AwaitOpens(2);
  EXPECT_EQ(follower_->stats().lag, absl::Seconds(5));
}

TEST_P(FollowerTest, AGroupThatCannotBeAppliedIsNotSkipped) {
  FollowedItem broken = Changes({}, "t1", 10);
  int failures = 1;
  broken.apply = [&failures](db::Tx& tx, int64_t snapshot_id) -> absl::Status {
    if (failures-- > 0) return absl::DataLossError("cannot be read");
    return Putting({{"b", 1}})(tx, snapshot_id);
  };
  Script& script = NewScript();
  script.AddStream({Part({{"a", 1}}), End("t0"), broken});
  script.AddStream({broken});
  Follow(&script);
  EXPECT_EQ(AwaitApplied(2), (Versions{{"a", 1}, {"b", 1}}));
  EXPECT_EQ(script.tokens(), (std::vector<std::string>{"", "t0"}));
  follower_.reset();
}

// A process that was paused while another one took over must not move the position back: readers
// would be shown a snapshot that is deleted.
TEST_P(FollowerTest, StartsAgainFromWhereAnotherProcessTookThePosition) {
  Script& script = NewScript();
  script.AddStream({Part({{"a", 1}}), End("t0"), Changes({{"a", 2}}, "t1", 10)});
  script.AddStream({Changes({{"a", 9}}, "t9", 20)});
  on_applied_once_ = [this] {
    // Before t1 is applied, another process swaps to a snapshot of its own.
    EXPECT_TRUE(database_
                    ->Write({},
                            [](db::Tx& tx) -> absl::Status {
                              RETURN_IF_ERROR(tx.Write(kPut, {7, "a", 8}));
                              return tx.Write(kTakeOver, {db::Blob{"other"}, 7, 7});
                            })
                    .ok());
  };
  Follow(&script);
  EXPECT_EQ(AwaitApplied(2), (Versions{{"a", 9}})) << "t1 was refused, t9 applied to snapshot 7";
  EXPECT_THAT(script.tokens(), testing::ElementsAre("", "other"));
}

INSTANTIATE_TEST_SUITE_P(All, FollowerTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::feed
