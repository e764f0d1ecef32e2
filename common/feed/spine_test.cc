#include "common/feed/spine.h"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/errors.h"
#include "common/feed/testing.h"
#include "gmock/gmock.h"
#include "prometheus/registry.h"

namespace twotier::feed {
namespace {

// Longest a test waits for something that must happen; only a broken program gets there.
constexpr absl::Duration kPatience = absl::Seconds(30);

class SpineTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  std::unique_ptr<Spine> Make(SpineOptions options) {
    return Spine::Create(
               {.database = database_.get(), .clock = &clock_, .log = &log_, .metrics = &metrics_},
               std::move(options))
        .value();
  }

  static SpineOptions ForgettingUnits() {
    SpineOptions options;
    options.retention = {{.kind_prefix = "unit.", .keep = absl::Hours(12)}};
    options.retention_rest = absl::Milliseconds(1);
    return options;
  }

  void Commit(const std::string& group, const std::string& subject,
              const std::string& kind = "thing.changed") {
    ASSERT_TRUE(WriteGroup(*database_, group, {subject}, kind).ok());
  }

  // Waits until `holds`; false when it never did.
  static bool Await(const std::function<bool()>& holds) {
    const absl::Time until = absl::Now() + kPatience;
    while (!holds()) {
      if (absl::Now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  }

  double Metric(const std::string& name) {
    for (const prometheus::MetricFamily& family : metrics_.Collect()) {
      if (family.name == name) return family.metric.front().counter.value;
    }
    return -1;
  }

  testing_support::TestDatabase files_ = GetParam().make();
  std::unique_ptr<db::Database> database_ = OpenForTest(files_);
  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  Log log_{STDERR_FILENO};
  prometheus::Registry metrics_;
};

INSTANTIATE_TEST_SUITE_P(All, SpineTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(SpineTest, AStreamSeesAChangeOnceTheSnapshotHasIt) {
  std::atomic<int> reloads{0};
  SpineOptions options;
  options.reload = [&] {
    return ++reloads < 3 ? absl::UnavailableError("the database is away") : absl::OkStatus();
  };
  const auto spine = Make(std::move(options));
  absl::Notification woken;
  auto stream = spine->hub().Watch(0).value();
  stream->SetWake([&] {
    if (!woken.HasBeenNotified()) woken.Notify();
  });
  spine->Start(0);
  // At rest: the next wake is the change's.
  ASSERT_EQ(stream->Next()->kind, GroupStep::Kind::kWait);
  Commit("g1", "s");
  spine->Poke();
  ASSERT_TRUE(woken.WaitForNotificationWithTimeout(kPatience));
  EXPECT_EQ(reloads, 3);
  const auto step = stream->Next();
  ASSERT_TRUE(step.ok()) << step.status();
  ASSERT_EQ(step->kind, GroupStep::Kind::kGroup);
  EXPECT_EQ(step->group->events.front().group, "g1");
}

TEST_P(SpineTest, TheEndDoesNotWaitForASnapshotThatCannotBeReplaced) {
  absl::Notification reloading;
  SpineOptions options;
  options.reload = [&] {
    if (!reloading.HasBeenNotified()) reloading.Notify();
    return absl::UnavailableError("the database is away");
  };
  const auto spine = Make(std::move(options));
  const auto stream = spine->hub().Watch(0).value();
  spine->Start(0);
  Commit("g1", "s");
  spine->Poke();
  ASSERT_TRUE(reloading.WaitForNotificationWithTimeout(kPatience));
  spine->Stop();
  // A stream that was shown the change with a token behind it would never get what it missed.
  EXPECT_EQ(spine->hub().stats().position, 0);
  const auto step = stream->Next();
  ASSERT_FALSE(step.ok());
  EXPECT_EQ(error::ReasonOf(step.status())->reason, "SHUTTING_DOWN") << step.status();
}

TEST_P(SpineTest, TheLeaderDeletesWhatIsPastItsTime) {
  const auto spine = Make(ForgettingUnits());
  spine->Start(0);
  Commit("g1", "old", "unit.changed");
  Commit("g2", "dossier", "dossier.submitted");
  spine->Poke();
  ASSERT_TRUE(Await([&] { return EventsOf(*database_, "dossier").front().position > 0; }));
  EXPECT_EQ(EventsOf(*database_, "old").size(), 1u) << "its time has not come";
  clock_.Advance(absl::Hours(24));
  EXPECT_TRUE(Await([&] { return EventsOf(*database_, "old").empty(); }));
  EXPECT_EQ(EventsOf(*database_, "dossier").size(), 1u) << "no rule names it";
  EXPECT_TRUE(Await([&] { return Metric("twotier_feed_events_purged_total") == 1; }));
  EXPECT_EQ(Metric("twotier_feed_retention_failures_total"), 0);
}

TEST_P(SpineTest, AProcessThatDoesNotLeadDeletesNothing) {
  const auto spine = Make(ForgettingUnits());
  Commit("g1", "old", "unit.changed");
  const auto leader = Sequencer::Create(database_.get(), &clock_, {}).value();
  ASSERT_EQ(leader->RunOnce().value(), 1);
  clock_.Advance(absl::Hours(24));
  EXPECT_FALSE(spine->leading());
  EXPECT_FALSE(spine->RetainOnce().value());
  EXPECT_EQ(EventsOf(*database_, "old").size(), 1u);
}

}  // namespace
}  // namespace twotier::feed
