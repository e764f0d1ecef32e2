// Every reason of the contract is given, and no other.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "tests/service/routing_fixture.h"
#include "twotier/common/v1/errors.pb.h"
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

// The first literal in capitals after each place that makes a reason.
std::set<std::string> ReasonsInCode() {
  const std::regex with_reason(
      R"re((?:WithReason\([\s\S]{0,500}?|ToStatus\()"([A-Z][A-Z_]{5,62})")re");
  std::set<std::string> reasons;
  for (const char* room : {"services/routing", "common/calendar"}) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(room)) {
      const std::string path = file.path().string();
      if (!absl::EndsWith(path, ".cc") || absl::EndsWith(path, "_test.cc")) continue;
      std::ifstream stream(path);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      for (std::sregex_iterator it(text.begin(), text.end(), with_reason), end; it != end; ++it) {
        reasons.insert((*it)[1]);
      }
    }
  }
  return reasons;
}

TEST(Reasons, OfTheCodeAreThoseOfTheContract) {
  const std::set<std::string> in_code = ReasonsInCode();
  const std::set<std::string> contract = RoutingReasons();
  const std::set<std::string> common =
      ReasonsOf(*common::v1::CommonReason_descriptor(), "COMMON_REASON_");
  for (const std::string& reason : in_code) {
    EXPECT_TRUE(contract.contains(reason) || common.contains(reason)) << reason;
  }
  for (const std::string& reason : contract) {
    EXPECT_TRUE(in_code.contains(reason)) << reason << " is in errors.proto and never given";
  }
}

// True when a test of the steps or of assignments expects the reason.
bool NamedInTests(const std::string& reason) {
  for (const char* path :
       {"tests/service/routing_steps_test.cc", "tests/service/routing_delegation_test.cc"}) {
    std::ifstream stream(path);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (absl::StrContains(text, absl::StrCat("\"", reason, "\""))) return true;
  }
  return false;
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
  server.clock().Set(absl::FromCivil(absl::CivilDay(2027, 12, 31), VietnamTimeZone()));
  const absl::Status status = Accept(server, *dossier).status();
  server.clock().Set(Monday());
  return status;
}

absl::Status GetUnknown(RoutingServer& server) {
  v1::GetDossierRequest request;
  request.set_name("provinces/48/dossiers/H48-261102-0001");
  return Invoke(&Stub::GetDossier, server.stub(), request).status();
}

TEST_P(RoutingRefusalTest, EveryReasonIsReached) {
  const auto submit = [&](const std::string& procedure, const std::string& center,
                          const std::string& unit) {
    return Submit(server_, Submission(procedure, center, unit)).status();
  };
  const std::map<std::string, std::pair<absl::StatusCode, std::function<absl::Status()>>> cases = {
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
  };
  std::set<std::string> reached;
  for (const auto& [reason, expected] : cases) {
    const absl::Status status = expected.second();
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_EQ(status.code(), expected.first) << status;
    reached.insert(reason);
  }
  // The others are reached where what they belong to is tested.
  for (const std::string& reason : RoutingReasons()) {
    if (reached.contains(reason)) continue;
    EXPECT_TRUE(NamedInTests(reason)) << reason << " is reached by no test";
  }
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
