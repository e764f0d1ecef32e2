#include "services/routing/domain/publication.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <utility>

#include "common/errors.h"
#include "services/routing/domain/divergence.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::CivilDay kKnown(2026, 6, 1);
const absl::CivilDay kToday(2026, 11, 2);
constexpr char kCode[] = "1.000001";

Term Days(int value) { return {value, false, TermUnit::kWorkingDay, std::nullopt}; }

// Of the national table: the commune, five working days, 8,000 đồng.
ProcedureVersion Imported(int64_t number = 1, absl::CivilDay known_from = kKnown) {
  ProcedureVersion version;
  Procedure& procedure = version.procedure;
  procedure.code = kCode;
  procedure.display_name = "Cấp giấy xác nhận";
  procedure.level = Level::kCommune;
  procedure.line = Line::kLocal;
  procedure.proven = true;
  procedure.term = Days(5);
  procedure.fee_vnd = 8000;
  procedure.known_from = known_from;
  version.version = number;
  version.draft_reasons = DraftReasonsOf(procedure);
  return version;
}

ProcedureCase Case(const std::string& key, Level level, int days) {
  return {key, "Trường hợp " + key, "", level, Days(days), std::nullopt, {}};
}

// A publication of province 48 (empty: the country) that takes everything over.
Publication From(absl::CivilDay first, const std::string& province = "48") {
  Publication publication;
  publication.content.code = kCode;
  publication.province_code = province;
  publication.valid.first = first;
  publication.act = "12/QĐ-UBND";
  return publication;
}

// Complete in itself.
Publication Complete(absl::CivilDay first, const std::string& province = "48") {
  Publication publication = From(first, province);
  publication.content.display_name = "Thủ tục của tỉnh";
  publication.content.level = Level::kProvince;
  publication.content.line = Line::kLocal;
  publication.content.term = Days(3);
  return publication;
}

std::string Reason(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason ? reason->reason : std::string(status.message());
}

std::vector<std::string> Subjects(const absl::Status& status) {
  std::vector<std::string> subjects;
  for (const auto& violation : error::PreconditionsOf(status))
    subjects.push_back(violation.subject);
  return subjects;
}

// What is stored, and what became of it.
class World {
 public:
  explicit World(std::vector<ProcedureVersion> versions = {}) : versions_(std::move(versions)) {
    Rebuild();
  }

  absl::Status Add(Publication publication) {
    auto version = Publish(entry(), std::move(publication), kToday);
    if (!version.ok()) return version.status();
    version->draft_reasons = DraftReasonsOf(version->procedure);
    versions_.push_back(*std::move(version));
    Rebuild();
    return absl::OkStatus();
  }
  absl::Status AddEnd(const std::string& province, absl::CivilDay first) {
    auto end = End(*entry(), province, first, "13/QĐ", kToday);
    if (!end.ok()) return end.status();
    ends_.push_back(*std::move(end));
    Rebuild();
    return absl::OkStatus();
  }
  void Import(ProcedureVersion version) {
    versions_.push_back(std::move(version));
    Rebuild();
  }

  const CatalogueEntry* entry() const { return catalogue_->Find(kCode); }
  const Catalogue& catalogue() const { return *catalogue_; }
  // Number of the version that holds; 0: none.
  int64_t In(const std::string& province, absl::CivilDay day) const {
    const ProcedureVersion* version = entry() == nullptr ? nullptr : entry()->In(province, day);
    return version == nullptr ? 0 : version->version;
  }

 private:
  void Rebuild() { catalogue_ = Catalogue::Of(versions_, {}, ends_); }

  std::vector<ProcedureVersion> versions_;
  std::vector<ProcedureEnd> ends_;
  std::shared_ptr<const Catalogue> catalogue_;
};

TEST(Publish, AProvincialVersionTakesOverWhatItLeavesOut) {
  Publication publication = From(kToday + 30);
  publication.content.term = Days(3);
  publication.content.boundary = Boundary::kFree;
  World world({Imported()});
  ASSERT_EQ(world.Add(publication), absl::OkStatus());
  const ProcedureVersion& version = world.entry()->versions.back();
  EXPECT_EQ(version.procedure.display_name, "Cấp giấy xác nhận");
  EXPECT_EQ(version.procedure.level, Level::kCommune);
  EXPECT_EQ(version.procedure.fee_vnd, 8000);
  EXPECT_EQ(version.procedure.term, Days(3));
  EXPECT_EQ(version.version, 2);
  EXPECT_TRUE(version.published());
  EXPECT_EQ(world.In("48", kToday + 29), 1);
  EXPECT_EQ(world.In("48", kToday + 30), 2);
  EXPECT_EQ(world.In("01", kToday + 30), 1);
  EXPECT_EQ(world.In("", kToday + 30), 1);
  EXPECT_EQ(world.In("48", kKnown - 1), 0);
}

TEST(Publish, BeyondWhatAProvinceMayEverythingIsNamed) {
  Publication publication = From(kToday);
  publication.content.term = Days(6);
  publication.content.fee_vnd = 9000;
  publication.content.level = Level::kProvince;
  World world({Imported()});
  const absl::Status refused = world.Add(publication);
  EXPECT_EQ(Reason(refused), "DIFFERS_FROM_NATIONAL");
  EXPECT_THAT(Subjects(refused), ElementsAre("level", "term", "fee_vnd"));
  publication.content.level = Level::kUnknown;
  EXPECT_EQ(Reason(world.Add(publication)), "TERM_LONGER_THAN_NATIONAL");
  EXPECT_THAT(std::string(world.Add(publication).message()),
              HasSubstr("6 working days may end later than the national 5 working days"));
  publication.content.term = Days(5);
  EXPECT_EQ(Reason(world.Add(publication)), "FEE_HIGHER_THAN_NATIONAL");
  publication.content.fee_vnd = 8000;
  EXPECT_EQ(world.Add(publication), absl::OkStatus());
}

TEST(Publish, MeasuresByNationalVersionsThatAreToCome) {
  World world({Imported()});
  Publication shorter = From(kToday + 60, "");
  shorter.content.term = Days(2);
  ASSERT_EQ(world.Add(shorter), absl::OkStatus());
  Publication provincial = From(kToday);
  provincial.content.term = Days(4);
  EXPECT_EQ(Reason(world.Add(provincial)), "TERM_LONGER_THAN_NATIONAL");
  provincial.valid.end = kToday + 60;
  EXPECT_EQ(world.Add(provincial), absl::OkStatus());
  EXPECT_EQ(world.In("48", kToday + 59), 3);
  EXPECT_EQ(world.In("48", kToday + 60), 2);
}

TEST(Publish, ANationalVersionThatIsShorterSetsTheProvincesAside) {
  World world({Imported()});
  Publication provincial = From(kToday);
  provincial.content.term = Days(4);
  ASSERT_EQ(world.Add(provincial), absl::OkStatus());
  Publication shorter = From(kToday + 60, "");
  shorter.content.term = Days(3);
  ASSERT_EQ(world.Add(shorter), absl::OkStatus());
  EXPECT_EQ(world.In("48", kToday + 59), 2);
  EXPECT_EQ(world.In("48", kToday + 60), 3);
  const ProcedurePeriod* period = PeriodOn(world.entry()->PeriodsIn("48"), kToday + 60);
  ASSERT_NE(period->set_aside, nullptr);
  EXPECT_EQ(period->set_aside->version, 2);
}

TEST(Publish, NothingIsPublishedForThePastOrHalf) {
  World world({Imported()});
  EXPECT_EQ(Reason(world.Add(From(kToday - 1))), "FIRST_DATE_PAST");
  World empty;
  Publication own = From(kToday);
  EXPECT_EQ(empty.Add(own).code(), absl::StatusCode::kInvalidArgument);
  own.content.display_name = "Thủ tục của tỉnh";
  const absl::Status draft = empty.Add(own);
  EXPECT_EQ(Reason(draft), "PROCEDURE_NOT_PUBLISHED");
  EXPECT_EQ(error::ReasonOf(draft)->metadata[1].second, "COMPETENCE_NOT_PROVEN,TERM_UNKNOWN");
}

TEST(Publish, ALevelThatIsNotProvenIsNotTakenOver) {
  ProcedureVersion unproven = Imported();
  unproven.procedure.proven = false;
  World world({unproven});
  EXPECT_EQ(Reason(world.Add(From(kToday))), "PROCEDURE_NOT_PUBLISHED");
  Publication stated = From(kToday);
  stated.content.level = Level::kProvince;
  EXPECT_EQ(world.Add(stated), absl::OkStatus());
}

TEST(Publish, ACodeBelongsToWhoMintedIt) {
  World world;
  ASSERT_EQ(world.Add(Complete(kToday + 10)), absl::OkStatus());
  EXPECT_EQ(Reason(world.Add(Complete(kToday + 10, "01"))), "PROCEDURE_CODE_TAKEN");
  const auto period = [&](const std::string& province, absl::CivilDay day) {
    return world.catalogue().PeriodOn(kCode, province, day).status();
  };
  EXPECT_EQ(Reason(period("48", kToday + 9)), "NOT_KNOWN_THEN");
  EXPECT_EQ(period("48", kToday + 10), absl::OkStatus());
  EXPECT_EQ(Reason(period("01", kToday + 10)), "PROCEDURE_NOT_FOUND");
  EXPECT_EQ(world.entry()->Shown("", kToday + 10)->province_code, "48");
  // The country may take it up.
  EXPECT_EQ(world.Add(Complete(kToday + 20, "")), absl::OkStatus());
  EXPECT_EQ(world.In("01", kToday + 20), 2);
  EXPECT_EQ(world.In("48", kToday + 20), 1);
}

TEST(Publish, CasesDecideWhatDependsOnThem) {
  ProcedureVersion draft = Imported();
  draft.procedure.level = Level::kProvinceOrCommune;
  draft.draft_reasons = DraftReasonsOf(draft.procedure);
  World world({draft});
  EXPECT_EQ(Reason(world.Add(From(kToday, ""))), "PROCEDURE_NOT_PUBLISHED");
  Publication by_case = From(kToday, "");
  by_case.content.cases = {Case("domestic", Level::kCommune, 3),
                           Case("foreign_element", Level::kProvince, 5)};
  ASSERT_EQ(world.Add(by_case), absl::OkStatus());
  const Procedure& national = world.entry()->On(kToday)->procedure;
  EXPECT_EQ(national.level, Level::kProvinceOrCommune);
  EXPECT_FALSE(national.term.has_value());
  EXPECT_EQ(national.cases[0].fee_vnd, 8000) << "taken over from the whole procedure";

  // A province keeps the cases and shortens one.
  Publication provincial = From(kToday);
  provincial.content.cases = {Case("domestic", Level::kCommune, 2)};
  EXPECT_EQ(Reason(world.Add(provincial)), "DIFFERS_FROM_NATIONAL");
  provincial.content.cases.push_back(Case("foreign_element", Level::kCommune, 6));
  const absl::Status refused = world.Add(provincial);
  EXPECT_THAT(Subjects(refused),
              ElementsAre("cases[foreign_element].level", "cases[foreign_element].term"));
  provincial.content.cases[1] = Case("foreign_element", Level::kProvince, 5);
  EXPECT_EQ(world.Add(provincial), absl::OkStatus());
  // One that says nothing of cases has those of the country.
  EXPECT_EQ(world.Add(From(kToday, "01")), absl::OkStatus());
  EXPECT_EQ(world.entry()->In("01", kToday)->procedure.cases.size(), 2u);
}

TEST(Publish, ACaseMayBeAMinistrysButNotAllOfThem) {
  World world;
  Publication own = Complete(kToday, "");
  own.content.term.reset();
  own.content.cases = {Case("a", Level::kMinistry, 3)};
  EXPECT_EQ(Reason(world.Add(own)), "PROCEDURE_NOT_PUBLISHED");
  own.content.cases.push_back(Case("b", Level::kProvince, 3));
  ASSERT_EQ(world.Add(own), absl::OkStatus());
  EXPECT_EQ(world.entry()->On(kToday)->procedure.level, Level::kMinistryOrLocal);
}

TEST(Publish, TheCompositionOfATermAddsUp) {
  World world({Imported()});
  Publication publication = From(kToday);
  publication.content.steps = {{"Tiếp nhận", Days(1)}, {"Thẩm định", Days(3)}};
  const absl::Status refused = world.Add(publication);
  EXPECT_EQ(Reason(refused), "TERM_STEPS_DIFFER");
  EXPECT_EQ(refused.message(),
            "term composition does not add up: the steps take 4 working days, the term is 5 "
            "working days");
  publication.content.steps.push_back({"Trả kết quả", Days(1)});
  EXPECT_EQ(world.Add(publication), absl::OkStatus());
}

TEST(Publish, AProvinceAsksForNoFurtherPapersAndClosesNoChannel) {
  ProcedureVersion imported = Imported();
  RequiredComponent form;
  form.title = form.folded_title = "to khai";
  form.required = true;
  imported.procedure.requirements.components = {form};
  imported.procedure.requirements.channels = {1, 2};
  World world({imported});
  Publication publication = From(kToday);
  RequiredComponent more = form;
  more.title = more.folded_title = "so ho khau";
  publication.content.requirements.components = {form, more};
  publication.content.requirements.channels = {1};
  EXPECT_THAT(Subjects(world.Add(publication)),
              ElementsAre("requirements.components", "requirements.channels"));
  publication.content.requirements.components[1].required = false;
  publication.content.requirements.channels = {1, 2, 3};
  EXPECT_EQ(world.Add(publication), absl::OkStatus());
}

TEST(Publish, WhatBeginsMeanwhileIsAConflict) {
  World world({Imported()});
  ASSERT_EQ(world.Add(From(kToday + 30)), absl::OkStatus());
  ASSERT_EQ(world.Add(From(kToday + 60)), absl::OkStatus());
  const absl::Status refused = world.Add(From(kToday + 20));
  EXPECT_EQ(Reason(refused), "PROCEDURE_VERSIONS_CONFLICT");
  EXPECT_THAT(Subjects(refused), ElementsAre("1.000001 version 2", "1.000001 version 3"));
  EXPECT_EQ(Reason(world.Add(From(kToday + 60))), "PROCEDURE_VERSIONS_CONFLICT");
  // Another province and the country are other scopes; a time in between is free.
  EXPECT_EQ(world.Add(From(kToday + 20, "01")), absl::OkStatus());
  EXPECT_EQ(world.Add(From(kToday + 20, "")), absl::OkStatus());
  Publication between = From(kToday + 20);
  between.valid.end = kToday + 30;
  EXPECT_EQ(world.Add(between), absl::OkStatus());
}

TEST(Publish, WhatHeldForATimeGivesWayToWhatWasBefore) {
  World world({Imported()});
  ASSERT_EQ(world.Add(From(kToday)), absl::OkStatus());
  Publication for_a_time = From(kToday + 10);
  for_a_time.valid.end = kToday + 20;
  ASSERT_EQ(world.Add(for_a_time), absl::OkStatus());
  EXPECT_EQ(world.In("48", kToday + 9), 2);
  EXPECT_EQ(world.In("48", kToday + 10), 3);
  EXPECT_EQ(world.In("48", kToday + 20), 2);
  EXPECT_EQ(world.entry()->ValidOf(world.entry()->versions[2]),
            (DayRange{kToday + 10, kToday + 20}));
}

TEST(Publish, ImportsStandBelowPublications) {
  World world({Imported()});
  Publication national = From(kToday, "");
  national.content.term = Days(4);
  ASSERT_EQ(world.Add(national), absl::OkStatus());
  world.Import(Imported(3, kKnown));
  EXPECT_EQ(world.In("", kToday), 2);
  EXPECT_EQ(world.In("", kToday - 1), 3) << "a correction of the table";
}

TEST(End, EndsTheScopeAndNothingElse) {
  World world({Imported()});
  EXPECT_EQ(Reason(world.AddEnd("48", kToday)), "PROCEDURE_NOT_FOUND");
  ASSERT_EQ(world.Add(From(kToday)), absl::OkStatus());
  EXPECT_EQ(Reason(world.AddEnd("48", kToday - 1)), "END_NOT_ALLOWED");
  ASSERT_EQ(world.AddEnd("48", kToday + 5), absl::OkStatus());
  EXPECT_EQ(Reason(world.AddEnd("48", kToday + 5)), "END_NOT_ALLOWED") << "it has ended";
  EXPECT_EQ(world.In("48", kToday + 4), 2);
  EXPECT_EQ(world.In("48", kToday + 5), 1);

  ASSERT_EQ(world.AddEnd("", kToday + 30), absl::OkStatus());
  EXPECT_EQ(world.In("", kToday + 30), 0);
  const absl::Status ended = world.catalogue().PeriodOn(kCode, "48", kToday + 30).status();
  EXPECT_EQ(Reason(ended), "PROCEDURE_ENDED");
  EXPECT_EQ(Reason(world.Add(From(kToday + 30, "01"))), "PROCEDURE_ENDED");
  // A later publication brings it back; one that would hide the ending is refused.
  EXPECT_EQ(Reason(world.Add(From(kToday + 10, ""))), "PROCEDURE_VERSIONS_CONFLICT");
  ASSERT_EQ(world.Add(Complete(kToday + 40, "")), absl::OkStatus());
  EXPECT_EQ(world.In("01", kToday + 39), 0);
  EXPECT_EQ(world.In("01", kToday + 40), 5);
}

// The model: for each scope, what holds on each day, written day by day in the order of the acts.
struct Model {
  static constexpr int kDays = 40;
  static constexpr int64_t kEnded = -1;

  std::map<std::string, std::map<int, int64_t>> holds;
  std::map<int64_t, int> terms;  // Of each version.
  int64_t last = 1;

  Model() {
    for (int day = -5; day < kDays; ++day) holds[""][day] = 1;
    terms[1] = 5;
  }

  // The number that the rule of the law gives: the province's, unless the country ended the
  // procedure or is quicker.
  int64_t In(const std::string& province, int day) {
    const int64_t national = holds[""].contains(day) ? holds[""][day] : kEnded;
    if (national == kEnded) return 0;
    const auto own = holds[province].find(day);
    const bool has_own = !province.empty() && own != holds[province].end() && own->second > 0;
    if (!has_own || terms[own->second] > terms[national]) return national;
    return own->second;
  }
};

RC_GTEST_PROP(Publish, EveryDateAndProvinceHasTheVersionOfAPlainModel, ()) {
  World world({Imported()});
  Model model;
  const std::vector<std::string> provinces = {"", "48", "01"};
  const int acts = *rc::gen::inRange(1, 30);
  for (int i = 0; i < acts; ++i) {
    const std::string province = *rc::gen::elementOf(provinces);
    const int first = *rc::gen::inRange(0, Model::kDays - 1);
    int end = Model::kDays;
    absl::Status done;
    int64_t written = Model::kEnded;
    int days = 0;
    if (*rc::gen::inRange(0, 4) == 0) {
      done = world.AddEnd(province, kToday + first);
    } else {
      Publication publication = Complete(kToday + first, province);
      publication.content.level = Level::kCommune;
      days = *rc::gen::inRange(1, 7);
      publication.content.term = Days(days);
      if (*rc::gen::arbitrary<bool>()) {
        end = first + *rc::gen::inRange(1, 10);
        publication.valid.end = kToday + end;
      }
      done = world.Add(publication);
      written = model.last + 1;
    }
    if (!done.ok()) continue;
    ++model.last;
    if (written > 0) model.terms[model.last] = days;
    for (int day = first; day < std::min(end, Model::kDays); ++day) {
      model.holds[province][day] = written;
    }
  }
  for (const char* province : {"", "48", "01", "79"}) {
    for (int day = -5; day < Model::kDays; ++day) {
      RC_ASSERT(world.In(province, kToday + day) == model.In(province, day));
    }
  }
}

// What was published stays visible from its first date on until a later act: nothing is hidden
// from the beginning.
RC_GTEST_PROP(Publish, NoActIsHiddenByALaterOneFromItsFirstDate, ()) {
  World world({Imported()});
  for (int i = 0; i < 12; ++i) {
    Publication publication = From(kToday + *rc::gen::inRange(0, 40));
    if (*rc::gen::arbitrary<bool>()) {
      publication.valid.end = publication.valid.first + *rc::gen::inRange(1, 10);
    }
    (void)world.Add(publication);
  }
  for (const ProcedureVersion& version : world.entry()->versions) {
    if (version.province_code.empty()) continue;
    RC_ASSERT(world.In("48", version.procedure.known_from) == version.version);
  }
}

}  // namespace
}  // namespace twotier::routing
