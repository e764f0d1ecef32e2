// Proves that a feed numbers its events without a gap.
#ifndef TWOTIER_TOOLS_VERIFY_FEED_POSITIONS_H_
#define TWOTIER_TOOLS_VERIFY_FEED_POSITIONS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "tools/verify/report.h"

namespace twotier::verify {

// An event that has its place in the feed.
struct NumberedEvent {
  int64_t position = 0;
  std::string group_id;
  int64_t known_us = 0;
  bool last_of_group = false;
};

// Rule `positions`: they begin with 1 and have no gap, a group is in one piece whose last event
// says so, nothing was known before what stands before it, and the head is that of the last event.
class FeedPositions {
 public:
  // The next event in the order of positions.
  void Take(NumberedEvent event, Report& report);
  // After the last one. Events that have no position yet are told of.
  void Finish(int64_t head_position, int64_t head_known_us, int64_t not_numbered, Report& report);

 private:
  // `next` follows the one before; null at the end of the feed.
  void CheckNeighbours(const NumberedEvent* next, Report& report) const;

  std::optional<NumberedEvent> before_;
  std::set<std::string> groups_;
  int64_t numbered_ = 0;
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_FEED_POSITIONS_H_
