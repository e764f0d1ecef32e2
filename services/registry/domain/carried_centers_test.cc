#include "services/registry/domain/carried_centers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "services/registry/domain/change_plan.h"
#include "services/registry/domain/import.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::CivilDay kBegin(2025, 7, 1);
constexpr absl::CivilDay kDay(2027, 1, 1);
constexpr absl::CivilDay kToday(2026, 11, 22);

CenterVersion Site(CenterKind kind, const std::string& unit, std::vector<std::string> served,
                   DateRange valid = {kBegin, kNoEnd}) {
  CenterVersion version;
  version.valid = valid;
  version.kind = kind;
  version.state = CenterState::kOperating;
  version.unit_id = unit;
  version.served_unit_ids = std::move(served);
  version.origin = Origin::kDerived;
  return version;
}

// A register of TwoProvinces with a provincial center of each, C1 to C4, and D9.
class Country {
 public:
  Country() {
    Add("48", "P", Site(CenterKind::kProvincial, "uP", {"uP"}), "Tỉnh P");
    Add("01", "Q", Site(CenterKind::kProvincial, "uQ", {"uQ"}), "Tỉnh Q");
    Add("01", "D9", Site(CenterKind::kCommune, "u9", {"u9"}), "Xã 9");
    for (const std::string n : {"1", "2", "3", "4"}) {
      Add("48", "C" + n, Site(CenterKind::kCommune, "u" + n, {"u" + n}), "Xã " + n);
    }
  }

  CenterHistory& center(const std::string& id) {
    for (CenterHistory& center : centers_) {
      if (center.id == id) return center;
    }
    std::abort();
  }
  const std::vector<CenterHistory>& centers() const { return centers_; }

  // Units that a center serves; "closed" where it is.
  std::vector<std::string> Served(const std::string& id, absl::CivilDay day) {
    const CenterVersion* version = VersionOn(center(id), day);
    if (version->state == CenterState::kClosed) return {"closed"};
    return version->served_unit_ids;
  }

  ChangeEvent Apply(std::vector<std::string> sources, std::vector<ChangeTarget> targets,
                    std::vector<ChangeEdge> edges, const std::string& id = "e1") {
    const UnitTree before = UnitTree::Build(units_).value();
    const ChangeRequest request{
        id, "act " + id, kDay, sources, targets, edges, targets.empty() ? "" : targets[0].unit_id};
    const PlannedChange planned = PlanChange(before, request).value();
    Write(planned.units);
    Write(CarryCenters(UnitTree::Build(units_).value(), centers_, planned.event).value());
    return planned.event;
  }

  void Cancel(const ChangeEvent& event) {
    const UnitTree with = UnitTree::Build(units_).value();
    const PlannedChange planned = PlanCancellation(with, {}, event, kToday).value();
    Write(planned.units);
    std::erase_if(units_, [](const UnitHistory& unit) { return unit.versions.empty(); });
    const auto returned = ReturnCenters(with, UnitTree::Build(units_).value(), centers_, event);
    ASSERT_TRUE(returned.ok()) << returned.status();
    Write(*returned);
  }

  // As calls do: `id` closes on `day`, `successor` serves what it served.
  void Close(const std::string& id, const std::string& successor, absl::CivilDay day) {
    const std::vector<std::string> served = VersionOn(center(id), day)->served_unit_ids;
    ChangeOn(center(id), day, [&](CenterVersion& version) {
      version.state = CenterState::kClosed;
      version.served_unit_ids.clear();
      version.successor_id = successor;
    });
    ChangeOn(center(successor), day, [&](CenterVersion& version) {
      std::set<std::string> all(version.served_unit_ids.begin(), version.served_unit_ids.end());
      all.insert(served.begin(), served.end());
      version.served_unit_ids.assign(all.begin(), all.end());
    });
  }

  // True when nothing differs but the numbers of records.
  bool Same(const std::vector<CenterHistory>& other) const {
    for (size_t i = 0; i < centers_.size(); ++i) {
      if (centers_[i].versions != other[i].versions) return false;
    }
    return true;
  }

 private:
  void Add(const std::string& province, const std::string& id, CenterVersion version,
           const std::string& name) {
    version.display_name = DisplayName(version.kind, name);
    centers_.push_back({province, id, 1, {std::move(version)}});
  }

  template <typename Change>
  static void ChangeOn(CenterHistory& center, absl::CivilDay day, Change change) {
    std::vector<CenterVersion> versions;
    for (CenterVersion version : center.versions) {
      if (version.valid.Contains(day) && version.valid.first != day) {
        CenterVersion before = version;
        before.valid.end = version.valid.first = day;
        versions.push_back(before);
      }
      if (day <= version.valid.first) {
        change(version);
        version.origin = Origin::kRecorded;
        version.act = "5/QĐ";
      }
      versions.push_back(version);
    }
    center.versions = versions;
  }

  template <typename Record>
  static void WriteTo(std::vector<Record>& all, const std::vector<Record>& changed) {
    for (const Record& record : changed) {
      const auto at = std::find_if(all.begin(), all.end(),
                                   [&](const Record& old) { return old.id == record.id; });
      if (at == all.end()) {
        all.push_back(record);
      } else {
        *at = record;
      }
    }
  }
  void Write(const std::vector<UnitHistory>& changed) { WriteTo(units_, changed); }
  void Write(const std::vector<CenterHistory>& changed) { WriteTo(centers_, changed); }

  std::vector<UnitHistory> units_ = testing::TwoProvinces();
  std::vector<CenterHistory> centers_;
};

ChangeTarget Goes(const std::string& id) {
  ChangeTarget target;
  target.unit_id = id;
  return target;
}

ChangeTarget Renamed(const std::string& id, const std::string& name) {
  ChangeTarget target = Goes(id);
  target.full_name = target.short_name = name;
  return target;
}

ChangeTarget Moved(const std::string& id, const std::string& parent) {
  ChangeTarget target = Goes(id);
  target.parent_id = parent;
  return target;
}

ChangeTarget Founded(const std::string& id, const std::string& code) {
  return {id, true, code, UnitType::kWard, "Phường " + id, id, "uP", {}, {}, {}};
}

ChangeEdge From(const std::string& source, const std::string& target,
                std::optional<int64_t> people = std::nullopt) {
  return {source, target, Relation::kUnspecified, people};
}

TEST(CarryCentersTest, SitesGoOnWithTheUnitsAfter) {
  Country country;
  country.Apply(
      {"u1", "u2", "u3"}, {Founded("N", "00010"), Goes("u3")},
      {From("u1", "N"), From("u2", "N", 300'000), From("u2", "u3", 700'000), From("u3", "u3")});
  EXPECT_THAT(country.Served("C1", kDay - 1), ElementsAre("u1"));
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("N"));
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("N", "u3"));
  EXPECT_THAT(country.Served("C3", kDay), ElementsAre("u3"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay)->unit_id, "N");
  EXPECT_EQ(VersionOn(country.center("C2"), kDay)->unit_id, "u3") << "the larger part";
  EXPECT_EQ(country.center("C3").version, 1) << "not touched";
}

TEST(CarryCentersTest, WhatIsFoundedOutOfAUnitThatGoesOnIsServedWithIt) {
  Country country;
  country.Apply({"u1"}, {Goes("u1"), Founded("N", "00010")}, {From("u1", "u1"), From("u1", "N")});
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("N", "u1"));
  country.Apply({"u2", "u3"}, {Goes("u2"), Goes("u3")},
                {From("u2", "u2"), From("u2", "u3"), From("u3", "u3")}, "e2");
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("u2")) << "u3 has its own";
}

TEST(CarryCentersTest, WhoGoesToAnotherProvinceIsServedThereByTheProvincialCenter) {
  Country country;
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("closed"));
  EXPECT_THAT(country.Served("Q", kDay), ElementsAre("u1", "uQ"));
}

TEST(CarryCentersTest, ACenterIsRunByAUnitOfItsProvince) {
  Country country;
  country.Close("C2", "C1", kDay - 10);
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("u2"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay)->unit_id, "u2");
}

TEST(ReturnCentersTest, NothingIsLeftOfAnEventThatIsTakenBack) {
  const struct {
    const char* what;
    std::vector<std::string> sources;
    std::vector<ChangeTarget> targets;
    std::vector<ChangeEdge> edges;
  } cases[] = {
      {"merge", {"u1", "u2"}, {Founded("N", "00010")}, {From("u1", "N"), From("u2", "N")}},
      {"absorb", {"u1", "u2"}, {Goes("u2")}, {From("u1", "u2"), From("u2", "u2")}},
      {"spin-off",
       {"u1"},
       {Goes("u1"), Founded("N", "00010")},
       {From("u1", "u1"), From("u1", "N")}},
      {"rename", {"u1"}, {Renamed("u1", "Xã Y")}, {From("u1", "u1")}},
      {"move", {"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")}},
      {"province", {"uP"}, {Renamed("uP", "Tỉnh Y")}, {From("uP", "uP")}},
  };
  for (const auto& [what, sources, targets, edges] : cases) {
    Country country;
    const std::vector<CenterHistory> before = country.centers();
    const ChangeEvent event = country.Apply(sources, targets, edges);
    country.Cancel(event);
    EXPECT_TRUE(country.Same(before)) << what;
  }
}

TEST(ReturnCentersTest, WhatWasPlannedBeforeStays) {
  Country country;
  country.Close("C1", "C2", kDay + 30);
  const std::vector<CenterHistory> before = country.centers();
  country.Cancel(country.Apply({"u1"}, {Renamed("u1", "Xã Y")}, {From("u1", "u1")}));
  EXPECT_TRUE(country.Same(before));
  country.Cancel(country.Apply({"u2"}, {Renamed("u2", "Xã Y")}, {From("u2", "u2")}));
  EXPECT_TRUE(country.Same(before));
  country.Cancel(country.Apply({"u1", "u2"}, {Goes("u1")}, {From("u1", "u1"), From("u2", "u1")}));
  EXPECT_TRUE(country.Same(before)) << "C2 is to serve u1 from a later day on";
}

TEST(ReturnCentersTest, WhoClosedInTheMeantimeLeavesToItsSuccessorWhatItWouldHaveGotBack) {
  Country country;
  const ChangeEvent event =
      country.Apply({"u1", "u2"}, {Founded("N", "00010")}, {From("u1", "N"), From("u2", "N")});
  country.Close("C2", "C1", kDay + 5);
  country.Cancel(event);
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("u1"));
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("u2"));
  EXPECT_THAT(country.Served("C1", kDay + 5), ElementsAre("u1", "u2"));
  EXPECT_THAT(country.Served("C2", kDay + 5), ElementsAre("closed"));
}

TEST(ReturnCentersTest, OfTwoEventsOfOneDayEachIsTakenBackForItself) {
  for (const bool first_one_first : {true, false}) {
    Country country;
    country.Close("C2", "C1", kBegin + 10);
    const std::vector<CenterHistory> before = country.centers();
    const ChangeEvent one = country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")});
    const ChangeEvent two = country.Apply({"u2"}, {Moved("u2", "uQ")}, {From("u2", "u2")}, "e2");
    EXPECT_THAT(country.Served("C1", kDay), ElementsAre("closed"));
    country.Cancel(first_one_first ? one : two);
    EXPECT_THAT(country.Served("C1", kDay), ElementsAre(first_one_first ? "u1" : "u2"));
    country.Cancel(first_one_first ? two : one);
    EXPECT_TRUE(country.Same(before)) << first_one_first;
  }
}

TEST(ReturnCentersTest, ANameComesBackThoughAnotherEventOfTheDayTouchesTheCenter) {
  Country country;
  const ChangeEvent rename = country.Apply({"uQ"}, {Renamed("uQ", "Tỉnh Y")}, {From("uQ", "uQ")});
  const std::string name = VersionOn(country.center("Q"), kDay - 1)->display_name;
  country.Apply({"u1"}, {Moved("u1", "uQ")}, {From("u1", "u1")}, "e2");
  EXPECT_NE(VersionOn(country.center("Q"), kDay)->display_name, name);
  country.Cancel(rename);
  EXPECT_EQ(VersionOn(country.center("Q"), kDay)->display_name, name);
  EXPECT_THAT(country.Served("Q", kDay), ElementsAre("u1", "uQ"));
}

}  // namespace
}  // namespace twotier::registry
