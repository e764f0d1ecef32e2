#include "services/routing/domain/rerouting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/errors.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kBegin(2025, 7, 1);
const absl::CivilDay kReform(2027, 3, 1);
const absl::CivilDay kSecond(2028, 3, 1);
constexpr char kProvincial[] = "provinces/48/centers/H48";
constexpr char kCenterOfA[] = "provinces/48/centers/H48.A";
constexpr char kCenterOfN[] = "provinces/48/centers/H48.N";
constexpr char kCenterOfM[] = "provinces/48/centers/H48.M";
constexpr char kElsewhere[] = "provinces/01/centers/H01";
constexpr char kBound[] = "1.000001";
constexpr char kFree[] = "1.000002";
constexpr char kByCase[] = "1.000003";

std::shared_ptr<const UnitRecord> Unit(const std::string& id, DayRange valid,
                                       std::vector<UnitSuccessor> successors = {},
                                       const std::string& province = "48") {
  auto unit = std::make_shared<UnitRecord>();
  unit->name = "units/" + id;
  const Tier tier = id.size() > 1 ? Tier::kProvince : Tier::kCommune;
  unit->versions.push_back({tier, tier == Tier::kProvince ? province : id,
                            (tier == Tier::kProvince ? "Tỉnh " : "Xã ") + id, province, "", valid});
  unit->successors = std::move(successors);
  return unit;
}

std::shared_ptr<const CenterRecord> Center(const std::string& name, std::vector<std::string> served,
                                           CenterState after) {
  auto center = std::make_shared<CenterRecord>();
  center->name = name;
  center->province_code = name.substr(sizeof("provinces/") - 1, 2);
  CenterVersion version;
  version.kind = name == kProvincial ? CenterKind::kProvincial : CenterKind::kCommune;
  version.state = CenterState::kOperating;
  version.served_units = std::move(served);
  version.valid = {kBegin, kReform};
  center->versions.push_back(version);
  version.state = after;
  version.valid = {kReform, kNoEnd};
  center->versions.push_back(version);
  return center;
}

std::shared_ptr<const ChangeRecord> Change(const std::string& id, absl::CivilDay day,
                                           std::vector<std::string> ended, std::string caretaker,
                                           bool cancelled = false) {
  auto change = std::make_shared<ChangeRecord>();
  change->name = "changeEvents/" + id;
  change->effective = day;
  change->ended_units = std::move(ended);
  change->caretaker = std::move(caretaker);
  change->cancelled = cancelled;
  return change;
}

ProcedureVersion Version(std::string code, Boundary boundary, Level level = Level::kCommune) {
  ProcedureVersion version;
  version.procedure.code = std::move(code);
  version.procedure.display_name = "Đăng ký";
  version.procedure.body_title = "Chủ tịch UBND cấp xã";
  version.procedure.level = level;
  version.procedure.line = Line::kLocal;
  version.procedure.boundary = boundary;
  version.procedure.proven = level == Level::kCommune;
  version.procedure.term = Term{3, false, TermUnit::kWorkingDay, std::nullopt};
  version.procedure.known_from = absl::CivilDay(2026, 6, 1);
  version.version = 1;
  version.draft_reasons = DraftReasonsOf(version.procedure);
  return version;
}

// A and B become N; C is divided between N and M; a year later M is divided between P and Q. D goes
// to another province. E has nobody who answers for it. U ends by an event that was taken back.
class ReroutingTest : public ::testing::Test {
 protected:
  ReroutingTest() {
    RegisterChanges all;
    all.units = {
        Unit("dn", {kBegin, kNoEnd}),
        Unit("hn", {kBegin, kNoEnd}, {}, "01"),
        Unit("A", {kBegin, kReform}, {{"units/N", kReform, ""}}),
        Unit("B", {kBegin, kReform}, {{"units/N", kReform, ""}}),
        Unit("C", {kBegin, kReform}, {{"units/N", kReform, ""}, {"units/M", kReform, ""}}),
        Unit("D", {kBegin, kReform}, {{"units/X", kReform, ""}}),
        Unit("E", {kBegin, kReform}, {{"units/N", kReform, ""}, {"units/M", kReform, ""}}),
        Unit("N", {kReform, kNoEnd}),
        Unit("M", {kReform, kSecond}, {{"units/P", kSecond, ""}, {"units/Q", kSecond, ""}}),
        Unit("P", {kSecond, kNoEnd}),
        Unit("Q", {kSecond, kNoEnd}),
        Unit("U", {kBegin, kNoEnd}),
        Unit("X", {kBegin, kNoEnd}, {}, "01"),
    };
    all.centers = {
        Center(kProvincial, {"units/dn"}, CenterState::kOperating),
        Center(kCenterOfA, {"units/A", "units/U"}, CenterState::kSuspended),
        Center(kCenterOfN, {"units/B", "units/N"}, CenterState::kOperating),
        Center(kCenterOfM, {"units/C", "units/M"}, CenterState::kOperating),
        Center(kElsewhere, {"units/X"}, CenterState::kOperating),
    };
    all.changes = {
        Change("e1", kReform, {"units/A", "units/B", "units/C"}, "units/M"),
        Change("e2", kSecond, {"units/M"}, "units/Q"),
        Change("e3", kReform, {"units/U"}, "units/N", /*cancelled=*/true),
    };
    units_ = Register::With(Register(), all);
    catalogue_ =
        Catalogue::Of({Version(kBound, Boundary::kUnknown), Version(kFree, Boundary::kFree),
                       Version(kByCase, Boundary::kUnknown, Level::kProvinceOrCommune)});
  }

  static Dossier Open(const std::string& unit, const std::string& center,
                      const std::string& procedure = kBound) {
    Dossier dossier;
    dossier.province_code = "48";
    dossier.code = "H48.A-270226-0001";
    dossier.state = DossierState::kReceived;
    dossier.procedure_code = procedure;
    dossier.unit = "units/" + unit;
    dossier.center = center;
    dossier.return_center = center;
    dossier.body = {dossier.unit, "Xã " + unit, Level::kCommune, Line::kLocal,
                    "Chủ tịch Ủy ban nhân dân Xã " + unit};
    dossier.version = 2;
    return dossier;
  }

  absl::StatusOr<std::optional<Rerouting>> Go(const Dossier& dossier, absl::CivilDay day = kReform,
                                              const SuccessorChoices& choices = {}) {
    return Reroute(*catalogue_, *units_, dossier, choices, day);
  }

  static std::string ReasonOf(const absl::Status& status) {
    const auto reason = error::ReasonOf(status);
    return reason ? reason->reason : "";
  }

  std::shared_ptr<const Register> units_;
  std::shared_ptr<const Catalogue> catalogue_;
};

TEST_F(ReroutingTest, EachDossierGoesWhereItsUnitWent) {
  const SuccessorChoices to_n = {.of_dossier = {}, .of_unit = {{"units/C", "units/N"}}};
  const SuccessorChoices one_to_m = {
      .of_dossier = {{"provinces/48/dossiers/H48.A-270226-0001", "units/M"}},
      .of_unit = {{"units/C", "units/N"}}};
  const struct {
    const char* what;
    std::string unit;
    std::string center;
    const char* procedure;
    absl::CivilDay day;
    SuccessorChoices choices;
    std::string unit_after;
    std::string center_after;
    SuccessorBasis basis;
    std::string event;
  } cases[] = {
      {"its unit merged, its center stopped",
       "A",
       kCenterOfA,
       kBound,
       kReform,
       {},
       "units/N",
       kCenterOfN,
       SuccessorBasis::kOnly,
       "changeEvents/e1"},
      {"its unit merged, its center serves the new one",
       "B",
       kCenterOfN,
       kBound,
       kReform,
       {},
       "units/N",
       kCenterOfN,
       SuccessorBasis::kOnly,
       "changeEvents/e1"},
      {"divided, nobody chose",
       "C",
       kCenterOfM,
       kBound,
       kReform,
       {},
       "units/M",
       kCenterOfM,
       SuccessorBasis::kCaretaker,
       "changeEvents/e1"},
      {"divided, chosen for the unit; its center does not serve that one", "C", kCenterOfM, kBound,
       kReform, to_n, "units/N", kCenterOfN, SuccessorBasis::kChosenForUnit, "changeEvents/e1"},
      {"the same with a procedure that any center receives", "C", kCenterOfM, kFree, kReform, to_n,
       "units/N", kCenterOfM, SuccessorBasis::kChosenForUnit, "changeEvents/e1"},
      {"a choice for the dossier is above that for its unit", "C", kCenterOfM, kBound, kReform,
       one_to_m, "units/M", kCenterOfM, SuccessorBasis::kChosenForDossier, "changeEvents/e1"},
      {"the caretaker was divided too",
       "C",
       kCenterOfM,
       kBound,
       kSecond,
       {},
       "units/Q",
       kProvincial,
       SuccessorBasis::kCaretaker,
       "changeEvents/e1"},
      {"only its center stopped",
       "U",
       kCenterOfA,
       kBound,
       kReform,
       {},
       "units/U",
       kProvincial,
       SuccessorBasis::kNone,
       ""},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    const auto rerouting = Go(Open(test.unit, test.center, test.procedure), test.day, test.choices);
    ASSERT_TRUE(rerouting.ok()) << rerouting.status();
    ASSERT_TRUE(rerouting->has_value());
    const Placement& to = (*rerouting)->to;
    EXPECT_EQ(to.unit, test.unit_after);
    EXPECT_EQ(to.center, test.center_after);
    EXPECT_EQ(to.return_center, test.center_after);
    EXPECT_EQ(to.body.unit, test.unit_after);
    EXPECT_EQ((*rerouting)->basis, test.basis);
    const std::vector<std::string>& events = (*rerouting)->change_events;
    EXPECT_EQ(events.empty() ? "" : events.front(), test.event);
    EXPECT_LE(events.size(), 1u);
  }
}

TEST_F(ReroutingTest, TheBodyIsTheOneThatDecidesTodayOrTheSameInTheSuccessor) {
  const auto today = Go(Open("A", kCenterOfA));
  ASSERT_TRUE(today.ok() && today->has_value());
  EXPECT_EQ((*today)->to.body.title, "Chủ tịch Ủy ban nhân dân Xã N");
  // Nobody decides it today without its case; the body of its kind goes on.
  Dossier by_case = Open("A", kCenterOfA, kByCase);
  by_case.body.title = "Công an Xã A";
  const auto same = Go(by_case);
  ASSERT_TRUE(same.ok() && same->has_value()) << same.status();
  EXPECT_EQ((*same)->to.body.title, "Công an Xã N");
  EXPECT_EQ((*same)->to.body.unit_full_name, "Xã N");
  // The province's body goes on deciding.
  Dossier provincial = Open("A", kCenterOfA);
  provincial.body = {"units/dn", "Tỉnh dn", Level::kProvince, Line::kLocal, "Sở Tư pháp Tỉnh dn"};
  const auto kept = Go(provincial);
  ASSERT_TRUE(kept.ok() && kept->has_value());
  EXPECT_EQ((*kept)->to.body, provincial.body);
  EXPECT_EQ((*kept)->to.unit, "units/N");
}

TEST_F(ReroutingTest, AnAgencyGoesWithItsUnitAlsoWhereThatIsTheCompetentBody) {
  Dossier away = Open("A", kCenterOfA);
  away.agency = {"units/C", "Xã C", Level::kCommune, Line::kUnknown, "Công an Xã C"};
  const auto other = Go(away);
  ASSERT_TRUE(other.ok() && other->has_value()) << other.status();
  EXPECT_EQ((*other)->to.agency.title, "Công an Xã M");
  away.agency = {"units/B", "Xã B", Level::kCommune, Line::kUnknown,
                 "Chủ tịch Ủy ban nhân dân Xã B"};
  const auto home = Go(away);
  ASSERT_TRUE(home.ok() && home->has_value()) << home.status();
  EXPECT_EQ((*home)->to.agency.unit, "units/N") << "it is still to be given back";
  EXPECT_TRUE(SameBody((*home)->to.agency, (*home)->to.body));
}

TEST_F(ReroutingTest, WhatOnlyTheAgencyOrTheBodyRestedOnNamesItsEvent) {
  Dossier away = Open("N", kCenterOfN);
  away.agency = {"units/M", "Xã M", Level::kCommune, Line::kUnknown, "Công an Xã M"};
  const auto agency = Go(away, kSecond);
  ASSERT_TRUE(agency.ok() && agency->has_value()) << agency.status();
  EXPECT_EQ((*agency)->to.agency.unit, "units/Q");
  EXPECT_EQ((*agency)->basis, SuccessorBasis::kNone) << "its unit goes on";
  EXPECT_THAT((*agency)->change_events, ElementsAre("changeEvents/e2"));
  away.agency.unit = "units/A";
  away.body.unit = "units/M";
  const auto both = Go(away, kSecond);
  ASSERT_TRUE(both.ok() && both->has_value()) << both.status();
  EXPECT_THAT((*both)->change_events, ElementsAre("changeEvents/e2", "changeEvents/e1"));
}

TEST_F(ReroutingTest, WhatIsNotAffectedStays) {
  EXPECT_FALSE(Go(Open("A", kCenterOfA), kReform - 1)->has_value()) << "not yet";
  EXPECT_FALSE(Go(Open("U", kCenterOfN))->has_value());
  for (const DossierState state : {DossierState::kNotReceived, DossierState::kWithdrawn,
                                   DossierState::kStopped, DossierState::kReturned}) {
    Dossier closed = Open("A", kCenterOfA);
    closed.state = state;
    EXPECT_FALSE(Go(closed)->has_value());
  }
}

// It stays under the province of its code. What a center there may receive it for ends with that.
TEST_F(ReroutingTest, WhereItsUnitGoesOnInAnotherProvinceADossierDoes) {
  for (const char* procedure : {kBound, kFree}) {
    Dossier dossier = Open("D", kCenterOfN, procedure);
    const auto rerouting = Go(dossier);
    ASSERT_TRUE(rerouting.ok() && rerouting->has_value()) << rerouting.status();
    EXPECT_EQ((*rerouting)->province_code, "01");
    EXPECT_EQ((*rerouting)->to.unit, "units/X");
    EXPECT_EQ((*rerouting)->to.body.unit, "units/X");
    EXPECT_EQ((*rerouting)->to.center, kElsewhere);
    EXPECT_EQ((*rerouting)->to.return_center, kElsewhere);
    Apply(**rerouting, dossier);
    EXPECT_EQ(dossier.Name(), "provinces/48/dossiers/H48.A-270226-0001");
    EXPECT_EQ(ProvinceOn(*units_, dossier, kReform), "01");
    EXPECT_FALSE(Go(dossier)->has_value()) << "once is enough";
  }
  EXPECT_EQ(ProvinceOn(*units_, Open("D", kCenterOfN), kReform), "48") << "its unit has ended";
}

// Province 48 goes on, and so does its body, but not for what lies in 01.
TEST_F(ReroutingTest, WhoDecidesLiesInTheProvinceOfTheUnit) {
  Dossier dossier = Open("X", kCenterOfN);
  dossier.body = {"units/dn", "Tỉnh dn", Level::kProvince, Line::kLocal, "Sở Tư pháp Tỉnh dn"};
  dossier.assignee = "provinces/48/posts/p1";
  const auto today = Go(dossier);
  ASSERT_TRUE(today.ok() && today->has_value()) << today.status();
  EXPECT_EQ((*today)->to.unit, "units/X");
  EXPECT_EQ((*today)->to.body.title, "Chủ tịch Ủy ban nhân dân Xã X");
  EXPECT_EQ((*today)->released_assignee, dossier.assignee);
  dossier.procedure_code = kByCase;  // Nobody decides it today without its case.
  const auto same = Go(dossier);
  ASSERT_TRUE(same.ok() && same->has_value()) << same.status();
  EXPECT_EQ((*same)->to.body.unit, "units/hn");
}

// It is told of the last event that did so by the day.
TEST_F(ReroutingTest, WhatAUnitLeftThatWentOverNamesTheEvent) {
  auto unit = std::make_shared<UnitRecord>(*units_->FindUnit("units/X"));
  unit->versions.insert(unit->versions.begin(), unit->versions.front());
  unit->versions[0].province_code = "48";
  unit->versions[0].valid.end = unit->versions[1].valid.first = kReform;
  RegisterChanges moves;
  moves.units.push_back(unit);
  for (const auto& [id, day] : {std::pair("e4", kReform), std::pair("e5", kSecond)}) {
    auto change = std::make_shared<ChangeRecord>(*Change(id, day, {}, ""));
    change->kept_units = {"units/X", "units/N"};
    moves.changes.push_back(change);
  }
  units_ = Register::With(*units_, moves);
  Dossier dossier = Open("X", kCenterOfN);
  const auto rerouting = Go(dossier, kSecond);
  ASSERT_TRUE(rerouting.ok() && rerouting->has_value()) << rerouting.status();
  EXPECT_THAT((*rerouting)->change_events, ElementsAre("changeEvents/e4"));
  dossier.state = DossierState::kProcessed;
  dossier.process_time = absl::FromUnixSeconds(0);
  dossier.center = dossier.return_center = kCenterOfA;
  const auto decided = Go(dossier, kSecond);
  ASSERT_TRUE(decided.ok() && decided->has_value()) << decided.status();
  EXPECT_THAT((*decided)->change_events, IsEmpty()) << "it only needs a place to be returned at";
  EXPECT_EQ(units_->EndingOrMovingChanges().size(), 3u) << "e1, e2 and e4; e5 moves nothing";
}

// Its center of before operates, for others.
TEST_F(ReroutingTest, WhatHasNoPlaceYetInItsProvinceSaysSo) {
  RegisterChanges none;
  none.centers.push_back(Center(kElsewhere, {}, CenterState::kClosed));
  units_ = Register::With(*units_, none);
  for (const char* unit : {"X", "D"}) {
    EXPECT_EQ(ReasonOf(Go(Open(unit, kCenterOfN)).status()), "NO_RECEPTION_PLACE") << unit;
  }
}

TEST_F(ReroutingTest, AProcessedDossierOnlyGetsACenterToReturnIt) {
  // Also while its result waits for a fee.
  for (const DossierState state : {DossierState::kProcessed, DossierState::kPaymentRequested}) {
    Dossier processed = Open("A", kCenterOfA);
    processed.state = state;
    processed.process_time = absl::UnixEpoch();
    const auto rerouting = Go(processed);
    ASSERT_TRUE(rerouting.ok() && rerouting->has_value()) << rerouting.status();
    EXPECT_EQ((*rerouting)->to.return_center, kCenterOfN);
    EXPECT_EQ((*rerouting)->to.unit, "units/A");
    EXPECT_EQ((*rerouting)->to.body, processed.body);
    processed.center = processed.return_center = kCenterOfN;
    EXPECT_FALSE(Go(processed)->has_value());
  }
}

TEST_F(ReroutingTest, WhatCannotGoOnSaysWhy) {
  EXPECT_EQ(ReasonOf(Go(Open("E", kCenterOfN)).status()), "SUCCESSOR_REQUIRED");
  const SuccessorChoices wrong = {.of_dossier = {}, .of_unit = {{"units/C", "units/A"}}};
  EXPECT_EQ(ReasonOf(Go(Open("C", kCenterOfM), kReform, wrong).status()), "NOT_A_SUCCESSOR");
  RegisterChanges none;
  for (const char* center : {kProvincial, kCenterOfN, kCenterOfM}) {
    none.centers.push_back(Center(center, {}, CenterState::kClosed));
  }
  units_ = Register::With(*units_, none);
  EXPECT_EQ(ReasonOf(Go(Open("A", kCenterOfA)).status()), "NO_RECEPTION_PLACE");
}

TEST_F(ReroutingTest, APostOfAnotherBodyWorksOnItNoMore) {
  Dossier dossier = Open("A", kCenterOfA);
  dossier.assignee = "posts/p1";
  const auto other_body = Go(dossier);
  ASSERT_TRUE(other_body.ok() && other_body->has_value()) << other_body.status();
  EXPECT_EQ((*other_body)->released_assignee, "posts/p1");
  Apply(**other_body, dossier);
  EXPECT_EQ(dossier.assignee, "");
  Dossier moved = Open("U", kCenterOfA);
  moved.assignee = "posts/p1";
  const auto same_body = Go(moved);
  ASSERT_TRUE(same_body.ok() && same_body->has_value()) << same_body.status();
  EXPECT_EQ((*same_body)->released_assignee, "");
  Apply(**same_body, moved);
  EXPECT_EQ(moved.assignee, "posts/p1");
}

TEST_F(ReroutingTest, OnlyThePlacementAndTheVersionOfADossierChange) {
  Dossier dossier = Open("A", kCenterOfA);
  dossier.due_time = absl::UnixEpoch();
  const Dossier before = dossier;
  const auto rerouting = Go(dossier);
  ASSERT_TRUE(rerouting.ok() && rerouting->has_value());
  Apply(**rerouting, dossier);
  EXPECT_EQ(PlacementOf(dossier), (*rerouting)->to);
  EXPECT_EQ(PlacementOf(before), (*rerouting)->from);
  EXPECT_EQ(dossier.version, before.version + 1);
  EXPECT_EQ(dossier.code, before.code);
  EXPECT_EQ(dossier.state, before.state);
  EXPECT_EQ(dossier.due_time, before.due_time);
  EXPECT_FALSE(Go(dossier)->has_value()) << "once is enough";
}

}  // namespace
}  // namespace twotier::routing
