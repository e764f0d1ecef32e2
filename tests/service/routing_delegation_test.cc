// Assignments of competence over gRPC, on both engines.
#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_publications.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using Stub = v1::RoutingService::Stub;

class RoutingDelegationTest : public RoutingTest {
 protected:
  absl::StatusOr<v1::Assignment> Publish(const v1::PublishAssignmentRequest& request) {
    const auto response = Invoke(&Stub::PublishAssignment, server_.stub(), request);
    if (!response.ok()) return response.status();
    return response->assignment();
  }

  absl::StatusOr<v1::Competence> Resolve(const std::string& unit,
                                         const std::string& procedure = kResidence,
                                         const std::string& case_key = "") {
    v1::ResolveCompetenceRequest request;
    request.set_procedure_code(procedure);
    request.set_unit(unit);
    request.set_case_key(case_key);
    const auto response = Invoke(&Stub::ResolveCompetence, server_.stub(), request);
    if (!response.ok()) return response.status();
    return response->competence();
  }

  void AwaitAssignment(const std::string& unit, const std::string& name) {
    RoutingServer::WaitUntil(
        [&] {
          const auto competence = Resolve(unit);
          return competence.ok() && competence->assignment() == name;
        },
        "the assignment to decide");
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingDelegationTest);

TEST_P(RoutingDelegationTest, ADelegationDecidesFromItsDateAndIsExplained) {
  const auto assignment = Publish(Delegation());
  ASSERT_TRUE(assignment.ok()) << assignment.status();
  AwaitAssignment(kHaiChau, assignment->name());
  const auto competence = Resolve(kHaiChau);
  EXPECT_EQ(competence->competent_body().title(), "Chủ tịch Ủy ban nhân dân Phường Hải Châu");
  ASSERT_EQ(competence->co_processing_bodies_size(), 1);
  EXPECT_EQ(competence->co_processing_bodies(0).title(), "Công an Thành phố Đà Nẵng");
  bool kept = false;
  for (const v1::ExplanationStep& step : competence->explanation()) {
    if (step.considered().find(assignment->name()) != std::string::npos) kept = step.kept();
  }
  EXPECT_TRUE(kept);
  const auto other = Resolve(kAnHai);
  EXPECT_EQ(other->competent_body().title(), "Công an Phường An Hải");
  EXPECT_EQ(other->assignment(), "");
  std::string because;
  for (const v1::ExplanationStep& step : other->explanation()) {
    if (step.considered().find(assignment->name()) != std::string::npos) because = step.because();
  }
  EXPECT_EQ(because, "holds in another unit");

  // A dossier is decided by whom the assignment names, also before this process has seen it.
  const auto dossier = Submit(server_, Submission());
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->competent_body().title(), "Chủ tịch Ủy ban nhân dân Phường Hải Châu");

  // What differs between the day before and today for the commune is this one procedure.
  v1::ListCompetencesRequest list;
  list.set_unit(kHaiChau);
  SetDate(list.mutable_differs_from(), 2026, 10, 31);
  const auto lines = Invoke(&Stub::ListCompetences, server_.stub(), list);
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_EQ(lines->lines_size(), 1);
  EXPECT_EQ(lines->lines(0).procedure_code(), kResidence);
  EXPECT_EQ(lines->lines(0).basis(), v1::ASSIGNMENT_BASIS_DELEGATED);
  EXPECT_EQ(lines->lines(0).former_body().title(), "Công an Phường Hải Châu");
}

TEST_P(RoutingDelegationTest, AnEndedAssignmentDecidesNoMore) {
  const auto assignment = Publish(Delegation());
  ASSERT_TRUE(assignment.ok()) << assignment.status();
  AwaitAssignment(kHaiChau, assignment->name());
  v1::EndAssignmentRequest end;
  end.set_name(assignment->name());
  SetDate(end.mutable_end_date(), 2026, 11, 1);
  end.mutable_act()->set_number("32/QĐ-UBND");
  end.set_etag(assignment->etag());
  end.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Invoke(&Stub::EndAssignment, server_.stub(), end).status()), "END_NOT_ALLOWED")
      << "yesterday";
  SetDate(end.mutable_end_date(), 2026, 11, 2);
  end.set_request_id(RequestId());
  const auto ended = Invoke(&Stub::EndAssignment, server_.stub(), end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->assignment().version(), 2);
  RoutingServer::WaitUntil([&] { return Resolve(kHaiChau)->assignment().empty(); },
                           "the assignment to end");
  end.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Invoke(&Stub::EndAssignment, server_.stub(), end).status()), "STALE_ETAG");
  v1::ListAssignmentsRequest list;
  list.set_procedure_code(kResidence);
  const auto all = Invoke(&Stub::ListAssignments, server_.stub(), list);
  ASSERT_EQ(all->assignments_size(), 1);
  EXPECT_EQ(all->assignments(0).end_act().number(), "32/QĐ-UBND");
  SetDate(list.mutable_as_of(), 2026, 11, 2);
  EXPECT_EQ(Invoke(&Stub::ListAssignments, server_.stub(), list)->assignments_size(), 0);
}

TEST_P(RoutingDelegationTest, WhatNothingTellsApartIsRefused) {
  auto first = Delegation();
  const auto published = Publish(first);
  ASSERT_TRUE(published.ok()) << published.status();
  auto second = Delegation();
  SetDate(second.mutable_first_date(), 2027, 1, 1);
  const absl::Status refused = Publish(second).status();
  EXPECT_EQ(ReasonOf(refused), "ASSIGNMENTS_CONFLICT");
  ASSERT_EQ(error::PreconditionsOf(refused).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(refused)[0].subject, published->name());
  second.set_basis(v1::ASSIGNMENT_BASIS_AUTHORISED);
  second.set_request_id(RequestId());
  EXPECT_TRUE(Publish(second).ok()) << "another basis";
}

TEST_P(RoutingDelegationTest, OfRacingAssignmentsThatConflictOneIsPublished) {
  std::vector<absl::Status> outcomes(8);
  std::vector<std::thread> callers;
  for (absl::Status& outcome : outcomes) {
    callers.emplace_back([this, &outcome] { outcome = Publish(Delegation()).status(); });
  }
  for (std::thread& caller : callers) caller.join();
  int published = 0;
  for (const absl::Status& outcome : outcomes) {
    if (outcome.ok()) {
      ++published;
    } else {
      EXPECT_EQ(ReasonOf(outcome), "ASSIGNMENTS_CONFLICT") << outcome;
    }
  }
  EXPECT_EQ(published, 1);
}

TEST_P(RoutingDelegationTest, BadAssignmentsAreRefusedWithEveryReason) {
  auto request = Delegation();
  request.set_parent("");
  request.set_level(v1::COMPETENCE_LEVEL_MINISTRY);
  request.set_case_key("Có");
  SetDate(request.mutable_end_date(), 2026, 10, 1);
  request.mutable_co_processing_bodies(0)->set_body_title("Ai đó");
  const absl::Status malformed = Publish(request).status();
  std::vector<std::string> fields;
  for (const error::FieldViolation& violation : error::FieldViolationsOf(malformed)) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, UnorderedElementsAre("level", "territory", "case_key", "end_date",
                                           "co_processing_bodies[0].body_title"));
  auto unknown = Delegation();
  unknown.set_procedure_code("9.999999");
  EXPECT_EQ(ReasonOf(Publish(unknown).status()), "PROCEDURE_NOT_FOUND");
  auto no_province = Delegation();
  no_province.set_parent("provinces/02");
  no_province.clear_territory();
  EXPECT_EQ(ReasonOf(Publish(no_province).status()), "UNIT_NOT_FOUND");
  auto elsewhere = Delegation();
  elsewhere.set_territory(kLonely);
  elsewhere.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Publish(elsewhere).status()), "UNIT_OUTSIDE_PROVINCE");
  auto ended = Delegation();
  ended.set_territory(kEnded);
  ended.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Publish(ended).status()), "UNIT_ENDED");
  v1::EndAssignmentRequest end;
  end.set_name("provinces/48/assignments/nothing");
  SetDate(end.mutable_end_date(), 2027, 1, 1);
  end.mutable_act()->set_number("1/QĐ");
  end.set_etag("\"1\"");
  end.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Invoke(&Stub::EndAssignment, server_.stub(), end).status()),
            "ASSIGNMENT_NOT_FOUND");
}

TEST_P(RoutingDelegationTest, CasesDecideWhatDependsOnThem) {
  EXPECT_EQ(ReasonOf(Resolve(kHaiChau, kByCase).status()), "PROCEDURE_NOT_PUBLISHED");
  auto foreign = AssignmentOfCase("foreign_element");
  foreign.set_level(v1::COMPETENCE_LEVEL_PROVINCE);
  for (const auto& request : {AssignmentOfCase("domestic"), foreign}) {
    const auto published = Publish(request);
    ASSERT_TRUE(published.ok()) << published.status();
  }
  RoutingServer::WaitUntil([&] { return Resolve(kHaiChau, kByCase, "foreign_element").ok(); },
                           "the cases");
  EXPECT_EQ(ReasonOf(Resolve(kHaiChau, kByCase).status()), "CASE_REQUIRED");
  EXPECT_EQ(MetadataOf(Resolve(kHaiChau, kByCase).status(), "cases"), "domestic,foreign_element");
  EXPECT_EQ(Resolve(kHaiChau, kByCase, "foreign_element")->competent_body().unit(), kDaNang);
  EXPECT_EQ(Resolve(kHaiChau, kByCase, "domestic")->competent_body().unit(), kHaiChau);
  EXPECT_EQ(ReasonOf(Resolve(kHaiChau, kByCase, "other").status()), "NO_COMPETENT_BODY");
  auto submission = Submission(kByCase);
  EXPECT_EQ(ReasonOf(Submit(server_, submission).status()), "CASE_REQUIRED");
  submission.set_case_key("domestic");
  submission.set_request_id(RequestId());
  const auto dossier = Submit(server_, submission);
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->competent_body().unit(), kHaiChau);

  // Both are new since the first of the month, and each has a line; pages may part them.
  v1::ListCompetencesRequest list;
  list.set_unit(kHaiChau);
  list.set_page_size(1);
  SetDate(list.mutable_differs_from(), 2026, 10, 31);
  std::vector<std::string> lines;
  do {
    const auto page = Invoke(&Stub::ListCompetences, server_.stub(), list);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->lines_size(), 1);
    const v1::CompetenceLine& line = page->lines(0);
    lines.push_back(absl::StrCat(line.procedure_code(), " ", line.case_key(), " ",
                                 line.competent_body().unit(), " ", line.former_reason()));
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(
      lines,
      ElementsAre(absl::StrCat(kByCase, " domestic ", kHaiChau, " PROCEDURE_NOT_PUBLISHED"),
                  absl::StrCat(kByCase, " foreign_element ", kDaNang, " PROCEDURE_NOT_PUBLISHED")));
}

TEST_P(RoutingDelegationTest, WhatIsNotRoutedOnAnyOfItsDaysCannotBeAssigned) {
  auto request = Delegation();
  request.clear_territory();
  const auto refusal = [&](const std::string& procedure) {
    request.set_procedure_code(procedure);
    request.set_request_id(RequestId());
    return Publish(request).status();
  };
  EXPECT_EQ(MetadataOf(refusal(kDraft), "draft_reasons"), "TERM_UNKNOWN,MINISTRY_ONLY");
  EXPECT_EQ(ReasonOf(refusal(kDraft)), "PROCEDURE_NOT_PUBLISHED");
  SetDate(request.mutable_first_date(), 2026, 1, 1);
  SetDate(request.mutable_end_date(), 2026, 6, 1);
  EXPECT_EQ(ReasonOf(refusal(kResidence)), "NOT_KNOWN_THEN") << "it is known from June 2026 on";
  request.clear_end_date();
  EXPECT_EQ(refusal(kResidence), absl::OkStatus());

  v1::EndProcedureRequest end;
  end.set_name("procedures/2.000528");
  SetDate(end.mutable_end_date(), 2026, 12, 1);
  end.mutable_act()->set_number("99/QĐ-BTP");
  end.set_etag("\"1\"");
  end.set_request_id(RequestId());
  const auto ended = Invoke(&Stub::EndProcedure, server_.stub(), end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  SetDate(request.mutable_first_date(), 2026, 12, 1);
  EXPECT_EQ(ReasonOf(refusal("2.000528")), "PROCEDURE_ENDED");
  SetDate(request.mutable_first_date(), 2026, 11, 30);
  EXPECT_EQ(refusal("2.000528"), absl::OkStatus()) << "it decides for a day";
}

TEST_P(RoutingDelegationTest, PagesOfAListOfTodayStayOfTheDayOfTheFirstOne) {
  const auto expect_one_day = [&](auto method, auto request) {
    request.set_page_size(1);
    const auto first = Invoke(method, server_.stub(), request);
    ASSERT_TRUE(first.ok()) << first.status();
    server_.clock().Advance(absl::Hours(24));
    request.set_page_token(first->next_page_token());
    const auto second = Invoke(method, server_.stub(), request);
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_EQ(second->as_of().SerializeAsString(), first->as_of().SerializeAsString());
    request.clear_page_token();
    const auto anew = Invoke(method, server_.stub(), request);
    ASSERT_TRUE(anew.ok()) << anew.status();
    EXPECT_EQ(anew->as_of().day(), first->as_of().day() + 1);
  };
  v1::ListCompetencesRequest competences;
  competences.set_unit(kHaiChau);
  expect_one_day(&Stub::ListCompetences, competences);
  expect_one_day(&Stub::ListProcedures, v1::ListProceduresRequest());
  expect_one_day(&Stub::SearchProcedures, v1::SearchProceduresRequest());
}

// The residence procedure tells two cases apart from 2 November on.
TEST_P(RoutingDelegationTest, ACaseThatTheProcedureDoesNotHaveIsRefused) {
  auto procedure = Shortened(3, "");
  procedure.mutable_content()->clear_term();
  for (const char* key : {"at_home", "abroad"}) {
    AddCase(procedure.mutable_content(), key, v1::COMPETENCE_LEVEL_COMMUNE, 3);
  }
  const auto published = testing::Publish(server_, procedure);
  ASSERT_TRUE(published.ok()) << published.status();
  const auto of_case = [](const std::string& key, int first_day) {
    auto request = Delegation();
    request.set_case_key(key);
    SetDate(request.mutable_first_date(), 2026, 11, first_day);
    return request;
  };
  const absl::Status unknown = Publish(of_case("at_sea", 2)).status();
  EXPECT_EQ(ReasonOf(unknown), "CASE_UNKNOWN") << unknown;
  EXPECT_EQ(MetadataOf(unknown, "cases"), "abroad,at_home");
  ASSERT_EQ(error::PreconditionsOf(unknown).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(unknown)[0].subject, "at_sea");
  EXPECT_TRUE(Publish(of_case("abroad", 2)).ok());
  EXPECT_TRUE(Publish(of_case("", 2)).ok()) << "for every case";
  // The version of the day before tells none apart and leaves that to assignments.
  EXPECT_TRUE(Publish(of_case("at_sea", 1)).ok());
  // All at once: one like it has been published meanwhile.
  const absl::Status both = Publish(of_case("at_sea", 3)).status();
  EXPECT_EQ(ReasonOf(both), "CASE_UNKNOWN") << both;
  EXPECT_EQ(error::PreconditionsOf(both).size(), 2u);
}

TEST_P(RoutingDelegationTest, DatesOnWhichNobodyWouldDecideAreRefused) {
  auto first = AssignmentOfCase("domestic");
  SetDate(first.mutable_end_date(), 2027, 3, 1);
  const auto published = Publish(first);
  ASSERT_TRUE(published.ok()) << published.status();
  auto second = AssignmentOfCase("domestic");
  SetDate(second.mutable_first_date(), 2027, 4, 1);
  const absl::Status gapped = Publish(second).status();
  EXPECT_EQ(ReasonOf(gapped), "ASSIGNMENTS_GAPPED") << gapped;
  ASSERT_EQ(error::PreconditionsOf(gapped).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(gapped)[0].subject, published->name());
  EXPECT_THAT(error::PreconditionsOf(gapped)[0].description, HasSubstr("2027-03-01"));
  SetDate(second.mutable_first_date(), 2027, 3, 1);
  SetDate(second.mutable_end_date(), 2027, 5, 1);
  second.set_request_id(RequestId());
  const auto between = Publish(second);
  ASSERT_TRUE(between.ok()) << between.status();
  auto third = AssignmentOfCase("domestic");
  SetDate(third.mutable_first_date(), 2027, 5, 1);
  ASSERT_TRUE(Publish(third).ok());

  v1::EndAssignmentRequest end;
  end.set_name(published->name());
  SetDate(end.mutable_end_date(), 2027, 2, 1);
  end.mutable_act()->set_number("32/QĐ-UBND");
  end.set_etag(published->etag());
  end.set_request_id(RequestId());
  const absl::Status early = Invoke(&Stub::EndAssignment, server_.stub(), end).status();
  EXPECT_EQ(ReasonOf(early), "ASSIGNMENTS_GAPPED") << early;
  // What ends before it begins to decide frees days between two others.
  end.set_name(between->name());
  SetDate(end.mutable_end_date(), 2027, 3, 1);
  end.set_etag(between->etag());
  end.set_request_id(RequestId());
  const absl::Status freed = Invoke(&Stub::EndAssignment, server_.stub(), end).status();
  EXPECT_EQ(ReasonOf(freed), "ASSIGNMENTS_GAPPED") << freed;
  ASSERT_EQ(error::PreconditionsOf(freed).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(freed)[0].subject, published->name());

  // Where the catalogue itself decides, an assignment leaves no hole behind.
  auto delegation = Delegation();
  SetDate(delegation.mutable_end_date(), 2027, 3, 1);
  ASSERT_TRUE(Publish(delegation).ok());
  auto later = Delegation();
  SetDate(later.mutable_first_date(), 2027, 4, 1);
  EXPECT_TRUE(Publish(later).ok());
}

TEST_P(RoutingDelegationTest, TheNationalCatalogueHasOneBodyForEveryQuestion) {
  v1::CheckCoverageRequest request;
  const auto report = Invoke(&Stub::CheckCoverage, server_.stub(), request);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->procedures(), 803);
  EXPECT_EQ(report->units(), 6) << "four communes, two provinces";
  EXPECT_EQ(report->holes(), 604) << "what a province decides, for a commune without one";
  EXPECT_EQ(report->faults(0).unit(), kLonely);
  EXPECT_EQ(report->overlaps(), 0);
  request.set_province_code("48");
  const auto province = Invoke(&Stub::CheckCoverage, server_.stub(), request);
  EXPECT_EQ(province->holes(), 0);
  EXPECT_EQ(province->questions(), 604 * 4 + 199 * 3);

  const auto levels =
      Invoke(&Stub::GetDecentralization, server_.stub(), v1::GetDecentralizationRequest());
  ASSERT_TRUE(levels.ok()) << levels.status();
  EXPECT_EQ(levels->total().procedures(), 3411);
  EXPECT_GT(levels->total().at_commune(), 0);
  int64_t sum = 0;
  for (const v1::DecentralizationLine& line : levels->by_ministry()) sum += line.procedures();
  EXPECT_EQ(sum, 3411);
}

}  // namespace
}  // namespace twotier::routing::testing
