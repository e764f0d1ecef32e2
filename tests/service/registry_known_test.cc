// What the register believed at instants of the past, over gRPC, on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/errors.h"
#include "common/feed/sequencer.h"
#include "common/status_macros.h"
#include "services/registry/beliefs.h"
#include "services/registry/handlers/import.h"
#include "tests/service/registry_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using Code = absl::StatusCode;
using Stub = v1::RegistryService::Stub;
using testing::Files;
using testing::SmallFiles;

// The ward of SmallFiles under another name, and another number of centers published.
Files Corrected() {
  Files files = SmallFiles();
  absl::StrReplaceAll({{"Phường N,N", "Phường Nam,Nam"}}, &files["communes.csv"]);
  absl::StrReplaceAll({{"commune_centers,3", "commune_centers,4"}}, &files["published_counts.csv"]);
  return files;
}

class RegistryKnownTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  // Imports SmallFiles, and an hour later what corrects it.
  void ImportAndCorrect() {
    ASSERT_TRUE(server_.Call(&Stub::ImportUnits, ImportOf(SmallFiles(), 1)).ok());
    server_.Await("units/uN", 1);
    server_.clock().Advance(absl::Hours(1));
    ASSERT_TRUE(server_.Call(&Stub::ImportUnits, ImportOf(Corrected(), 2)).ok());
    server_.Await("units/uN", 2);
    corrected_ = KnownAt(2);
    before_ = corrected_ - absl::Microseconds(1);
    ASSERT_LT(KnownAt(1), before_);
  }

  // When version `version` of the ward became known.
  absl::Time KnownAt(int version) {
    const std::vector<std::string> rows = database_.Run(absl::StrCat(
        "SELECT known_us FROM event WHERE subject = 'units/uN' AND version = ", version));
    int64_t us = 0;
    EXPECT_TRUE(rows.size() == 1 && absl::SimpleAtoi(rows[0], &us));
    return absl::FromUnixMicros(us);
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> At(absl::Time instant,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              Request request) {
    SetTime(instant, request.mutable_as_known_at());
    absl::StatusOr<Response> response = server_.Call(method, request);
    if (response.ok()) {
      EXPECT_EQ(ToTime(response->as_known_at()), instant);
    }
    return response;
  }

  static v1::GetUnitRequest Ward() {
    v1::GetUnitRequest request;
    request.set_name("units/uN");
    return request;
  }

  testing_support::TestDatabase database_ = GetParam().make();
  RegistryServer server_{database_};
  absl::Time corrected_;  // The correction became known.
  absl::Time before_;     // Just before it did.
};

INSTANTIATE_TEST_SUITE_P(All, RegistryKnownTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryKnownTest, AUnitIsReadAsItWasBelievedBeforeItsCorrection) {
  ImportAndCorrect();
  const auto before = At(before_, &Stub::GetUnit, Ward());
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->unit().full_name(), "Phường N");
  EXPECT_EQ(before->unit().etag(), "\"1\"");
  const auto after = At(corrected_, &Stub::GetUnit, Ward());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->unit().full_name(), "Phường Nam");
  const auto now = server_.Call(&Stub::GetUnit, Ward());
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(now->unit().full_name(), "Phường Nam");
  EXPECT_FALSE(now->has_as_known_at());
}

TEST_P(RegistryKnownTest, ListsAndResolutionsAreThoseOfTheInstant) {
  ImportAndCorrect();
  v1::ListUnitsRequest list;
  list.set_tier(v1::TIER_COMMUNE);
  const auto listed = At(before_, &Stub::ListUnits, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->units_size(), 2);
  EXPECT_EQ(listed->units(0).full_name(), "Phường N");

  v1::ResolveUnitsRequest resolve;
  resolve.add_queries()->set_text("Phường Nam");
  resolve.add_queries()->set_code("00001");
  SetDate(2025, 6, 30, resolve.mutable_queries(1)->mutable_from_date());
  const auto before = At(before_, &Stub::ResolveUnits, resolve);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_TRUE(before->resolutions(0).has_error());
  ASSERT_EQ(before->resolutions(1).results_size(), 1);
  EXPECT_EQ(before->resolutions(1).results(0).unit().full_name(), "Phường N");
  const auto after = At(corrected_, &Stub::ResolveUnits, resolve);
  ASSERT_TRUE(after.ok()) << after.status();
  ASSERT_EQ(after->resolutions(0).results_size(), 1);
  EXPECT_EQ(after->resolutions(1).results(0).unit().full_name(), "Phường Nam");

  v1::SearchUnitsRequest search;
  search.set_text("phuong nam");
  const auto found = [&](absl::Time known) {
    std::vector<std::string> names;
    const auto response = At(known, &Stub::SearchUnits, search);
    EXPECT_TRUE(response.ok()) << response.status();
    for (const v1::UnitHit& hit : response->hits()) names.push_back(hit.matched_name());
    return names;
  };
  EXPECT_THAT(found(before_), Not(Contains("Phường Nam"))) << "only names that are near";
  EXPECT_THAT(found(corrected_), ElementsAre("Phường Nam"));
}

TEST_P(RegistryKnownTest, CentersAndCoverageAreThoseOfTheInstant) {
  ImportAndCorrect();
  v1::GetCenterRequest get;
  get.set_name("provinces/48/centers/H48.00001");
  const auto before = At(before_, &Stub::GetCenter, get);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->center().display_name(), "Trung tâm Phục vụ hành chính công phường N");
  const auto after = At(corrected_, &Stub::GetCenter, get);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->center().display_name(), "Trung tâm Phục vụ hành chính công phường Nam");

  v1::ListCentersRequest list;
  list.set_served_unit("units/uN");
  list.set_kind(v1::CENTER_KIND_COMMUNE);
  const auto listed = At(before_, &Stub::ListCenters, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->centers_size(), 1);
  EXPECT_EQ(listed->centers(0).display_name(), before->center().display_name());

  const v1::GetCoverageRequest coverage;
  EXPECT_EQ(At(before_, &Stub::GetCoverage, coverage)->coverage().published_commune_centers(), 3);
  EXPECT_EQ(At(corrected_, &Stub::GetCoverage, coverage)->coverage().published_commune_centers(),
            4);
  EXPECT_EQ(server_.Call(&Stub::GetCoverage, coverage)->coverage().published_commune_centers(), 4);
}

TEST_P(RegistryKnownTest, ModelsAndHoursAreThoseOfTheInstant) {
  ImportAndCorrect();
  v1::SetTierModelRequest model;
  model.set_name("provinces/48/tierModel");
  model.set_model(v1::TIER_MODEL_SINGLE_LEVEL);
  model.set_others_become(v1::CENTER_KIND_BRANCH);
  SetDate(2026, 12, 1, model.mutable_effective_date());
  model.mutable_act()->set_number("12/QĐ-UBND");
  model.set_etag("\"1\"");
  model.set_request_id("b0000000-0000-4000-8000-000000000001");
  server_.clock().Advance(absl::Hours(1));
  ASSERT_TRUE(server_.Call(&Stub::SetTierModel, model).ok());
  v1::SetOpeningHoursRequest hours;
  hours.set_name("provinces/48/centers/H48.00001/openingHours");
  hours.set_etag("\"0\"");
  hours.set_request_id("b0000000-0000-4000-8000-000000000002");
  SetDate(2026, 11, 1, hours.mutable_effective_date());
  hours.mutable_act()->set_number("12/QĐ-UBND");
  v1::WeekdayHours* sunday = hours.add_days();
  sunday->set_weekday(v1::WEEKDAY_SUNDAY);
  sunday->add_intervals()->set_from_minute(8 * 60);
  sunday->mutable_intervals(0)->set_to_minute(12 * 60);
  const auto set = server_.Call(&Stub::SetOpeningHours, hours);
  ASSERT_TRUE(set.ok()) << set.status();
  server_.Await(hours.name(), 1);

  v1::GetTierModelRequest get;
  get.set_name(model.name());
  SetDate(2026, 12, 1, get.mutable_as_of());
  const auto before = At(corrected_, &Stub::GetTierModel, get);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->tier_model().model(), v1::TIER_MODEL_TWO_LEVEL);
  EXPECT_EQ(server_.Call(&Stub::GetTierModel, get)->tier_model().model(),
            v1::TIER_MODEL_SINGLE_LEVEL);

  v1::GetOpeningRequest opening;
  opening.set_name(hours.name());
  SetDate(2026, 11, 22, opening.mutable_date());
  const auto unknown = At(corrected_, &Stub::GetOpening, opening);
  ASSERT_TRUE(unknown.ok()) << unknown.status();
  EXPECT_FALSE(unknown->known());
  EXPECT_TRUE(server_.Call(&Stub::GetOpening, opening)->open());
  const absl::Status late =
      At(server_.clock().Now() + absl::Hours(24), &Stub::GetOpening, opening).status();
  EXPECT_EQ(Reason(late), "NOT_KNOWN_YET");
  EXPECT_EQ(Reason(At(absl::UnixEpoch(), &Stub::GetTierModel, get).status()),
            "BEFORE_FIRST_KNOWLEDGE");
}

TEST_P(RegistryKnownTest, ACountThatIsPublishedAgainIsServedFromMemory) {
  ASSERT_TRUE(server_.Call(&Stub::ImportUnits, ImportOf(SmallFiles(), 1)).ok());
  server_.Await("units/uN", 1);
  Files files = SmallFiles();
  absl::StrReplaceAll({{"commune_centers,3", "commune_centers,4"}}, &files["published_counts.csv"]);
  ASSERT_TRUE(server_.Call(&Stub::ImportUnits, ImportOf(files, 2)).ok());
  // Consumers of the feed hear of the units that change next; the counts came before them.
  ASSERT_TRUE(server_.Call(&Stub::ImportUnits, ImportOf(Corrected(), 3)).ok());
  server_.Await("units/uN", 2);
  EXPECT_EQ(server_.Call(&Stub::GetCoverage, v1::GetCoverageRequest())
                ->coverage()
                .published_commune_centers(),
            4);
  EXPECT_THAT(database_.Run("SELECT version FROM event WHERE subject = 'publishedCounts'"
                            " ORDER BY version"),
              ElementsAre("1", "2"));
}

TEST_P(RegistryKnownTest, APageTokenGoesOnWithTheInstantOfItsList) {
  ImportAndCorrect();
  v1::ListUnitsRequest request;
  request.set_page_size(1);
  const auto first = At(before_, &Stub::ListUnits, request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_FALSE(first->next_page_token().empty());
  request.set_page_token(first->next_page_token());
  EXPECT_TRUE(At(before_, &Stub::ListUnits, request).ok());
  for (const absl::Status& status : {At(corrected_, &Stub::ListUnits, request).status(),
                                     server_.Call(&Stub::ListUnits, request).status()}) {
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_EQ(Reason(status), "WRONG_PAGE_TOKEN");
  }
}

TEST_P(RegistryKnownTest, InstantsOutsideOfKnowledgeAreRefused) {
  const absl::Status empty = At(absl::UnixEpoch(), &Stub::GetUnit, Ward()).status();
  EXPECT_EQ(empty.code(), Code::kOutOfRange);
  EXPECT_EQ(Reason(empty), "BEFORE_FIRST_KNOWLEDGE");
  EXPECT_THAT(error::ReasonOf(empty)->metadata, IsEmpty());
  ImportAndCorrect();
  const absl::Status early =
      At(KnownAt(1) - absl::Microseconds(1), &Stub::GetUnit, Ward()).status();
  EXPECT_EQ(early.code(), Code::kOutOfRange);
  EXPECT_EQ(Reason(early), "BEFORE_FIRST_KNOWLEDGE");
  EXPECT_THAT(error::ReasonOf(early)->metadata, Contains(Key("knowledge_begins")));
  EXPECT_TRUE(At(KnownAt(1), &Stub::GetUnit, Ward()).ok());
  const absl::Status late = At(corrected_ + absl::Hours(24), &Stub::GetUnit, Ward()).status();
  EXPECT_EQ(late.code(), Code::kOutOfRange);
  EXPECT_EQ(Reason(late), "NOT_KNOWN_YET");
  EXPECT_THAT(error::ReasonOf(late)->metadata, Contains(Key("known_until")));

  v1::GetUnitRequest malformed = Ward();
  malformed.mutable_as_known_at()->set_nanos(-1);
  const absl::Status status = server_.Call(&Stub::GetUnit, malformed).status();
  EXPECT_EQ(Reason(status), "MALFORMED_REQUEST");
  EXPECT_THAT(
      error::FieldViolationsOf(status),
      ElementsAre(::testing::Field(&error::FieldViolation::field, ::testing::Eq("as_known_at"))));
}

TEST_P(RegistryKnownTest, ADateBeforeTheDataAndAnUnknownUnitAreToldAsOfNow) {
  ImportAndCorrect();
  v1::GetUnitRequest request = Ward();
  SetDate(2025, 6, 29, request.mutable_as_of());
  EXPECT_EQ(Reason(At(before_, &Stub::GetUnit, request).status()), "DATE_BEFORE_DATA");
  request.clear_as_of();
  request.set_name("units/uX");
  EXPECT_EQ(Reason(At(before_, &Stub::GetUnit, request).status()), "UNIT_NOT_FOUND");
}

// The same without a server, so that the test numbers the feed itself.
class BeliefsTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  void SetUp() override {
    auto database = db::Database::Open(test_database_.url(), Migrations(), {});
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    auto sequencer = feed::Sequencer::Create(database_.get(), &clock_, {});
    ASSERT_TRUE(sequencer.ok()) << sequencer.status();
    sequencer_ = *std::move(sequencer);
  }

  void Import(const Files& files) {
    const v1::ImportUnitsRequest request = ImportOf(files, 1);
    Call call;
    call.now = clock_.Now();
    call.new_id = ids_.New(call.now);
    const absl::Status status = database_->Write(
        {}, [&](db::Tx& tx) { return handlers::ImportUnits(Env{}, call, request, tx).status(); });
    ASSERT_TRUE(status.ok()) << status;
  }

  // Numbers what is committed; it becomes known at the instant that is returned.
  absl::Time Number() {
    clock_.Advance(absl::Hours(1));
    EXPECT_TRUE(sequencer_->RunOnce().ok());
    return clock_.Now();
  }

  absl::StatusOr<std::shared_ptr<const Snapshot>> At(absl::Time instant) {
    std::shared_ptr<const Snapshot> snapshot;
    RETURN_IF_ERROR(database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(snapshot, beliefs_.At(tx, instant));
      return absl::OkStatus();
    }));
    return snapshot;
  }

  static std::string WardIn(const absl::StatusOr<std::shared_ptr<const Snapshot>>& snapshot) {
    if (!snapshot.ok()) return Reason(snapshot.status());
    const UnitTree& tree = (*snapshot)->tree();
    return tree.version(tree.Last(tree.Find("uN").value())).full_name;
  }

  testing_support::TestDatabase test_database_ = GetParam().make();
  FakeClock clock_{absl::FromUnixSeconds(kNowSeconds)};
  IdSource ids_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<feed::Sequencer> sequencer_;
  Beliefs beliefs_;
};

INSTANTIATE_TEST_SUITE_P(All, BeliefsTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(BeliefsTest, WhatIsCommittedButNotNumberedIsNotKnownAtAnyInstant) {
  Import(SmallFiles());
  EXPECT_EQ(WardIn(At(clock_.Now())), "NOT_KNOWN_YET");
  const absl::Time first = Number();
  EXPECT_EQ(WardIn(At(first)), "Phường N");
  Import(Corrected());
  EXPECT_EQ(WardIn(At(first)), "Phường N");
  EXPECT_EQ(WardIn(At(first + absl::Microseconds(1))), "NOT_KNOWN_YET");
  const absl::Time second = Number();
  EXPECT_EQ(WardIn(At(second)), "Phường Nam");
  EXPECT_EQ(WardIn(At(second - absl::Microseconds(1))), "Phường N");
  EXPECT_EQ(WardIn(At(first)), "Phường N");
}

TEST_P(BeliefsTest, InstantsBetweenTwoChangesShareOneSnapshotAndFewAreKept) {
  Import(SmallFiles());
  const absl::Time first = Number();
  Import(Corrected());
  const absl::Time second = Number();
  Import(SmallFiles());
  const absl::Time third = Number();
  const auto snapshot = At(first).value();
  EXPECT_EQ(At(second - absl::Minutes(1)).value(), snapshot);
  ASSERT_TRUE(At(second).ok());
  EXPECT_EQ(At(first).value(), snapshot);
  EXPECT_EQ(WardIn(At(third)), "Phường N");
  EXPECT_EQ(At(first).value(), snapshot);
  ASSERT_TRUE(At(second).ok());
  ASSERT_TRUE(At(third).ok());
  EXPECT_NE(At(first).value(), snapshot) << "read again: two others were asked for since";
}

}  // namespace
}  // namespace twotier::registry
