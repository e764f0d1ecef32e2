// The whole life of a dossier, its timeline, its lists, and what a repeated call gets.
#include <gmock/gmock.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

using RoutingLifeTest = RoutingTest;
TWOTIER_ON_EVERY_ENGINE(RoutingLifeTest);

absl::Time At(int month, int day, int hour) {
  return absl::FromCivil(absl::CivilSecond(2026, month, day, hour, 0, 0), VietnamTimeZone());
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

v1::Dossier Get(RoutingServer& server, const std::string& name) {
  v1::GetDossierRequest request;
  request.set_name(name);
  auto response = Invoke(&Stub::GetDossier, server.stub(), request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->dossier() : v1::Dossier();
}

TEST_P(RoutingLifeTest, FromReceptionToResult) {
  const auto submitted = Submit(server_, Submission());
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->code(), "H48.20194-261102-0001");
  EXPECT_EQ(submitted->name(), "provinces/48/dossiers/H48.20194-261102-0001");
  EXPECT_EQ(submitted->state(), v1::DOSSIER_STATE_REGISTERED);
  EXPECT_EQ(submitted->competent_body().title(), "Công an Phường Hải Châu");
  EXPECT_EQ(submitted->procedure_version(), 1);
  EXPECT_EQ(submitted->components_size(), 1);
  EXPECT_FALSE(submitted->has_due_time());

  server_.clock().Set(At(11, 2, 10));
  const auto accepted = Accept(server_, *submitted);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), v1::DOSSIER_STATE_RECEIVED);
  EXPECT_EQ(accepted->clock_holder(), v1::CLOCK_HOLDER_AUTHORITY);
  EXPECT_EQ(TimeOf(accepted->due_time()), At(11, 5, 17));

  server_.clock().Set(At(11, 3, 10));
  const auto waiting = RequestSupplement(server_, *accepted);
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(waiting->clock_holder(), v1::CLOCK_HOLDER_APPLICANT);
  EXPECT_EQ(waiting->supplement_requests(), 1);

  server_.clock().Set(At(11, 9, 10));
  EXPECT_FALSE(Get(server_, waiting->name()).overdue()) << "the applicant holds the clock";
  const auto provided = ProvideSupplement(server_, *waiting);
  ASSERT_TRUE(provided.ok()) << provided.status();
  EXPECT_EQ(provided->state(), v1::DOSSIER_STATE_IN_PROGRESS);
  EXPECT_EQ(TimeOf(provided->due_time()), At(11, 11, 17)) << "four working days later";
  EXPECT_EQ(provided->components_size(), 2);

  const auto processed = Complete(server_, *provided);
  ASSERT_TRUE(processed.ok()) << processed.status();
  const auto returned = Return(server_, *processed);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->state(), v1::DOSSIER_STATE_RETURNED);
  EXPECT_EQ(returned->version(), 6);
  EXPECT_FALSE(returned->overdue());
  EXPECT_EQ(Get(server_, returned->name()).SerializeAsString(), returned->SerializeAsString());

  const auto timeline = Timeline(server_, returned->name());
  std::vector<std::string> kinds;
  for (const auto& entry : timeline) kinds.push_back(entry.kind());
  EXPECT_THAT(kinds, ::testing::ElementsAre(
                         "dossier.submitted", "dossier.accepted", "dossier.supplement_requested",
                         "dossier.supplement_provided", "dossier.processed", "dossier.returned"));
  EXPECT_EQ(timeline[0].previous_hash(), std::string(32, '\0'));
  EXPECT_EQ(timeline[2].note(), "Thiếu bản chính");
  EXPECT_EQ(timeline[3].principal(), "officer");
}

TEST_P(RoutingLifeTest, APersonsDataComeBackOnlyFromGetApplicant) {
  const auto request = Submission();
  const auto dossier = Submit(server_, request);
  ASSERT_TRUE(dossier.ok());
  v1::GetApplicantRequest get;
  get.set_name(dossier->name());
  const auto applicant = Invoke(&Stub::GetApplicant, server_.stub(), get);
  ASSERT_TRUE(applicant.ok()) << applicant.status();
  EXPECT_EQ(applicant->applicant().SerializeAsString(), request.applicant().SerializeAsString());
}

TEST_P(RoutingLifeTest, ARepeatedRequestGetsTheFirstAnswer) {
  const auto request = Submission();
  const auto first = Submit(server_, request);
  ASSERT_TRUE(first.ok());
  server_.clock().Advance(absl::Hours(1));
  const auto again = Submit(server_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  auto other = request;
  other.set_channel(v1::CHANNEL_POST);
  EXPECT_EQ(ReasonOf(Submit(server_, other).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0002");
}

TEST_P(RoutingLifeTest, ARefusalIsRememberedToo) {
  auto request = Submission(kResidence, kSuspendedCenter);
  EXPECT_EQ(ReasonOf(Submit(server_, request).status()), "CENTER_NOT_ACCEPTING");
  registry_.SetCenterState(kSuspendedCenter, registry::v1::CENTER_STATE_OPERATING);
  RoutingServer::WaitUntil(
      [&] { return Submit(server_, Submission(kResidence, kSuspendedCenter)).ok(); },
      "the center to operate");
  EXPECT_EQ(ReasonOf(Submit(server_, request).status()), "CENTER_NOT_ACCEPTING");
}

TEST_P(RoutingLifeTest, ValidateOnlyTakesNoNumber) {
  auto request = Submission();
  request.set_validate_only(true);
  for (int i = 0; i < 3; ++i) {
    const auto shown = Submit(server_, request);
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ(shown->state(), v1::DOSSIER_STATE_REGISTERED);
  }
  EXPECT_EQ(database_.Run("SELECT COUNT(*) FROM dossier")[0], "0");
  EXPECT_EQ(database_.Run("SELECT COUNT(*) FROM applicant")[0], "0");
  request.set_validate_only(false);
  EXPECT_EQ(Submit(server_, request)->code(), "H48.20194-261102-0001");
}

TEST_P(RoutingLifeTest, NumbersBeginAnewEachDayAndGrowPastFourDigits) {
  ASSERT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0001");
  // 23:30 in Vietnam is 16:30 UTC: the day is Vietnam's.
  server_.clock().Set(
      absl::FromCivil(absl::CivilSecond(2026, 11, 2, 23, 30, 0), VietnamTimeZone()));
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261102-0002");
  server_.clock().Advance(absl::Hours(1));
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261103-0001");
  EXPECT_EQ(Submit(server_, Submission(kCopies, kOtherCenter))->code(), "H48.20195-261103-0001");
  database_.Run("UPDATE dossier_counter SET last = 9998");
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261103-9999");
  EXPECT_EQ(Submit(server_, Submission())->code(), "H48.20194-261103-10000");
}

// Pages through all dossiers; `between` runs after each page.
std::vector<std::string> Pages(
    RoutingServer& server, v1::ListDossiersRequest request,
    const std::function<void()>& between = [] {}) {
  std::vector<std::string> codes;
  do {
    const auto page = Invoke(&Stub::ListDossiers, server.stub(), request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return codes;
    EXPECT_LE(page->dossiers_size(), 3);
    for (const auto& dossier : page->dossiers()) codes.push_back(dossier.code());
    request.set_page_token(page->next_page_token());
    between();
  } while (!request.page_token().empty());
  return codes;
}

TEST_P(RoutingLifeTest, ListsPageWithoutGapOrRepeatWhileOthersWrite) {
  std::vector<std::string> expected;
  for (int i = 0; i < 10; ++i) expected.push_back(Submit(server_, Submission())->code());
  v1::ListDossiersRequest request;
  request.set_parent("provinces/48");
  request.set_page_size(3);
  // What is added sorts before what the pages have shown, or is of another center.
  const auto others = [&] { EXPECT_TRUE(Submit(server_, Submission(kCopies, kOtherCenter)).ok()); };
  request.set_center(kCenter);
  EXPECT_EQ(Pages(server_, request, others), expected);
  request.clear_center();
  const auto all = Pages(server_, request);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  EXPECT_GT(all.size(), expected.size());
}

TEST_P(RoutingLifeTest, ACenterListsItsDossiersUnderEveryOrganisationId) {
  // The second begins with the first and a hyphen, as the codes of the first do.
  const std::vector<std::string> ids = {"H48.20194", "H48.20194-2", "H48.1"};
  std::set<std::string> expected;
  for (const std::string& id : ids) {
    registry_.SetOrganisationId(kCenter, id);
    RoutingServer::WaitUntil(
        [&] {
          const auto dossier = Submit(server_, Submission());
          if (!dossier.ok()) return false;
          expected.insert(dossier->code());
          return absl::StartsWith(dossier->code(), absl::StrCat(id, "-"));
        },
        "the organisation id to arrive");
    for (int i = 0; i < 2; ++i) expected.insert(Submit(server_, Submission())->code());
  }
  ASSERT_TRUE(Submit(server_, Submission(kCopies, kOtherCenter, kAnHai)).ok());
  v1::ListDossiersRequest request;
  request.set_parent("provinces/48");
  request.set_center(kCenter);
  request.set_page_size(2);
  EXPECT_THAT(Pages(server_, request), ::testing::ElementsAreArray(expected));
  request.set_page_size(1000);  // One page, which no id fills.
  const auto page = Invoke(&Stub::ListDossiers, server_.stub(), request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(static_cast<size_t>(page->dossiers_size()), expected.size());
}

TEST_P(RoutingLifeTest, ADatabaseFromBeforeListsTheDossiersOfACenterToo) {
  const std::vector<std::string> expected = {Submit(server_, Submission())->code(),
                                             Submit(server_, Submission())->code()};
  // What step 3 of the migrations finds.
  database_.Run("DELETE FROM migration WHERE module = 'routing' AND version = 3");
  database_.Run("DROP TABLE center_organisation");
  database_.Run("CREATE INDEX dossier_by_center ON dossier (province_code, center, code)");
  RoutingServer again(database_, registry_.address());
  v1::ListDossiersRequest request;
  request.set_parent("provinces/48");
  request.set_center(kCenter);
  EXPECT_EQ(Pages(again, request), expected);
  EXPECT_TRUE(Submit(again, Submission()).ok());
  request.set_page_size(3);
  EXPECT_EQ(Pages(again, request).size(), 3u);
}

TEST_P(RoutingLifeTest, TheListByDueTimeHoldsOpenDossiersOnly) {
  const auto residence = Submit(server_, Submission(kResidence));
  const auto copies = Submit(server_, Submission(kCopies));
  const auto processed = Submit(server_, Submission(kCopies));
  ASSERT_TRUE(Submit(server_, Submission(kResidence)).ok()) << "never accepted";
  ASSERT_TRUE(Accept(server_, *residence).ok());
  ASSERT_TRUE(Accept(server_, *copies).ok());
  ASSERT_TRUE(Complete(server_, *Accept(server_, *processed)).ok());
  v1::ListDossiersRequest request;
  request.set_parent("provinces/48");
  request.set_page_size(1);
  request.set_order(v1::DOSSIER_ORDER_DUE_TIME);
  EXPECT_THAT(Pages(server_, request), ::testing::ElementsAre(copies->code(), residence->code()));
  request.set_center(kCenter);
  EXPECT_THAT(Pages(server_, request), ::testing::ElementsAre(copies->code(), residence->code()));
  request.set_center(kOtherCenter);
  EXPECT_THAT(Pages(server_, request), ::testing::IsEmpty());
  request.clear_center();
  request.clear_order();
  request.set_state(v1::DOSSIER_STATE_PROCESSED);
  EXPECT_THAT(Pages(server_, request), ::testing::ElementsAre(processed->code()));
}

TEST_P(RoutingLifeTest, WatchSendsTheTimelineThenEachStepAsItHappens) {
  const auto submitted = Submit(server_, Submission());
  ASSERT_TRUE(submitted.ok());
  grpc::ClientContext context;
  Identify(context);
  v1::WatchDossierRequest request;
  request.set_name(submitted->name());
  const auto stream = server_.stub().WatchDossier(&context, request);
  v1::WatchDossierResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.entry().kind(), "dossier.submitted");
  const auto accepted = Accept(server_, *submitted);
  ASSERT_TRUE(accepted.ok());
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.entry().kind(), "dossier.accepted");
  EXPECT_EQ(message.entry().version(), 2);
  ASSERT_TRUE(Submit(server_, Submission()).ok()) << "another dossier is not in this stream";
  ASSERT_TRUE(Complete(server_, *accepted).ok());
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.entry().kind(), "dossier.processed");
  context.TryCancel();
  EXPECT_FALSE(stream->Read(&message));

  grpc::ClientContext late;
  Identify(late);
  request.set_after_version(2);
  const auto rest = server_.stub().WatchDossier(&late, request);
  ASSERT_TRUE(rest->Read(&message));
  EXPECT_EQ(message.entry().version(), 3);
}

TEST_P(RoutingLifeTest, MoreThanOneSupplementRequestMarksItOverdue) {
  auto dossier = Accept(server_, *Submit(server_, Submission()));
  dossier = RequestSupplement(server_, *dossier);
  dossier = ProvideSupplement(server_, *dossier);
  ASSERT_TRUE(dossier.ok());
  EXPECT_FALSE(dossier->overdue());
  dossier = RequestSupplement(server_, *dossier);
  ASSERT_TRUE(dossier.ok());
  EXPECT_TRUE(dossier->overdue());
}

TEST_P(RoutingLifeTest, ImportingTheSameCatalogueChangesNothingAndAChangedRowIsANewVersion) {
  constexpr char kHeader[] =
      "code,name,field,ministry,level,line,body_title,former_level,proven,term_value,term_unit,"
      "term_cases,cutoff_minute,fee_vnd,online_level,boundary,acts,decentralisation_acts,"
      "known_from\n";
  const auto import = [&](const std::string& rows, bool validate_only) {
    v1::ImportCatalogueRequest request;
    request.add_files()->set_file_name("procedures.csv");
    request.mutable_files(0)->set_content(kHeader + rows);
    request.set_request_id(RequestId());
    request.set_validate_only(validate_only);
    return Invoke(&Stub::ImportCatalogue, server_.stub(), request);
  };
  const std::string row =
      "9.000001,Thủ tục thử,Thử,Bộ Thử,COMMUNE,LOCAL,,,1,3,WORKING_DAY,,,,,,,,2026-06-01\n";
  const std::string shorter =
      "9.000001,Thủ tục thử,Thử,Bộ Thử,COMMUNE,LOCAL,,,1,2,WORKING_DAY,,,,,,,,2026-10-01\n";
  EXPECT_EQ(import(row, true)->added(), 1);
  const auto added = import(row, false);
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_EQ(added->added(), 1) << "the dry run had written nothing";
  EXPECT_EQ(added->published(), 804);
  EXPECT_EQ(import(row, false)->unchanged(), 1);
  const auto changed = import(shorter, false);
  EXPECT_EQ(changed->changed(), 1);
  EXPECT_EQ(changed->added(), 0);

  const auto version_on = [&](int month) -> int64_t {
    v1::GetProcedureRequest request;
    request.set_name("procedures/9.000001");
    request.mutable_as_of()->set_year(2026);
    request.mutable_as_of()->set_month(month);
    request.mutable_as_of()->set_day(15);
    const auto response = Invoke(&Stub::GetProcedure, server_.stub(), request);
    return response.ok() ? response->procedure().version() : 0;
  };
  RoutingServer::WaitUntil([&] { return version_on(11) == 2; }, "the new version in memory");
  EXPECT_EQ(version_on(9), 1) << "what held before still does";
  EXPECT_EQ(version_on(5), 0);
}

}  // namespace
}  // namespace twotier::routing::testing
