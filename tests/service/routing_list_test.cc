// Lists of open work: of a competent body, of a post, and what is overdue before the rest.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Stub = v1::RoutingService::Stub;

class RoutingListTest : public RoutingTest {
 protected:
  // A dossier that was accepted; its code.
  v1::Dossier Open(const std::string& procedure = kResidence, const std::string& center = kCenter,
                   const std::string& unit = kHaiChau) {
    const auto dossier = Accept(server_, *Submit(server_, Submission(procedure, center, unit)));
    EXPECT_TRUE(dossier.ok()) << dossier.status();
    return dossier.ok() ? *dossier : v1::Dossier();
  }

  // It was sent back twice; the second supplement came at once.
  v1::Dossier SentBack(v1::Dossier dossier) {
    for (int i = 0; i < 2; ++i) {
      const auto after = ProvideSupplement(server_, *RequestSupplement(server_, dossier));
      EXPECT_TRUE(after.ok()) << after.status();
      if (after.ok()) dossier = *after;
    }
    return dossier;
  }

  absl::StatusOr<v1::Dossier> Assign(const v1::Dossier& dossier, const std::string& post) {
    v1::AssignDossierRequest request;
    request.set_assignee(post);
    return TakeStep(&Stub::AssignDossier, server_, dossier, request);
  }

  static v1::ListDossiersRequest Query(v1::DossierOrder order) {
    v1::ListDossiersRequest request;
    request.set_parent("provinces/48");
    request.set_order(order);
    return request;
  }

  // Codes of all pages of `size`.
  std::vector<std::string> Codes(v1::ListDossiersRequest request, int size = 2) {
    request.set_page_size(size);
    std::vector<std::string> codes;
    do {
      const auto page = Invoke(&Stub::ListDossiers, server_.stub(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return codes;
      EXPECT_LE(page->dossiers_size(), size);
      for (const auto& dossier : page->dossiers()) codes.push_back(dossier.code());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return codes;
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingListTest);

TEST_P(RoutingListTest, ABodyFindsItsWorkWhereverItWasReceived) {
  const std::string police = Open(kResidence).code();
  const std::string here = Open(kCopies).code();
  const std::string received_elsewhere = Open(kCopies, kOtherCenter, kHaiChau).code();
  Open(kCopies, kOtherCenter, kAnHai);
  ASSERT_TRUE(Submit(server_, Submission(kCopies)).ok()) << "not accepted: its center's work";
  ASSERT_TRUE(Complete(server_, Open(kCopies)).ok());

  auto request = Query(v1::DOSSIER_ORDER_DUE_TIME);
  request.set_competent_unit(kHaiChau);
  EXPECT_THAT(Codes(request), ElementsAre(here, received_elsewhere, police));
  request.set_competent_level(v1::COMPETENCE_LEVEL_COMMUNE);
  EXPECT_THAT(Codes(request), ElementsAre(here, received_elsewhere, police));
  request.set_competent_level(v1::COMPETENCE_LEVEL_PROVINCE);
  EXPECT_THAT(Codes(request), IsEmpty());
  request.clear_competent_level();
  request.set_competent_line(v1::AGENCY_LINE_POLICE);
  EXPECT_THAT(Codes(request), ElementsAre(police));
  request.set_competent_line(v1::AGENCY_LINE_LOCAL);
  request.set_center(kOtherCenter);
  EXPECT_THAT(Codes(request), ElementsAre(received_elsewhere));
  request.set_state(v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED);
  EXPECT_THAT(Codes(request), IsEmpty());
}

// Each state by its own list, of a center and of the province.
TEST_P(RoutingListTest, WhatWaitsAtACounterIsFoundByItsState) {
  const std::string registered = Submit(server_, Submission())->code();
  const v1::Dossier worked_on = Open(kResidence);
  const std::string processed = Complete(server_, Open(kResidence))->code();
  const std::string elsewhere = Submit(server_, Submission(kCopies, kOtherCenter, kAnHai))->code();
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(8'000);
  const std::string unpaid =
      TakeStep(&v1::RoutingService::Stub::RequestPayment, server_, Open(kResidence), ask)->code();
  auto request = Query(v1::DOSSIER_ORDER_UNSPECIFIED);
  const auto in = [&](v1::DossierState state) {
    request.set_state(state);
    EXPECT_EQ(Codes(request, 1), Codes(request));
    return Codes(request);
  };
  EXPECT_THAT(in(v1::DOSSIER_STATE_REGISTERED), ElementsAre(registered, elsewhere));
  EXPECT_THAT(in(v1::DOSSIER_STATE_PAYMENT_REQUESTED), ElementsAre(unpaid));
  EXPECT_THAT(in(v1::DOSSIER_STATE_PROCESSED), ElementsAre(processed));
  EXPECT_THAT(in(v1::DOSSIER_STATE_RECEIVED), ElementsAre(worked_on.code()));
  request.set_center(kOtherCenter);
  EXPECT_THAT(in(v1::DOSSIER_STATE_REGISTERED), ElementsAre(elsewhere));
  EXPECT_THAT(in(v1::DOSSIER_STATE_PROCESSED), IsEmpty());
}

TEST_P(RoutingListTest, WhatWasSentBackTwiceStandsFirst) {
  const v1::Dossier late = Open(kCopies);
  const v1::Dossier marked_late = SentBack(Open(kResidence));
  server_.clock().Advance(absl::Hours(24));
  const v1::Dossier marked = SentBack(Open(kResidence));
  const v1::Dossier on_time = Open(kResidence, kCenter, kHaiChau);
  const v1::Dossier elsewhere = SentBack(Open(kCopies, kOtherCenter, kAnHai));

  auto request = Query(v1::DOSSIER_ORDER_OVERDUE_FIRST);
  const std::vector<std::string> all = {elsewhere.code(), marked_late.code(), marked.code(),
                                        late.code(), on_time.code()};
  for (const int size : {1, 2, 3, 4, 5, 100}) EXPECT_EQ(Codes(request, size), all) << size;
  EXPECT_THAT(Codes(Query(v1::DOSSIER_ORDER_DUE_TIME)),
              ElementsAre(late.code(), elsewhere.code(), marked_late.code(), marked.code(),
                          on_time.code()));
  request.set_center(kCenter);
  EXPECT_THAT(Codes(request),
              ElementsAre(marked_late.code(), marked.code(), late.code(), on_time.code()));
  request.clear_center();
  request.set_competent_unit(kAnHai);
  EXPECT_THAT(Codes(request), ElementsAre(elsewhere.code()));
  request.set_competent_unit(kHaiChau);
  request.set_competent_line(v1::AGENCY_LINE_LOCAL);
  EXPECT_THAT(Codes(request), ElementsAre(late.code()));
  request.set_competent_line(v1::AGENCY_LINE_POLICE);
  EXPECT_THAT(Codes(request, 1), ElementsAre(marked_late.code(), marked.code(), on_time.code()));
}

// Its old date does not make it late, and does not put it before what is.
TEST_P(RoutingListTest, WhatWaitsInTimeStandsBehindWhatIsLate) {
  const v1::Dossier in_time = *RequestSupplement(server_, Open(kCopies));
  const v1::Dossier in_time_later = *RequestSupplement(server_, Open(kResidence));
  const v1::Dossier late = Open(kResidence);
  const v1::Dossier late_then_asked = Open(kResidence);
  server_.clock().Advance(absl::Hours(24) * 7);
  ASSERT_TRUE(RequestSupplement(server_, late_then_asked).ok());
  const v1::Dossier on_time = Open(kResidence);

  auto request = Query(v1::DOSSIER_ORDER_OVERDUE_FIRST);
  const std::vector<std::string> all = {late.code(), late_then_asked.code(), on_time.code(),
                                        in_time.code(), in_time_later.code()};
  for (const int size : {1, 2, 3, 4, 5, 100}) EXPECT_EQ(Codes(request, size), all) << size;
  request.set_center(kCenter);
  EXPECT_EQ(Codes(request), all);
  request.clear_center();
  request.set_competent_unit(kHaiChau);
  request.set_competent_line(v1::AGENCY_LINE_POLICE);
  EXPECT_THAT(Codes(request), ElementsAre(late.code(), late_then_asked.code(), on_time.code(),
                                          in_time_later.code()));
  EXPECT_THAT(Codes(Query(v1::DOSSIER_ORDER_DUE_TIME)),
              ElementsAre(in_time.code(), in_time_later.code(), late.code(), late_then_asked.code(),
                          on_time.code()));
}

TEST_P(RoutingListTest, WorkIsListedByDueTimeOnly) {
  auto of_body = Query(v1::DOSSIER_ORDER_UNSPECIFIED);
  of_body.set_competent_unit(kHaiChau);
  auto of_post = Query(v1::DOSSIER_ORDER_UNSPECIFIED);
  of_post.set_assignee("provinces/48/posts/p1");
  for (const v1::ListDossiersRequest& work : {of_body, of_post}) {
    const absl::Status by_code = Invoke(&Stub::ListDossiers, server_.stub(), work).status();
    ASSERT_EQ(ReasonOf(by_code), "MALFORMED_REQUEST") << by_code;
    EXPECT_EQ(error::FieldViolationsOf(by_code)[0].field, "order");
  }

  auto request = Query(v1::DOSSIER_ORDER_DUE_TIME);
  request.set_competent_line(v1::AGENCY_LINE_POLICE);
  request.set_competent_level(v1::COMPETENCE_LEVEL_COMMUNE);
  const absl::Status no_unit = Invoke(&Stub::ListDossiers, server_.stub(), request).status();
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(no_unit)) fields.push_back(violation.field);
  EXPECT_THAT(fields, UnorderedElementsAre("competent_line", "competent_level"));
}

TEST_P(RoutingListTest, APostFindsWhatItWorksOn) {
  const std::string post = "provinces/48/posts/20194-tu-phap";
  const auto residence = Assign(Open(kResidence), post);
  const auto copies = Assign(Open(kCopies), post);
  const auto handed_on = Assign(*Assign(Open(kCopies), post), "provinces/48/posts/20194-van-phong");
  const auto elsewhere = Assign(Open(kCopies, kOtherCenter, kAnHai), post);
  ASSERT_TRUE(residence.ok() && copies.ok() && handed_on.ok() && elsewhere.ok());
  Open(kCopies);  // Of no post.

  auto request = Query(v1::DOSSIER_ORDER_DUE_TIME);
  request.set_assignee(post);
  EXPECT_THAT(Codes(request, 1), ElementsAre(copies->code(), elsewhere->code(), residence->code()));
  request.set_competent_unit(kHaiChau);
  EXPECT_THAT(Codes(request), ElementsAre(copies->code(), residence->code()));
  request.set_competent_line(v1::AGENCY_LINE_POLICE);
  EXPECT_THAT(Codes(request), ElementsAre(residence->code()));
  request.clear_competent_line();
  request.set_center(kOtherCenter);
  EXPECT_THAT(Codes(request), IsEmpty());
  request.clear_center();
  ASSERT_TRUE(Complete(server_, *copies).ok());
  const v1::Dossier sent_back = SentBack(*Assign(Open(kResidence), post));
  SentBack(*handed_on);
  request.set_order(v1::DOSSIER_ORDER_OVERDUE_FIRST);
  EXPECT_THAT(Codes(request), ElementsAre(sent_back.code(), residence->code()));
}

TEST_P(RoutingListTest, OnlyAPostOfItsProvinceWorksOnADossier) {
  const v1::Dossier dossier = Open();
  for (const char* assignee : {"", "Nguyễn Văn A", "provinces/01/posts/p1"}) {
    const absl::Status refused = Assign(dossier, assignee).status();
    ASSERT_EQ(ReasonOf(refused), "MALFORMED_REQUEST") << assignee << ": " << refused;
    EXPECT_EQ(error::FieldViolationsOf(refused)[0].field, "assignee");
  }
}

TEST_P(RoutingListTest, ATokenBelongsToItsBody) {
  Open(kCopies);
  Open(kCopies);
  auto request = Query(v1::DOSSIER_ORDER_OVERDUE_FIRST);
  request.set_competent_unit(kHaiChau);
  request.set_page_size(1);
  const auto page = Invoke(&Stub::ListDossiers, server_.stub(), request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_FALSE(page->next_page_token().empty());
  request.set_page_token(page->next_page_token());
  request.set_competent_unit(kAnHai);
  EXPECT_EQ(ReasonOf(Invoke(&Stub::ListDossiers, server_.stub(), request).status()),
            "WRONG_PAGE_TOKEN");
}

}  // namespace
}  // namespace twotier::routing::testing
