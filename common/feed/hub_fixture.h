// A hub on a database of its own, with streams that are pulled as reactors pull them.
#ifndef TWOTIER_COMMON_FEED_HUB_FIXTURE_H_
#define TWOTIER_COMMON_FEED_HUB_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/feed/hub.h"
#include "common/feed/sequencer.h"
#include "common/feed/testing.h"

namespace twotier::feed {

// Longest a test waits for something that must happen; only a broken program gets there.
inline constexpr absl::Duration kPatience = absl::Seconds(30);

inline std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason ? reason->reason : std::string(status.message());
}

// Pulls a stream as a reactor does: again whenever it was woken.
template <typename Stream>
class Puller {
 public:
  explicit Puller(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {
    stream_->SetWake([woken = woken_] {
      absl::MutexLock lock(&woken->mutex);
      woken->yes = true;
    });
  }

  // The next step that is not kWait.
  auto Next() {
    while (true) {
      {
        absl::MutexLock lock(&woken_->mutex);
        woken_->yes = false;
      }
      auto step = stream_->Next();
      using Step = typename decltype(step)::value_type;
      if (!step.ok() || step->kind != Step::Kind::kWait) return step;
      absl::MutexLock lock(&woken_->mutex);
      if (!woken_->mutex.AwaitWithTimeout(absl::Condition(&woken_->yes), kPatience)) {
        return decltype(step)(absl::DeadlineExceededError("nothing came"));
      }
    }
  }

  auto TryNext() { return stream_->Next(); }

 private:
  struct Woken {
    absl::Mutex mutex;
    bool yes = false;
  };
  std::shared_ptr<Woken> woken_ = std::make_shared<Woken>();
  std::unique_ptr<Stream> stream_;
};

class HubTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  void SetUp() override {
    sequencer_ = Sequencer::Create(database_.get(), &clock_, {}).value();
    MakeHub({});
  }

  void MakeHub(HubOptions options) {
    options.poll_interval = absl::Hours(1);  // Only what is woken happens.
    if (options.heartbeat_interval == HubOptions().heartbeat_interval) {
      options.heartbeat_interval = absl::Hours(1000);
    }
    hub_ = Hub::Create(database_.get(), &clock_, options).value();
  }

  // Commits and numbers one group.
  void Commit(const std::string& group, const std::vector<std::string>& subjects,
              const std::string& kind = "thing.changed") {
    ASSERT_TRUE(WriteGroup(*database_, group, subjects, kind).ok());
    ASSERT_EQ(sequencer_->RunOnce().value(), static_cast<int64_t>(subjects.size()));
    hub_->Wake();
  }

  Puller<GroupStream> Watch(int64_t position) {
    return Puller<GroupStream>(hub_->Watch(position).value());
  }
  Puller<SubjectStream> WatchSubject(const std::string& subject, int64_t after_version) {
    return Puller<SubjectStream>(hub_->WatchSubject("48", subject, after_version).value());
  }

  // Reads groups until `position` and returns their ids.
  std::vector<std::string> ReadUntil(Puller<GroupStream>& stream, int64_t position) {
    std::vector<std::string> groups;
    while (true) {
      const auto step = stream.Next();
      if (!step.ok()) {
        ADD_FAILURE() << step.status();
        return groups;
      }
      if (step->kind != GroupStep::Kind::kGroup) continue;
      groups.push_back(step->group->events.front().group);
      EXPECT_TRUE(step->group->events.back().last_of_group);
      if (step->group->position() >= position) return groups;
    }
  }

  testing_support::TestDatabase files_ = GetParam().make();
  std::unique_ptr<db::Database> database_ = OpenForTest(files_);
  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<Hub> hub_;
};

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_HUB_FIXTURE_H_
