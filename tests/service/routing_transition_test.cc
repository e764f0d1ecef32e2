// The open dossiers of another system become dossiers of this one, over gRPC, on both engines.
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/service/routing_import_fixture.h"
#include "tests/service/routing_reform.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Stub = v1::RoutingService::Stub;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

// What was told without a code: FieldsOf names it "dossiers[0].record.external_code".
std::string Field(int index, absl::string_view field) {
  return absl::StrCat("dossiers[", index, "].", field);
}

class RoutingTransitionTest : public RoutingTest {
 protected:
  void TearDown() override {
    testing_support::ExpectSound(verify::VerifyDossiers(database_.url()));
  }

  // The one dossier that is imported.
  v1::ImportResult ImportOne(const v1::ImportedDossier& told) {
    const auto response = Import(server_, ImportOf({told}));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->results(0) : v1::ImportResult();
  }

  std::vector<std::string> FindByExternalCode(const std::string& external_code) {
    v1::ListDossiersRequest request;
    request.set_parent("provinces/48");
    request.set_external_code(external_code);
    const auto page = Invoke(&Stub::ListDossiers, server_.stub(), request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> codes;
    if (!page.ok()) return codes;
    for (const v1::Dossier& dossier : page->dossiers()) codes.push_back(dossier.code());
    return codes;
  }

  absl::Status Refused(const v1::ImportedDossier& told) {
    return Import(server_, ImportOf({told})).status();
  }

  std::string Count(const std::string& table) {
    return database_.Run(absl::StrCat("SELECT COUNT(*) FROM ", table))[0];
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingTransitionTest);

TEST_P(RoutingTransitionTest, ACodeOfTheCenterIsKeptAndAnyOtherGetsTheNextNumber) {
  const auto response =
      Import(server_, ImportOf({Told("G09.20-20261030-0092637"), Told("H48.20194-261030-0012")}));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->added(), 2);
  const v1::Dossier& foreign = response->results(0).dossier();
  EXPECT_EQ(foreign.code(), "H48.20194-261102-0001");
  EXPECT_EQ(foreign.external_code(), "G09.20-20261030-0092637");
  const v1::Dossier& kept = response->results(1).dossier();
  EXPECT_EQ(kept.code(), "H48.20194-261030-0012");
  EXPECT_TRUE(kept.imported());
  EXPECT_EQ(kept.state(), v1::DOSSIER_STATE_RECEIVED);
  EXPECT_EQ(kept.competent_body().unit(), kHaiChau);
  EXPECT_EQ(kept.return_center(), kCenter);
  EXPECT_EQ(absl::FromUnixSeconds(kept.due_time().seconds()),
            absl::FromCivil(absl::CivilHour(2026, 11, 4, 17), VietnamTimeZone()));

  EXPECT_THAT(FindByExternalCode("G09.20-20261030-0092637"), ElementsAre(foreign.code()));
  EXPECT_THAT(FindByExternalCode(kept.code()), ElementsAre(kept.code()));
  EXPECT_THAT(FindByExternalCode("H48.20194-261030-0013"), IsEmpty());
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0002");
  v1::ListDossiersRequest of_center;
  of_center.set_parent("provinces/48");
  of_center.set_center(kCenter);
  EXPECT_EQ(Invoke(&Stub::ListDossiers, server_.stub(), of_center)->dossiers_size(), 3);
}

TEST_P(RoutingTransitionTest, TheFirstEntryTellsWhatWasGivenWithoutTheApplicant) {
  const v1::ImportedDossier told = Told("X-1");
  const v1::Dossier dossier = ImportOne(told).dossier();
  const std::vector<v1::TimelineEntry> timeline = Timeline(server_, dossier.name());
  ASSERT_EQ(timeline.size(), 1u);
  EXPECT_EQ(timeline[0].kind(), "dossier.imported");
  EXPECT_THAT(timeline[0].note(), HasSubstr("X-1"));
  v1::DossierEventBody body;
  ASSERT_TRUE(body.ParseFromString(timeline[0].body()));
  EXPECT_EQ(body.source_system(), kOldSystem);
  EXPECT_EQ(body.imported().SerializeAsString(), told.record().SerializeAsString());
  v1::GetApplicantRequest request;
  request.set_name(dossier.name());
  EXPECT_EQ(Invoke(&Stub::GetApplicant, server_.stub(), request)->applicant().full_name(),
            told.applicant().full_name());
}

TEST_P(RoutingTransitionTest, BothFormsOfAnOrganisationIdStandForOneCode) {
  registry_.SetOrganisationId(kCenter, "H48.20.05");
  RoutingServer::WaitUntil(
      [&] {
        const auto dossier = Submit(server_, Submission());
        return dossier.ok() && absl::StartsWith(dossier->code(), "H48.20.05-");
      },
      "the organisation id to arrive");
  EXPECT_EQ(ImportOne(Told("000.05.20.H48-261030-0003")).dossier().code(), "H48.20.05-261030-0003");
  EXPECT_THAT(FindByExternalCode("H48.20.05-261030-0003"), ElementsAre("H48.20.05-261030-0003"));
  EXPECT_THAT(FindByExternalCode("000.05.20.H48-261030-0003"),
              ElementsAre("H48.20.05-261030-0003"));
  EXPECT_EQ(ImportOne(Told("H48.20.05-261030-0003")).outcome(), v1::IMPORT_OUTCOME_UNCHANGED);
}

TEST_P(RoutingTransitionTest, StateClockAndDueDateAreComputed) {
  std::vector<v1::ImportedDossier> told;
  for (const v1::PauseKind kind :
       {v1::PAUSE_KIND_SUPPLEMENT, v1::PAUSE_KIND_PAYMENT, v1::PAUSE_KIND_OTHER_AGENCY}) {
    told.push_back(Told(absl::StrCat("X-", kind)));
    AddPause(told.back(), kind);
  }
  told.push_back(Told("X-4"));
  told.back().mutable_record()->clear_accept_time();
  told.push_back(Told("X-5"));
  SetTime(AddPause(told.back(), v1::PAUSE_KIND_SUPPLEMENT).mutable_end_time(), 11, 2, 8);
  told.push_back(Told("X-6"));
  SetTime(told.back().mutable_record()->mutable_process_time(), 11, 2, 8);
  told.back().mutable_record()->set_result_id("KQ-1");
  const auto response = Import(server_, ImportOf(told));
  ASSERT_TRUE(response.ok()) << response.status();
  const auto dossier = [&](int i) { return response->results(i).dossier(); };
  EXPECT_EQ(dossier(0).state(), v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED);
  EXPECT_EQ(dossier(0).clock_holder(), v1::CLOCK_HOLDER_APPLICANT);
  EXPECT_EQ(dossier(0).supplement_requests(), 1);
  EXPECT_TRUE(dossier(0).has_answer_by_time());
  EXPECT_EQ(dossier(1).state(), v1::DOSSIER_STATE_PAYMENT_REQUESTED);
  EXPECT_EQ(dossier(1).payment().due_vnd(), 8'000);
  EXPECT_EQ(dossier(2).state(), v1::DOSSIER_STATE_IN_PROGRESS);
  EXPECT_EQ(dossier(2).clock_holder(), v1::CLOCK_HOLDER_OTHER_AGENCY);
  EXPECT_EQ(dossier(2).agency().unit_full_name(), "Thành phố Đà Nẵng");
  EXPECT_EQ(dossier(3).state(), v1::DOSSIER_STATE_REGISTERED);
  EXPECT_FALSE(dossier(3).has_due_time());
  EXPECT_EQ(dossier(4).state(), v1::DOSSIER_STATE_IN_PROGRESS);
  EXPECT_EQ(dossier(4).due_time().seconds() - dossier(0).due_time().seconds(), 24 * 60 * 60);
  EXPECT_EQ(dossier(5).state(), v1::DOSSIER_STATE_PROCESSED);
  // They go on as any other.
  EXPECT_TRUE(Accept(server_, dossier(3)).ok());
  EXPECT_TRUE(ProvideSupplement(server_, dossier(0)).ok());
  EXPECT_TRUE(Return(server_, dossier(5)).ok());
}

// From Friday on, until Sunday unless it had not answered: its own is taken back on Monday, the
// other system's is told.
TEST_P(RoutingTransitionTest, WhatAnAgencyHasKeptBeyondItsDateIsTakenOver) {
  std::vector<v1::ImportedDossier> told;
  for (const char* owner : {"", kOldSystem}) {
    told.push_back(Told(absl::StrCat("X-", told.size())));
    told.back().mutable_record()->set_owning_system(owner);
    v1::ClockPause& pause = AddPause(told.back(), v1::PAUSE_KIND_OTHER_AGENCY);
    SetTime(pause.mutable_answer_by_time(), 11, 1, 9);
  }
  const auto response = Import(server_, ImportOf(told));
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::Dossier& ours = response->results(0).dossier();
  const v1::Dossier& theirs = response->results(1).dossier();
  v1::ListAlarmsRequest silent;
  silent.set_parent("provinces/48");
  silent.set_kind(v1::ALARM_KIND_AGENCY_SILENT);
  std::set<std::string> names;
  const auto at_once = Invoke(&Stub::ListAlarms, server_.stub(), silent);
  for (const v1::Alarm& alarm : at_once->alarms()) names.insert(alarm.dossier());
  EXPECT_TRUE(names.contains(theirs.name()));
  const auto read = [&](const v1::Dossier& dossier) {
    v1::GetDossierRequest get;
    get.set_name(dossier.name());
    return Invoke(&Stub::GetDossier, server_.stub(), get)->dossier();
  };
  RoutingServer::WaitUntil([&] { return !read(ours).has_agency(); }, "it to be taken back");
  EXPECT_EQ(read(ours).due_time().seconds() - ours.due_time().seconds(), 24 * 60 * 60);
  EXPECT_EQ(Timeline(server_, ours.name()).back().principal(), "system:routing");
  EXPECT_EQ(read(theirs).version(), 1);
  EXPECT_EQ(ImportOne(told[0]).outcome(), v1::IMPORT_OUTCOME_UNCHANGED);
}

// Two wards are merged and the country ends the procedure on Tuesday.
TEST_P(RoutingTransitionTest, ADossierOfAProcedureThatHasEndedIsWhatItWasAtReception) {
  v1::EndProcedureRequest end;
  end.set_name(absl::StrCat("procedures/", kResidence));
  SetTuesday(end.mutable_end_date());
  end.mutable_act()->set_number("9/2026/QH16");
  v1::ListProcedureVersionsRequest versions;
  versions.set_name(end.name());
  end.set_etag(Invoke(&Stub::ListProcedureVersions, server_.stub(), versions)->etag());
  end.set_request_id(RequestId());
  const auto ended = Invoke(&Stub::EndProcedure, server_.stub(), end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  registry_.Send(Merger(registry_));
  server_.clock().Advance(absl::Hours(24));
  v1::ImportedDossier told = Told("X-1");
  told.mutable_record()->set_unit(kMerged);
  const auto import_it = [&] { return Import(server_, ImportOf({told})); };
  RoutingServer::WaitUntil([&] { return import_it().ok(); }, "the merged ward");
  const v1::Dossier dossier = ImportOne(told).dossier();
  EXPECT_EQ(dossier.procedure_version(), 1);
  EXPECT_EQ(dossier.competent_body().unit(), kMerged);
  EXPECT_EQ(dossier.competent_body().title(), "Công an Phường Sông Hàn");
  EXPECT_TRUE(Complete(server_, dossier).ok()) << "it goes on";
  // One that was received when the procedure had ended was never a dossier of it.
  v1::ImportedDossier later = Told("X-2");
  later.mutable_record()->set_unit(kMerged);
  SetTime(later.mutable_record()->mutable_submit_time(), 11, 3, 7);
  SetTime(later.mutable_record()->mutable_accept_time(), 11, 3, 8);
  EXPECT_THAT(FieldsOf(Refused(later)), ElementsAre(Field(0, "record.procedure_code")));
}

TEST_P(RoutingTransitionTest, ADueDateThatDiffersIsListedAndBothAreKept) {
  v1::ImportedDossier same = Told("X-1");
  SetTime(same.mutable_record()->mutable_source_due_time(), 11, 4, 16);
  v1::ImportedDossier other = Told("X-2");
  SetTime(other.mutable_record()->mutable_source_due_time(), 11, 6, 17);
  const auto response = Import(server_, ImportOf({same, other, Told("X-3")}));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->due_differences(), 1);
  EXPECT_FALSE(response->results(0).due_differs());
  EXPECT_TRUE(response->results(1).due_differs());
  EXPECT_FALSE(response->results(2).due_differs());
  const v1::Dossier& dossier = response->results(1).dossier();
  EXPECT_EQ(dossier.source_due_time().seconds() - dossier.due_time().seconds(), 2 * 24 * 60 * 60);
}

TEST_P(RoutingTransitionTest, TheSameAgainChangesNothingAndOtherContentIsNamed) {
  const v1::ImportedDossier told = Told("X-1");
  const v1::Dossier dossier = ImportOne(told).dossier();
  ASSERT_TRUE(Complete(server_, dossier).ok());
  const v1::ImportResult again = ImportOne(told);
  EXPECT_EQ(again.outcome(), v1::IMPORT_OUTCOME_UNCHANGED);
  EXPECT_EQ(again.dossier().state(), v1::DOSSIER_STATE_PROCESSED) << "as it is here now";
  EXPECT_EQ(Count("dossier"), "1");

  v1::ImportedDossier changed = told;
  changed.mutable_record()->set_channel(v1::CHANNEL_POST);
  SetTime(changed.mutable_record()->mutable_accept_time(), 10, 30, 10);
  changed.mutable_record()->mutable_history(0)->set_note("khác");
  changed.mutable_applicant()->set_full_name("Trần Thị Bích");
  const absl::Status refused = Refused(changed);
  EXPECT_EQ(ReasonOf(refused), "IMPORT_ROW_INVALID") << refused;
  EXPECT_THAT(FieldsOf(refused),
              UnorderedElementsAre(Field(0, "record.channel"), Field(0, "record.accept_time"),
                                   Field(0, "record.history"), Field(0, "applicant.full_name")));
  for (const auto& violation : error::FieldViolationsOf(refused)) {
    EXPECT_EQ(violation.description.find("Bích"), std::string::npos);
  }
  const absl::Status elsewhere = Import(server_, ImportOf({told}, kOtherCenter)).status();
  EXPECT_THAT(FieldsOf(elsewhere), ElementsAre(Field(0, "record.external_code")));
}

TEST_P(RoutingTransitionTest, ADryRunShowsEverythingAndTakesNothing) {
  auto request = ImportOf({Told("X-1"), Told("H48.20194-261030-0012")});
  request.set_validate_only(true);
  const auto tried = Import(server_, request);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(tried->results(0).dossier().code(), "H48.20194-261102-0001");
  EXPECT_EQ(tried->results(1).dossier().code(), "H48.20194-261030-0012");
  for (const char* table : {"dossier", "applicant", "imported_code", "dossier_counter"}) {
    EXPECT_EQ(Count(table), "0") << table;
  }
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0001");
}

TEST_P(RoutingTransitionTest, EverythingThatIsWrongIsNamedAndNothingIsCommitted) {
  std::vector<v1::ImportedDossier> told;
  const auto add = [&]() -> v1::ImportedRecord& {
    told.push_back(Told(absl::StrCat("X-", told.size())));
    return *told.back().mutable_record();
  };
  add();  // Nothing is wrong with the first one.
  add().set_procedure_code(kDraft);
  add().set_unit("units/nowhere");
  add().set_unit(kEnded);
  add().set_unit_code("20194");  // As well as the unit.
  v1::ImportedRecord& lonely = add();
  lonely.set_unit(kLonely);
  add().set_case_key("none");
  add().set_return_center(kSuspendedCenter);
  add().set_return_center(kHaNoiCenter);
  add().set_owning_system("provinces/01/informationSystems/x");
  add().set_external_code("H48.20195-261030-0001");
  add().set_external_code("H48.20194-261103-0001");
  SetTime(add().mutable_accept_time(), 10, 29, 19);
  SetTime(add().mutable_submit_time(), 11, 2, 10);
  add();
  AddPause(told.back(), v1::PAUSE_KIND_OTHER_AGENCY).set_agency_unit("units/nowhere");
  v1::ImportedRecord& old = add();
  old.mutable_submit_time()->set_seconds(1'000'000'000);  // 2001: before any calendar.
  old.mutable_accept_time()->set_seconds(1'000'000'000);
  const absl::Status status = Import(server_, ImportOf(told)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "IMPORT_ROW_INVALID") << status;
  EXPECT_THAT(
      FieldsOf(status),
      UnorderedElementsAre(
          Field(1, "record.procedure_code"), Field(2, "record.unit"), Field(3, "record.unit"),
          Field(4, "record.unit"), Field(5, "record.unit"), Field(6, "record.case_key"),
          Field(7, "record.return_center"), Field(8, "record.return_center"),
          Field(9, "record.owning_system"), Field(10, "record.external_code"),
          Field(11, "record.external_code"), Field(12, "record.accept_time"),
          Field(13, "record.submit_time"), Field(13, "record.accept_time"),
          Field(14, "record.pauses[0].agency_unit"), Field(15, "record.accept_time")));
  for (const char* table : {"dossier", "applicant", "imported_code", "dossier_counter"}) {
    EXPECT_EQ(Count(table), "0") << table;
  }
}

TEST_P(RoutingTransitionTest, MalformedRowsAreNamedBeforeAnyRuleIsAsked) {
  v1::ImportedDossier told = Told("X-1");
  told.mutable_record()->clear_submit_time();
  told.mutable_record()->set_procedure_code("x");
  told.mutable_record()->mutable_history(0)->clear_what();
  told.mutable_applicant()->clear_full_name();
  auto request = ImportOf({told, Told("X-2"), Told("X-2")});
  request.set_source_system("provinces/01/informationSystems/old-case-handling");
  const absl::Status status = Import(server_, request).status();
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << status;
  EXPECT_THAT(
      FieldsOf(status),
      UnorderedElementsAre(Field(0, "record.submit_time"), Field(0, "record.procedure_code"),
                           Field(0, "record.history[0].what"), Field(0, "applicant.full_name"),
                           Field(2, "record.external_code"), "source_system"));
  request = ImportOf({});
  for (int i = 0; i < 201; ++i) *request.add_dossiers() = Told(absl::StrCat("X-", i));
  EXPECT_THAT(FieldsOf(Import(server_, request).status()), ElementsAre("dossiers"));
  EXPECT_EQ(ReasonOf(Import(server_, ImportOf({Told("X-1")}, "provinces/48/centers/H99")).status()),
            "CENTER_NOT_FOUND");
}

TEST_P(RoutingTransitionTest, NoNumberIsGivenTwice) {
  ASSERT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0001");
  const absl::Status taken = Refused(Told("H48.20194-261102-0001"));
  EXPECT_THAT(FieldsOf(taken), ElementsAre(Field(0, "record.external_code")));
  // A code of today is kept, and what follows goes on behind it.
  const auto response =
      Import(server_, ImportOf({Told("X-1"), Told("H48.20194-261102-0007"), Told("X-2")}));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).dossier().code(), "H48.20194-261102-0008");
  EXPECT_EQ(response->results(2).dossier().code(), "H48.20194-261102-0009");
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0010");
  // A number that was left out is still free.
  EXPECT_EQ(ImportOne(Told("H48.20194-261102-0003")).dossier().code(), "H48.20194-261102-0003");
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0011");
  // One beyond every counter would leave it no numbers; it becomes an external code like others.
  EXPECT_EQ(ImportOne(Told("H48.20194-261102-999999999999999999")).dossier().code(),
            "H48.20194-261102-0012");
}

TEST_P(RoutingTransitionTest, ASuspendedCenterKeepsItsCodesAndGivesNone) {
  const absl::Status needs_number =
      Import(server_, ImportOf({Told("X-1")}, kSuspendedCenter)).status();
  EXPECT_THAT(FieldsOf(needs_number), UnorderedElementsAre(Field(0, "record.external_code"),
                                                           Field(0, "record.return_center")));
  v1::ImportedDossier told = Told("H48.9-261030-0001");
  told.mutable_record()->set_return_center(kCenter);
  const auto response = Import(server_, ImportOf({told}, kSuspendedCenter));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).dossier().code(), "H48.9-261030-0001");
}

TEST_P(RoutingTransitionTest, WhatIsLateAlreadySetsOffItsAlarm) {
  v1::ImportedDossier late = Told("X-1");
  SetTime(late.mutable_record()->mutable_submit_time(), 10, 1, 9);
  SetTime(late.mutable_record()->mutable_accept_time(), 10, 1, 9);
  v1::ImportedDossier soon = Told("X-2");
  SetTime(soon.mutable_record()->mutable_submit_time(), 10, 28, 9);
  SetTime(soon.mutable_record()->mutable_accept_time(), 10, 28, 9);
  v1::ImportedDossier waits = late;
  waits.mutable_record()->set_external_code("X-3");
  SetTime(AddPause(waits, v1::PAUSE_KIND_SUPPLEMENT).mutable_start_time(), 10, 2, 9);
  const auto response = Import(server_, ImportOf({late, soon, waits, Told("X-4")}));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->results(0).dossier().overdue());
  v1::ListAlarmsRequest request;
  request.set_parent("provinces/48");
  const auto alarms = Invoke(&Stub::ListAlarms, server_.stub(), request);
  ASSERT_TRUE(alarms.ok()) << alarms.status();
  std::set<std::pair<std::string, int>> set_off;
  for (const v1::Alarm& alarm : alarms->alarms()) set_off.emplace(alarm.dossier(), alarm.kind());
  EXPECT_THAT(set_off, UnorderedElementsAre(std::pair(response->results(0).dossier().name(),
                                                      static_cast<int>(v1::ALARM_KIND_OVERDUE)),
                                            std::pair(response->results(1).dossier().name(),
                                                      static_cast<int>(v1::ALARM_KIND_DUE_SOON))));
}

// It is not asked for again.
TEST_P(RoutingTransitionTest, WhatWasPaidAtReceptionThereCountsHere) {
  v1::ImportedDossier told = Told("X-1");
  v1::ImportedFee& fee = *told.mutable_record()->add_fees();
  fee.set_due_at(v1::FEE_DUE_AT_RECEPTION);
  SetTime(fee.mutable_pay_time(), 10, 30, 8);
  fee.set_paid_vnd(8'000);
  fee.set_gateway(v1::PAYMENT_GATEWAY_NATIONAL_PORTAL);
  fee.set_reference("DVCQG-1");
  v1::ImportedDossier wrong = told;
  wrong.mutable_record()->mutable_fees(0)->set_paid_vnd(0);
  EXPECT_THAT(FieldsOf(Refused(wrong)), ElementsAre(Field(0, "record.fees[0].paid_vnd")));
  const v1::Dossier dossier = ImportOne(told).dossier();
  EXPECT_EQ(dossier.payment().due_at(), v1::FEE_DUE_AT_RECEPTION);
  EXPECT_EQ(dossier.payment().paid_total_vnd(), 8'000);
  EXPECT_EQ(dossier.payment().reference(), "DVCQG-1");
  EXPECT_EQ(dossier.state(), v1::DOSSIER_STATE_RECEIVED);
}

}  // namespace
}  // namespace twotier::routing::testing
