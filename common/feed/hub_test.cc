#include "common/feed/hub.h"

#include <deque>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "common/feed/epoch.h"
#include "common/feed/hub_fixture.h"
#include "common/feed/retention.h"
#include "gmock/gmock.h"

namespace twotier::feed {
namespace {

TEST_P(HubTest, GivesWholeGroupsInOrderFromAnyPosition) {
  hub_->Start(0);
  Commit("g1", {"s", "t"});
  Commit("g2", {"s"});
  auto from_start = Watch(0);
  EXPECT_THAT(ReadUntil(from_start, 3), testing::ElementsAre("g1", "g2"));
  Commit("g3", {"t", "s"});
  EXPECT_THAT(ReadUntil(from_start, 5), testing::ElementsAre("g3"));
  auto from_middle = Watch(2);
  EXPECT_THAT(ReadUntil(from_middle, 5), testing::ElementsAre("g2", "g3"));
  auto from_end = Watch(5);
  Commit("g4", {"u"});
  EXPECT_THAT(ReadUntil(from_end, 6), testing::ElementsAre("g4"));
}

TEST_P(HubTest, ListenersGetEachGroupOnceBeforeAnyStream) {
  Commit("g1", {"s"});
  Commit("g2", {"s", "t"});
  absl::Mutex mutex;
  std::vector<std::string> heard;
  hub_->OnGroup([&](const GroupPtr& group) {
    absl::MutexLock lock(&mutex);
    heard.push_back(group->events.front().group);
  });
  hub_->Start(1);  // The service's snapshot has g1.
  auto stream = Watch(1);
  Commit("g3", {"s"});
  EXPECT_THAT(ReadUntil(stream, 4), testing::ElementsAre("g2", "g3"));
  absl::MutexLock lock(&mutex);
  EXPECT_THAT(heard, testing::ElementsAre("g2", "g3"));
}

TEST_P(HubTest, ReadsPagesThatCutGroups) {
  MakeHub({.page_events = 2});
  Commit("g1", {"a", "b", "c", "d", "e"});
  Commit("g2", {"a"});
  Commit("g3", {"a", "b", "c"});
  hub_->Start(0);
  auto stream = Watch(0);
  EXPECT_THAT(ReadUntil(stream, 9), testing::ElementsAre("g1", "g2", "g3"));
}

TEST_P(HubTest, CutsOffWhoFallsOffTheRingAndNobodyElse) {
  MakeHub({.ring_groups_max = 3});
  hub_->OnGroup([](const GroupPtr&) {});  // Never idle: both streams begin in the ring.
  hub_->Start(0);
  auto slow = Watch(0);
  auto fast = Watch(0);
  Commit("g1", {"s"});
  ReadUntil(slow, 1);
  ReadUntil(fast, 1);
  for (int i = 2; i <= 5; ++i) {
    Commit(absl::StrCat("g", i), {"s"});
    EXPECT_THAT(ReadUntil(fast, i), testing::ElementsAre(absl::StrCat("g", i)));
  }
  const auto cut = slow.Next();
  EXPECT_TRUE(absl::IsResourceExhausted(cut.status())) << cut.status();
  EXPECT_EQ(ReasonOf(cut.status()), "SLOW_CONSUMER");
  EXPECT_EQ(hub_->stats().slow_consumers, 1);
  EXPECT_EQ(hub_->stats().ring_groups, 3u);
  // With its last token it goes on from the database.
  auto again = Watch(hub_->OpenToken(hub_->SealToken(1)).value());
  EXPECT_THAT(ReadUntil(again, 5), testing::ElementsAre("g2", "g3", "g4", "g5"));
  Commit("g6", {"s"});
  EXPECT_THAT(ReadUntil(fast, 6), testing::ElementsAre("g6"));
}

TEST_P(HubTest, TheRingIsBoundedInBytesToo) {
  MakeHub({.ring_bytes_max = 1});
  hub_->Start(0);
  auto stream = Watch(0);
  for (int i = 1; i <= 4; ++i) {
    Commit(absl::StrCat("g", i), {"s"});
    ReadUntil(stream, i);
  }
  EXPECT_EQ(hub_->stats().ring_groups, 1u);
}

TEST_P(HubTest, RefusesTokensThatWereNeverGiven) {
  hub_->Start(0);
  Commit("g1", {"s"});
  auto ahead = Watch(hub_->OpenToken(hub_->SealToken(100)).value());
  EXPECT_EQ(ReasonOf(ahead.Next().status()), "WRONG_RESUME_TOKEN");
  EXPECT_EQ(ReasonOf(hub_->OpenToken("rubbish").status()), "WRONG_RESUME_TOKEN");
}

TEST_P(HubTest, ANewEpochMakesOldTokensWrong) {
  const std::string token = hub_->SealToken(0);
  ASSERT_TRUE(hub_->OpenToken(token).ok());
  ASSERT_TRUE(NewEpoch(*database_).ok());
  MakeHub({});
  const auto opened = hub_->OpenToken(token);
  EXPECT_TRUE(absl::IsInvalidArgument(opened.status()));
  EXPECT_EQ(ReasonOf(opened.status()), "WRONG_RESUME_TOKEN");
  EXPECT_TRUE(hub_->OpenToken(hub_->SealToken(0)).ok());
}

TEST_P(HubTest, TokensOutliveARestart) {
  const std::string token = hub_->SealToken(7);
  MakeHub({});
  EXPECT_EQ(*hub_->OpenToken(token), 7);
}

TEST_P(HubTest, TokensExpireWithWhatRetentionDeletes) {
  Commit("g1", {"s"}, "unit.changed");
  Commit("g2", {"d"}, "dossier.submitted");
  clock_.Advance(absl::Hours(24));
  Commit("g3", {"s"}, "unit.changed");
  const RetentionRule rule{.kind_prefix = "unit.", .keep = absl::Hours(12)};
  const PurgedSlice first = PurgeOnce(*database_, rule, clock_.Now(), 100).value();
  EXPECT_EQ(first.looked_at, 2);
  EXPECT_EQ(first.deleted, 1);
  EXPECT_EQ(PurgeOnce(*database_, rule, clock_.Now(), 100)->looked_at, 0);
  EXPECT_EQ(EventsOf(*database_, "s").size(), 1u) << "the old change is gone";
  EXPECT_EQ(EventsOf(*database_, "d").size(), 1u) << "no rule names dossiers";

  hub_->Start(0);
  auto old = Watch(1);
  const auto step = old.Next();
  EXPECT_TRUE(absl::IsOutOfRange(step.status())) << step.status();
  EXPECT_EQ(ReasonOf(step.status()), "RESUME_TOKEN_EXPIRED");
  auto newer = Watch(2);
  EXPECT_THAT(ReadUntil(newer, 3), testing::ElementsAre("g3"));
}

TEST_P(HubTest, PurgingRefusesRulesThatNameEverything) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      PurgeOnce(*database_, {.kind_prefix = "", .keep = absl::Hours(1)}, clock_.Now(), 1)
          .status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      PurgeOnce(*database_, {.kind_prefix = "unit."}, clock_.Now(), kPurgeEventsMax + 1).status()));
}

TEST_P(HubTest, AGroupTooLargeToSendAsksForASnapshot) {
  MakeHub({.group_events_max = 2});
  hub_->Start(0);
  Commit("g1", {"a", "b", "c"});
  auto stream = Watch(0);
  EXPECT_EQ(ReasonOf(stream.Next().status()), "RESUME_TOKEN_EXPIRED");
}

TEST_P(HubTest, AnIdleHubCatchesUpWhenSomebodyComes) {
  hub_->Start(0);
  Commit("g1", {"s"});
  {
    auto first = Watch(0);
    ReadUntil(first, 1);
  }
  Commit("g2", {"s"});  // Nobody listens.
  auto second = Watch(1);
  EXPECT_THAT(ReadUntil(second, 2), testing::ElementsAre("g2"));
}

TEST_P(HubTest, FollowsWhatAnotherProcessNumbered) {
  const auto other =
      Hub::Create(database_.get(), &clock_, {.poll_interval = absl::Milliseconds(1)}).value();
  other->Start(0);
  Puller<GroupStream> stream(other->Watch(0).value());
  Commit("g1", {"s"});  // Wakes hub_ only.
  EXPECT_THAT(ReadUntil(stream, 1), testing::ElementsAre("g1"));
}

TEST_P(HubTest, SubjectStreamsGiveTheTimelineThenWhatFollows) {
  hub_->Start(0);
  Commit("g1", {"s", "t"});
  Commit("g2", {"s"});
  auto stream = WatchSubject("s", 0);
  for (int64_t version = 1; version <= 2; ++version) {
    const auto step = stream.Next();
    ASSERT_TRUE(step.ok()) << step.status();
    EXPECT_EQ(step->event.event.version, version);
  }
  Commit("g3", {"t"});
  Commit("g4", {"s"});
  EXPECT_EQ(stream.Next()->event.event.version, 3);
  auto later = WatchSubject("s", 2);
  EXPECT_EQ(later.Next()->event.event.version, 3);
  auto none = WatchSubject("unknown", 0);
  EXPECT_TRUE(absl::IsNotFound(none.Next().status()));
  auto beyond = WatchSubject("unknown", 5);
  EXPECT_TRUE(absl::IsNotFound(beyond.Next().status()));
}

TEST_P(HubTest, SubjectStreamsReadTimelinesLongerThanAPage) {
  ASSERT_TRUE(database_
                  ->Write({},
                          [](db::Tx& tx) -> absl::Status {
                            for (int i = 0; i < 250; ++i) {
                              const absl::Status status = AppendNext(tx, CallForTest("g"), "s", i);
                              if (!status.ok()) return status;
                            }
                            return absl::OkStatus();
                          })
                  .ok());
  hub_->Start(0);
  auto stream = WatchSubject("s", 0);
  for (int64_t version = 1; version <= 250; ++version) {
    ASSERT_EQ(stream.Next()->event.event.version, version);
  }
}

TEST_P(HubTest, SubjectStreamsDoNotWakeOnOtherSubjects) {
  hub_->Start(0);
  Commit("g1", {"s", "t"});
  auto other = WatchSubject("t", 1);
  auto all = Watch(2);
  // Read until it waits: the first read of the database is over.
  auto changed = WatchSubject("s", 1);
  Commit("g2", {"s", "t"});
  ASSERT_EQ(other.Next()->event.event.version, 2);
  ASSERT_EQ(changed.Next()->event.event.version, 2);
  ReadUntil(all, 4);
  // Brings `other` to rest: nothing is left, nothing is being read.
  while (hub_->stats().streams_waiting == 0) {
    ASSERT_EQ(other.TryNext()->kind, SubjectStep::Kind::kWait);
  }
  Commit("g3", {"s"});
  EXPECT_THAT(ReadUntil(all, 5), testing::ElementsAre("g3"));
  EXPECT_EQ(changed.Next()->event.event.version, 3);
  EXPECT_EQ(hub_->stats().streams_waiting, 1u) << "the other one was woken";
}

TEST_P(HubTest, EndsItsStreamsWhenItStops) {
  hub_->Start(0);
  auto groups = Watch(0);
  auto subject = WatchSubject("s", 0);
  Commit("g1", {"s"});
  ReadUntil(groups, 1);
  ASSERT_TRUE(subject.Next().ok());
  std::thread stopper([this] { hub_->Stop(); });
  EXPECT_EQ(ReasonOf(groups.Next().status()), "SHUTTING_DOWN");
  EXPECT_EQ(ReasonOf(subject.Next().status()), "SHUTTING_DOWN");
  stopper.join();
  EXPECT_EQ(ReasonOf(hub_->Watch(0).status()), "SHUTTING_DOWN");
}

TEST_P(HubTest, LimitsItsStreams) {
  MakeHub({.streams_max = 1});
  hub_->Start(0);
  auto one = hub_->Watch(0).value();
  const auto two = hub_->Watch(0);
  EXPECT_TRUE(absl::IsResourceExhausted(two.status()));
  EXPECT_TRUE(error::RetryAfterOf(two.status()).has_value());
  one.reset();
  EXPECT_TRUE(hub_->Watch(0).ok());
}

TEST_P(HubTest, ADatabaseThatStopsEndsTheStreamThatReadsIt) {
  Commit("g1", {"s"});
  Commit("g2", {"s"});
  hub_->OnGroup([](const GroupPtr&) {});
  hub_->Start(2);
  database_->Drain(absl::ZeroDuration());
  auto stream = Watch(0);  // Behind the ring: only the database has it.
  const auto step = stream.Next();
  EXPECT_TRUE(absl::IsUnavailable(step.status())) << step.status();
}

TEST_P(HubTest, ManyStreamsSeeEveryGroupWhileWritersRace) {
  MakeHub({});
  hub_->Start(0);
  SequencerOptions options;
  options.poll_interval = absl::Milliseconds(1);
  options.on_sequenced = [this] { hub_->Wake(); };
  sequencer_->Stop();
  const SystemClock clock;
  const auto sequencer = Sequencer::Create(database_.get(), &clock, options).value();
  sequencer->Start();
  constexpr int kGroups = 60;
  std::vector<std::thread> readers;
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([this] {
      auto stream = Watch(0);
      int64_t position = 0;
      while (position < 2 * kGroups) {
        const auto step = stream.Next();
        ASSERT_TRUE(step.ok()) << step.status();
        if (step->kind != GroupStep::Kind::kGroup) continue;
        ASSERT_EQ(step->group->first_position(), position + 1);
        ASSERT_EQ(step->group->events.size(), 2u);
        position = step->group->position();
      }
    });
  }
  for (int i = 0; i < kGroups; ++i) {
    ASSERT_TRUE(WriteGroup(*database_, absl::StrCat("g", 1000 + i), {"s", "t"}).ok());
  }
  for (std::thread& reader : readers) reader.join();
}

INSTANTIATE_TEST_SUITE_P(All, HubTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::feed
