// New ids: 26 characters, unique, ordered by time.
#ifndef TWOTIER_COMMON_ID_H_
#define TWOTIER_COMMON_ID_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace twotier {

// Makes ids in the ULID form: 48 bits of milliseconds and 80 random bits in Crockford's base 32, so
// that ids sort as text by the time they were made. Within one source each id is greater than the
// one before, also when the clock stands still or goes back. Thread-safe.
class IdSource {
 public:
  static constexpr size_t kIdSize = 26;

  // `now` is not before 1970 and before 10889.
  std::string New(absl::Time now);

 private:
  absl::Mutex mutex_;
  bool begun_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t milliseconds_ ABSL_GUARDED_BY(mutex_) = 0;
  uint16_t random_high_ ABSL_GUARDED_BY(mutex_) =
      0;  // 80 random bits, counted up within a millisecond.
  uint64_t random_low_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace twotier

#endif  // TWOTIER_COMMON_ID_H_
