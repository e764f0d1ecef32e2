#include "services/registry/domain/change_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr absl::CivilDay kDay(2027, 1, 1);
constexpr absl::CivilDay kToday(2026, 11, 22);

UnitTree Tree(std::vector<UnitHistory> units = testing::TwoProvinces()) {
  return UnitTree::Build(std::move(units)).value();
}

ChangeTarget GoesOn(const std::string& id) {
  ChangeTarget target;
  target.unit_id = id;
  return target;
}

ChangeTarget Founded(const std::string& id, const std::string& code) {
  return {id, true, code, UnitType::kWard, "Phường " + id, id, "uP", {}, {}, {}};
}

ChangeEdge From(const std::string& source, const std::string& target,
                std::optional<int64_t> ppm = std::nullopt) {
  return {source, target, Relation::kUnspecified, ppm, ppm};
}

ChangeRequest Request(std::vector<std::string> sources, std::vector<ChangeTarget> targets,
                      std::vector<ChangeEdge> edges, std::string caretaker = "") {
  return {"e1",
          "77/NQ",
          kDay,
          std::move(sources),
          std::move(targets),
          std::move(edges),
          std::move(caretaker)};
}

ChangeTarget With(ChangeTarget target, absl::string_view field, const std::string& value) {
  if (field == "code") target.code = value;
  if (field == "short_name") target.short_name = value;
  if (field == "full_name") target.full_name = value;
  if (field == "parent") target.parent_id = value;
  if (field == "ward") target.type = UnitType::kWard;
  if (field == "township") target.type = UnitType::kTownship;
  return target;
}

std::vector<std::string> Rules(const absl::Status& status) {
  std::vector<std::string> rules;
  for (const auto& violation : error::PreconditionsOf(status)) rules.push_back(violation.type);
  return rules;
}

TEST(PlanChangeTest, KindsFollowFromWhatGoesWhere) {
  using Kind = ChangeKind;
  const struct {
    const char* what;
    ChangeRequest request;
    std::vector<Kind> kinds;
  } cases[] = {
      {"merge",
       Request({"u1", "u2"}, {Founded("N", "00010")}, {From("u1", "N"), From("u2", "N")}, "N"),
       {Kind::kMerge}},
      {"absorb",
       Request({"u1", "u2"}, {GoesOn("u1")}, {From("u1", "u1"), From("u2", "u1")}, "u1"),
       {Kind::kMerge}},
      {"split",
       Request({"u1"}, {Founded("N", "00010"), Founded("M", "00011")},
               {From("u1", "N"), From("u1", "M")}, "N"),
       {Kind::kSplit}},
      {"transfer",
       Request({"u1", "u2"}, {GoesOn("u1"), GoesOn("u2")},
               {From("u1", "u1"), From("u1", "u2"), From("u2", "u2")}),
       {Kind::kPartialTransfer}},
      {"divide and merge",
       Request({"u1", "u2"}, {GoesOn("u1"), Founded("N", "00010")},
               {From("u1", "u1"), From("u1", "N"), From("u2", "N")}, "N"),
       {Kind::kMerge, Kind::kPartialTransfer}},
      {"rename",
       Request({"u1"}, {With(GoesOn("u1"), "short_name", "Y")}, {From("u1", "u1")}),
       {Kind::kRename}},
      {"rename of the full name alone",
       Request({"u1"}, {With(GoesOn("u1"), "full_name", "Xã Y")}, {From("u1", "u1")}),
       {Kind::kRename}},
      {"retype, which changes the full name too",
       Request({"u1"}, {With(With(GoesOn("u1"), "ward", ""), "full_name", "Phường 1")},
               {From("u1", "u1")}),
       {Kind::kRetype}},
      {"reparent",
       Request({"u1"}, {With(GoesOn("u1"), "parent", "uQ")}, {From("u1", "u1")}),
       {Kind::kReparent}},
      {"recode",
       Request({"u1"}, {With(GoesOn("u1"), "code", "00010")}, {From("u1", "u1")}),
       {Kind::kRecode}},
  };
  for (const auto& [what, request, kinds] : cases) {
    const auto planned = PlanChange(Tree(), request);
    ASSERT_TRUE(planned.ok()) << what << ": " << planned.status();
    EXPECT_EQ(planned->event.kinds, kinds) << what;
  }
}

TEST(PlanChangeTest, EachBrokenRuleIsNamed) {
  const struct {
    const char* rule;
    ChangeRequest request;
  } cases[] = {
      {"NOTHING_CHANGES", Request({"u1"}, {GoesOn("u1")}, {From("u1", "u1")})},
      {"NOTHING_CHANGES",
       Request({"u1"}, {With(GoesOn("u1"), "code", "00001")}, {From("u1", "u1")})},
      {"CODE_IN_USE", Request({"u1"}, {With(GoesOn("u1"), "code", "00002")}, {From("u1", "u1")})},
      {"WRONG_PARENT", Request({"u1"}, {With(GoesOn("u1"), "parent", "u2")}, {From("u1", "u1")})},
      {"UNIT_TYPE_NOT_ALLOWED",
       Request({"u1"}, {With(GoesOn("u1"), "township", "")}, {From("u1", "u1")})},
      {"CARETAKER_MISSING",
       Request({"u1", "u2"}, {GoesOn("u1")}, {From("u1", "u1"), From("u2", "u1")}, "u2")},
      {"PROVINCE_BY_IMPORT",
       Request({"uP"}, {With(GoesOn("uP"), "code", "49")}, {From("uP", "uP")})},
  };
  for (const auto& [rule, request] : cases) {
    EXPECT_THAT(Rules(PlanChange(Tree(), request).status()), ElementsAre(rule)) << rule;
  }
}

TEST(PlanChangeTest, ACodeMayBeTakenOverWithinTheEventAndFromWhatHasEnded) {
  const ChangeRequest swap = Request(
      {"u1", "u2"}, {With(GoesOn("u1"), "code", "00002"), With(GoesOn("u2"), "code", "00001")},
      {From("u1", "u1"), From("u2", "u2")});
  EXPECT_TRUE(PlanChange(Tree(), swap).ok());
  ChangeRequest merge =
      Request({"u1", "u2"}, {GoesOn("u2")}, {From("u1", "u2"), From("u2", "u2")}, "u2");
  const auto merged = PlanChange(Tree(), merge);
  ASSERT_TRUE(merged.ok()) << merged.status();
  std::vector<UnitHistory> units = testing::TwoProvinces();
  for (UnitHistory& unit : units) {
    for (const UnitHistory& changed : merged->units) {
      if (unit.id == changed.id) unit = changed;
    }
  }
  ChangeRequest recode = Request({"u3"}, {With(GoesOn("u3"), "code", "00001")}, {From("u3", "u3")});
  EXPECT_TRUE(PlanChange(Tree(units), recode).ok());
  recode.effective = kDay - 1;
  EXPECT_THAT(Rules(PlanChange(Tree(units), recode).status()), ElementsAre("CODE_IN_USE"));
}

TEST(PlanChangeTest, FiguresStayOnlyWhereNothingComesOrGoes) {
  const auto version_of = [](const ChangeRequest& request, const std::string& id) {
    const auto planned = PlanChange(Tree(), request);
    EXPECT_TRUE(planned.ok()) << planned.status();
    for (const UnitHistory& unit : planned->units) {
      if (unit.id == id) return unit.versions.back();
    }
    return UnitVersion();
  };
  const UnitVersion renamed = version_of(
      Request({"u1"}, {With(GoesOn("u1"), "short_name", "Y")}, {From("u1", "u1")}), "u1");
  EXPECT_EQ(renamed.population, 1000);
  EXPECT_EQ(renamed.change, Relation::kRenamed);
  ChangeRequest absorbing =
      Request({"u1", "u2"}, {GoesOn("u1")}, {From("u1", "u1"), From("u2", "u1")}, "u1");
  EXPECT_EQ(version_of(absorbing, "u1").population, std::nullopt);
  EXPECT_EQ(version_of(absorbing, "u1").change, Relation::kUnchanged);
  absorbing.targets[0].population = 2000;
  EXPECT_EQ(version_of(absorbing, "u1").population, 2000);
  const UnitVersion divided =
      version_of(Request({"u1"}, {GoesOn("u1"), Founded("N", "00010")},
                         {From("u1", "u1", 600'000), From("u1", "N", 400'000)}),
                 "u1");
  EXPECT_EQ(divided.population, std::nullopt);
  EXPECT_EQ(divided.change, Relation::kPart);
}

TEST(PlanCancellationTest, LeavesTheUnitsAsTheyWere) {
  const std::vector<UnitHistory> before = testing::TwoProvinces();
  const auto planned = PlanChange(
      Tree(),
      Request({"u1", "u2"}, {Founded("N", "00010"), GoesOn("u2")},
              {From("u1", "N", 300'000), From("u1", "u2", 700'000), From("u2", "u2")}, "N"));
  ASSERT_TRUE(planned.ok()) << planned.status();
  std::vector<UnitHistory> units = before;
  units.push_back(planned->units[0]);
  for (UnitHistory& unit : units) {
    for (const UnitHistory& changed : planned->units) {
      if (unit.id == changed.id) unit = changed;
    }
  }
  const UnitTree with = Tree(units);
  const auto cancelled = PlanCancellation(with, {}, planned->event, kToday);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_TRUE(cancelled->event.cancelled);
  std::vector<std::string> touched;
  for (const UnitHistory& unit : cancelled->units) {
    touched.push_back(unit.id);
    if (unit.id == "N") {
      EXPECT_THAT(unit.versions, IsEmpty());
      EXPECT_EQ(unit.last_change, kUnitWithdrawn);
    }
    for (const UnitHistory& old : before) {
      if (old.id != unit.id) continue;
      EXPECT_EQ(unit.versions, old.versions) << unit.id;
      EXPECT_EQ(unit.successions, old.successions) << unit.id;
    }
  }
  EXPECT_THAT(touched, UnorderedElementsAre("N", "u1", "u2"));

  // Another event rests on the unit that it founds.
  ChangeEvent other;
  other.id = "e2";
  other.caretaker_id = "N";
  EXPECT_THAT(Rules(PlanCancellation(with, {other}, planned->event, kToday).status()),
              ElementsAre("LATER_CHANGE_PLANNED"));
  other.cancelled = true;
  EXPECT_TRUE(PlanCancellation(with, {other}, planned->event, kToday).ok());
  const absl::Status in_force = PlanCancellation(with, {}, planned->event, kDay).status();
  EXPECT_EQ(error::ReasonOf(in_force)->reason, "CHANGE_EVENT_IN_FORCE");
}

}  // namespace
}  // namespace twotier::registry
