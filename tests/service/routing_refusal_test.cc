// Every reason of the contract can be given.
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/calendar/calendar_file.h"
#include "google/protobuf/descriptor.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_publications.h"
#include "twotier/routing/v1/errors.pb.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

std::set<std::string> ReasonsOf(const google::protobuf::EnumDescriptor& reasons,
                                absl::string_view prefix) {
  std::set<std::string> names;
  for (int i = 0; i < reasons.value_count(); ++i) {
    const auto* value = reasons.value(i);
    if (value->number() != 0) names.insert(std::string(absl::StripPrefix(value->name(), prefix)));
  }
  return names;
}

std::set<std::string> RoutingReasons() {
  return ReasonsOf(*v1::RoutingReason_descriptor(), "ROUTING_REASON_");
}

using RoutingRefusalTest = RoutingTest;
TWOTIER_ON_EVERY_ENGINE(RoutingRefusalTest);

absl::Status Resolve(RoutingServer& server, const std::string& procedure, const std::string& unit,
                     int year = 2026, int month = 11) {
  v1::ResolveCompetenceRequest request;
  request.set_procedure_code(procedure);
  request.set_unit(unit);
  request.mutable_as_of()->set_year(year);
  request.mutable_as_of()->set_month(month);
  request.mutable_as_of()->set_day(2);
  return Invoke(&Stub::ResolveCompetence, server.stub(), request).status();
}

absl::Status WrongImport(RoutingServer& server) {
  v1::ImportCatalogueRequest request;
  request.add_files()->set_file_name("procedures.csv");
  request.mutable_files(0)->set_content("code\n1\n");
  request.set_request_id(RequestId());
  return Invoke(&Stub::ImportCatalogue, server.stub(), request).status();
}

absl::Status ThirdSupplement(RoutingServer& server) {
  auto dossier = Accept(server, *Submit(server, Submission()));
  for (int i = 0; i < 2; ++i) {
    dossier = RequestSupplement(server, *dossier);
    dossier = ProvideSupplement(server, *dossier);
  }
  return RequestSupplement(server, *dossier).status();
}

absl::Status AcceptPastTheCalendar(RoutingServer& server) {
  const auto dossier = Submit(server, Submission());
  server.clock().Set(
      absl::FromCivil(absl::CivilDay(2027 + calendar::kUndecidedYears, 12, 31), VietnamTimeZone()));
  const absl::Status status = Accept(server, *dossier).status();
  server.clock().Set(Monday());
  return status;
}

absl::Status GetUnknown(RoutingServer& server) {
  v1::GetDossierRequest request;
  request.set_name("provinces/48/dossiers/H48-261102-0001");
  return Invoke(&Stub::GetDossier, server.stub(), request).status();
}

v1::Dossier Accepted(RoutingServer& server) {
  const auto dossier = Accept(server, *Submit(server, Submission()));
  EXPECT_TRUE(dossier.ok()) << dossier.status();
  return dossier.ok() ? *dossier : v1::Dossier();
}

absl::Status ForwardToHolder(RoutingServer& server) {
  const v1::Dossier dossier = Accepted(server);
  const v1::Body& holder = dossier.competent_body();
  return Forward(server, dossier, holder.unit(), holder.title()).status();
}

absl::Status AskForAnAnswerIn(RoutingServer& server, int days) {
  v1::RequestSupplementRequest request;
  request.set_reason("thiếu bản chính");
  request.mutable_answer_by_time()->set_seconds(absl::ToUnixSeconds(Monday()) + days * 86'400);
  return TakeStep(&Stub::RequestSupplement, server, Accepted(server), request).status();
}

absl::Status PayLess(RoutingServer& server) {
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(8'000);
  const auto asked = TakeStep(&Stub::RequestPayment, server, Accepted(server), ask);
  v1::ConfirmPaymentRequest confirm;
  confirm.set_paid_vnd(7'999);
  confirm.set_gateway(v1::PAYMENT_GATEWAY_LOCAL);
  confirm.set_reference("BL-1");
  return TakeStep(&Stub::ConfirmPayment, server, *asked, confirm).status();
}

// To a day of November 2026; the dossier is due on Thursday the 5th.
absl::Status ExtendTo(RoutingServer& server, int day) {
  v1::ExtendDueDateRequest request;
  SetDate(request.mutable_new_due_date(), 2026, 11, day);
  request.set_apology_number("04/XL");
  request.set_reason("chờ đo đạc");
  return TakeStep(&Stub::ExtendDueDate, server, Accepted(server), request).status();
}

absl::StatusOr<v1::Assignment> Publish(RoutingServer& server,
                                       const v1::PublishAssignmentRequest& request) {
  const auto response = Invoke(&Stub::PublishAssignment, server.stub(), request);
  if (!response.ok()) return response.status();
  return response->assignment();
}

absl::Status PublishTwice(RoutingServer& server) {
  auto request = Delegation();
  request.set_territory(kAnHai);
  const auto first = Publish(server, request);
  EXPECT_TRUE(first.ok()) << first.status();
  request.set_request_id(RequestId());
  return Publish(server, request).status();
}

absl::Status PublishElsewhere(RoutingServer& server) {
  auto request = Delegation();
  request.set_territory(kLonely);
  return Publish(server, request).status();
}

absl::Status EndOnTheFirst(RoutingServer& server, const std::string& name,
                           const std::string& etag) {
  v1::EndAssignmentRequest request;
  request.set_name(name);
  SetDate(request.mutable_end_date(), 2026, 11, 1);
  request.mutable_act()->set_number("32/QĐ-UBND");
  request.set_etag(etag);
  request.set_request_id(RequestId());
  return Invoke(&Stub::EndAssignment, server.stub(), request).status();
}

absl::Status EndBeforeToday(RoutingServer& server) {
  auto request = Delegation();
  request.set_procedure_code(kCopies);
  const auto published = Publish(server, request);
  if (!published.ok()) return published.status();
  return EndOnTheFirst(server, published->name(), published->etag());
}

// A procedure by cases of which one is assigned.
absl::Status ResolveCase(RoutingServer& server, const std::string& case_key) {
  const auto request = AssignmentOfCase(absl::StrCat("not_", case_key));
  const auto published = Publish(server, request);
  EXPECT_TRUE(published.ok()) << published.status();
  v1::ResolveCompetenceRequest resolve;
  resolve.set_procedure_code(kByCase);
  resolve.set_unit(kHaiChau);
  resolve.set_case_key(request.case_key());
  RoutingServer::WaitUntil(
      [&] { return Invoke(&Stub::ResolveCompetence, server.stub(), resolve).ok(); }, "the case");
  resolve.set_case_key(case_key);
  return Invoke(&Stub::ResolveCompetence, server.stub(), resolve).status();
}

absl::Status PreviewOf(RoutingServer& server, const v1::ReroutingSelection& selection) {
  v1::PreviewReroutingRequest request;
  request.set_parent("provinces/48");
  *request.mutable_selection() = selection;
  return Invoke(&Stub::PreviewRerouting, server.stub(), request).status();
}

absl::Status ChooseAnotherUnit(RoutingServer& server) {
  v1::ReroutingSelection selection;
  selection.add_unit_successors()->set_unit(kEnded);
  selection.mutable_unit_successors(0)->set_successor(kHoaVang);
  return PreviewOf(server, selection);
}

absl::Status AskForAnUnknownChange(RoutingServer& server) {
  v1::ReroutingSelection selection;
  selection.set_change_event("changeEvents/unknown");
  return PreviewOf(server, selection);
}

// The reason stands with the dossier, not with the call.
absl::Status RerouteWithoutASuccessor(RoutingServer& server, PlayedRegistry& registry) {
  EXPECT_TRUE(Submit(server, Submission(kResidence, kProvincialCenter, kHoaVang)).ok());
  registry::v1::Resource divided = registry.Current(kHoaVang);
  SetDate(divided.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date(), 2026,
          11, 2);
  for (const char* target : {kHaiChau, kAnHai}) {
    registry::v1::Succession* step = divided.mutable_unit()->add_successions();
    step->set_source(kHoaVang);
    step->set_target(target);
    SetDate(step->mutable_effective_date(), 2026, 11, 2);
  }
  registry.Send({divided});
  v1::PreviewReroutingRequest request;
  request.set_parent("provinces/48");
  request.mutable_selection()->set_unit(kHoaVang);
  v1::PreviewReroutingResponse response;
  RoutingServer::WaitUntil(
      [&] {
        const auto preview = Invoke(&Stub::PreviewRerouting, server.stub(), request);
        if (preview.ok()) response = *preview;
        return response.blocked_size() == 1;
      },
      "the division");
  const v1::BlockedDossier& blocked = response.blocked(0);
  return error::WithReason(absl::StatusCode::kFailedPrecondition, blocked.message(),
                           blocked.reason());
}

TEST_P(RoutingRefusalTest, EveryReasonIsReached) {
  const auto submit = [&](const std::string& procedure, const std::string& center,
                          const std::string& unit) {
    return Submit(server_, Submission(procedure, center, unit)).status();
  };
  Refusals cases = {
      {"PROCEDURE_NOT_FOUND",
       {absl::StatusCode::kNotFound, [&] { return Resolve(server_, "9.999999", kHaiChau); }}},
      {"PROCEDURE_NOT_PUBLISHED",
       {absl::StatusCode::kFailedPrecondition, [&] { return submit(kDraft, kCenter, kHaiChau); }}},
      {"NOT_KNOWN_THEN",
       {absl::StatusCode::kOutOfRange,
        [&] { return Resolve(server_, kResidence, kHaiChau, 2025, 7); }}},
      {"UNIT_NOT_FOUND",
       {absl::StatusCode::kNotFound,
        [&] { return Resolve(server_, kResidence, "units/nowhere"); }}},
      {"UNIT_ENDED",
       {absl::StatusCode::kFailedPrecondition,
        [&] { return submit(kResidence, kCenter, kEnded); }}},
      {"NO_RECEPTION_PLACE",
       {absl::StatusCode::kFailedPrecondition,
        [&] { return Resolve(server_, kResidence, kLonely); }}},
      {"CENTER_NOT_FOUND",
       {absl::StatusCode::kNotFound,
        [&] { return submit(kResidence, "provinces/48/centers/H99", kHaiChau); }}},
      {"CENTER_NOT_ACCEPTING",
       {absl::StatusCode::kFailedPrecondition,
        [&] { return submit(kResidence, kSuspendedCenter, kHaiChau); }}},
      {"CENTER_NOT_RECEIVING",
       {absl::StatusCode::kFailedPrecondition,
        [&] { return submit(kResidence, kOtherCenter, kHaiChau); }}},
      {"DOSSIER_NOT_FOUND", {absl::StatusCode::kNotFound, [&] { return GetUnknown(server_); }}},
      {"TRANSITION_NOT_ALLOWED",
       {absl::StatusCode::kFailedPrecondition,
        [&] { return Return(server_, *Submit(server_, Submission())).status(); }}},
      {"TOO_MANY_SUPPLEMENT_REQUESTS",
       {absl::StatusCode::kFailedPrecondition, [&] { return ThirdSupplement(server_); }}},
      {"CALENDAR_ENDS",
       {absl::StatusCode::kFailedPrecondition, [&] { return AcceptPastTheCalendar(server_); }}},
      {"IMPORT_ROW_INVALID",
       {absl::StatusCode::kInvalidArgument, [&] { return WrongImport(server_); }}},
      {"WRONG_UNIT_TIER",
       {absl::StatusCode::kFailedPrecondition,
        [&] { return Resolve(server_, kResidence, kDaNang); }}},
      {"FORWARDED_TO_HOLDER",
       {absl::StatusCode::kFailedPrecondition, [&] { return ForwardToHolder(server_); }}},
      {"ANSWER_DATE_PAST",
       {absl::StatusCode::kFailedPrecondition, [&] { return AskForAnAnswerIn(server_, 0); }}},
      {"ANSWER_DATE_TOO_FAR",
       {absl::StatusCode::kFailedPrecondition, [&] { return AskForAnAnswerIn(server_, 366); }}},
      {"PAYMENT_DIFFERS",
       {absl::StatusCode::kFailedPrecondition, [&] { return PayLess(server_); }}},
      {"EXTENSION_NOT_LATER",
       {absl::StatusCode::kFailedPrecondition, [&] { return ExtendTo(server_, 5); }}},
      {"NO_WORKING_DAY",
       {absl::StatusCode::kFailedPrecondition, [&] { return ExtendTo(server_, 7); }}},
      {"TIMELINE_FULL",
       {absl::StatusCode::kFailedPrecondition,
        [&, full = Accepted(server_)]() mutable { return FillTimeline(server_, full); }}},
      {"ASSIGNMENTS_CONFLICT",
       {absl::StatusCode::kFailedPrecondition, [&] { return PublishTwice(server_); }}},
      {"UNIT_OUTSIDE_PROVINCE",
       {absl::StatusCode::kFailedPrecondition, [&] { return PublishElsewhere(server_); }}},
      {"ASSIGNMENT_NOT_FOUND",
       {absl::StatusCode::kNotFound,
        [&] { return EndOnTheFirst(server_, "provinces/48/assignments/nothing", "\"1\""); }}},
      {"END_NOT_ALLOWED",
       {absl::StatusCode::kFailedPrecondition, [&] { return EndBeforeToday(server_); }}},
      {"CASE_REQUIRED",
       {absl::StatusCode::kFailedPrecondition, [&] { return ResolveCase(server_, ""); }}},
      {"NO_COMPETENT_BODY",
       {absl::StatusCode::kFailedPrecondition, [&] { return ResolveCase(server_, "other"); }}},
      {"NOT_A_SUCCESSOR",
       {absl::StatusCode::kFailedPrecondition, [&] { return ChooseAnotherUnit(server_); }}},
      {"CHANGE_EVENT_NOT_FOUND",
       {absl::StatusCode::kNotFound, [&] { return AskForAnUnknownChange(server_); }}},
      {"SUCCESSOR_REQUIRED",
       {absl::StatusCode::kFailedPrecondition,
        [&] { return RerouteWithoutASuccessor(server_, registry_); }}},
  };
  cases.merge(PublicationRefusals(server_));
  std::set<std::string> reached;
  for (const auto& [reason, expected] : cases) {
    const absl::Status status = expected.second();
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_EQ(status.code(), expected.first) << status;
    reached.insert(reason);
  }
  EXPECT_EQ(reached, RoutingReasons());
}

TEST_P(RoutingRefusalTest, RefusalsSayWhatWouldHelp) {
  const absl::Status ended = Submit(server_, Submission(kResidence, kCenter, kEnded)).status();
  EXPECT_EQ(MetadataOf(ended, "successors"), absl::StrCat(kHaiChau, ",", kAnHai));
  const absl::Status elsewhere = Submit(server_, Submission(kResidence, kOtherCenter)).status();
  EXPECT_EQ(MetadataOf(elsewhere, "reception_places"),
            absl::StrCat(kCenter, ",", kProvincialCenter));
  const auto dossier = Accept(server_, *Submit(server_, Submission()));
  const absl::Status twice = Accept(server_, *dossier).status();
  EXPECT_EQ(MetadataOf(twice, "state"), "RECEIVED");
  EXPECT_EQ(MetadataOf(twice, "allowed"),
            "AssignDossier,ForwardDossier,RequestSupplement,RequestPayment,ExtendDueDate,"
            "CompleteProcessing,WithdrawDossier,StopDossier");
}

TEST_P(RoutingRefusalTest, ARefusedStepLeavesDossierAndTimelineAsTheyWere) {
  const auto submitted = Submit(server_, Submission());
  const auto accepted = Accept(server_, *submitted);
  ASSERT_TRUE(accepted.ok());
  const absl::Status stale = Complete(server_, *submitted).status();
  EXPECT_EQ(stale.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(stale), "STALE_ETAG");
  EXPECT_EQ(MetadataOf(stale, "current_etag"), accepted->etag());
  EXPECT_EQ(ReasonOf(Return(server_, *accepted).status()), "TRANSITION_NOT_ALLOWED");
  v1::GetDossierRequest get;
  get.set_name(accepted->name());
  EXPECT_EQ(Invoke(&Stub::GetDossier, server_.stub(), get)->dossier().SerializeAsString(),
            accepted->SerializeAsString());
  EXPECT_EQ(Timeline(server_, accepted->name()).size(), 2u);
}

TEST_P(RoutingRefusalTest, EveryMalformedFieldIsNamedAtOnce) {
  v1::SubmitDossierRequest request = Submission();
  request.set_center("centers/1");
  request.set_procedure_code("x");
  request.mutable_applicant()->set_full_name(std::string("A\0B", 3));
  request.set_channel(v1::CHANNEL_UNSPECIFIED);
  request.add_components();
  request.set_request_id("not a uuid");
  const absl::Status status = Submit(server_, request).status();
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
  std::set<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(status)) fields.insert(violation.field);
  EXPECT_THAT(fields, ::testing::IsSupersetOf({"center", "procedure_code", "applicant.full_name",
                                               "channel", "components[1].title", "request_id"}));
}

TEST_P(RoutingRefusalTest, APageTokenMovedToAnotherQueryIsRefused) {
  ASSERT_TRUE(Submit(server_, Submission()).ok());
  ASSERT_TRUE(Submit(server_, Submission()).ok());
  v1::ListDossiersRequest list;
  list.set_parent("provinces/48");
  list.set_page_size(1);
  list.set_page_token(Invoke(&Stub::ListDossiers, server_.stub(), list)->next_page_token());
  ASSERT_FALSE(list.page_token().empty());
  list.set_order(v1::DOSSIER_ORDER_DUE_TIME);
  EXPECT_EQ(ReasonOf(Invoke(&Stub::ListDossiers, server_.stub(), list).status()),
            "WRONG_PAGE_TOKEN");
  v1::SearchProceduresRequest search;
  search.set_query("dang ky");
  search.set_page_size(1);
  const auto found = Invoke(&Stub::SearchProcedures, server_.stub(), search);
  ASSERT_TRUE(found.ok()) << found.status();
  search.set_page_token(found->next_page_token());
  EXPECT_NE(Invoke(&Stub::SearchProcedures, server_.stub(), search)->procedures(0).code(),
            found->procedures(0).code());
  search.set_query("khai sinh");
  EXPECT_EQ(ReasonOf(Invoke(&Stub::SearchProcedures, server_.stub(), search).status()),
            "WRONG_PAGE_TOKEN");
}

TEST_P(RoutingRefusalTest, AnImportWithOneWrongRowCommitsNothing) {
  v1::ImportCatalogueRequest request;
  request.add_files()->set_file_name("procedures.csv");
  request.mutable_files(0)->set_content(
      "code,name,field,ministry,level,line,body_title,former_level,proven,term_value,term_unit,"
      "term_cases,cutoff_minute,fee_vnd,online_level,boundary,acts,decentralisation_acts,"
      "known_from\n"
      "9.000001,A,,B,COMMUNE,LOCAL,,,1,3,WORKING_DAY,,,,,,,,2026-06-01\n"
      "9.000002,A,,B,HAMLET,LOCAL,,,1,3,WORKING_DAY,,,,,,,,2026-06-01\n");
  request.set_request_id(RequestId());
  const absl::Status status = Invoke(&Stub::ImportCatalogue, server_.stub(), request).status();
  ASSERT_EQ(ReasonOf(status), "IMPORT_ROW_INVALID") << status;
  ASSERT_EQ(error::FieldViolationsOf(status).size(), 1u);
  EXPECT_EQ(error::FieldViolationsOf(status)[0].field, "procedures.csv:3:level");
  EXPECT_EQ(database_.Run("SELECT COUNT(*) FROM procedure_version")[0], "3411");
}

}  // namespace
}  // namespace twotier::routing::testing
