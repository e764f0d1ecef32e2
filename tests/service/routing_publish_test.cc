// Versions of procedures that acts publish and end, over gRPC and on both engines.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_publications.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using Stub = v1::RoutingService::Stub;

class RoutingPublishTest : public RoutingTest {
 protected:
  absl::StatusOr<v1::PublishProcedureResponse> Publish(const v1::PublishProcedureRequest& request) {
    return testing::Publish(server_, request);
  }

  absl::StatusOr<v1::EndProcedureResponse> End(const std::string& name, int month, int day,
                                               const std::string& etag) {
    v1::EndProcedureRequest request;
    request.set_name(name);
    SetDate(request.mutable_end_date(), 2026, month, day);
    request.mutable_act()->set_number("13/QĐ-UBND");
    request.set_etag(etag);
    request.set_request_id(RequestId());
    return Invoke(&Stub::EndProcedure, server_.stub(), request);
  }

  absl::StatusOr<v1::Competence> Resolve(const std::string& unit, const std::string& procedure,
                                         const std::string& case_key = "") {
    v1::ResolveCompetenceRequest request;
    request.set_procedure_code(procedure);
    request.set_unit(unit);
    request.set_case_key(case_key);
    const auto response = Invoke(&Stub::ResolveCompetence, server_.stub(), request);
    if (!response.ok()) return response.status();
    return response->competence();
  }

  // Until this process has the version in memory.
  void Await(const std::string& name, int64_t version) {
    RoutingServer::WaitUntil([&] { return Get(name).ok() && Get(name)->version() == version; },
                             "the version to be read");
  }

  absl::StatusOr<v1::Procedure> Get(const std::string& name) {
    v1::GetProcedureRequest request;
    request.set_name(name);
    const auto response = Invoke(&Stub::GetProcedure, server_.stub(), request);
    if (!response.ok()) return response.status();
    return response->procedure();
  }

  absl::StatusOr<v1::ListProcedureVersionsResponse> Versions(const std::string& name) {
    v1::ListProcedureVersionsRequest request;
    request.set_name(name);
    return Invoke(&Stub::ListProcedureVersions, server_.stub(), request);
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingPublishTest);

TEST_P(RoutingPublishTest, AProvinceShortensATermForItsOwnTerritory) {
  const auto published = Publish(Shortened());
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->procedure().name(), "provinces/48/procedures/1.004194");
  EXPECT_EQ(published->procedure().version(), 2);
  EXPECT_EQ(published->procedure().competent_body_title(),
            published->national().competent_body_title());
  EXPECT_EQ(published->national().version(), 1);
  // Also before this process has read it: the submission looks at what is committed.
  const auto dossier = Submit(server_, Submission());
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->procedure_version(), 2);
  EXPECT_EQ(dossier->term().value(), 2);

  Await("provinces/48/procedures/1.004194", 2);
  EXPECT_EQ(Get("procedures/1.004194")->version(), 1);
  EXPECT_EQ(Get("provinces/01/procedures/1.004194")->version(), 1);
  const auto competence = Resolve(kHaiChau, kResidence);
  ASSERT_TRUE(competence.ok()) << competence.status();
  EXPECT_EQ(competence->procedure().version(), 2);
  EXPECT_EQ(competence->procedure().published_by().number(), "12/QĐ-UBND");
  EXPECT_EQ(competence->explanation(0).considered(),
            "procedure 1.004194, version 2, of province 48");
  EXPECT_EQ(competence->explanation(0).act().number(), "12/QĐ-UBND");
  EXPECT_EQ(competence->explanation(1).considered(), "procedure 1.004194, version 1");
  EXPECT_FALSE(competence->explanation(1).kept());
  EXPECT_EQ(competence->explanation(1).because(),
            "the province has published a version of its own");

  // A later version does not touch what has been received before it is in force.
  const auto received = Accept(server_, *Submit(server_, Submission()));
  ASSERT_TRUE(received.ok()) << received.status();
  auto later = Shortened(1);
  SetDate(later.mutable_first_date(), 2026, 11, 3);
  const auto superseding = Publish(later);
  ASSERT_TRUE(superseding.ok()) << superseding.status();
  ASSERT_EQ(superseding->superseded_size(), 1);
  EXPECT_EQ(superseding->superseded(0).version(), 2);
  EXPECT_EQ(superseding->superseded(0).valid().end_date().day(), 3);
  server_.clock().Advance(absl::Hours(24));
  const auto completed = Complete(server_, *received);
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_EQ(completed->procedure_version(), 2);
  EXPECT_EQ(completed->term().value(), 2);
  EXPECT_EQ(completed->due_time().seconds(), received->due_time().seconds());
  // What was only handed in runs under the rules of the day of its reception.
  const auto accepted = Accept(server_, *dossier);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->procedure_version(), 3);
  EXPECT_EQ(accepted->term().value(), 1);
  EXPECT_LT(accepted->due_time().seconds(), received->due_time().seconds() + 24 * 60 * 60);
  EXPECT_EQ(Submit(server_, Submission())->procedure_version(), 3);
}

TEST_P(RoutingPublishTest, AQuickerCountrySetsTheProvinceAside) {
  ASSERT_TRUE(Publish(Shortened(2)).ok());
  auto quicker = Shortened(1, "");
  SetDate(quicker.mutable_first_date(), 2026, 11, 9);
  const auto published = Publish(quicker);
  ASSERT_TRUE(published.ok()) << published.status();
  ASSERT_EQ(published->superseded_size(), 1);
  EXPECT_EQ(published->superseded(0).version(), 1);
  ASSERT_EQ(published->set_aside_size(), 1);
  EXPECT_EQ(published->set_aside(0).province_code(), "48");
  EXPECT_EQ(published->set_aside(0).valid().end_date().day(), 9);
  server_.clock().Advance(absl::Hours(24 * 7));
  EXPECT_EQ(Submit(server_, Submission())->procedure_version(), 3);
  Await("provinces/48/procedures/1.004194", 3);
  const auto competence = Resolve(kHaiChau, kResidence);
  ASSERT_TRUE(competence.ok()) << competence.status();
  EXPECT_EQ(competence->explanation(1).considered(),
            "procedure 1.004194, version 2, of province 48");
  EXPECT_EQ(competence->explanation(1).because(),
            "term: the province's 2 working days may end later than the national 1 working day");
}

TEST_P(RoutingPublishTest, ValidateOnlyShowsTheWholeEffectAndChangesNothing) {
  auto request = Shortened();
  request.set_validate_only(true);
  const auto effect = Publish(request);
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->procedure().term().value(), 2);
  EXPECT_EQ(effect->procedure().version(), 2);
  EXPECT_EQ(effect->etag(), "\"2\"");
  EXPECT_EQ(database_.Run("SELECT COUNT(*) FROM procedure_publication")[0], "0");
  EXPECT_EQ(Submit(server_, Submission())->procedure_version(), 1);
}

TEST_P(RoutingPublishTest, ARepeatedRequestGivesTheFirstAnswer) {
  const auto request = Shortened();
  const auto first = Invoke(&Stub::PublishProcedure, server_.stub(), request);
  const auto again = Invoke(&Stub::PublishProcedure, server_.stub(), request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(database_.Run("SELECT COUNT(*) FROM procedure_publication")[0], "1");
}

TEST_P(RoutingPublishTest, AProvinceMintsAProcedureOfItsOwnAndEndsIt) {
  const auto published = Publish(Minted());
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_FALSE(published->has_national());
  const std::string name = published->procedure().name();
  Await(name, 1);
  EXPECT_EQ(Resolve(kHaiChau, kOwnCode)->competent_body().title(),
            "Ủy ban nhân dân Phường Hải Châu");
  EXPECT_EQ(Submit(server_, Submission(kOwnCode))->procedure_code(), kOwnCode);
  const absl::Status elsewhere = Resolve(kLonely, kOwnCode).status();
  EXPECT_EQ(ReasonOf(elsewhere), "PROCEDURE_NOT_FOUND");
  EXPECT_EQ(MetadataOf(elsewhere, "province_codes"), "48");
  EXPECT_EQ(ReasonOf(Get("procedures/1.115801").status()), "PROCEDURE_NOT_FOUND");

  v1::SearchProceduresRequest search;
  search.set_query("ngu dan bam bien");
  for (const auto& [province, found] : std::map<std::string, int>{{"", 1}, {"48", 1}, {"01", 0}}) {
    search.set_province_code(province);
    EXPECT_EQ(Invoke(&Stub::SearchProcedures, server_.stub(), search)->procedures_size(), found)
        << province;
  }

  EXPECT_EQ(ReasonOf(End(name, 11, 3, "\"7\"").status()), "STALE_ETAG");
  EXPECT_EQ(ReasonOf(End(name, 11, 1, published->etag()).status()), "END_NOT_ALLOWED");
  EXPECT_EQ(ReasonOf(End("procedures/1.115801", 11, 3, published->etag()).status()),
            "PROCEDURE_NOT_FOUND");
  const auto ended = End(name, 11, 3, published->etag());
  ASSERT_TRUE(ended.ok()) << ended.status();
  ASSERT_EQ(ended->ended_size(), 1);
  EXPECT_EQ(ended->ended(0).valid().end_date().day(), 3);
  server_.clock().Advance(absl::Hours(24));
  const absl::Status over = Submit(server_, Submission(kOwnCode)).status();
  EXPECT_EQ(ReasonOf(over), "PROCEDURE_ENDED");
  EXPECT_EQ(MetadataOf(over, "end_date"), "2026-11-03");
  RoutingServer::WaitUntil([&] { return Versions(name)->ends_size() == 1; }, "the ending");
  const auto versions = Versions(name);
  EXPECT_EQ(versions->ends(0).act().number(), "13/QĐ-UBND");
  EXPECT_EQ(versions->etag(), ended->etag());
}

TEST_P(RoutingPublishTest, ANationalVersionWithCasesIsRoutedByThem) {
  v1::PublishProcedureRequest request = Shortened(1, "");
  request.set_procedure_code(kByCase);
  request.mutable_content()->clear_term();
  AddCase(request.mutable_content(), "domestic", v1::COMPETENCE_LEVEL_COMMUNE, 3);
  AddCase(request.mutable_content(), "foreign_element", v1::COMPETENCE_LEVEL_PROVINCE, 7);
  request.mutable_content()->mutable_cases(1)->set_fee_vnd(50'000);
  const auto published = Publish(request);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->procedure().state(), v1::PROCEDURE_STATE_PUBLISHED);
  EXPECT_FALSE(published->procedure().has_term());
  Await(absl::StrCat("procedures/", kByCase), 2);

  const absl::Status open = Resolve(kHaiChau, kByCase).status();
  EXPECT_EQ(ReasonOf(open), "CASE_REQUIRED");
  EXPECT_EQ(MetadataOf(open, "cases"), "domestic,foreign_element");
  const absl::Status other = Resolve(kHaiChau, kByCase, "other").status();
  EXPECT_EQ(ReasonOf(other), "CASE_UNKNOWN");
  EXPECT_EQ(MetadataOf(other, "cases"), "domestic,foreign_element");
  EXPECT_EQ(ReasonOf(Resolve(kHaiChau, kResidence, "domestic").status()), "CASE_UNKNOWN");
  const auto foreign = Resolve(kHaiChau, kByCase, "foreign_element");
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  EXPECT_EQ(foreign->competent_body().unit(), kDaNang);
  EXPECT_EQ(foreign->procedure_case().term().value(), 7);
  EXPECT_EQ(foreign->procedure_case().fee_vnd(), 50'000);
  EXPECT_EQ(Resolve(kHaiChau, kByCase, "domestic")->competent_body().unit(), kHaiChau);

  auto submission = Submission(kByCase);
  EXPECT_EQ(ReasonOf(Submit(server_, submission).status()), "CASE_REQUIRED");
  submission.set_case_key("foreign_element");
  submission.set_request_id(RequestId());
  const auto dossier = Submit(server_, submission);
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->case_key(), "foreign_element");
  EXPECT_EQ(dossier->term().value(), 7);
  const auto accepted = Accept(server_, *dossier);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->case_key(), "foreign_element") << "as it is stored";
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(50'001);
  const absl::Status above = TakeStep(&Stub::RequestPayment, server_, *accepted, ask).status();
  EXPECT_EQ(ReasonOf(above), "FEE_EXCEEDED") << above;
  EXPECT_EQ(MetadataOf(above, "fee_vnd"), "50000");
  ask.set_due_vnd(50'000);
  EXPECT_EQ(TakeStep(&Stub::RequestPayment, server_, *accepted, ask)->payment().due_vnd(), 50'000);

  // Every case of every commune has one body.
  v1::CheckCoverageRequest coverage;
  coverage.set_province_code("48");
  const auto report = Invoke(&Stub::CheckCoverage, server_.stub(), coverage);
  EXPECT_EQ(report->procedures(), 804);
  EXPECT_EQ(report->questions(), 604 * 4 + 199 * 3 + 2 * 3 + 1)
      << "two cases of three communes, and the province's own";
  EXPECT_EQ(report->holes(), 0);
}

TEST_P(RoutingPublishTest, CoverageListsAndCountsTakeInWhatIsProvincial) {
  ASSERT_TRUE(Publish(Shortened()).ok());
  ASSERT_TRUE(Publish(Minted()).ok());
  Await(absl::StrCat("provinces/48/procedures/", kOwnCode), 1);
  v1::CheckCoverageRequest coverage;
  coverage.set_province_code("48");
  const auto report = Invoke(&Stub::CheckCoverage, server_.stub(), coverage);
  EXPECT_EQ(report->procedures(), 804);
  EXPECT_EQ(report->questions(), 604 * 4 + 199 * 3 + 3);
  EXPECT_EQ(report->holes(), 0);
  coverage.set_province_code("01");
  EXPECT_EQ(Invoke(&Stub::CheckCoverage, server_.stub(), coverage)->procedures(), 803);

  v1::ListProceduresRequest list;
  list.set_parent(kDaNangProvince);
  list.set_own_only(true);
  const auto own = Invoke(&Stub::ListProcedures, server_.stub(), list);
  ASSERT_TRUE(own.ok()) << own.status();
  ASSERT_EQ(own->procedures_size(), 2);
  EXPECT_EQ(own->procedures(0).code(), kResidence);
  EXPECT_EQ(own->procedures(1).code(), kOwnCode);
  EXPECT_EQ(own->published(), 2);
  list.set_own_only(false);
  list.set_state(v1::PROCEDURE_STATE_PUBLISHED);
  EXPECT_EQ(Invoke(&Stub::ListProcedures, server_.stub(), list)->published(), 804);
  list.clear_parent();
  EXPECT_EQ(Invoke(&Stub::ListProcedures, server_.stub(), list)->published(), 803);

  v1::GetDecentralizationRequest levels;
  EXPECT_EQ(Invoke(&Stub::GetDecentralization, server_.stub(), levels)->total().procedures(), 3411);
  levels.set_province_code("48");
  EXPECT_EQ(Invoke(&Stub::GetDecentralization, server_.stub(), levels)->total().procedures(), 3412);

  v1::ListCompetencesRequest competences;
  competences.set_unit(kHaiChau);
  SetDate(competences.mutable_differs_from(), 2026, 11, 1);
  const auto lines = Invoke(&Stub::ListCompetences, server_.stub(), competences);
  ASSERT_EQ(lines->lines_size(), 1) << "what the province has minted since";
  EXPECT_EQ(lines->lines(0).procedure_code(), kOwnCode);
}

TEST_P(RoutingPublishTest, ListsGoOnAndCountDraftsByReason) {
  v1::ListProceduresRequest list;
  const auto all = Invoke(&Stub::ListProcedures, server_.stub(), list);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->published(), 803);
  std::map<v1::DraftReason, int64_t> drafts;
  for (const v1::DraftReasonCount& count : all->drafts()) drafts[count.reason()] = count.count();
  EXPECT_THAT(drafts, UnorderedElementsAre(std::pair(v1::DRAFT_REASON_MINISTRY_ONLY, 1784),
                                           std::pair(v1::DRAFT_REASON_TERM_UNKNOWN, 1029),
                                           std::pair(v1::DRAFT_REASON_COMPETENCE_NOT_PROVEN, 981),
                                           std::pair(v1::DRAFT_REASON_LEVEL_DEPENDS_ON_CASE, 249)));
  const std::string ministry = all->procedures(0).ministry();
  list.set_ministry(ministry);
  list.set_page_size(1000);
  std::vector<std::string> codes;
  do {
    const auto page = Invoke(&Stub::ListProcedures, server_.stub(), list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Procedure& procedure : page->procedures()) {
      EXPECT_EQ(procedure.ministry(), ministry);
      codes.push_back(procedure.code());
    }
    list.set_page_token(page->next_page_token());
    list.set_page_size(7);
  } while (!list.page_token().empty() && codes.size() < 100);
  EXPECT_TRUE(std::is_sorted(codes.begin(), codes.end()));
  EXPECT_EQ(std::adjacent_find(codes.begin(), codes.end()), codes.end());
  list.set_page_token("x");
  EXPECT_EQ(ReasonOf(Invoke(&Stub::ListProcedures, server_.stub(), list).status()),
            "WRONG_PAGE_TOKEN");
}

TEST_P(RoutingPublishTest, RequiredComponentsAndChannelsAreDemanded) {
  auto request = Shortened();
  AddComponent(request.mutable_content(), "Tờ khai", /*reusable=*/false);
  AddComponent(request.mutable_content(), "Giấy chứng minh chỗ ở hợp pháp", /*reusable=*/true);
  AddComponent(request.mutable_content(), "Giấy xác nhận thông tin cư trú", /*reusable=*/true);
  v1::ProcedureRequirements* wanted = request.mutable_content()->mutable_requirements();
  wanted->add_channels(v1::CHANNEL_DIRECT);
  wanted->add_channels(v1::CHANNEL_POST);
  const auto published = Publish(request);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->requirements().components_size(), 3);

  const absl::Status missing = Submit(server_, Submission()).status();
  EXPECT_EQ(ReasonOf(missing), "COMPONENTS_MISSING");
  std::vector<std::string> titles;
  for (const auto& violation : error::PreconditionsOf(missing)) titles.push_back(violation.subject);
  EXPECT_THAT(titles,
              ElementsAre("Giấy chứng minh chỗ ở hợp pháp", "Giấy xác nhận thông tin cư trú"));
  auto complete = Submission();
  for (const char* title : {"Giấy chứng minh chỗ ở hợp pháp", "giấy xác nhận thông tin cư trú"}) {
    v1::Component* component = complete.add_components();
    component->set_title(title);
    component->set_kind(v1::COMPONENT_KIND_ELECTRONIC);
    component->set_data_reused(true);
  }
  EXPECT_TRUE(Submit(server_, complete).ok());
  complete.set_channel(v1::CHANNEL_ONLINE);
  complete.set_request_id(RequestId());
  const absl::Status online = Submit(server_, complete).status();
  EXPECT_EQ(ReasonOf(online), "CHANNEL_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(online, "allowed"), "DIRECT,POST");

  v1::GetProcedureRequest get;
  get.set_name("provinces/48/procedures/1.004194");
  Await(get.name(), 2);
  EXPECT_EQ(Invoke(&Stub::GetProcedure, server_.stub(), get)->requirements().SerializeAsString(),
            published->requirements().SerializeAsString());
}

TEST_P(RoutingPublishTest, EveryRefusalOfAPublicationHasItsReason) {
  ASSERT_TRUE(Publish(Minted()).ok());
  const auto with = [](v1::PublishProcedureRequest request,
                       const std::function<void(v1::PublishProcedureRequest&)>& change) {
    change(request);
    return request;
  };
  const std::vector<std::pair<std::string, v1::PublishProcedureRequest>> cases = {
      {"FIRST_DATE_PAST",
       with(Shortened(),
            [](auto& request) { SetDate(request.mutable_first_date(), 2026, 11, 1); })},
      {"PROCEDURE_NOT_PUBLISHED",
       with(Minted(), [](auto& request) { request.mutable_content()->clear_term(); })},
      {"PROCEDURE_CODE_TAKEN",
       with(Minted(), [](auto& request) { request.set_parent("provinces/01"); })},
      {"TERM_LONGER_THAN_NATIONAL", Shortened(4)},
      {"DIFFERS_FROM_NATIONAL", with(Shortened(),
                                     [](auto& request) {
                                       request.mutable_content()->set_level(
                                           v1::COMPETENCE_LEVEL_PROVINCE);
                                     })},
      {"TERM_STEPS_DIFFER", with(Shortened(),
                                 [](auto& request) {
                                   v1::TermStep* step = request.mutable_content()->add_term_steps();
                                   step->set_body("Bộ phận một cửa");
                                   SetTerm(step->mutable_term(), 4, v1::TERM_UNIT_HOUR);
                                 })},
      {"PROCEDURE_VERSIONS_CONFLICT", Minted()},
      {"UNIT_NOT_FOUND",
       with(Shortened(), [](auto& request) { request.set_parent("provinces/02"); })},
  };
  for (const auto& [reason, request] : cases) {
    EXPECT_EQ(ReasonOf(Publish(request).status()), reason) << Publish(request).status();
  }
  const absl::Status longer = Publish(Shortened(4)).status();
  EXPECT_EQ(MetadataOf(longer, "term"), "4 working days");
  EXPECT_EQ(MetadataOf(longer, "national_term"), "3 working days");
}

TEST_P(RoutingPublishTest, EveryMalformedFieldIsNamedAtOnce) {
  auto request = Shortened();
  request.set_procedure_code("1.004194.000.00.00.H17");
  SetDate(request.mutable_end_date(), 2026, 11, 2);
  v1::ProcedureContent* content = request.mutable_content();
  content->mutable_term()->set_value(0);
  content->set_fee_vnd(-1);
  content->set_online_level(v1::ONLINE_LEVEL_NONE);
  content->mutable_requirements()->add_channels(v1::CHANNEL_ONLINE);
  content->mutable_requirements()->add_channels(v1::CHANNEL_ONLINE);
  AddComponent(content, "Tờ khai", false);
  AddComponent(content, "Tờ khai", false);
  content->mutable_requirements()->mutable_components(0)->set_copies(-1);
  AddCase(content, "Một", v1::COMPETENCE_LEVEL_PROVINCE_OR_COMMUNE, 1);
  AddCase(content, "a", v1::COMPETENCE_LEVEL_COMMUNE, 1);
  AddCase(content, "a", v1::COMPETENCE_LEVEL_COMMUNE, 1);
  content->add_acts()->set_number("1;2");
  request.mutable_act()->clear_number();
  const absl::Status status = Publish(request).status();
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << status;
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(status)) fields.push_back(violation.field);
  EXPECT_THAT(
      fields,
      UnorderedElementsAre(
          "act.number", "procedure_code", "end_date", "content.term.value", "content.fee_vnd",
          "content.cases[0].case_key", "content.cases[0].level", "content.cases[2].case_key",
          "content.term", "content.fee_vnd", "content.requirements.components[0].copies",
          "content.requirements.components[1].title", "content.requirements.channels[1]",
          "content.online_level", "content.acts[0].number"));
}

}  // namespace
}  // namespace twotier::routing::testing
