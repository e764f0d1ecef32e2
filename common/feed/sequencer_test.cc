#include "common/feed/sequencer.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/feed/tables.h"
#include "common/feed/testing.h"
#include "common/status_macros.h"
#include "gmock/gmock.h"

namespace twotier::feed {
namespace {

constexpr absl::Duration kLease = absl::Seconds(10);

constexpr db::Statement kListAll{"test_list_all", "SELECT " TWOTIER_EVENT_COLUMNS
                                                  " FROM event WHERE position IS NOT NULL"
                                                  " ORDER BY position"};

class SequencerTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  std::unique_ptr<Sequencer> MakeSequencer(db::Database& database, const Clock& clock,
                                           std::string holder, int slice_events = 1000) {
    SequencerOptions options;
    options.lease = kLease;
    options.holder = std::move(holder);
    options.catch_up_factor = 1;
    options.slice_events_sqlite = options.slice_events_postgres = slice_events;
    return Sequencer::Create(&database, &clock, options).value();
  }

  std::vector<StoredEvent> Numbered(db::Database& database) {
    std::vector<StoredEvent> events;
    const absl::Status status = database.ReadNow([&](db::Tx& tx) -> absl::Status {
      events.clear();
      ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListAll, {}));
      for (const db::Row& row : rows) events.push_back(ReadEvent(row));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return events;
  }

  Head HeadOf(db::Database& database) {
    Head head;
    EXPECT_TRUE(database
                    .ReadNow([&](db::Tx& tx) -> absl::Status {
                      ASSIGN_OR_RETURN(head, ReadHead(tx));
                      return absl::OkStatus();
                    })
                    .ok());
    return head;
  }

  std::vector<std::string> GroupsInOrder(const std::vector<StoredEvent>& events) {
    std::vector<std::string> groups;
    for (const StoredEvent& event : events) groups.push_back(event.group);
    return groups;
  }

  testing_support::TestDatabase files_ = GetParam().make();
  std::unique_ptr<db::Database> database_ = OpenForTest(files_);
  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
};

// What every reader of the feed relies on.
void ExpectSound(const std::vector<StoredEvent>& events, int64_t first_position = 1) {
  std::map<std::string, int64_t> versions;
  std::set<std::string> ended;
  for (size_t i = 0; i < events.size(); ++i) {
    const StoredEvent& event = events[i];
    ASSERT_EQ(event.position, first_position + static_cast<int64_t>(i)) << "gap or repeat";
    ASSERT_EQ(event.event.version, ++versions[event.event.subject]) << event.event.subject;
    ASSERT_FALSE(ended.contains(event.group)) << "group " << event.group << " is split";
    const bool last = i + 1 == events.size() || events[i + 1].group != event.group;
    ASSERT_EQ(event.last_of_group, last) << event.group;
    if (last) ended.insert(event.group);
    if (i > 0) {
      ASSERT_GE(event.known_time, events[i - 1].known_time);
      if (!events[i - 1].last_of_group) {
        ASSERT_EQ(event.known_time, events[i - 1].known_time);
      }
    }
  }
}

TEST_P(SequencerTest, NumbersGroupsConsecutively) {
  const auto sequencer = MakeSequencer(*database_, clock_, "a");
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s", "t"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"s"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 3);
  EXPECT_EQ(*sequencer->RunOnce(), 0);
  ASSERT_TRUE(WriteGroup(*database_, "g3", {"t", "u", "s"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 3);
  const std::vector<StoredEvent> events = Numbered(*database_);
  ExpectSound(events);
  EXPECT_THAT(GroupsInOrder(events), testing::ElementsAre("g1", "g1", "g2", "g3", "g3", "g3"));
  EXPECT_EQ(HeadOf(*database_).position, 6);
  EXPECT_EQ(sequencer->stats().numbered, 6);
  EXPECT_TRUE(sequencer->stats().leading);
}

TEST_P(SequencerTest, KeepsTheOrderOfVersionsAgainstTheOrderOfIds) {
  const auto sequencer = MakeSequencer(*database_, clock_, "a");
  ASSERT_TRUE(WriteGroup(*database_, "g9", {"s"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g5", {"s", "t"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g7", {"u"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 5);
  ExpectSound(Numbered(*database_));
}

TEST_P(SequencerTest, KeepsTheOrderOfVersionsAcrossTheEndOfASlice) {
  const auto sequencer = MakeSequencer(*database_, clock_, "a", /*slice_events=*/2);
  ASSERT_TRUE(WriteGroup(*database_, "g9", {"s"}).ok());  // Comes last by its id.
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"t"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g3", {"u"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g4", {"v"}).ok());
  while (*sequencer->RunOnce() > 0) {
  }
  const std::vector<StoredEvent> events = Numbered(*database_);
  EXPECT_EQ(events.size(), 5u);
  ExpectSound(events);
}

TEST_P(SequencerTest, NumbersInSlicesAndNeverSplitsAGroup) {
  const auto sequencer = MakeSequencer(*database_, clock_, "a", /*slice_events=*/4);
  const std::vector<std::string> large = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"a", "b", "c"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"a", "b"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g3", large).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g4", {"a"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 3);   // g1; g2 does not fit any more.
  EXPECT_EQ(*sequencer->RunOnce(), 2);   // g2.
  EXPECT_EQ(*sequencer->RunOnce(), 11);  // g3 is read whole, and g4 with it.
  ExpectSound(Numbered(*database_));
}

TEST_P(SequencerTest, KnownTimeNeverGoesBack) {
  const auto sequencer = MakeSequencer(*database_, clock_, "a");
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 1);
  clock_.Advance(-absl::Hours(1));
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"s"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 1);
  const std::vector<StoredEvent> events = Numbered(*database_);
  ExpectSound(events);
  EXPECT_EQ(events[1].known_time, events[0].known_time + absl::Microseconds(1));
  EXPECT_EQ(HeadOf(*database_).known_us, absl::ToUnixMicros(events[1].known_time));
}

TEST_P(SequencerTest, CarriesTheWatermarkForwardWhileNothingHappens) {
  const auto sequencer = MakeSequencer(*database_, clock_, "a");
  EXPECT_EQ(*sequencer->RunOnce(), 0);
  const int64_t before = HeadOf(*database_).known_us;
  EXPECT_EQ(*sequencer->RunOnce(), 0);
  EXPECT_EQ(HeadOf(*database_).known_us, before) << "an idle pass writes nothing";
  clock_.Advance(kLease / 2 + absl::Seconds(1));
  EXPECT_EQ(*sequencer->RunOnce(), 0);
  EXPECT_EQ(HeadOf(*database_).known_us, absl::ToUnixMicros(clock_.Now()));
}

TEST_P(SequencerTest, StandsByWhileAnotherHoldsTheLeaseAndTakesOverWhenItEnds) {
  const auto first = MakeSequencer(*database_, clock_, "first");
  const auto second = MakeSequencer(*database_, clock_, "second");
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  EXPECT_EQ(*first->RunOnce(), 1);
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"s"}).ok());
  EXPECT_EQ(*second->RunOnce(), 0);
  EXPECT_FALSE(second->stats().leading);
  const int64_t fencing = HeadOf(*database_).fencing;

  EXPECT_TRUE(first->stats().leading);
  clock_.Advance(kLease + absl::Microseconds(1));
  EXPECT_FALSE(first->stats().leading) << "whether it has tried since or not";
  EXPECT_EQ(*second->RunOnce(), 1);
  EXPECT_EQ(HeadOf(*database_).holder, "second");
  EXPECT_EQ(HeadOf(*database_).fencing, fencing + 1);

  ASSERT_TRUE(WriteGroup(*database_, "g3", {"s"}).ok());
  EXPECT_EQ(*first->RunOnce(), 0) << "a stale holder must not number";
  EXPECT_FALSE(first->stats().leading);
  EXPECT_EQ(*second->RunOnce(), 1);
  ExpectSound(Numbered(*database_));
}

TEST_P(SequencerTest, GivesTheLeaseBackWhenItStops) {
  const auto first = MakeSequencer(*database_, clock_, "first");
  const auto second = MakeSequencer(*database_, clock_, "second");
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  EXPECT_EQ(*first->RunOnce(), 1);
  first->Stop();
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"s"}).ok());
  EXPECT_EQ(*second->RunOnce(), 1);
}

TEST_P(SequencerTest, GoesOnAfterARestart) {
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s", "t"}).ok());
  EXPECT_EQ(*MakeSequencer(*database_, clock_, "a")->RunOnce(), 2);
  const int64_t epoch = HeadOf(*database_).epoch;
  database_.reset();
  database_ = OpenForTest(files_);
  const auto sequencer = MakeSequencer(*database_, clock_, "b");
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"t", "s"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 2);
  ExpectSound(Numbered(*database_));
  EXPECT_EQ(HeadOf(*database_).epoch, epoch);
}

// Writers race on few subjects while sequencers number what they commit.
class Writers {
 public:
  Writers(db::Database& database, std::string name, int count) {
    for (int w = 0; w < count; ++w) {
      threads_.emplace_back([this, &database, name, w] {
        for (int i = 0; i < kGroupsEach; ++i) {
          // Two subjects in changing order: ids of calls do not follow their commits.
          const std::string one = absl::StrCat("s", (i + w) % 5);
          const std::string two = absl::StrCat("t", (i * 7 + w) % 5);
          const std::string group =
              absl::StrCat("g", (i * 7919 + w * 31) % 1000, "-", name, w, "-", i);
          if (WriteGroup(database, group, {one, two}).ok()) written_ += 2;
        }
      });
    }
  }
  int64_t Join() {
    for (std::thread& thread : threads_) thread.join();
    return written_;
  }

 private:
  static constexpr int kGroupsEach = 25;
  std::atomic<int64_t> written_{0};
  std::vector<std::thread> threads_;
};

TEST_P(SequencerTest, NumbersWhatManyWritersCommitWithoutGapOrRepeat) {
  const SystemClock clock;
  // On PostgreSQL two processes' worth of lanes and sequencers share the database.
  std::unique_ptr<db::Database> other_database =
      files_.is_postgres() ? OpenForTest(files_) : nullptr;
  db::Database& other = other_database ? *other_database : *database_;
  SequencerOptions options;
  options.lease = absl::Milliseconds(30);  // Short, so that it changes hands under load.
  options.poll_interval = absl::Milliseconds(1);
  options.slice_events_sqlite = options.slice_events_postgres = 7;
  const auto one = Sequencer::Create(database_.get(), &clock, options).value();
  const auto two = Sequencer::Create(&other, &clock, options).value();
  one->Start();
  two->Start();
  Writers here(*database_, "a", 4);
  Writers there(other, "b", 4);
  const int64_t written = here.Join() + there.Join();
  ASSERT_GT(written, 0);
  while (one->stats().numbered + two->stats().numbered < written) {
    one->Poke();
    two->Poke();
    std::this_thread::yield();
  }
  one->Stop();
  two->Stop();
  const std::vector<StoredEvent> events = Numbered(*database_);
  EXPECT_EQ(static_cast<int64_t>(events.size()), written);
  ExpectSound(events);
}

// Stands still at a chosen moment, to let another process in between.
class GateClock final : public Clock {
 public:
  explicit GateClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override {
    if (armed_.exchange(false)) {
      reached.Notify();
      go_on.WaitForNotification();
    }
    return now_;
  }
  void Arm() { armed_ = true; }

  mutable absl::Notification reached;
  mutable absl::Notification go_on;

 private:
  const absl::Time now_;
  mutable std::atomic<bool> armed_{false};
};

TEST(SequencerFencingTest, AHolderThatWasOvertakenInTheMiddleNumbersNothing) {
  const testing_support::TestDatabase files = testing_support::MakePostgres();
  const auto here = OpenForTest(files);
  const auto there = OpenForTest(files);
  GateClock stale_clock(absl::FromUnixSeconds(1'800'000'000));
  FakeClock clock(absl::FromUnixSeconds(1'800'000'000));
  SequencerOptions options;
  options.lease = kLease;
  options.holder = "stale";
  const auto stale = Sequencer::Create(here.get(), &stale_clock, options).value();
  options.holder = "fresh";
  const auto fresh = Sequencer::Create(there.get(), &clock, options).value();
  ASSERT_EQ(*stale->RunOnce(), 0);  // Takes the lease.
  ASSERT_TRUE(WriteGroup(*here, "g1", {"s"}).ok());

  stale_clock.Arm();
  int64_t stale_numbered = -1;
  std::thread thread([&] { stale_numbered = stale->RunOnce().value(); });
  // It has read the head, in which it holds the lease, and stands still beyond the end of it.
  stale_clock.reached.WaitForNotification();
  clock.Advance(2 * kLease);
  EXPECT_EQ(*fresh->RunOnce(), 1);
  stale_clock.go_on.Notify();
  thread.join();

  EXPECT_EQ(stale_numbered, 0);
  EXPECT_FALSE(stale->stats().leading);
  EXPECT_EQ(EventsOf(*here, "s")[0].position, 1);
}

TEST_P(SequencerTest, TellsHowFarItIsBehind) {
  const auto sequencer = MakeSequencer(*database_, clock_, "a", /*slice_events=*/1);
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"s"}).ok());
  EXPECT_EQ(*sequencer->RunOnce(), 1);
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(sequencer->stats().lag, absl::Seconds(3));
  EXPECT_EQ(*sequencer->RunOnce(), 1);
  EXPECT_EQ(sequencer->stats().lag, absl::ZeroDuration());
}

TEST_P(SequencerTest, TheThreadNumbersWhenItIsPoked) {
  const SystemClock clock;
  absl::Notification sequenced;
  SequencerOptions options;
  options.poll_interval = absl::Hours(1);
  options.on_sequenced = [&] {
    if (!sequenced.HasBeenNotified()) sequenced.Notify();
  };
  const auto sequencer = Sequencer::Create(database_.get(), &clock, options).value();
  sequencer->Start();
  while (!sequencer->stats().leading) std::this_thread::yield();  // Its first pass is over.
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  sequencer->Poke();
  sequenced.WaitForNotification();
  EXPECT_EQ(EventsOf(*database_, "s")[0].position, 1);
}

INSTANTIATE_TEST_SUITE_P(All, SequencerTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::feed
