#include "services/registry/domain/past_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Rows of the published table by act: steps between units, as they were printed.
std::map<std::string, size_t> StepsByAct() {
  std::map<std::string, size_t> steps;
  const std::vector<std::string> lines = absl::StrSplit(
      testing::ReadFileForTest("services/registry/data/successions.csv"), '\n', absl::SkipEmpty());
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(lines[i], ',');
    ++steps[cells[4]];
  }
  return steps;
}

TEST(DerivePastEventsTest, TheNationalDataGiveOneEventForEachAct) {
  const std::vector<ChangeEvent> events = DerivePastEvents(testing::NationalTree(), {});
  std::map<std::string, int> by_kind;  // By who decided and when.
  std::set<std::string> ids;
  const std::map<std::string, size_t> printed = StepsByAct();
  for (const ChangeEvent& event : events) {
    EXPECT_TRUE(ids.insert(event.id).second) << event.id;
    EXPECT_EQ(event.origin, Origin::kDerived);
    EXPECT_EQ(event.version, 0);
    EXPECT_FALSE(event.kinds.empty()) << event.id;
    const std::vector<std::string> act = absl::StrSplit(event.act, '/');
    ++by_kind[absl::StrCat(event.effective.year(), " ", act.back())];
    size_t changes_of_itself = 0;
    for (const ChangeEdge& edge : event.edges) {
      if (edge.source_id == edge.target_id) ++changes_of_itself;
    }
    const auto steps = printed.find(event.act);
    EXPECT_EQ(event.edges.size() - changes_of_itself, steps == printed.end() ? 0 : steps->second)
        << event.id;
  }
  EXPECT_THAT(by_kind, ElementsAre(Pair("2025 NQ-UBTVQH15", 34), Pair("2025 QH15", 1),
                                   Pair("2026 NQ-UBTVQH16", 2), Pair("2026 QH16", 3)));
}

TEST(DerivePastEventsTest, ActsThatChangeTypesAloneAreRetypings) {
  const std::vector<ChangeEvent> events = DerivePastEvents(testing::NationalTree(), {});
  for (const ChangeEvent& event : events) {
    if (!absl::EndsWith(event.act, "16")) continue;
    EXPECT_THAT(event.kinds, ElementsAre(ChangeKind::kRetype)) << event.id;
    EXPECT_THAT(event.founded_ids, IsEmpty()) << event.id;
  }
}

TEST(DerivePastEventsTest, WhatARecordedEventDidIsNotDerivedAgain) {
  const UnitTree& tree = testing::NationalTree();
  const std::vector<ChangeEvent> events = DerivePastEvents(tree, {});
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(DerivePastEvents(tree, {events.back()}).size(), events.size() - 1);
  ChangeEvent cancelled = events.back();
  cancelled.cancelled = true;
  EXPECT_EQ(DerivePastEvents(tree, {cancelled}).size(), events.size());
}

}  // namespace
}  // namespace twotier::registry
