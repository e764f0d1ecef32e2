// Time as a value that can be replaced. Handlers never ask for it: they get it in Call.
#ifndef TWOTIER_COMMON_CLOCK_H_
#define TWOTIER_COMMON_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace twotier {

// Source of the present instant. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Truncated to microseconds, so that what is stored is what was used.
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(absl::ToUnixMicros(absl::Now())); }
};

// Stands still until it is told to move.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  void Set(absl::Time now) {
    absl::MutexLock lock(&mutex_);
    now_ = now;
  }
  void Advance(absl::Duration by) {
    absl::MutexLock lock(&mutex_);
    now_ += by;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

// Vietnam's legal time, UTC+7 all year since 13 June 1975 (Decision 134/2002/QĐ-TTg). A fixed
// offset: the time zone database of the host is not needed.
// Made once: Abseil looks zones up by name under a lock.
inline absl::TimeZone VietnamTimeZone() {
  static const absl::TimeZone kZone = absl::FixedTimeZone(7 * 60 * 60);
  return kZone;
}

// Calendar date in Vietnam at `time`.
inline absl::CivilDay VietnamDay(absl::Time time) {
  return absl::ToCivilDay(time, VietnamTimeZone());
}

}  // namespace twotier

#endif  // TWOTIER_COMMON_CLOCK_H_
