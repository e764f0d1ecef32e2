#include "services/personnel/matching.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "lemon/network_simplex.h"
#include "lemon/smart_graph.h"

namespace twotier::personnel {
namespace {

using Graph = lemon::SmartDigraph;
using Simplex = lemon::NetworkSimplex<Graph, int64_t, int64_t>;

absl::Status CheckProblem(const MatchProblem& problem) {
  int64_t people = 0;
  for (const MatchGroup& group : problem.groups) {
    if (group.people < 0) return absl::InvalidArgumentError("a group of less than nobody");
    people += group.people;
    int last = -1;
    for (const Choice& choice : group.choices) {
      const bool known =
          choice.place > last && choice.place < static_cast<int>(problem.places.size());
      const bool bounded = choice.preference >= 0 && choice.preference <= kPreferenceMax &&
                           choice.distance >= 0 && choice.distance <= kDistanceMax;
      if (!known || !bounded) {
        return absl::InvalidArgumentError(absl::StrCat("choice of place ", choice.place));
      }
      last = choice.place;
    }
  }
  if (people > kMatchedPeopleMax || problem.places.size() > kMatchedPlacesMax) {
    return absl::InvalidArgumentError("too many people or places");
  }
  for (const int posts : problem.places) {
    if (posts < 0) return absl::InvalidArgumentError("less than no posts");
  }
  return absl::OkStatus();
}

// One number for each choice, so that sums compare as (unplaced, preference, distance) do.
constexpr int64_t kPreferenceWeight = kDistanceMax * kMatchedPeopleMax + 1;
constexpr int64_t kUnplacedWeight =
    kPreferenceWeight * (int64_t{kPreferenceMax} * kMatchedPeopleMax + 1);
// The sum of all stays below what the simplex reserves for its artificial arcs.
static_assert(kUnplacedWeight < INT64_MAX / 4 / kMatchedPeopleMax);

// Groups, places and one node that everybody reaches: where the posts, and those who stay
// unplaced, are counted.
class Network {
 public:
  struct Edge {
    int from = 0;
    int to = 0;
    int64_t cost = 0;
    int64_t flow = 0;
    int64_t capacity = 0;
    bool fixed = false;  // Not to be changed any more.
  };

  explicit Network(const MatchProblem& problem)
      : problem_(problem),
        groups_(static_cast<int>(problem.groups.size())),
        sink_(groups_ + static_cast<int>(problem.places.size())) {
    for (int group = 0; group < groups_; ++group) {
      const MatchGroup& of = problem.groups[static_cast<size_t>(group)];
      people_ += of.people;
      for (const Choice& choice : of.choices) {
        Add(group, groups_ + choice.place, choice.preference * kPreferenceWeight + choice.distance,
            of.people);
      }
      Add(group, sink_, kUnplacedWeight, of.people);
    }
    choices_ = edges_.size();
    for (size_t place = 0; place < problem.places.size(); ++place) {
      Add(groups_ + static_cast<int>(place), sink_, 0, problem.places[place]);
    }
  }

  absl::Status Solve();
  // Turns the optimum into the one of them that stands first.
  void TakeFirst();
  Matching Result() const;

 private:
  void Add(int from, int to, int64_t cost, int64_t capacity) {
    edges_.push_back({from, to, cost, 0, capacity});
  }
  int nodes() const { return sink_ + 1; }

  // A step along an edge whose flow may change without changing the cost.
  struct Step {
    size_t edge = 0;
    bool forward = false;
  };
  int64_t Room(const Step& step) const {
    const Edge& edge = edges_[step.edge];
    if (edge.fixed) return 0;
    return step.forward ? edge.capacity - edge.flow : edge.flow;
  }
  int EndOf(const Step& step) const {
    return step.forward ? edges_[step.edge].to : edges_[step.edge].from;
  }
  // Shortest way from `from` to `to` with room; nothing when there is none.
  std::optional<std::vector<Step>> Way(int from, int to);
  void Fill(size_t index);

  const MatchProblem& problem_;
  const int groups_;
  const int sink_;
  int64_t people_ = 0;
  size_t choices_ = 0;  // Edges of groups come first, those of places behind them.
  std::vector<Edge> edges_;
  std::vector<std::vector<Step>> steps_;  // By node, over edges that stand in any optimum.
  std::vector<Step> came_;                // Scratch of Way.
  std::vector<int> seen_;
  int round_ = 0;
};

absl::Status Network::Solve() {
  Graph graph;
  graph.reserveNode(nodes());
  graph.reserveArc(static_cast<int>(edges_.size()));
  std::vector<Graph::Node> node;
  node.reserve(static_cast<size_t>(nodes()));
  for (int i = 0; i < nodes(); ++i) node.push_back(graph.addNode());
  for (const Edge& edge : edges_) {
    graph.addArc(node[static_cast<size_t>(edge.from)], node[static_cast<size_t>(edge.to)]);
  }
  Graph::ArcMap<int64_t> cost(graph);
  Graph::ArcMap<int64_t> capacity(graph);
  Graph::NodeMap<int64_t> supply(graph, 0);
  for (size_t i = 0; i < edges_.size(); ++i) {
    const Graph::Arc arc = Graph::arcFromId(static_cast<int>(i));
    cost[arc] = edges_[i].cost;
    capacity[arc] = edges_[i].capacity;
  }
  for (int group = 0; group < groups_; ++group) {
    supply[node[static_cast<size_t>(group)]] = problem_.groups[static_cast<size_t>(group)].people;
  }
  supply[node[static_cast<size_t>(sink_)]] = -people_;
  Simplex simplex(graph);
  simplex.upperMap(capacity).costMap(cost).supplyMap(supply);
  if (simplex.run() != Simplex::OPTIMAL) {
    return error::WithReason(absl::StatusCode::kInternal, "the flow of a matching has no optimum",
                             "BROKEN_INVARIANT");
  }
  steps_.resize(static_cast<size_t>(nodes()));
  for (size_t i = 0; i < edges_.size(); ++i) {
    Edge& edge = edges_[i];
    edge.flow = simplex.flow(Graph::arcFromId(static_cast<int>(i)));
    const auto potential = [&](int n) { return simplex.potential(node[static_cast<size_t>(n)]); };
    // Complementary slackness: another edge has the same flow in every optimum.
    if (edge.cost + potential(edge.from) - potential(edge.to) != 0) continue;
    steps_[static_cast<size_t>(edge.from)].push_back({i, true});
    steps_[static_cast<size_t>(edge.to)].push_back({i, false});
  }
  return absl::OkStatus();
}

std::optional<std::vector<Network::Step>> Network::Way(int from, int to) {
  ++round_;
  std::vector<int> open = {from};
  seen_[static_cast<size_t>(from)] = round_;
  for (size_t next = 0; next < open.size(); ++next) {
    if (open[next] == to) break;
    for (const Step& step : steps_[static_cast<size_t>(open[next])]) {
      const int end = EndOf(step);
      if (seen_[static_cast<size_t>(end)] == round_ || Room(step) == 0) continue;
      seen_[static_cast<size_t>(end)] = round_;
      came_[static_cast<size_t>(end)] = step;
      open.push_back(end);
    }
  }
  if (seen_[static_cast<size_t>(to)] != round_) return std::nullopt;
  std::vector<Step> way;
  for (int at = to; at != from;) {
    const Step step = came_[static_cast<size_t>(at)];
    way.push_back(step);
    at = step.forward ? edges_[step.edge].from : edges_[step.edge].to;
  }
  return way;
}

// As much flow over the edge as any optimum has that agrees in what is fixed; then fixes it.
void Network::Fill(size_t index) {
  Edge& edge = edges_[index];
  edge.fixed = true;  // The way back must not take the edge itself.
  while (edge.flow < edge.capacity) {
    const std::optional<std::vector<Step>> way = Way(edge.to, edge.from);
    if (!way) return;
    int64_t more = edge.capacity - edge.flow;
    for (const Step& step : *way) more = std::min(more, Room(step));
    for (const Step& step : *way) edges_[step.edge].flow += step.forward ? more : -more;
    edge.flow += more;
  }
}

void Network::TakeFirst() {
  came_.resize(static_cast<size_t>(nodes()));
  seen_.assign(static_cast<size_t>(nodes()), 0);
  std::vector<bool> free(edges_.size(), false);
  for (const std::vector<Step>& steps : steps_) {
    for (const Step& step : steps) free[step.edge] = true;
  }
  // Edges of groups stand in the order of the rule: by group, by place, unplaced last.
  for (size_t edge = 0; edge < choices_; ++edge) {
    if (free[edge]) Fill(edge);
  }
}

Matching Network::Result() const {
  Matching matching;
  matching.groups.resize(problem_.groups.size());
  size_t edge = 0;
  for (size_t group = 0; group < problem_.groups.size(); ++group) {
    for (const Choice& choice : problem_.groups[group].choices) {
      const int64_t people = edges_[edge++].flow;
      if (people == 0) continue;
      matching.groups[group].push_back({choice.place, static_cast<int>(people)});
      matching.preference += people * choice.preference;
      matching.distance += people * choice.distance;
    }
    const int64_t unplaced = edges_[edge++].flow;
    if (unplaced > 0) matching.groups[group].push_back({kUnplaced, static_cast<int>(unplaced)});
    matching.unplaced += unplaced;
  }
  return matching;
}

}  // namespace

absl::StatusOr<Matching> Match(const MatchProblem& problem) {
  RETURN_IF_ERROR(CheckProblem(problem));
  Network network(problem);
  RETURN_IF_ERROR(network.Solve());
  network.TakeFirst();
  return network.Result();
}

}  // namespace twotier::personnel
