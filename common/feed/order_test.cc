#include "common/feed/order.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"

namespace twotier::feed {
namespace {

PendingEvent Of(std::string group, std::string subject, int64_t version) {
  return PendingEvent{
      .province_code = "48", .subject = std::move(subject), .version = version, .group = group};
}

TEST(OrderGroupsTest, KeepsTheOrderOfIdsInOneRun) {
  EXPECT_TRUE(OrderGroups({}).empty());
  EXPECT_THAT(OrderGroups({Of("a", "s", 1), Of("a", "t", 1), Of("b", "s", 2), Of("c", "u", 1)}),
              testing::ElementsAre(GroupRun{"a", "c", 4}));
}

TEST(OrderGroupsTest, PutsEarlierVersionsFirst) {
  // b holds what a rests on.
  EXPECT_THAT(OrderGroups({Of("a", "s", 2), Of("b", "s", 1), Of("c", "t", 1)}),
              testing::ElementsAre(GroupRun{"b", "b", 1}, GroupRun{"a", "c", 2}));
  EXPECT_THAT(
      OrderGroups({Of("a", "s", 3), Of("b", "s", 2), Of("c", "s", 1)}),
      testing::ElementsAre(GroupRun{"c", "c", 1}, GroupRun{"b", "b", 1}, GroupRun{"a", "a", 1}));
}

TEST(OrderGroupsTest, TellsProvincesApart) {
  PendingEvent other = Of("b", "s", 1);
  other.province_code = "01";
  EXPECT_THAT(OrderGroups({Of("a", "s", 2), other}), testing::ElementsAre(GroupRun{"a", "b", 2}));
}

TEST(OrderGroupsTest, DoesNotStopAtACircle) {
  EXPECT_THAT(OrderGroups({Of("a", "s", 2), Of("a", "t", 1), Of("b", "s", 1), Of("b", "t", 2)}),
              testing::ElementsAre(GroupRun{"a", "b", 4}));
}

// Units of work commit one after the other, each raising some subjects; ids do not follow the
// commits.
std::vector<PendingEvent> RandomHistory() {
  const int groups = *rc::gen::inRange(1, 30);
  const int subjects = *rc::gen::inRange(1, 6);
  std::map<std::string, int64_t> versions;
  std::map<std::string, std::vector<PendingEvent>> by_group;
  for (int i = 0; i < groups; ++i) {
    const std::string group = absl::StrCat("g", 1000 + *rc::gen::inRange(0, 9000));
    if (by_group.contains(group)) continue;
    for (int subject = 0; subject < subjects; ++subject) {
      if (*rc::gen::inRange(0, 3) != 0) continue;
      const std::string name = absl::StrCat("s", subject);
      by_group[group].push_back(Of(group, name, ++versions[name]));
    }
  }
  std::vector<PendingEvent> pending;
  for (const auto& [group, events] : by_group) {
    pending.insert(pending.end(), events.begin(), events.end());
  }
  return pending;
}

TEST(OrderGroupsProperty, NumbersEachGroupOnceAndVersionsInOrder) {
  EXPECT_TRUE(rc::check("replaying the runs as the database does", [] {
    std::vector<PendingEvent> pending = RandomHistory();
    std::map<std::string, int64_t> last;
    for (const GroupRun& run : OrderGroups(pending)) {
      int64_t events = 0;
      std::vector<PendingEvent> left;
      for (const PendingEvent& event : pending) {
        if (event.group < run.first_group || event.group > run.last_group) {
          left.push_back(event);
          continue;
        }
        ++events;
        RC_ASSERT(event.version == last[event.subject] + 1);
        last[event.subject] = event.version;
      }
      RC_ASSERT(events == run.events);
      pending = left;
    }
    RC_ASSERT(pending.empty());
  }));
}

}  // namespace
}  // namespace twotier::feed
