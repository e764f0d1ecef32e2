#include "common/feed/order.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <set>
#include <tuple>
#include <utility>

namespace twotier::feed {
namespace {

// The groups of a slice, by rank: 0 is the smallest id.
struct Groups {
  std::vector<std::string> names;
  std::vector<int64_t> events;
  std::vector<size_t> of_event;  // Rank of each event's group.
};

Groups GroupsOf(const std::vector<PendingEvent>& pending) {
  Groups groups;
  groups.of_event.reserve(pending.size());
  for (const PendingEvent& event : pending) {
    if (groups.names.empty() || groups.names.back() != event.group) {
      groups.names.push_back(event.group);
      groups.events.push_back(0);
    }
    ++groups.events.back();
    groups.of_event.push_back(groups.names.size() - 1);
  }
  return groups;
}

using Edge = std::pair<size_t, size_t>;  // The first group must come before the second.

std::vector<Edge> EdgesOf(const std::vector<PendingEvent>& pending, const Groups& groups) {
  std::vector<size_t> by_subject(pending.size());
  std::iota(by_subject.begin(), by_subject.end(), 0);
  const auto key = [&](size_t i) {
    const PendingEvent& event = pending[i];
    return std::tie(event.subject, event.province_code, event.version);
  };
  std::sort(by_subject.begin(), by_subject.end(),
            [&](size_t a, size_t b) { return key(a) < key(b); });
  std::vector<Edge> edges;
  for (size_t i = 1; i < by_subject.size(); ++i) {
    const PendingEvent& before = pending[by_subject[i - 1]];
    const PendingEvent& after = pending[by_subject[i]];
    if (before.subject != after.subject || before.province_code != after.province_code) continue;
    const Edge edge{groups.of_event[by_subject[i - 1]], groups.of_event[by_subject[i]]};
    if (edge.first != edge.second) edges.push_back(edge);
  }
  return edges;
}

// Ranks in the order of positions: always the smallest id that may come next.
std::vector<size_t> Sorted(size_t count, const std::vector<Edge>& edges) {
  std::vector<std::vector<size_t>> after(count);
  std::vector<int> waits_for(count, 0);
  for (const auto& [first, second] : edges) {
    after[first].push_back(second);
    ++waits_for[second];
  }
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (size_t i = 0; i < count; ++i) {
    if (waits_for[i] == 0) ready.push(i);
  }
  std::vector<size_t> order;
  std::vector<bool> placed(count, false);
  while (!ready.empty()) {
    const size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    placed[next] = true;
    for (const size_t follower : after[next]) {
      if (--waits_for[follower] == 0) ready.push(follower);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (!placed[i]) order.push_back(i);  // On a circle.
  }
  return order;
}

}  // namespace

std::vector<GroupRun> OrderGroups(const std::vector<PendingEvent>& pending) {
  const Groups groups = GroupsOf(pending);
  const size_t count = groups.names.size();
  const std::vector<Edge> edges = EdgesOf(pending, groups);
  std::vector<size_t> order(count);
  if (std::any_of(edges.begin(), edges.end(), [](const Edge& e) { return e.first > e.second; })) {
    order = Sorted(count, edges);
  } else {
    std::iota(order.begin(), order.end(), 0);
  }

  std::vector<GroupRun> runs;
  std::vector<bool> numbered(count, false);
  size_t previous = 0;
  for (const size_t rank : order) {
    // The run goes on when nothing that is left lies between the previous group and this one.
    bool goes_on = !runs.empty() && rank > previous;
    for (size_t i = previous + 1; goes_on && i < rank; ++i) goes_on = numbered[i];
    if (!goes_on) runs.push_back(GroupRun{.first_group = groups.names[rank]});
    runs.back().last_group = groups.names[rank];
    runs.back().events += groups.events[rank];
    numbered[rank] = true;
    previous = rank;
  }
  return runs;
}

}  // namespace twotier::feed
