// In which order the groups of one slice get their positions.
#ifndef TWOTIER_COMMON_FEED_ORDER_H_
#define TWOTIER_COMMON_FEED_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace twotier::feed {

// An event that has no position yet.
struct PendingEvent {
  std::string province_code = {};
  std::string subject = {};
  int64_t version = 0;
  std::string group = {};
};

// A stretch of groups that follow each other both in the order of their ids and in the order of
// positions.
struct GroupRun {
  std::string first_group = {};
  std::string last_group = {};
  int64_t events = 0;

  friend bool operator==(const GroupRun& a, const GroupRun& b) {
    return a.first_group == b.first_group && a.last_group == b.last_group && a.events == b.events;
  }
};

// Splits `pending`, which is sorted by group, into runs to be numbered one after the other. Groups
// keep the order of their ids unless a subject's versions demand another one: ids are given when a
// call comes in, so the later version may carry the smaller id. Each run is contiguous among the
// groups that the runs before it left over. Nearly always there is one run. Versions that demand a
// circle break no order that readers could rely on; such groups keep the order of their ids.
std::vector<GroupRun> OrderGroups(const std::vector<PendingEvent>& pending);

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_ORDER_H_
