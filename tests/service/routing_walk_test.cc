// Random lives of dossiers over gRPC: every step is allowed exactly where a model of states says,
// every refusal names what the model allows, and the independent checker finds nothing wrong with
// what they leave behind. On both engines.
#include <rapidcheck.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "tests/service/dossier_model.h"
#include "tests/service/routing_calendar.h"
#include "tests/service/routing_import_fixture.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

bool IsOpen(v1::DossierState state) {
  return state != v1::DOSSIER_STATE_NOT_RECEIVED && state != v1::DOSSIER_STATE_WITHDRAWN &&
         state != v1::DOSSIER_STATE_STOPPED && state != v1::DOSSIER_STATE_RETURNED;
}

// The first Tuesday to Thursday behind `due` and `now` that no calendar of this test makes a
// holiday.
google::type::Date LaterDay(absl::Time due, absl::Time now) {
  absl::CivilDay day = absl::ToCivilDay(std::max(due, now), absl::UTCTimeZone()) + 1;
  while ((absl::GetWeekday(day) != absl::Weekday::tuesday &&
          absl::GetWeekday(day) != absl::Weekday::wednesday &&
          absl::GetWeekday(day) != absl::Weekday::thursday) ||
         (day >= absl::CivilDay(2027, 2, 4) && day <= absl::CivilDay(2027, 2, 12))) {
    ++day;
  }
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

// One command: which dossier, which step, how many hours later.
struct Walk {
  int dossier = 0;
  int step = 0;
  int hours = 0;
};

std::ostream& operator<<(std::ostream& out, const Walk& walk) {
  return out << "{" << walk.dossier << ", " << walk.step << ", " << walk.hours << "h}";
}

class Walker {
 public:
  Walker(RoutingServer& server, PlayedRegistry& registry) : server_(server), registry_(registry) {
    if (!Operates()) Toggle();
    server_.clock().Set(Hanoi(1, 9));  // A Monday, with Tết ahead that is not decided.
    for (int i = 0; i < 2; ++i) {
      const auto submitted = Submit(server_, Submission());
      RC_ASSERT(submitted.ok());
      known_.push_back({.dossier = *submitted});
    }
    // The others have lived elsewhere, and were sent back there; the last one's status is still
    // owned there.
    std::vector<v1::ImportedDossier> told;
    for (const char* system : {"", kOldSystem}) {
      told.push_back(Told(absl::StrCat("X", told.size(), "-", known_[0].dossier.code())));
      told.back().mutable_record()->set_owning_system(system);
      SetTime(AddPause(told.back(), v1::PAUSE_KIND_SUPPLEMENT).mutable_end_time(), 11, 1, 9);
    }
    const auto imported = Import(server_, ImportOf(told));
    RC_ASSERT(imported.ok());
    for (const v1::ImportResult& result : imported->results()) {
      known_.push_back({.dossier = result.dossier(), .asked = 1});
    }
  }

  void Do(const Walk& walk) {
    Pass(absl::Hours(walk.hours));
    if (walk.step % 40 == 7) {
      Toggle();
      Reroute();
      return;
    }
    Known& known = known_[static_cast<size_t>(walk.dossier) % known_.size()];
    const Names allowed = Allowed(known);
    // Mostly what is allowed: a blind walk ends after two steps.
    const auto draw = static_cast<size_t>(walk.step);
    const bool blind = allowed.empty() || draw % 4 == 0;
    const std::string& step =
        blind ? Steps()[draw % Steps().size()] : allowed[draw / 4 % allowed.size()];
    const bool may = std::find(allowed.begin(), allowed.end(), step) != allowed.end();
    const absl::Time due = absl::FromUnixSeconds(known.dossier.due_time().seconds());
    StepInputs inputs = {.agency_unit = kDaNang,
                         .new_due_date = LaterDay(due, server_.clock().Now()),
                         .answer_by = server_.clock().Now() + absl::Hours(1 + draw % 29)};
    auto after = Take(step, server_.stub(), known, inputs, RequestId());
    if (known.away && ReasonOf(after.status()) == "EXTENSION_NOT_LATER") {
      // Back from the agency it would be due later anyway.
      absl::Time anyway;
      RC_ASSERT(absl::ParseTime(absl::RFC3339_full, MetadataOf(after.status(), "due_time"), &anyway,
                                nullptr));
      inputs.new_due_date = LaterDay(anyway, server_.clock().Now());
      after = Take(step, server_.stub(), known, inputs, RequestId());
    }
    RC_LOG() << step << " on " << known.dossier.code() << ": " << after.status().ToString() << "\n";
    if (may) {
      RC_ASSERT(after.ok());
      RC_ASSERT(Learn(step, *after, known) == "");
      return;
    }
    const bool only_the_number = step == "RequestSupplement" && known.asked == 2 && !known.away &&
                                 (known.dossier.state() == v1::DOSSIER_STATE_RECEIVED ||
                                  known.dossier.state() == v1::DOSSIER_STATE_IN_PROGRESS);
    RC_ASSERT(ReasonOf(after.status()) ==
              (only_the_number ? "TOO_MANY_SUPPLEMENT_REQUESTS" : "TRANSITION_NOT_ALLOWED"));
    RC_ASSERT(MetadataOf(after.status(), "allowed") == absl::StrJoin(allowed, ","));
  }

  // Time passes, and whoever was not answered in it goes on by itself.
  void Pass(absl::Duration time) {
    server_.clock().Advance(time);
    for (Known& known : known_) {
      if (!known.Unanswered(server_.clock().Now())) continue;
      v1::Dossier after;
      RoutingServer::WaitUntil(
          [&] {
            after = Stored(known);
            return after.version() != known.dossier.version();
          },
          "a silence to end");
      RC_ASSERT(LearnSilence(after, known) == "");
    }
  }

  // Their center stops, or opens again.
  void Toggle() {
    const bool operates = Operates();
    registry_.SetCenterState(kCenter, operates ? registry::v1::CENTER_STATE_SUSPENDED
                                               : registry::v1::CENTER_STATE_OPERATING);
    auto probe = Submission();
    probe.set_validate_only(true);
    RoutingServer::WaitUntil([&] { return Submit(server_, probe).ok() != operates; },
                             "the center to stop or to open");
  }

  // Exactly the open dossiers of a center that stopped go on elsewhere, and only their place is
  // another one.
  void Reroute() {
    v1::RerouteDossiersRequest request;
    request.set_parent("provinces/48");
    request.set_reason("tạm dừng");
    int64_t moved = 0;
    do {
      request.set_request_id(RequestId());
      const auto slice = Invoke(&Stub::RerouteDossiers, server_.stub(), request);
      RC_ASSERT(slice.ok());
      RC_ASSERT(slice->blocked().empty());
      for (const v1::ReroutedDossier& dossier : slice->dossiers()) moved += Expect(dossier.name());
      request.set_page_token(slice->next_page_token());
    } while (!request.page_token().empty());
    int64_t expected = 0;
    for (Known& known : known_) {
      if (Operates() || known.dossier.center() != kCenter) continue;
      if (!IsOpen(known.dossier.state())) continue;
      ++expected;
      v1::Dossier after = Stored(known);
      RC_ASSERT(after.version() == known.dossier.version() + 1);
      RC_ASSERT(after.center() == kProvincialCenter);
      RC_ASSERT(after.return_center() == kProvincialCenter);
      RC_ASSERT(after.state() == known.dossier.state());
      RC_ASSERT(after.due_time().seconds() == known.dossier.due_time().seconds());
      known.dossier = std::move(after);
    }
    RC_ASSERT(moved == expected);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Known& known : known_) all.push_back(known.dossier.name());
    return all;
  }

  // What the callers know is what is stored.
  void Compare() {
    for (const Known& known : known_) {
      const v1::Dossier stored = Stored(known);
      RC_ASSERT(stored.etag() == known.dossier.etag());
      RC_ASSERT(stored.state() == known.dossier.state());
      RC_ASSERT(static_cast<int64_t>(Timeline(server_, known.dossier.name()).size()) ==
                known.dossier.version());
    }
  }

 private:
  v1::Dossier Stored(const Known& known) {
    v1::GetDossierRequest get;
    get.set_name(known.dossier.name());
    const auto stored = Invoke(&Stub::GetDossier, server_.stub(), get);
    RC_ASSERT(stored.ok());
    return stored->dossier();
  }

  bool Operates() {
    return registry_.Current(kCenter).center().versions(0).state() ==
           registry::v1::CENTER_STATE_OPERATING;
  }

  // 1 when the dossier is one of this walk: those of earlier walks go on too.
  int64_t Expect(const std::string& name) const {
    return std::count_if(known_.begin(), known_.end(),
                         [&](const Known& known) { return known.dossier.name() == name; });
  }

  RoutingServer& server_;
  PlayedRegistry& registry_;
  std::vector<Known> known_;
};

class RoutingWalkTest : public RoutingTest {
 protected:
  RoutingWalkTest() : RoutingTest({.alarms_rest = absl::Milliseconds(5)}) {}

  v1::Dossier Read(const std::string& name) {
    v1::GetDossierRequest request;
    request.set_name(name);
    const auto response = Invoke(&Stub::GetDossier, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::GetDossierResponse()).dossier();
  }

  // Nothing has moved the date of the dossier since its clock began.
  bool RunsOnce(const v1::Dossier& dossier) {
    const auto entries = Timeline(server_, dossier.name());
    return std::none_of(entries.begin(), entries.end(), [](const v1::TimelineEntry& entry) {
      return entry.kind() == "dossier.imported" || entry.kind() == "dossier.forwarded" ||
             entry.kind() == "dossier.supplement_requested" ||
             entry.kind() == "dossier.payment_requested" ||
             entry.kind() == "dossier.due_date_extended";
    });
  }

  // A calendar decides what dossiers were promised on: exactly those whose clock somebody holds and
  // whose date was provisional are told, once, and nothing else of them changes. Which date it is,
  // the checker works out: behind an extension, or late, days off in a pause make it an earlier
  // one.
  void Decide(const std::vector<std::string>& names) {
    // Behind every step of every walk. Who did not answer by then is gone on without.
    server_.clock().Set(Hanoi(1, 9) + absl::Hours(24 * 40));
    std::vector<v1::Dossier> before;
    for (const std::string& name : names) {
      RoutingServer::WaitUntil(
          [&] {
            const v1::Dossier dossier = Read(name);
            return !dossier.has_answer_by_time() || !dossier.owning_system().empty() ||
                   absl::FromUnixSeconds(dossier.answer_by_time().seconds()) >
                       server_.clock().Now();
          },
          "an unanswered dossier to go on");
      before.push_back(Read(name));
    }
    ASSERT_EQ(ImportCalendar(server_, Tet()), absl::OkStatus());
    int recomputed = 0;
    for (const v1::Dossier& dossier : before) {
      const bool owed =
          dossier.due_provisional() && dossier.clock_holder() != v1::CLOCK_HOLDER_UNSPECIFIED;
      if (owed) {
        RoutingServer::WaitUntil([&] { return !Read(dossier.name()).due_provisional(); },
                                 "a due date to be certain");
      }
      const v1::Dossier after = Read(dossier.name());
      EXPECT_EQ(after.version(), dossier.version() + (owed ? 1 : 0)) << dossier.name();
      EXPECT_EQ(after.state(), dossier.state());
      if (RunsOnce(dossier)) {
        EXPECT_GE(after.due_time().seconds(), dossier.due_time().seconds()) << "days off only add";
      }
      recomputed += owed ? 1 : 0;
    }
    EXPECT_GT(recomputed, 0);
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingWalkTest);

TEST_P(RoutingWalkTest, EveryLifeFollowsTheModelAndLeavesNothingWrong) {
  std::vector<std::string> names;
  EXPECT_TRUE(rc::check([&] {
    const auto walks = *rc::gen::container<std::vector<Walk>>(
        rc::gen::build<Walk>(rc::gen::set(&Walk::dossier, rc::gen::inRange(0, 4)),
                             rc::gen::set(&Walk::step, rc::gen::inRange(0, 1 << 16)),
                             rc::gen::set(&Walk::hours, rc::gen::inRange(0, 9))));
    Walker walker(server_, registry_);
    for (const Walk& walk : walks) walker.Do(walk);
    walker.Compare();
    for (std::string& name : walker.names()) names.push_back(std::move(name));
  }));
  Decide(names);
  const auto report = verify::VerifyDossiers(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  std::string wrong;
  for (const auto& finding : report->findings) absl::StrAppend(&wrong, finding.what, "\n");
  EXPECT_EQ(wrong, "");
}

}  // namespace
}  // namespace twotier::routing::testing
