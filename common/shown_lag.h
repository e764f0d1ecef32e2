// The lag that a gauge shows.
#ifndef TWOTIER_COMMON_SHOWN_LAG_H_
#define TWOTIER_COMMON_SHOWN_LAG_H_

#include "absl/time/time.h"

namespace twotier {

// What one look finds may be over with the next, between two scrapes: the largest of some two
// minutes is shown. Not thread-safe.
class ShownLag {
 public:
  // Takes what a look at `now` found. Returns what is shown from now on.
  absl::Duration Show(absl::Duration found, absl::Time now) {
    if (found < shown_ && now < until_) return shown_;
    shown_ = found;
    until_ = now + kShown;
    return shown_;
  }

 private:
  // Longer than from one scrape to the next.
  static constexpr absl::Duration kShown = absl::Minutes(2);

  absl::Duration shown_;
  absl::Time until_ = absl::InfinitePast();
};

}  // namespace twotier

#endif  // TWOTIER_COMMON_SHOWN_LAG_H_
