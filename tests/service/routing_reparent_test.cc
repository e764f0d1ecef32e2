// A commune goes over to another province while its own goes on, on both engines.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/service/routing_import_fixture.h"
#include "tests/service/routing_reroute_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Stub = v1::RoutingService::Stub;

constexpr char kHost[] = "provinces/01";
constexpr char kPost[] = "provinces/48/posts/p1";

class RoutingReparentTest : public RoutingRerouteTest {
 protected:
  // The day on which An Hải lies in Hà Nội, and whose dossiers move is said.
  void GoOver() {
    registry_.Send({AnHaiGoesOver(registry_)});
    AwaitOn(3, [&] { return Resolves("01902", 3); });
    server_.clock().Advance(absl::Hours(24));
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingReparentTest);

// A caller is admitted to a list by its parent alone.
TEST_P(RoutingReparentTest, AListOfAProvinceHoldsNothingThatLiesInAnother) {
  const v1::Dossier moved = *Assign(Accepted(kOtherCenter, kAnHai), kPost);
  const v1::Dossier left = *Assign(Accepted(), kPost);
  // One of each part of the list OVERDUE_FIRST.
  ASSERT_TRUE(RequestSupplement(server_, Accepted()).ok());
  const auto answered = ProvideSupplement(server_, *RequestSupplement(server_, Accepted()));
  ASSERT_TRUE(answered.ok()) << answered.status();
  ASSERT_TRUE(RequestSupplement(server_, *answered).ok());
  GoOver();
  const auto rerouted = Run(Slice());
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  ASSERT_THAT(rerouted->dossiers(), SizeIs(1));
  for (const v1::DossierOrder order :
       {v1::DOSSIER_ORDER_DUE_TIME, v1::DOSSIER_ORDER_OVERDUE_FIRST}) {
    SCOPED_TRACE(order);
    v1::ListDossiersRequest of_body;
    of_body.set_parent(kHost);
    of_body.set_order(order);
    of_body.set_competent_unit(kHaiChau);
    EXPECT_THAT(List(of_body), IsEmpty());
    v1::ListDossiersRequest of_post = of_body;
    of_post.clear_competent_unit();
    of_post.set_assignee(kPost);
    EXPECT_THAT(List(of_post, 1), ElementsAre(moved.name()));
    of_body.set_competent_unit(kAnHai);
    EXPECT_THAT(List(of_body), ElementsAre(moved.name()));
    of_post.set_parent("provinces/48");
    EXPECT_THAT(List(of_post, 1), ElementsAre(left.name(), moved.name()))
        << "who numbered them finds all";
  }
}

TEST_P(RoutingReparentTest, WhatWasImportedIsFoundWhereItLies) {
  v1::ImportedDossier goes = Told("HS-1");
  goes.mutable_record()->set_unit(kAnHai);
  v1::ImportedDossier stays = Told("HS-2");
  stays.mutable_record()->set_unit(kAnHai);
  const auto imported = Import(server_, ImportOf({goes, stays}, kOtherCenter));
  ASSERT_TRUE(imported.ok()) << imported.status();
  const std::string moved = imported->results(0).dossier().name();
  const std::string closed = imported->results(1).dossier().name();
  ASSERT_TRUE(Return(server_, *Complete(server_, Read(closed))).ok());
  GoOver();
  ASSERT_THAT(Run(Slice())->dossiers(), SizeIs(1));
  const auto find = [&](const std::string& parent, const std::string& external_code) {
    v1::ListDossiersRequest request;
    request.set_parent(parent);
    request.set_external_code(external_code);
    return List(request);
  };
  EXPECT_THAT(find(kHost, "HS-1"), ElementsAre(moved));
  EXPECT_THAT(find("provinces/48", "HS-1"), ElementsAre(moved)) << "its code is of there";
  EXPECT_THAT(find(kHost, "HS-2"), IsEmpty()) << "it has not gone over";
  EXPECT_THAT(find("provinces/48", "HS-2"), ElementsAre(closed));
}

// By a code, which is given once in the country.
TEST_P(RoutingReparentTest, WhatIsImportedAgainWhereItLiesIsNotAdded) {
  v1::ImportedDossier by_code = Told("H48.99999-261030-0001");
  by_code.mutable_record()->set_unit(kAnHai);
  v1::ImportedDossier by_number = Told("HS-1");
  by_number.mutable_record()->set_unit(kAnHai);
  v1::ImportDossiersRequest request = ImportOf({by_code, by_number}, kOtherCenter);
  const auto before = Import(server_, request);
  ASSERT_TRUE(before.ok()) << before.status();
  GoOver();
  ASSERT_THAT(Run(Slice())->dossiers(), SizeIs(2));
  request.set_center(kHaNoiCenter);
  request.set_source_system("provinces/01/informationSystems/case-handling");
  request.set_request_id(RequestId());
  const auto again = Import(server_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->results(0).outcome(), v1::IMPORT_OUTCOME_UNCHANGED);
  EXPECT_EQ(again->results(0).dossier().name(), before->results(0).dossier().name());
  EXPECT_EQ(again->results(1).outcome(), v1::IMPORT_OUTCOME_ADDED) << "Hà Nội's own number";
  request.mutable_dossiers(0)->mutable_record()->set_case_key("other");
  request.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Import(server_, request).status()), "IMPORT_ROW_INVALID");
}

TEST_P(RoutingReparentTest, WhatHasNoPlaceThereYetIsListed) {
  const v1::Dossier open = Accepted(kOtherCenter, kAnHai);
  registry_.SetCenterState(kHaNoiCenter, registry::v1::CENTER_STATE_SUSPENDED);
  registry_.Send({AnHaiGoesOver(registry_)});
  absl::StatusOr<v1::PreviewReroutingResponse> preview;
  AwaitOn(3, [&] {
    preview = Preview(3);
    return preview.ok() && preview->blocked_size() == 1;
  });
  EXPECT_EQ(preview->blocked(0).name(), open.name());
  EXPECT_EQ(preview->blocked(0).reason(), "NO_RECEPTION_PLACE");
  EXPECT_THAT(preview->dossiers(), IsEmpty());
}

TEST_P(RoutingReparentTest, ItsPostsAreThoseOfTheProvinceWhoseCenterHasIt) {
  const v1::Dossier open = Accepted(kOtherCenter, kAnHai);
  GoOver();
  // Nobody who asks for an inbox of Hà Nội would find it yet.
  const absl::Status early = Assign(open, "provinces/01/posts/p1").status();
  EXPECT_EQ(ReasonOf(early), "MALFORMED_REQUEST") << early;
  EXPECT_TRUE(Assign(open, kPost).ok());
  ASSERT_THAT(Run(Slice())->dossiers(), SizeIs(1));
  const absl::Status late = Assign(Read(open.name()), kPost).status();
  EXPECT_EQ(ReasonOf(late), "MALFORMED_REQUEST") << late;
  const auto assigned = Assign(Read(open.name()), "provinces/01/posts/p1");
  EXPECT_TRUE(assigned.ok()) << assigned.status();
}

}  // namespace
}  // namespace twotier::routing::testing
