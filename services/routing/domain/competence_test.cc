#include "services/routing/domain/competence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::CivilDay kToday(2026, 11, 2);
const absl::CivilDay kReform(2025, 7, 1);
const absl::CivilDay kDataBegin(2025, 6, 30);

std::shared_ptr<const UnitRecord> Unit(std::string name, Tier tier, std::string code,
                                       std::string full_name, std::string province,
                                       DayRange valid = {kReform, kNoEnd},
                                       std::vector<UnitSuccessor> successors = {}) {
  auto unit = std::make_shared<UnitRecord>();
  unit->name = std::move(name);
  unit->versions.push_back({tier, std::move(code), std::move(full_name), std::move(province),
                            "1656/NQ-UBTVQH15", valid});
  unit->successors = std::move(successors);
  return unit;
}

std::shared_ptr<const CenterRecord> Center(std::string province, std::string id, CenterKind kind,
                                           std::vector<std::string> served,
                                           CenterState state = CenterState::kOperating) {
  auto center = std::make_shared<CenterRecord>();
  center->name = "provinces/" + province + "/centers/" + id;
  center->province_code = std::move(province);
  CenterVersion version;
  version.kind = kind;
  version.state = state;
  version.display_name = "Trung tâm " + id;
  version.served_units = std::move(served);
  version.organisation_id = id;
  version.valid = {kReform, kNoEnd};
  center->versions.push_back(version);
  return center;
}

ProcedureVersion Version(std::string code, Level level, Line line = Line::kLocal) {
  ProcedureVersion version;
  version.procedure.code = std::move(code);
  version.procedure.display_name = "Đăng ký";
  version.procedure.level = level;
  version.procedure.line = line;
  version.procedure.proven = true;
  version.procedure.term = Term{3, false, TermUnit::kWorkingDay, std::nullopt};
  version.procedure.known_from = absl::CivilDay(2026, 6, 1);
  version.version = 1;
  version.draft_reasons = DraftReasonsOf(version.procedure);
  return version;
}

class CompetenceTest : public ::testing::Test {
 protected:
  CompetenceTest() {
    RegisterChanges changes;
    changes.units = {
        Unit("units/hn", Tier::kProvince, "01", "Thành phố Hà Nội", "01", {kDataBegin, kNoEnd}),
        Unit("units/bd", Tier::kCommune, "00004", "Phường Ba Đình", "01"),
        Unit("units/oc", Tier::kCommune, "00008", "Phường Ngọc Hà", "01"),
        Unit(
            "units/tb", Tier::kCommune, "00001", "Phường Trúc Bạch", "01", {kDataBegin, kReform},
            {{"units/bd", kReform, "1656/NQ-UBTVQH15"}, {"units/oc", kReform, "1656/NQ-UBTVQH15"}}),
        Unit("units/d1", Tier::kDistrict, "001", "Quận Ba Đình", "01", {kDataBegin, kReform}),
        Unit("units/dn", Tier::kProvince, "48", "Thành phố Đà Nẵng", "48"),
        Unit("units/hc", Tier::kCommune, "20194", "Phường Hải Châu", "48"),
    };
    changes.centers = {
        Center("01", "H01", CenterKind::kProvincial, {"units/hn"}),
        Center("01", "H01.1", CenterKind::kBranch, {"units/bd", "units/oc"}),
        Center("01", "H01.2", CenterKind::kReceptionPoint, {"units/bd"}, CenterState::kSuspended),
        Center("01", "H01.3", CenterKind::kReceptionPoint, {"units/oc"}),
        Center("48", "H48", CenterKind::kProvincial, {"units/dn"}),
        Center("48", "H48.20194", CenterKind::kCommune, {"units/hc"}),
    };
    units_ = Register::With(Register(), changes);

    ProcedureVersion free = Version("1.000003", Level::kCommune);
    free.procedure.boundary = Boundary::kFree;
    ProcedureVersion draft = Version("1.000004", Level::kProvinceOrCommune);
    draft.procedure.proven = false;
    draft.draft_reasons = DraftReasonsOf(draft.procedure);
    ProcedureVersion changed = Version("1.000001", Level::kProvince);
    changed.version = 2;
    changed.procedure.known_from = absl::CivilDay(2026, 12, 1);
    const auto published = [](ProcedureVersion version, std::string body_title) {
      version.procedure.body_title = std::move(body_title);
      version.procedure.acts = {"1/QĐ-BTP"};
      return version;
    };
    catalogue_ = Catalogue::Of(
        {Version("1.000001", Level::kCommune), changed,
         published(Version("1.000010", Level::kProvince), "Sở Tư pháp"),
         published(Version("1.000011", Level::kCommune), "Chủ tịch UBND cấp xã"),
         published(Version("1.000012", Level::kProvince), "Ủy ban nhân dân cấp tỉnh, Sở Tư pháp"),
         published(Version("1.000013", Level::kCommune, Line::kPolice),
                   "Cục quản lý xuất nhập cảnh"),
         published(Version("1.000014", Level::kCommune, Line::kPolice), "Ủy ban nhân dân cấp xã"),
         Version("1.000002", Level::kProvince), free, draft,
         Version("1.000005", Level::kCommune, Line::kPolice),
         Version("1.000006", Level::kProvince, Line::kMilitary),
         Version("1.000007", Level::kCommune, Line::kUnknown)});
  }

  absl::StatusOr<Competence> Resolve(absl::string_view procedure, absl::string_view unit,
                                     absl::CivilDay day = kToday, bool explain = false) {
    CompetenceQuery query;
    query.procedure_code = procedure;
    (unit.substr(0, 6) == "units/" ? query.unit : query.unit_code) = unit;
    query.as_of = day;
    query.explain = explain;
    return ResolveCompetence(*catalogue_, *units_, query);
  }

  void ExpectRefused(const absl::Status& status, absl::StatusCode code, absl::string_view reason,
                     absl::string_view key = "", absl::string_view value = "") {
    EXPECT_EQ(status.code(), code) << status;
    const auto given = error::ReasonOf(status);
    ASSERT_TRUE(given.has_value()) << status;
    EXPECT_EQ(given->reason, reason);
    if (key.empty()) return;
    std::string found = "absent";
    for (const auto& [name, text] : given->metadata) {
      if (name == key) found = text;
    }
    EXPECT_EQ(found, value) << key;
  }

  std::shared_ptr<const Register> units_;
  std::shared_ptr<const Catalogue> catalogue_;
};

TEST_F(CompetenceTest, ACommuneMatterIsDecidedByItsPeoplesCommittee) {
  const auto competence = Resolve("1.000001", "units/bd");
  ASSERT_TRUE(competence.ok()) << competence.status();
  EXPECT_EQ(competence->body.unit, "units/bd");
  EXPECT_EQ(competence->body.title, "Ủy ban nhân dân Phường Ba Đình");
  EXPECT_EQ(competence->body.level, Level::kCommune);
  ASSERT_EQ(competence->places.size(), 2u);
  EXPECT_EQ(competence->places[0].center->name, "provinces/01/centers/H01.1");
  EXPECT_TRUE(competence->places[0].serves_unit);
  EXPECT_EQ(competence->places[1].center->name, "provinces/01/centers/H01");
  EXPECT_FALSE(competence->places[1].serves_unit);
  EXPECT_TRUE(competence->explanation.empty());
}

TEST_F(CompetenceTest, AProvincialMatterOfACommuneIsDecidedByTheProvince) {
  for (const char* unit : {"units/hc", "20194", "units/dn", "48"}) {
    const auto competence = Resolve("1.000002", unit);
    ASSERT_TRUE(competence.ok()) << competence.status();
    EXPECT_EQ(competence->body.unit, "units/dn");
    EXPECT_EQ(competence->body.title, "Ủy ban nhân dân Thành phố Đà Nẵng");
  }
}

TEST_F(CompetenceTest, LinesOutsideLocalGovernmentDecideThroughTheirOwnBody) {
  EXPECT_EQ(Resolve("1.000005", "units/bd")->body.title, "Công an Phường Ba Đình");
  EXPECT_EQ(Resolve("1.000006", "units/bd")->body.title, "Bộ Chỉ huy Quân sự Thành phố Hà Nội");
  const auto unstated = Resolve("1.000007", "units/bd");
  EXPECT_EQ(unstated->body.line, Line::kLocal);
  EXPECT_EQ(unstated->body.title, "Ủy ban nhân dân Phường Ba Đình");
}

TEST_F(CompetenceTest, TheVersionThatHoldsOnTheDateDecides) {
  EXPECT_EQ(Resolve("1.000001", "units/bd", absl::CivilDay(2026, 11, 30))->body.unit, "units/bd");
  EXPECT_EQ(Resolve("1.000001", "units/bd", absl::CivilDay(2026, 12, 1))->body.unit, "units/hn");
}

TEST_F(CompetenceTest, RefusalsAreTyped) {
  ExpectRefused(Resolve("9.999999", "units/bd").status(), absl::StatusCode::kNotFound,
                "PROCEDURE_NOT_FOUND");
  ExpectRefused(Resolve("1.000001", "units/bd", absl::CivilDay(2026, 5, 31)).status(),
                absl::StatusCode::kOutOfRange, "NOT_KNOWN_THEN", "known_from", "2026-06-01");
  ExpectRefused(Resolve("1.000004", "units/bd").status(), absl::StatusCode::kFailedPrecondition,
                "PROCEDURE_NOT_PUBLISHED", "draft_reasons",
                "COMPETENCE_NOT_PROVEN,LEVEL_DEPENDS_ON_CASE");
  ExpectRefused(Resolve("1.000001", "units/xx").status(), absl::StatusCode::kNotFound,
                "UNIT_NOT_FOUND");
  ExpectRefused(Resolve("1.000001", "99999").status(), absl::StatusCode::kNotFound,
                "UNIT_NOT_FOUND");
  ExpectRefused(Resolve("1.000001", "units/tb").status(), absl::StatusCode::kFailedPrecondition,
                "UNIT_ENDED", "successors", "units/bd,units/oc");
  ExpectRefused(Resolve("1.000001", "00001").status(), absl::StatusCode::kFailedPrecondition,
                "UNIT_ENDED", "successors", "units/bd,units/oc");
  ExpectRefused(Resolve("1.000001", "units/hn").status(), absl::StatusCode::kFailedPrecondition,
                "WRONG_UNIT_TIER", "level", "COMMUNE");
}

TEST_F(CompetenceTest, NothingIsKnownBeforeTheRegisterIs) {
  CompetenceQuery query;
  query.procedure_code = "1.000001";
  query.unit = "units/bd";
  query.as_of = kToday;
  const absl::Status status = ResolveCompetence(*catalogue_, Register(), query).status();
  ExpectRefused(status, absl::StatusCode::kUnavailable, "SNAPSHOT_NOT_READY");
  EXPECT_TRUE(error::RetryAfterOf(status).has_value());
}

TEST_F(CompetenceTest, AUnitWithoutOperatingCenterHasNoReceptionPlace) {
  RegisterChanges changes;
  changes.centers = {
      Center("48", "H48", CenterKind::kProvincial, {"units/dn"}, CenterState::kClosed),
      Center("48", "H48.20194", CenterKind::kCommune, {"units/hc"}, CenterState::kSuspended)};
  units_ = Register::With(*units_, changes);
  ExpectRefused(Resolve("1.000001", "units/hc").status(), absl::StatusCode::kFailedPrecondition,
                "NO_RECEPTION_PLACE");
  EXPECT_TRUE(Resolve("1.000001", "units/bd").ok()) << "another province is not concerned";
}

TEST_F(CompetenceTest, TheExplanationListsWhatWasKeptAndRejected) {
  const auto competence = Resolve("1.000002", "units/hc", kToday, true);
  ASSERT_TRUE(competence.ok());
  const auto& steps = competence->explanation;
  ASSERT_GE(steps.size(), 5u);
  EXPECT_THAT(steps[0].considered, HasSubstr("1.000002"));
  EXPECT_TRUE(steps[0].kept);
  bool commune_rejected = false;
  for (const ExplanationStep& step : steps) {
    EXPECT_FALSE(step.because.empty());
    if (!step.kept && step.considered == "bodies of Phường Hải Châu") commune_rejected = true;
  }
  EXPECT_TRUE(commune_rejected);
  EXPECT_FALSE(steps.back().kept) << "not boundary-free";
}

TEST_F(CompetenceTest, ThePublishedBodyOfTheUnitDecides) {
  const auto department = Resolve("1.000010", "units/hc", kToday, true);
  ASSERT_TRUE(department.ok()) << department.status();
  EXPECT_EQ(department->body.title, "Sở Tư pháp Thành phố Đà Nẵng");
  EXPECT_EQ(department->body.unit, "units/dn");
  EXPECT_EQ(Resolve("1.000011", "units/hc")->body.title,
            "Chủ tịch Ủy ban nhân dân Phường Hải Châu");
  int kept = 0;
  for (const ExplanationStep& step : department->explanation) {
    EXPECT_THAT(step.considered, Not(HasSubstr("Ủy ban nhân dân")));
    if (step.considered == "published body: Sở Tư pháp" ||
        step.considered == "Sở Tư pháp Thành phố Đà Nẵng") {
      EXPECT_TRUE(step.kept) << step.because;
      EXPECT_THAT(step.because, HasSubstr("published"));
      EXPECT_EQ(step.act, "1/QĐ-BTP") << "the law on local government names no department";
      ++kept;
    }
  }
  EXPECT_EQ(kept, 2);
}

TEST_F(CompetenceTest, WhereThePublishedBodyDoesNotTellGeneralCompetenceDoesAndSaysWhy) {
  const struct {
    const char* procedure;
    const char* title;
    Line line;
    const char* published;
    const char* because;
  } cases[] = {
      {"1.000012", "Ủy ban nhân dân Thành phố Đà Nẵng", Line::kLocal,
       "Ủy ban nhân dân cấp tỉnh, Sở Tư pháp", "several bodies"},
      {"1.000013", "Công an Phường Hải Châu", Line::kPolice, "Cục quản lý xuất nhập cảnh",
       "published body contradicts the level"},
      {"1.000014", "Ủy ban nhân dân Phường Hải Châu", Line::kLocal, "Ủy ban nhân dân cấp xã",
       "published body contradicts the line"},
  };
  for (const auto& c : cases) {
    const auto competence = Resolve(c.procedure, "units/hc", kToday, true);
    ASSERT_TRUE(competence.ok()) << competence.status();
    EXPECT_EQ(competence->body.title, c.title);
    EXPECT_EQ(competence->body.line, c.line);
    bool rejected = false;
    for (const ExplanationStep& step : competence->explanation) {
      if (step.considered != absl::StrCat("published body: ", c.published)) continue;
      EXPECT_FALSE(step.kept);
      EXPECT_THAT(step.because, HasSubstr(c.because));
      rejected = true;
    }
    EXPECT_TRUE(rejected) << c.procedure;
  }
}

TEST_F(CompetenceTest, ReceptionFollowsPlacesAndBoundaryRule) {
  const auto bound = Resolve("1.000001", "units/bd");
  const auto free = Resolve("1.000003", "units/bd");
  const auto check = [&](const absl::StatusOr<Competence>& competence, absl::string_view center) {
    return CheckReception(*units_, *competence, center, kToday);
  };
  EXPECT_TRUE(check(bound, "provinces/01/centers/H01.1").ok());
  EXPECT_TRUE(check(bound, "provinces/01/centers/H01").ok());
  ExpectRefused(check(bound, "provinces/01/centers/H01.3"), absl::StatusCode::kFailedPrecondition,
                "CENTER_NOT_RECEIVING", "reception_places",
                "provinces/01/centers/H01.1,provinces/01/centers/H01");
  EXPECT_TRUE(check(free, "provinces/01/centers/H01.3").ok());
  ExpectRefused(check(free, "provinces/48/centers/H48"), absl::StatusCode::kFailedPrecondition,
                "CENTER_NOT_RECEIVING");
  ExpectRefused(check(bound, "provinces/01/centers/H01.2"), absl::StatusCode::kFailedPrecondition,
                "CENTER_NOT_ACCEPTING", "state", "SUSPENDED");
  ExpectRefused(check(bound, "provinces/01/centers/H99"), absl::StatusCode::kNotFound,
                "CENTER_NOT_FOUND");
}

// An answer lists at most so many; permission does not end with the list.
TEST_F(CompetenceTest, ACenterBeyondThoseThatAreListedStillReceives) {
  RegisterChanges changes;
  for (size_t i = 0; i <= kReceptionPlacesMax; ++i) {
    changes.centers.push_back(
        Center("48", absl::StrCat("H48.", 100 + i), CenterKind::kReceptionPoint, {"units/hc"}));
  }
  units_ = Register::With(*units_, changes);
  const auto competence = Resolve("1.000001", "units/hc");
  ASSERT_TRUE(competence.ok()) << competence.status();
  ASSERT_EQ(competence->places.size(), kReceptionPlacesMax);
  const std::string last = absl::StrCat("provinces/48/centers/H48.", 100 + kReceptionPlacesMax);
  for (const std::string& center : {last, std::string("provinces/48/centers/H48")}) {
    EXPECT_EQ(CheckReception(*units_, *competence, center, kToday), absl::OkStatus());
  }
  ExpectRefused(CheckReception(*units_, *competence, "provinces/01/centers/H01", kToday),
                absl::StatusCode::kFailedPrecondition, "CENTER_NOT_RECEIVING");
}

TEST_F(CompetenceTest, SuccessorsAreFollowedOverSeveralReforms) {
  RegisterChanges changes;
  auto ended = std::make_shared<UnitRecord>(*units_->FindUnit("units/bd"));
  ended->versions.back().valid.end = absl::CivilDay(2026, 10, 1);
  ended->successors = {{"units/oc", absl::CivilDay(2026, 10, 1), "x"}};
  changes.units = {ended};
  const auto units = Register::With(*units_, changes);
  EXPECT_THAT(units->SuccessorsOn(*units->FindUnit("units/tb"), kToday), ElementsAre("units/oc"));
  EXPECT_THAT(units->SuccessorsOn(*units->FindUnit("units/tb"), absl::CivilDay(2026, 9, 30)),
              ElementsAre("units/bd", "units/oc"));
}

TEST_F(CompetenceTest, ValidityOfVersionsIsWithoutGapOrOverlap) {
  const CatalogueEntry* entry = catalogue_->Find("1.000001");
  ASSERT_EQ(entry->versions.size(), 2u);
  EXPECT_EQ(entry->ValidOf(entry->versions[0]).end, entry->ValidOf(entry->versions[1]).first);
  EXPECT_EQ(entry->ValidOf(entry->versions[1]).end, kNoEnd);
}

}  // namespace
}  // namespace twotier::routing
