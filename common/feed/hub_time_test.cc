// What the hub tells of time, and of the present.
#include <optional>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/feed/hub_fixture.h"

namespace twotier::feed {
namespace {

TEST_P(HubTest, HeartbeatsTellUpToWhenEverythingWasSent) {
  MakeHub({.heartbeat_interval = absl::Seconds(4)});
  hub_->Start(0);
  auto stream = Watch(0);
  Commit("g1", {"s"});
  ReadUntil(stream, 1);
  const absl::Time later = clock_.Now() + absl::Seconds(6);
  while (true) {
    clock_.Advance(absl::Seconds(6));
    ASSERT_EQ(sequencer_->RunOnce().value(), 0);  // Renews the lease and moves the watermark.
    hub_->Wake();
    const auto step = stream.Next();
    ASSERT_TRUE(step.ok()) << step.status();
    ASSERT_EQ(step->kind, GroupStep::Kind::kHeartbeat);
    ASSERT_LE(step->known_time, clock_.Now());
    if (step->known_time >= later) break;
  }
}

// What the sequencer numbers in one pass becomes known at one moment: that moment is told when all
// of it was given.
TEST_P(HubTest, AMomentIsToldWhenEverythingOfItWasPublished) {
  MakeHub({.page_events = 1});
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"t"}).ok());
  ASSERT_EQ(sequencer_->RunOnce().value(), 2);
  std::vector<std::pair<int64_t, absl::Time>> told;  // Before each page.
  hub_->OnGroup([&](const GroupPtr&) {
    told.emplace_back(hub_->stats().position, hub_->stats().known_time);
  });
  hub_->Start(0);
  auto stream = Watch(0);
  ReadUntil(stream, 2);
  const absl::Time known = stream.TryNext()->known_time;
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].first, 1);
  EXPECT_LT(told[1].second, hub_->stats().known_time) << "g2 was missing then";
  EXPECT_LE(known, hub_->stats().known_time);
}

TEST_P(HubTest, AClockThatIsSetBackDoesNotSilenceHeartbeats) {
  MakeHub({.heartbeat_interval = absl::Seconds(4)});
  hub_->Start(0);
  auto stream = Watch(0);
  clock_.Advance(-absl::Hours(1));
  hub_->Wake();
  const auto step = stream.Next();
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->kind, GroupStep::Kind::kHeartbeat);
}

TEST_P(HubTest, AStreamFromNowOnBeginsWhereTheFeedStands) {
  hub_->Start(0);
  Commit("g1", {"s"});  // Nobody listens: the hub is where it was.
  ASSERT_EQ(hub_->stats().position, 0);
  const std::unique_ptr<GroupStream> stream = hub_->WatchFromNow().value();
  absl::Notification woken;
  stream->SetWake([&] {
    if (!woken.HasBeenNotified()) woken.Notify();
  });
  std::optional<int64_t> position = stream->Begin().value();
  if (!position.has_value()) {
    ASSERT_TRUE(woken.WaitForNotificationWithTimeout(kPatience));
    position = stream->Begin().value();
  }
  EXPECT_EQ(position, 1);
  EXPECT_EQ(stream->position(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, HubTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::feed
