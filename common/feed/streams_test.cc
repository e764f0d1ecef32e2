// What a stream that catches up from the database may give, and when.
#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/feed/hub.h"
#include "common/feed/sequencer.h"
#include "common/feed/testing.h"
#include "common/feed/waiter.h"
#include "common/status_macros.h"
#include "gmock/gmock.h"

namespace twotier::feed {
namespace {

class StreamsTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  testing_support::TestDatabase files_ = GetParam().make();
  std::unique_ptr<db::Database> database_ = OpenForTest(files_);
  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
};

// Counts the wakes of a stream.
class Wakes {
 public:
  void Add() {
    absl::MutexLock lock(&mutex_);
    ++count_;
  }
  void AwaitNext() {
    absl::MutexLock lock(&mutex_);
    const auto more = [this]() { return count_ > seen_; };
    mutex_.Await(absl::Condition(&more));
    seen_ = count_;
  }

 private:
  absl::Mutex mutex_;
  int count_ = 0;
  int seen_ = 0;
};

TEST_P(StreamsTest, ACatchingUpStreamNeverOvertakesTheListeners) {
  const auto sequencer = Sequencer::Create(database_.get(), &clock_, {}).value();
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"s"}).ok());
  ASSERT_EQ(sequencer->RunOnce().value(), 2);

  absl::Notification heard;
  absl::Notification release;
  const auto hub = Hub::Create(database_.get(), &clock_, {}).value();
  // Also when the test fails: the hub waits for its listener when it stops.
  const absl::Cleanup let_go = [&release] {
    if (!release.HasBeenNotified()) release.Notify();
  };
  hub->OnGroup([&](const GroupPtr&) {
    heard.Notify();
    release.WaitForNotification();
  });
  hub->Start(1);  // The service's snapshot has g1; g2 is being taken over.
  heard.WaitForNotification();

  auto wakes = std::make_shared<Wakes>();
  auto stream = hub->Watch(0).value();
  stream->SetWake([wakes] { wakes->Add(); });
  // The page may be there at once, or come with a wake.
  auto step = stream->Next();
  while (step.ok() && step->kind == GroupStep::Kind::kWait) {
    wakes->AwaitNext();
    step = stream->Next();
  }
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->group->position(), 1);
  EXPECT_EQ(stream->Next()->kind, GroupStep::Kind::kWait) << "the listener has not finished g2";

  release.Notify();
  step = stream->Next();
  while (step.ok() && step->kind == GroupStep::Kind::kWait) {
    wakes->AwaitNext();
    step = stream->Next();
  }
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->group->position(), 2);
}

TEST_P(StreamsTest, PagesAreBoundByEventsAndByBytes) {
  constexpr int kGroups = 20;
  const auto sequencer = Sequencer::Create(database_.get(), &clock_, {}).value();
  for (int i = 0; i < kGroups; ++i) {
    const Call call = CallForTest(absl::StrCat("g", 10 + i));
    const absl::Status written = database_->Write({}, [&](db::Tx& tx) {
      return AppendNext(tx, call, absl::StrCat("s", i), 0, std::string(1000, 'b'));
    });
    ASSERT_TRUE(written.ok()) << written;
  }
  ASSERT_EQ(sequencer->RunOnce().value(), kGroups);
  const auto read = [&](int64_t position, PageLimits limits) {
    std::vector<GroupPtr> groups;
    const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(groups, ReadGroups(tx, position, limits));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return groups.size();
  };
  EXPECT_EQ(read(0, {100, 1}), 1u) << "one group, however large";
  EXPECT_EQ(read(0, {100, 3500}), 3u);
  EXPECT_EQ(read(0, {4, 1 << 20}), 4u);
  EXPECT_EQ(read(0, {100, 1 << 20}), 20u);
  EXPECT_EQ(read(15, {100, 1 << 20}), 5u);
  EXPECT_EQ(read(20, {100, 1 << 20}), 0u);

  // Page by page, nothing is lost or repeated.
  const auto hub = Hub::Create(database_.get(), &clock_, {.page_bytes = 3500}).value();
  hub->Start(kGroups);
  auto wakes = std::make_shared<Wakes>();
  auto stream = hub->Watch(0).value();
  stream->SetWake([wakes] { wakes->Add(); });
  for (int64_t expected = 1; expected <= kGroups;) {
    const auto step = stream->Next();
    ASSERT_TRUE(step.ok()) << step.status();
    if (step->kind == GroupStep::Kind::kWait) {
      wakes->AwaitNext();
    } else if (step->kind == GroupStep::Kind::kGroup) {
      EXPECT_EQ(step->group->position(), expected++);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, StreamsTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::feed
