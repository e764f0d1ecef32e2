// Nobody is told of a commit that a power cut could undo. Of SQLite: PostgreSQL keeps that itself.
#include "common/db/hardening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/db/account_fixture.h"
#include "common/db/database.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Longest a test waits for something that must happen; only a broken program gets there.
constexpr absl::Duration kPatience = absl::Seconds(30);

class HardeningTest : public AccountTest {
 protected:
  // Every unit is a batch of its own.
  void OpenWith(SyncFile sync) {
    DatabaseOptions options;
    options.batch_max_sqlite = 1;
    options.sync = std::move(sync);
    Open(options);
  }
};

TEST_P(HardeningTest, TheLaneGoesOnWhileTheDiskIsAwaited) {
  // One round; `second_ran` is awaited by the first sync that the lane does not wait for.
  struct Round {
    Outcomes outcomes;
    absl::Notification second_ran;
    std::thread::id lane;
    bool lane_synced = false;
  };
  std::atomic<Round*> watched = nullptr;
  bool went_on = false;
  OpenWith([&](int descriptor) {
    // One sync at a time. What the lane has synced itself it may tell.
    Round* const round = watched;
    if (round != nullptr && std::this_thread::get_id() == round->lane) {
      round->lane_synced = true;
    } else if (round != nullptr && !round->lane_synced && !went_on) {
      went_on = round->second_ran.WaitForNotificationWithTimeout(kPatience);
      EXPECT_EQ(round->outcomes.CountOf(absl::StatusCode::kOk), 0);
    }
    return fdatasync(descriptor);
  });
  // The lane helps when the other thread has not even begun with the batch before: then again.
  constexpr int kRoundsMax = 100;
  for (int i = 0; i < kRoundsMax && !went_on; ++i) {
    Round round;
    const std::unique_ptr<HeldLane> held = Hold();
    Unit first = MakeUnit(absl::StrCat("first", i), 1, round.outcomes);
    first.work = [&, work = first.work](Tx& tx) {
      round.lane = std::this_thread::get_id();
      watched = &round;
      return work(tx);
    };
    Unit second = MakeUnit(absl::StrCat("second", i), 1, round.outcomes);
    second.work = [&, work = second.work](Tx& tx) {
      if (!round.second_ran.HasBeenNotified()) round.second_ran.Notify();
      return work(tx);
    };
    database_->Submit(std::move(first));
    database_->Submit(std::move(second));
    held->Release();
    round.outcomes.Wait(2);
    EXPECT_EQ(round.outcomes.CountOf(absl::StatusCode::kOk), 2);
    watched = nullptr;
  }
  EXPECT_TRUE(went_on);
  database_.reset();  // Before what its sync refers to.
}

TEST_P(HardeningTest, AReaderTellsNothingThatIsNotHard) {
  Outcomes outcomes;
  absl::Notification read;
  std::atomic<bool> watched = false;
  std::atomic<bool> told = false;
  std::vector<std::string> seen;
  OpenWith([&](int descriptor) {
    if (watched.exchange(false)) {
      Read reading;
      reading.work = [&](Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const Rows rows, tx.Query(kNames, {}));
        for (const Row& row : rows) seen.push_back(row.Text(0));
        read.Notify();
        return absl::OkStatus();
      };
      reading.done = [&, done = outcomes.Done("reading")](absl::Status status) {
        told = true;
        done(std::move(status));
      };
      database_->Submit(std::move(reading));
      EXPECT_TRUE(read.WaitForNotificationWithTimeout(kPatience));
      EXPECT_FALSE(told);
    }
    return fdatasync(descriptor);
  });
  watched = true;
  database_->Submit(MakeUnit("a", 1, outcomes));
  outcomes.Wait(2);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), 2);
  EXPECT_THAT(seen, ElementsAre("a"));
  database_.reset();
}

TEST_P(HardeningTest, AfterADiskThatFailedNothingIsAcceptedAnyMore) {
  ASSERT_TRUE(Insert("before", 1).ok());
  std::atomic<bool> broken = false;
  OpenWith([&](int descriptor) {
    if (!broken.exchange(false)) return fdatasync(descriptor);
    errno = EIO;  // Once, as the system does.
    return -1;
  });
  ASSERT_TRUE(database_->Writable().ok());
  broken = true;
  const absl::Status unknown = Insert("unknown", 1);
  EXPECT_EQ(ReasonOf(unknown), "OUTCOME_UNKNOWN") << unknown;
  const absl::Status refused = Insert("refused", 1);
  EXPECT_EQ(ReasonOf(refused), "DATABASE_AWAY") << refused;
  EXPECT_EQ(ReasonOf(database_->ReadNow([](Tx&) { return absl::OkStatus(); })), "DATABASE_AWAY");
  EXPECT_EQ(ReasonOf(database_->Writable()), "DATABASE_AWAY");

  // A restart finds what the file holds.
  Open({});
  ASSERT_TRUE(Insert("after", 1).ok());
  EXPECT_THAT(Names(), ElementsAre("after", "before", "unknown"));
}

TEST_P(HardeningTest, AReadAloneSyncsNothing) {
  std::atomic<int> syncs = 0;
  OpenWith([&](int descriptor) {
    ++syncs;
    return fdatasync(descriptor);
  });
  EXPECT_THAT(Names(), IsEmpty());
  ASSERT_TRUE(database_->Write({}, [](Tx& tx) { return AmountOf(tx, "a").status(); }).ok());
  EXPECT_EQ(syncs, 0);
  ASSERT_TRUE(Insert("a", 1).ok());
  EXPECT_EQ(syncs, 1);
  database_.reset();
}

void Replace(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  ASSERT_TRUE(file.flush().good());
}

// Cuts the log, whenever a unit is told, to what had been synced by then, and looks for the unit.
TEST_P(HardeningTest, WhatWasToldSurvivesAPowerCut) {
  constexpr int kUnits = 60;
  testing_support::TestDatabase fresh = GetParam().make();  // Its log has been written once only.
  testing_support::TestDatabase cut = GetParam().make();
  std::atomic<int64_t> synced = 0;
  DatabaseOptions options;
  options.batch_max_sqlite = 4;
  options.sync = [&](int descriptor) {
    struct stat before;
    if (fstat(descriptor, &before) != 0) return -1;
    const int result = fdatasync(descriptor);
    synced = std::max<int64_t>(synced, before.st_size);
    return result;
  };
  auto opened = Database::Open(fresh.url(), AccountSteps(), options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  // What made the table was synced with it.
  synced = static_cast<int64_t>(ReadFile(absl::StrCat(fresh.path(), "-wal"))->size());

  absl::Mutex cutting;
  Outcomes outcomes;
  int survived = 0;
  for (int i = 0; i < kUnits; ++i) {
    const std::string name = absl::StrCat("n", i);
    Unit unit = MakeUnit(name, 1, outcomes);
    unit.done = [&, name, done = outcomes.Done(name)](absl::Status status) {
      absl::MutexLock lock(&cutting);
      const auto table = ReadFile(fresh.path());
      const auto log = ReadFile(absl::StrCat(fresh.path(), "-wal"));
      if (table.ok() && log.ok()) {
        Replace(cut.path(), *table);
        Replace(absl::StrCat(cut.path(), "-wal"), log->substr(0, synced));
        const std::string found =
            absl::StrCat("SELECT name FROM account WHERE name = '", name, "'");
        survived += cut.Run(found) == std::vector<std::string>{name} ? 1 : 0;
      }
      done(std::move(status));
    };
    (*opened)->Submit(std::move(unit));
  }
  outcomes.Wait(kUnits);
  EXPECT_EQ(outcomes.CountOf(absl::StatusCode::kOk), kUnits);
  EXPECT_EQ(survived, kUnits);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, HardeningTest,
                         testing::Values(testing_support::EngineParam{"Sqlite",
                                                                      testing_support::MakeSqlite}),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::db
