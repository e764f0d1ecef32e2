// A write lane that stands still, so that calls wait behind it.
#ifndef TWOTIER_TESTS_SUPPORT_HELD_LANE_H_
#define TWOTIER_TESTS_SUPPORT_HELD_LANE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "common/db/database.h"

namespace twotier::testing_support {

// Holds the lane of aggregate `key` of province 48 until it is destroyed. `database` outlives it.
class HeldLane {
 public:
  HeldLane(db::Database& database, std::string key) {
    db::Unit unit;
    unit.keys = {{"48", std::move(key)}};
    unit.work = [this](db::Tx&) {
      held_.Notify();
      release_.WaitForNotification();
      return absl::OkStatus();
    };
    unit.wanted = [] { return true; };
    unit.done = [this](absl::Status) { done_.Notify(); };
    database.Submit(std::move(unit));
    held_.WaitForNotification();
  }
  ~HeldLane() {
    release_.Notify();
    done_.WaitForNotification();
  }
  HeldLane(const HeldLane&) = delete;
  HeldLane& operator=(const HeldLane&) = delete;

 private:
  absl::Notification held_;
  absl::Notification release_;
  absl::Notification done_;
};

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SUPPORT_HELD_LANE_H_
