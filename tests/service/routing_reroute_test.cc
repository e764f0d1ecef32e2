// Open dossiers go on when a center stops and when units are merged and divided, on both engines.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_reroute_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using Stub = v1::RoutingService::Stub;

TWOTIER_ON_EVERY_ENGINE(RoutingRerouteTest);

TEST_P(RoutingRerouteTest, OpenDossiersOfASuspendedCenterGoToTheOneThatTookOver) {
  const v1::Dossier registered = Open();
  const v1::Dossier accepted = Accepted();
  const v1::Dossier processed = *Complete(server_, Accepted());
  const v1::Dossier returned = *Return(server_, *Complete(server_, Accepted()));
  const v1::Dossier elsewhere = Open(kOtherCenter, kAnHai);
  Suspend(kCenter);

  const auto rerouted = Run(Slice());
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  EXPECT_THAT(rerouted->dossiers(), SizeIs(3));
  EXPECT_THAT(rerouted->blocked(), IsEmpty());
  EXPECT_EQ(rerouted->examined(), 5);
  EXPECT_EQ(rerouted->next_page_token(), "");
  for (const v1::Dossier& before : {registered, accepted, processed}) {
    SCOPED_TRACE(before.name());
    const v1::Dossier after = Read(before.name());
    EXPECT_EQ(after.center(), kProvincialCenter);
    EXPECT_EQ(after.reception_center(), kCenter);
    EXPECT_EQ(after.return_center(), kProvincialCenter);
    EXPECT_EQ(after.code(), before.code());
    EXPECT_EQ(after.state(), before.state());
    EXPECT_EQ(after.unit(), before.unit());
    EXPECT_EQ(after.competent_body().title(), before.competent_body().title());
    EXPECT_EQ(after.due_time().seconds(), before.due_time().seconds());
    EXPECT_EQ(after.version(), before.version() + 1);
    const v1::TimelineEntry entry = Timeline(server_, before.name()).back();
    EXPECT_EQ(entry.kind(), "dossier.rerouted");
    EXPECT_EQ(entry.note(), "12/NQ-HĐND");
    EXPECT_EQ(entry.principal(), "officer");
    v1::DossierEventBody body;
    ASSERT_TRUE(body.ParseFromString(entry.body()));
    EXPECT_EQ(body.rerouting().from().center(), kCenter);
    EXPECT_EQ(body.rerouting().to().center(), kProvincialCenter);
  }
  EXPECT_EQ(Read(returned.name()).version(), returned.version());
  EXPECT_EQ(Read(elsewhere.name()).version(), elsewhere.version());
  // Who took over finds them, in both orders, and goes on with them.
  EXPECT_THAT(ListOf(kProvincialCenter, v1::DOSSIER_ORDER_UNSPECIFIED),
              ElementsAre(registered.name(), accepted.name(), processed.name()));
  EXPECT_THAT(ListOf(kProvincialCenter, v1::DOSSIER_ORDER_DUE_TIME), ElementsAre(accepted.name()));
  EXPECT_THAT(ListOf(kCenter, v1::DOSSIER_ORDER_UNSPECIFIED), ElementsAre(returned.name()));
  EXPECT_EQ(ReasonOf(Complete(server_, accepted).status()), "STALE_ETAG");
  EXPECT_TRUE(Complete(server_, Read(accepted.name())).ok());
  EXPECT_TRUE(Return(server_, Read(processed.name())).ok());
  // Done is done.
  EXPECT_THAT(Run(Slice())->dossiers(), IsEmpty());
  // They count where they were received.
  v1::GetDossierStatisticsRequest statistics;
  statistics.set_parent("provinces/48");
  SetDate(statistics.mutable_first_date(), 2026, 11, 1);
  SetDate(statistics.mutable_end_date(), 2026, 12, 1);
  const auto counted = Invoke(&Stub::GetDossierStatistics, server_.stub(), statistics);
  ASSERT_TRUE(counted.ok()) << counted.status();
  std::vector<std::pair<std::string, int64_t>> received;
  for (const auto& each : counted->centers()) {
    received.emplace_back(each.center(), each.count().total());
  }
  EXPECT_THAT(received, ElementsAre(Pair(kCenter, 4), Pair(kOtherCenter, 1)));
}

TEST_P(RoutingRerouteTest, AlarmsGoWithTheirDossier) {
  const v1::Dossier dossier = Accepted();
  const auto alarms_of = [&](const std::string& center) {
    v1::ListAlarmsRequest request;
    request.set_parent("provinces/48");
    request.set_center(center);
    const auto response = Invoke(&Stub::ListAlarms, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response->alarms_size();
  };
  const absl::Time due = absl::FromUnixSeconds(dossier.due_time().seconds());
  server_.clock().Set(due - absl::Hours(1));
  RoutingServer::WaitUntil([&] { return alarms_of(kCenter) == 1; }, "an alarm");
  Suspend(kCenter);
  ASSERT_TRUE(Run(Slice()).ok());
  EXPECT_EQ(alarms_of(kCenter), 0);
  EXPECT_EQ(alarms_of(kProvincialCenter), 1);
  server_.clock().Set(due + absl::Seconds(1));
  RoutingServer::WaitUntil([&] { return alarms_of(kProvincialCenter) == 2; }, "the next one");
}

TEST_P(RoutingRerouteTest, AMergerIsSeenAheadAndTakesItsDossiersAlong) {
  const v1::Dossier here = Accepted();
  const v1::Dossier there = Accepted(kOtherCenter, kAnHai);
  const v1::Dossier copies = Open(kOtherCenter, kAnHai, kCopies);
  Merge();
  EXPECT_THAT(Preview(2)->dossiers(), IsEmpty()) << "today nothing is to be done";
  EXPECT_THAT(Run(Slice())->dossiers(), IsEmpty());
  const auto preview = Preview(3);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_THAT(preview->dossiers(), SizeIs(3));

  server_.clock().Advance(absl::Hours(24));
  v1::ReroutingSelection of_event;
  of_event.set_change_event(kEvent);
  const auto rerouted = Run(Slice(of_event));
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  EXPECT_EQ(rerouted->dossiers_size(), 3);
  for (int i = 0; i < rerouted->dossiers_size(); ++i) {
    EXPECT_EQ(rerouted->dossiers(i).SerializeAsString(), preview->dossiers(i).SerializeAsString())
        << "what was shown is what is done";
  }
  for (const v1::Dossier& before : {here, there, copies}) {
    SCOPED_TRACE(before.name());
    const v1::Dossier after = Read(before.name());
    EXPECT_EQ(after.unit(), kMerged);
    EXPECT_EQ(after.competent_body().unit(), kMerged);
    EXPECT_EQ(after.center(), kCenter);
    EXPECT_EQ(after.due_time().seconds(), before.due_time().seconds());
    v1::DossierEventBody body;
    ASSERT_TRUE(body.ParseFromString(Timeline(server_, before.name()).back().body()));
    EXPECT_EQ(body.rerouting().successor_basis(), v1::SUCCESSOR_BASIS_ONLY);
    EXPECT_EQ(body.rerouting().change_event(), kEvent);
    EXPECT_EQ(body.rerouting().from().competent_body().title(), before.competent_body().title());
    EXPECT_EQ(body.rerouting().to().competent_body().title(), after.competent_body().title());
  }
  EXPECT_EQ(Read(here.name()).competent_body().title(), "Công an Phường Sông Hàn");
}

// Whoever it comes back to may have ended meanwhile: a re-routing then moves it as any other one.
TEST_P(RoutingRerouteTest, WhatAnAgencyDoesNotAnswerComesBackBeforeAMergerAndBehindIt) {
  const auto forward = [&](int hours) {
    const auto away =
        Forward(server_, Accepted(), kDaNang, "Sở Tư pháp", Monday() + absl::Hours(hours));
    EXPECT_TRUE(away.ok()) << away.status();
    return away.value_or(v1::Dossier());
  };
  const auto await_back = [&](const v1::Dossier& dossier) {
    RoutingServer::WaitUntil([&] { return !Read(dossier.name()).has_agency(); }, "the way back");
  };
  const v1::Dossier early = forward(23);
  const v1::Dossier late = forward(27);
  Merge();
  server_.clock().Advance(absl::Hours(24));
  await_back(early);
  EXPECT_EQ(Read(early.name()).competent_body().unit(), kHaiChau) << "which has ended";
  ASSERT_THAT(Run(Slice())->dossiers(), SizeIs(2));
  EXPECT_TRUE(Read(late.name()).has_agency());
  server_.clock().Advance(absl::Hours(4));
  await_back(late);
  for (const v1::Dossier& before : {early, late}) {
    const v1::Dossier after = Read(before.name());
    EXPECT_EQ(after.competent_body().title(), "Công an Phường Sông Hàn");
    EXPECT_EQ(after.clock_holder(), v1::CLOCK_HOLDER_AUTHORITY);
    EXPECT_TRUE(Complete(server_, after).ok());
  }
}

TEST_P(RoutingRerouteTest, APostIsReleasedWithItsBodyAndPreviewAndEntrySayWhich) {
  const std::string post = "provinces/48/posts/20194-cong-an";
  v1::AssignDossierRequest assign;
  assign.set_assignee(post);
  const auto assigned = TakeStep(&Stub::AssignDossier, server_, Accepted(), assign);
  ASSERT_TRUE(assigned.ok()) << assigned.status();
  Merge();
  const auto preview = Preview(3);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_THAT(preview->dossiers(), SizeIs(1));
  EXPECT_EQ(preview->dossiers(0).rerouting().released_assignee(), post);
  server_.clock().Advance(absl::Hours(24));
  ASSERT_THAT(Run(Slice())->dossiers(), SizeIs(1));
  EXPECT_EQ(Read(assigned->name()).assignee(), "");
  v1::DossierEventBody body;
  ASSERT_TRUE(body.ParseFromString(Timeline(server_, assigned->name()).back().body()));
  EXPECT_EQ(body.rerouting().released_assignee(), post);
}

TEST_P(RoutingRerouteTest, DossiersOfADividedUnitGoWhereTheOperatorSaysElseToTheCaretaker) {
  const v1::Dossier first = Accepted();
  const v1::Dossier second = Accepted();
  const v1::Dossier third = Accepted();
  Divide();
  server_.clock().Advance(absl::Hours(24));
  const auto by_nobody = Preview(3);
  ASSERT_TRUE(by_nobody.ok()) << by_nobody.status();
  ASSERT_THAT(by_nobody->dossiers(), SizeIs(3));
  for (const v1::ReroutedDossier& dossier : by_nobody->dossiers()) {
    EXPECT_EQ(dossier.rerouting().successor_basis(), v1::SUCCESSOR_BASIS_CARETAKER);
    EXPECT_EQ(dossier.rerouting().to().unit(), kAnHai);
  }
  v1::ReroutingSelection choices;
  choices.set_unit(kHaiChau);
  v1::UnitSuccessor* rule = choices.add_unit_successors();
  rule->set_unit(kHaiChau);
  rule->set_successor(kHoaVang);
  v1::DossierSuccessor* single = choices.add_dossier_successors();
  single->set_dossier(second.name());
  single->set_successor(kAnHai);
  v1::DossierSuccessor* wrong = choices.add_dossier_successors();
  wrong->set_dossier(third.name());
  wrong->set_successor(kDaNang);
  const auto rerouted = Run(Slice(choices));
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  ASSERT_THAT(rerouted->dossiers(), SizeIs(2));
  EXPECT_EQ(Read(first.name()).unit(), kHoaVang);
  EXPECT_EQ(Read(first.name()).center(), kProvincialCenter);
  EXPECT_EQ(Read(second.name()).unit(), kAnHai);
  EXPECT_EQ(Read(second.name()).center(), kOtherCenter);
  ASSERT_THAT(rerouted->blocked(), SizeIs(1));
  EXPECT_EQ(rerouted->blocked(0).name(), third.name());
  EXPECT_EQ(rerouted->blocked(0).reason(), "NOT_A_SUCCESSOR");
  EXPECT_EQ(rerouted->blocked(0).metadata().at("successors"), absl::StrCat(kAnHai, ",", kHoaVang));
  EXPECT_EQ(Read(third.name()).version(), third.version());
}

TEST_P(RoutingRerouteTest, WithoutAnybodyToAnswerForItADossierStaysAndSaysSo) {
  const v1::Dossier dossier = Accepted();
  Divide(/*caretaker=*/"");
  server_.clock().Advance(absl::Hours(24));
  const auto rerouted = Run(Slice());
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  EXPECT_THAT(rerouted->dossiers(), IsEmpty());
  ASSERT_THAT(rerouted->blocked(), SizeIs(1));
  EXPECT_EQ(rerouted->blocked(0).reason(), "SUCCESSOR_REQUIRED");
  EXPECT_EQ(Read(dossier.name()).competent_body().title(), dossier.competent_body().title());
}

TEST_P(RoutingRerouteTest, SlicesGoOnWhereTheLastOneEndedAndRepeatTheirAnswer) {
  constexpr int kDossiers = 7;
  std::set<std::string> names;
  for (int i = 0; i < kDossiers; ++i) names.insert(Open().name());
  Suspend(kCenter);
  auto request = Slice();
  request.set_page_size(2);
  request.set_validate_only(true);
  ASSERT_THAT(Run(request)->dossiers(), SizeIs(2));
  EXPECT_EQ(Read(*names.begin()).version(), 1) << "nothing was changed";
  request.set_validate_only(false);
  std::set<std::string> done;
  int slices = 0;
  while (true) {
    request.set_request_id(RequestId());
    const auto response = Run(request);
    ASSERT_TRUE(response.ok()) << response.status();
    const auto again = Run(request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), response->SerializeAsString());
    for (const v1::ReroutedDossier& dossier : response->dossiers()) {
      EXPECT_TRUE(done.insert(dossier.name()).second) << dossier.name() << " twice";
    }
    ++slices;
    if (response->next_page_token().empty()) break;
    request.set_page_token(response->next_page_token());
  }
  EXPECT_EQ(done, names);
  EXPECT_GE(slices, 4);
  for (const std::string& name : names) EXPECT_EQ(Read(name).version(), 2);
  request.mutable_selection()->set_unit(kHaiChau);
  request.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Run(request).status()), "WRONG_PAGE_TOKEN");
}

TEST_P(RoutingRerouteTest, StepsAndReroutingsNeverOverwriteEachOther) {
  constexpr int kDossiers = 30;
  std::vector<v1::Dossier> dossiers;
  for (int i = 0; i < kDossiers; ++i) dossiers.push_back(Open());
  Suspend(kCenter);
  std::vector<std::thread> officers;
  for (int officer = 0; officer < 2; ++officer) {
    officers.emplace_back([&, officer] {
      for (size_t i = officer; i < dossiers.size(); i += 2) {
        // Whoever was slower takes the dossier as it is now.
        absl::StatusOr<v1::Dossier> accepted = Accept(server_, dossiers[i]);
        while (!accepted.ok()) {
          ASSERT_EQ(ReasonOf(accepted.status()), "STALE_ETAG") << accepted.status();
          accepted = Accept(server_, Read(dossiers[i].name()));
        }
      }
    });
  }
  auto request = Slice();
  request.set_page_size(3);
  int rerouted = 0;
  do {
    request.set_request_id(RequestId());
    const auto response = Run(request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) break;
    rerouted += response->dossiers_size();
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  for (std::thread& officer : officers) officer.join();
  EXPECT_EQ(rerouted, kDossiers);
  for (const v1::Dossier& dossier : dossiers) {
    const v1::Dossier after = Read(dossier.name());
    EXPECT_EQ(after.version(), 3);
    EXPECT_EQ(after.state(), v1::DOSSIER_STATE_RECEIVED);
    EXPECT_EQ(after.center(), kProvincialCenter);
  }
}

TEST_P(RoutingRerouteTest, EachRefusalHasItsReason) {
  const auto with = [](const std::function<void(v1::ReroutingSelection&)>& fill) {
    v1::ReroutingSelection selection;
    fill(selection);
    return selection;
  };
  const std::vector<std::pair<std::string, v1::ReroutingSelection>> cases = {
      {"CENTER_NOT_FOUND", with([](auto& s) { s.set_center("provinces/48/centers/H99"); })},
      {"UNIT_NOT_FOUND", with([](auto& s) { s.set_unit("units/nowhere"); })},
      {"CHANGE_EVENT_NOT_FOUND", with([](auto& s) { s.set_change_event("changeEvents/e9"); })},
      {"UNIT_NOT_FOUND", with([](auto& s) {
         s.add_unit_successors()->set_unit("units/nowhere");
         s.mutable_unit_successors(0)->set_successor(kAnHai);
       })},
      {"NOT_A_SUCCESSOR", with([](auto& s) {
         s.add_unit_successors()->set_unit(kEnded);
         s.mutable_unit_successors(0)->set_successor(kHoaVang);
       })},
      {"MALFORMED_REQUEST", with([](auto& s) { s.set_center("provinces/01/centers/H01"); })},
      {"MALFORMED_REQUEST", with([](auto& s) {
         for (int i = 0; i < 2; ++i) {
           s.add_unit_successors()->set_unit(kEnded);
           s.mutable_unit_successors(i)->set_successor(kAnHai);
         }
       })},
      {"MALFORMED_REQUEST", with([](auto& s) {
         s.add_dossier_successors()->set_dossier("provinces/01/dossiers/H01-261102-0001");
         s.mutable_dossier_successors(0)->set_successor(kAnHai);
       })},
  };
  for (const auto& [reason, selection] : cases) {
    EXPECT_EQ(ReasonOf(Preview(2, selection).status()), reason) << selection.DebugString();
    EXPECT_EQ(ReasonOf(Run(Slice(selection)).status()), reason) << selection.DebugString();
  }
  auto silent = Slice();
  silent.clear_reason();
  EXPECT_EQ(ReasonOf(Run(silent).status()), "MALFORMED_REQUEST");
}

}  // namespace
}  // namespace twotier::routing::testing
