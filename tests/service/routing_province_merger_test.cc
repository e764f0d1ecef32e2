// A province becomes a part of another one: its open dossiers go on there under their names, on
// both engines.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/authn.h"
#include "tests/service/routing_publications.h"
#include "tests/service/routing_reroute_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Stub = v1::RoutingService::Stub;

constexpr char kHost[] = "provinces/01";
constexpr char kThird[] = "provinces/99";
constexpr char kThirdCenter[] = "provinces/99/centers/H99";

// The ward that followed Hải Châu goes on in a third province on Wednesday.
std::vector<registry::v1::Resource> WardGoesOn(PlayedRegistry& registry) {
  const auto on_wednesday = [](google::type::Date* date) { SetDate(date, 2026, 11, 4); };
  registry::v1::Resource ward = registry.Current(kTakenOver);
  registry::v1::Unit* before = ward.mutable_unit()->mutable_versions(0);
  on_wednesday(before->mutable_valid()->mutable_end_date());
  registry::v1::Unit* after = ward.mutable_unit()->add_versions();
  *after = *before;
  after->mutable_valid()->Clear();
  on_wednesday(after->mutable_valid()->mutable_first_date());
  after->set_code("99901");
  after->set_province_code("99");
  registry::v1::Resource center = registry.Current(kTakenOverCenter);
  center.set_subject(kThirdCenter);
  registry::v1::Center* version = center.mutable_center()->mutable_versions(0);
  version->set_name(kThirdCenter);
  version->set_organisation_id("H99");
  on_wednesday(version->mutable_valid()->mutable_first_date());
  return {UnitResource("units/province99", registry::v1::TIER_PROVINCE, "99", "Thành phố Thứ Ba"),
          std::move(ward), std::move(center)};
}

class RoutingProvinceMergerTest : public RoutingRerouteTest {
 protected:
  // The merger, and the day on which it takes effect.
  void MergeProvinces() {
    registry_.Send(MergerOfProvinces(registry_));
    AwaitOn(3, [&] { return Resolves("01901", 3); });
  }
  void MergeAndReroute(int expected) {
    MergeProvinces();
    server_.clock().Advance(absl::Hours(24));
    const auto rerouted = Run(Slice());
    ASSERT_TRUE(rerouted.ok()) << rerouted.status();
    EXPECT_THAT(rerouted->dossiers(), SizeIs(expected));
    EXPECT_THAT(rerouted->blocked(), IsEmpty());
  }

  // Of the province that took over, at its new center unless told.
  v1::ListDossiersRequest Listing(v1::DossierOrder order) {
    v1::ListDossiersRequest request;
    request.set_parent(kHost);
    request.set_center(kTakenOverCenter);
    request.set_order(order);
    return request;
  }
  v1::Dossier Forwarded(const v1::Dossier& dossier) {
    v1::ForwardDossierRequest request;
    request.set_unit(kDaNang);
    request.set_body_title("Sở Tư pháp");
    request.set_reason("xin ý kiến");
    const auto away = TakeStep(&Stub::ForwardDossier, server_, dossier, request);
    EXPECT_TRUE(away.ok()) << away.status();
    return away.value_or(v1::Dossier());
  }

  // What is asked by somebody who may act in these provinces alone.
  template <typename Request, typename Response>
  absl::StatusOr<Response> InvokeIn(const std::string& provinces,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                    const Request& request) {
    grpc::ClientContext context;
    Identify(context);
    context.AddMetadata(std::string(rpc::kProvincesMetadata), provinces);
    Response response;
    const grpc::Status status = (server_.stub().*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

  int64_t CountOf(const std::string& province) {
    v1::GetDossierStatisticsRequest request;
    request.set_parent(province);
    SetDate(request.mutable_first_date(), 2026, 11, 1);
    SetDate(request.mutable_end_date(), 2026, 12, 1);
    const auto counted = Invoke(&Stub::GetDossierStatistics, server_.stub(), request);
    EXPECT_TRUE(counted.ok()) << counted.status();
    int64_t sum = 0;
    for (const auto& center : counted->centers()) sum += center.count().total();
    EXPECT_EQ(sum, counted->total().total());
    return sum;
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingProvinceMergerTest);

TEST_P(RoutingProvinceMergerTest, EveryOpenDossierGoesOnInTheProvinceThatTookOver) {
  const v1::Dossier registered = Open();
  const v1::Dossier accepted = *Assign(Accepted(), "provinces/48/posts/p1");
  const v1::Dossier processed = *Complete(server_, Accepted());
  const v1::Dossier away = Forwarded(Accepted());
  const v1::Dossier along = Accepted(kOtherCenter, kAnHai);
  const v1::Dossier divided = Accepted(kProvincialCenter, kHoaVang);
  const v1::Dossier anywhere = Open(kOtherCenter, kHaiChau, kCopies);
  MergeProvinces();
  const auto preview = Preview(3);
  ASSERT_TRUE(preview.ok()) << preview.status();
  server_.clock().Advance(absl::Hours(24));
  const auto rerouted = Run(Slice());
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  EXPECT_THAT(rerouted->blocked(), IsEmpty());
  ASSERT_THAT(rerouted->dossiers(), SizeIs(7));
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(rerouted->dossiers(i).SerializeAsString(), preview->dossiers(i).SerializeAsString());
  }
  for (const v1::Dossier& before : {registered, accepted, away, anywhere}) {
    SCOPED_TRACE(before.name());
    const v1::Dossier after = Read(before.name());
    EXPECT_EQ(after.code(), before.code());
    EXPECT_EQ(after.due_time().seconds(), before.due_time().seconds());
    EXPECT_EQ(after.unit(), kTakenOver);
    EXPECT_EQ(after.competent_body().unit(), kTakenOver);
    EXPECT_EQ(after.center(), kTakenOverCenter);
    EXPECT_EQ(after.return_center(), kTakenOverCenter);
    EXPECT_EQ(after.reception_center(), before.center());
    EXPECT_EQ(after.assignee(), "");
  }
  EXPECT_EQ(Read(away.name()).agency().unit(), kHaNoi);
  EXPECT_EQ(Read(processed.name()).return_center(), kTakenOverCenter);
  EXPECT_EQ(Read(divided.name()).unit(), kAnHai);
  EXPECT_EQ(Read(divided.name()).center(), kHaNoiCenter);
  EXPECT_EQ(Read(along.name()).unit(), kAnHai) << "which goes on there";
  EXPECT_EQ(Read(along.name()).center(), kHaNoiCenter);
  EXPECT_EQ(CountOf("provinces/48"), 7) << "they count where they were received";
  EXPECT_EQ(CountOf(kHost), 0);
}

TEST_P(RoutingProvinceMergerTest, ItsStepsAreTakenThere) {
  const v1::Dossier registered = Open();
  const v1::Dossier processed = *Complete(server_, Accepted());
  const v1::Dossier away = Forwarded(Accepted());
  MergeAndReroute(3);
  const auto accepted = Accept(server_, Read(registered.name()));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->competent_body().title(), "Công an Phường Sông Hàn");
  const absl::Status elsewhere = Assign(*accepted, "provinces/99/posts/p1").status();
  EXPECT_EQ(ReasonOf(elsewhere), "MALFORMED_REQUEST") << elsewhere;
  const auto assigned = Assign(*accepted, "provinces/01/posts/p1");
  ASSERT_TRUE(assigned.ok()) << assigned.status();
  const auto done = Complete(server_, *assigned);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_TRUE(Return(server_, *done).ok());
  EXPECT_TRUE(Return(server_, Read(processed.name())).ok());
  // The agency does not answer.
  server_.clock().Advance(absl::Hours(24 * 30));
  RoutingServer::WaitUntil([&] { return !Read(away.name()).has_agency(); }, "the way back");
  EXPECT_TRUE(Complete(server_, Read(away.name())).ok());
}

// The country gives three days, Hà Nội two. TearDown has the checker look at what it is pinned to.
TEST_P(RoutingProvinceMergerTest, WhatIsReceivedThereHasTheTermOfThatProvince) {
  const v1::Dossier registered = Open();
  const v1::Dossier accepted = Accepted();
  const auto published = Publish(server_, Shortened(2, kHost));
  ASSERT_TRUE(published.ok()) << published.status();
  MergeAndReroute(2);
  const auto later = Accept(server_, Read(registered.name()));
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->procedure_version(), published->procedure().version());
  EXPECT_EQ(later->term().value(), 2);
  EXPECT_EQ(Read(accepted.name()).term().value(), 3) << "a term that has begun stays";
}

// An Hải lies in Hà Nội from that day on, whether its dossiers have moved or not.
TEST_P(RoutingProvinceMergerTest, WhatIsReceivedBeforeItMovesHasTheTermOfThatProvinceToo) {
  const v1::Dossier registered = Open(kOtherCenter, kAnHai);
  const auto published = Publish(server_, Shortened(2, kHost));
  ASSERT_TRUE(published.ok()) << published.status();
  MergeProvinces();
  server_.clock().Advance(absl::Hours(24));
  const auto accepted = Accept(server_, Read(registered.name()));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->procedure_version(), published->procedure().version());
  EXPECT_EQ(accepted->term().value(), 2);
}

TEST_P(RoutingProvinceMergerTest, WhoTookOverFindsThemBesideItsOwn) {
  const v1::Dossier first = Accepted();
  const v1::Dossier second = Accepted();
  const v1::Dossier third = Open();
  MergeAndReroute(3);
  const auto own =
      Accept(server_, *Submit(server_, Submission(kResidence, kTakenOverCenter, kTakenOver)));
  ASSERT_TRUE(own.ok()) << own.status();
  const auto assigned = Assign(Read(second.name()), "provinces/01/posts/p1");
  ASSERT_TRUE(assigned.ok()) << assigned.status();
  for (const int size : {0, 1, 2, 3}) {
    SCOPED_TRACE(size);
    EXPECT_THAT(List(Listing(v1::DOSSIER_ORDER_UNSPECIFIED), size),
                ElementsAre(own->name(), first.name(), second.name(), third.name()));
    const auto due = ElementsAre(first.name(), second.name(), own->name());
    EXPECT_THAT(List(Listing(v1::DOSSIER_ORDER_DUE_TIME), size), due);
    EXPECT_THAT(List(Listing(v1::DOSSIER_ORDER_OVERDUE_FIRST), size), due);
    auto of_body = Listing(v1::DOSSIER_ORDER_OVERDUE_FIRST);
    of_body.clear_center();
    of_body.set_competent_unit(kTakenOver);
    EXPECT_THAT(List(of_body, size), due);
    auto of_post = Listing(v1::DOSSIER_ORDER_DUE_TIME);
    of_post.clear_center();
    of_post.set_assignee("provinces/01/posts/p1");
    EXPECT_THAT(List(of_post, size), ElementsAre(second.name()));
  }
  auto all = Listing(v1::DOSSIER_ORDER_UNSPECIFIED);
  all.clear_center();
  EXPECT_THAT(List(all), ElementsAre(own->name())) << "that were numbered there";
  // Waiting for the applicant in time comes last, whosever number it has.
  ASSERT_TRUE(RequestSupplement(server_, Read(first.name())).ok());
  EXPECT_THAT(List(Listing(v1::DOSSIER_ORDER_OVERDUE_FIRST), 1),
              ElementsAre(second.name(), own->name(), first.name()));
}

TEST_P(RoutingProvinceMergerTest, TheirAlarmsAreThoseOfTheCenterThatHasThem) {
  const v1::Dossier moved = Accepted();
  MergeAndReroute(1);
  const auto own =
      Accept(server_, *Submit(server_, Submission(kResidence, kTakenOverCenter, kTakenOver)));
  ASSERT_TRUE(own.ok()) << own.status();
  server_.clock().Set(absl::FromUnixSeconds(own->due_time().seconds()) + absl::Seconds(1));
  v1::ListAlarmsRequest request;
  request.set_parent(kHost);
  request.set_center(kTakenOverCenter);
  request.set_kind(v1::ALARM_KIND_OVERDUE);
  std::vector<std::string> names;
  const auto list = [&] {
    names.clear();
    request.clear_page_token();
    do {
      request.set_page_size(1);
      const auto page = Invoke(&Stub::ListAlarms, server_.stub(), request);
      if (!page.ok()) return false;
      for (const v1::Alarm& alarm : page->alarms()) names.push_back(alarm.dossier());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names.size() == 2;
  };
  RoutingServer::WaitUntil(list, "both alarms");
  EXPECT_THAT(names, UnorderedElementsAre(moved.name(), own->name()));
}

TEST_P(RoutingProvinceMergerTest, NewDossiersGoToTheCentersOfTheProvinceThatTookOver) {
  MergeProvinces();
  server_.clock().Advance(absl::Hours(24));
  // It is open, and serves An Hải by what it said before.
  for (const char* procedure : {kResidence, kCopies}) {
    const absl::Status refused =
        Submit(server_, Submission(procedure, kOtherCenter, kAnHai)).status();
    EXPECT_EQ(ReasonOf(refused), "CENTER_NOT_RECEIVING") << refused;
    EXPECT_EQ(MetadataOf(refused, "reception_places"), kHaNoiCenter);
    const auto received = Submit(server_, Submission(procedure, kHaNoiCenter, kAnHai));
    EXPECT_TRUE(received.ok()) << received.status();
  }
  EXPECT_TRUE(Submit(server_, Submission(kCopies, kTakenOverCenter, kAnHai)).ok())
      << "anywhere in the province";
}

// The next change meets them where they lie, with those that were numbered there.
TEST_P(RoutingProvinceMergerTest, TheyGoOnFromThereAsAnyOther) {
  const v1::Dossier moved = Accepted();
  const v1::Dossier left = Accepted(kProvincialCenter, kHoaVang);
  MergeProvinces();
  server_.clock().Advance(absl::Hours(24));
  v1::ReroutingSelection of_hai_chau;
  of_hai_chau.set_unit(kHaiChau);
  ASSERT_THAT(Run(Slice(of_hai_chau))->dossiers(), SizeIs(1));
  const auto own = Submit(server_, Submission(kResidence, kTakenOverCenter, kTakenOver));
  ASSERT_TRUE(own.ok()) << own.status();
  registry_.SetCenterState(kTakenOverCenter, registry::v1::CENTER_STATE_SUSPENDED);
  v1::RerouteDossiersRequest slice = Slice();
  slice.set_parent(kHost);
  slice.set_page_size(1);
  std::vector<std::string> names;
  RoutingServer::WaitUntil(
      [&] {
        slice.set_request_id(RequestId());
        const auto rerouted = Run(slice);
        if (!rerouted.ok()) return false;
        for (const auto& dossier : rerouted->dossiers()) names.push_back(dossier.name());
        slice.set_page_token(rerouted->next_page_token());
        return names.size() == 2;
      },
      "the suspension to move both");
  EXPECT_THAT(names, ElementsAre(own->name(), moved.name()));
  EXPECT_EQ(Read(moved.name()).center(), kHaNoiCenter);
  EXPECT_EQ(Read(moved.name()).reception_center(), kCenter);
  EXPECT_EQ(Read(left.name()).version(), left.version()) << "it lies in the other province still";
  EXPECT_THAT(Run(Slice())->dossiers(), SizeIs(1));
  EXPECT_EQ(Read(left.name()).center(), kHaNoiCenter);
}

// Callers are admitted to a dossier by the code in its name, to lists by whose they are.
TEST_P(RoutingProvinceMergerTest, WhoTookOverNeedsTheCodesOfThoseThatItTookOver) {
  const v1::Dossier moved = Accepted();
  MergeAndReroute(1);
  const auto list = InvokeIn("01", &Stub::ListDossiers, Listing(v1::DOSSIER_ORDER_UNSPECIFIED));
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->dossiers_size(), 1);
  EXPECT_EQ(list->dossiers(0).name(), moved.name());
  v1::CompleteProcessingRequest complete = StepOf<v1::CompleteProcessingRequest>(list->dossiers(0));
  complete.set_result_id("KQ-1");
  const absl::Status stranger = InvokeIn("01", &Stub::CompleteProcessing, complete).status();
  EXPECT_EQ(ReasonOf(stranger), "OUT_OF_SCOPE") << stranger;
  complete.set_request_id(RequestId());
  const auto done = InvokeIn("01,48", &Stub::CompleteProcessing, complete);
  EXPECT_TRUE(done.ok()) << done.status();
  v1::RerouteDossiersRequest slice = Slice();
  EXPECT_EQ(ReasonOf(InvokeIn("01", &Stub::RerouteDossiers, slice).status()), "OUT_OF_SCOPE");
  slice.set_parent(kHost);
  slice.set_request_id(RequestId());
  EXPECT_TRUE(InvokeIn("01", &Stub::RerouteDossiers, slice).ok());
}

// What was numbered in the first and in the second one lies there, beside each other.
TEST_P(RoutingProvinceMergerTest, WhatWentOverGoesOnInAThirdProvince) {
  const v1::Dossier first = Accepted();
  MergeAndReroute(1);
  const auto second =
      Accept(server_, *Submit(server_, Submission(kResidence, kTakenOverCenter, kTakenOver)));
  ASSERT_TRUE(second.ok()) << second.status();
  registry_.Send(WardGoesOn(registry_));
  AwaitOn(4, [&] { return Resolves("99901", 4); });
  server_.clock().Advance(absl::Hours(24));
  v1::RerouteDossiersRequest slice = Slice();
  slice.set_parent(kHost);
  const auto rerouted = Run(slice);
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  EXPECT_THAT(rerouted->blocked(), IsEmpty());
  EXPECT_THAT(rerouted->dossiers(), SizeIs(2));
  for (const v1::Dossier& before : {first, *second}) {
    const v1::Dossier after = Read(before.name());
    EXPECT_EQ(after.center(), kThirdCenter);
    EXPECT_EQ(after.reception_center(), before.center());
    EXPECT_EQ(after.unit(), kTakenOver);
    EXPECT_EQ(after.due_time().seconds(), before.due_time().seconds());
  }
  v1::ListDossiersRequest there = Listing(v1::DOSSIER_ORDER_UNSPECIFIED);
  EXPECT_THAT(List(there), IsEmpty());
  there.set_parent(kThird);
  there.set_center(kThirdCenter);
  for (const int size : {0, 1}) {
    EXPECT_THAT(List(there, size), ElementsAre(second->name(), first.name()));
    there.set_order(v1::DOSSIER_ORDER_DUE_TIME);
    EXPECT_THAT(List(there, size), ElementsAre(first.name(), second->name()));
    there.set_order(v1::DOSSIER_ORDER_UNSPECIFIED);
  }
  const auto done = Complete(server_, Read(first.name()));
  EXPECT_TRUE(done.ok()) << done.status();
}

// By which rows lists and counts find them, and whose alarms they are.
TEST_P(RoutingProvinceMergerTest, TheCheckerNamesWhatListsWouldNotFind) {
  const v1::Dossier moved = Accepted();
  MergeAndReroute(1);
  const std::string here = absl::StrCat(" WHERE center = '", kTakenOverCenter, "'");
  const std::string alarm = absl::StrCat("'48', '", moved.code(), "', 2, 1");
  const struct {
    const char* what;
    std::string damage;
    std::string mend;
  } damages[] = {
      {"dossiers of 48 lie in 01, and its lists do not know",
       "UPDATE hosted_province SET host_code = '99'",
       "UPDATE hosted_province SET host_code = '01'"},
      {"provinces/01/centers/H01.1 has dossiers of 48 numbered by H48.20194",
       absl::StrCat("UPDATE center_organisation SET organisation_id = 'x' || organisation_id",
                    here),
       absl::StrCat("UPDATE center_organisation SET organisation_id = substr(organisation_id, 2)",
                    here)},
      {"names provinces/48/centers/H48.20194, which has it not",
       absl::StrCat(
           "INSERT INTO dossier_alarm (province_code, code, kind, due_us, fired_us, center)"
           " VALUES (",
           alarm, ", 1, '", kCenter, "')"),
       "DELETE FROM dossier_alarm WHERE due_us = 1"},
  };
  for (const auto& [what, damage, mend] : damages) {
    database_.Run(damage);
    const auto report = verify::VerifyDossiers(database_.url());
    database_.Run(mend);
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_THAT(report->findings, SizeIs(1));
    EXPECT_THAT(report->findings[0].what, HasSubstr(what));
  }
}

// Nobody has said whether what a province has given goes on in another one.
TEST_P(RoutingProvinceMergerTest, WhatTheProvinceHadGivenIsToldUntilItIsEnded) {
  auto request = Delegation();
  request.set_territory(kAnHai);
  const auto published = Invoke(&Stub::PublishAssignment, server_.stub(), request);
  ASSERT_TRUE(published.ok()) << published.status();
  const std::string& name = published->assignment().name();
  MergeProvinces();
  const auto report = [&] {
    return registry_.ReportOf(absl::StrCat(kEvent, "/successions/routing"));
  };
  RoutingServer::WaitUntil([&] { return report().open() == 1; }, "the report");
  EXPECT_THAT(report().unplanned_items(), ElementsAre(name));
  server_.clock().Advance(absl::Hours(24));
  v1::EndAssignmentRequest end;
  end.set_name(name);
  SetDate(end.mutable_end_date(), 2026, 11, 3);
  end.mutable_act()->set_number("45/QĐ-UBND");
  end.set_etag(published->assignment().etag());
  end.set_request_id(RequestId());
  const auto ended = Invoke(&Stub::EndAssignment, server_.stub(), end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  server_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil([&] { return report().open() == 0; }, "the report of what is decided");
}

}  // namespace
}  // namespace twotier::routing::testing
