#include "common/id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace twotier {
namespace {

TEST(IdSourceTest, GrowsWithTimeWithinAMillisecondAndWhenTheClockGoesBack) {
  IdSource ids;
  const absl::Time now = absl::FromUnixMillis(1'750'000'000'000);
  std::string before;
  for (const int step_ms : {0, 0, 1, 0, -5000, 1000}) {
    const std::string id = ids.New(now + absl::Milliseconds(step_ms));
    EXPECT_EQ(id.size(), IdSource::kIdSize);
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(IdSourceTest, BeginsWithTheTime) {
  IdSource ids;
  // The example of the ULID specification: 1469918176385 ms is "01ARYZ6S41".
  EXPECT_EQ(ids.New(absl::FromUnixMillis(1469918176385)).substr(0, 10), "01ARYZ6S41");
}

TEST(IdSourceTest, ThreadsNeverGetTheSameId) {
  constexpr int kThreads = 4;
  constexpr int kIdsEach = 5000;
  IdSource ids;
  std::vector<std::vector<std::string>> made(kThreads);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& mine : made) {
    threads.emplace_back([&ids, &mine] {
      for (int i = 0; i < kIdsEach; ++i) mine.push_back(ids.New(absl::UnixEpoch()));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::vector<std::string>& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), static_cast<size_t>(kThreads * kIdsEach));
}

TEST(IdSourceTest, TwoSourcesDiffer) {
  IdSource a;
  IdSource b;
  EXPECT_NE(a.New(absl::UnixEpoch()), b.New(absl::UnixEpoch()));
}

}  // namespace
}  // namespace twotier
