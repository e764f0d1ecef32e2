// What is told of the queues: how much waits in them, at every moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/db/account_fixture.h"
#include "common/db/work_queue.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;

// Adds up what it is told, as a gauge does.
class DepthObserver final : public Observer {
 public:
  void OnStatement(absl::string_view, absl::Duration, bool) override {}
  void OnBatch(int, absl::Duration) override {}
  void OnConflict() override {}
  void OnReconnect() override {}
  void OnQueue(bool writer, int64_t change) override {
    std::atomic<int64_t>& depth = writer ? writes_ : reads_;
    if ((depth += change) < 0) below_zero_ = true;
  }
  void OnWal(int64_t) override {}

  int64_t writes() const { return writes_; }
  int64_t reads() const { return reads_; }
  bool below_zero() const { return below_zero_; }

 private:
  std::atomic<int64_t> writes_{0};
  std::atomic<int64_t> reads_{0};
  std::atomic<bool> below_zero_{false};
};

using QueueDepthTest = AccountTest;

TEST_P(QueueDepthTest, UnitsThatWaitBehindALaneThatHangsAreTold) {
  DepthObserver observer;
  DatabaseOptions options;
  options.queue_max = 3;
  options.observer = &observer;
  Open(options);
  const std::unique_ptr<HeldLane> held = Hold();
  EXPECT_EQ(observer.writes(), 0) << "what runs does not wait";
  Outcomes outcomes;
  for (const char* name : {"a", "b", "c", "refused"}) {
    database_->Submit(MakeUnit(name, 1, outcomes));
  }
  EXPECT_EQ(observer.writes(), 3);
  held->Release();
  outcomes.Wait(4);
  EXPECT_EQ(observer.writes(), 0);
  EXPECT_FALSE(observer.below_zero());
  database_.reset();  // Before its observer.
}

TEST_P(QueueDepthTest, ReadsThatWaitForAReaderAreTold) {
  DepthObserver observer;
  DatabaseOptions options;
  options.readers = 1;
  options.observer = &observer;
  Open(options);
  Outcomes outcomes;
  absl::Notification running, release;
  const auto submit = [&](const char* name, std::function<absl::Status(Tx&)> work) {
    Read read;
    read.work = std::move(work);
    read.done = outcomes.Done(name);
    database_->Submit(std::move(read));
  };
  submit("held", [&](Tx&) {
    running.Notify();
    release.WaitForNotification();
    return absl::OkStatus();
  });
  running.WaitForNotification();
  for (const char* name : {"a", "b"}) submit(name, [](Tx&) { return absl::OkStatus(); });
  EXPECT_EQ(observer.reads(), 2);
  EXPECT_EQ(observer.writes(), 0);
  release.Notify();
  outcomes.Wait(3);
  EXPECT_EQ(observer.reads(), 0);
  EXPECT_FALSE(observer.below_zero());
  database_.reset();  // Before its observer.
}

INSTANTIATE_TEST_SUITE_P(All, QueueDepthTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST(WorkQueueTest, TellsOfWhatComesAndGoes) {
  std::vector<int64_t> changes;
  WorkQueue<int> queue(/*items_max=*/3, /*workers=*/1,
                       [&](int64_t change) { changes.push_back(change); });
  for (int item : {1, 2, 3}) EXPECT_TRUE(queue.Push(item).ok());
  int more = 4;
  EXPECT_FALSE(queue.Push(more).ok());
  std::vector<int> taken;
  queue.Take(1, absl::ZeroDuration(), taken);
  queue.TakeAll(taken);
  queue.TakeAll(taken);
  EXPECT_THAT(taken, ElementsAre(1, 2, 3));
  EXPECT_THAT(changes, ElementsAre(1, 1, 1, -1, -2));
}

}  // namespace
}  // namespace twotier::db
