// Random lives of dossiers over gRPC: every step is allowed exactly where a model of states says,
// every refusal names what the model allows, and the independent checker finds nothing wrong with
// what they leave behind. On both engines.
#include <rapidcheck.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "tests/service/routing_import_fixture.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;
using Names = std::vector<std::string>;

// What a caller knows of a dossier, without the service's rules.
struct Known {
  v1::Dossier dossier;
  bool away = false;  // Another agency has it.
  int asked = 0;      // Supplements.
};

// Steps that a dossier allows, in the order in which a refusal names them.
Names Allowed(const Known& known) {
  switch (known.dossier.state()) {
    case v1::DOSSIER_STATE_REGISTERED:
      return {"AcceptDossier", "RefuseDossier", "WithdrawDossier"};
    case v1::DOSSIER_STATE_RECEIVED:
    case v1::DOSSIER_STATE_IN_PROGRESS: {
      if (known.away) return {"ForwardDossier", "ExtendDueDate", "WithdrawDossier"};
      Names names = {"AssignDossier", "ForwardDossier"};
      if (known.asked < 2) names.emplace_back("RequestSupplement");
      for (const char* name : {"RequestPayment", "ExtendDueDate", "CompleteProcessing",
                               "WithdrawDossier", "StopDossier"}) {
        names.emplace_back(name);
      }
      return names;
    }
    case v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED:
      return {"ProvideSupplement", "WithdrawDossier", "StopDossier"};
    case v1::DOSSIER_STATE_PAYMENT_REQUESTED:
      return {"ConfirmPayment", "WithdrawDossier", "StopDossier"};
    case v1::DOSSIER_STATE_PROCESSED:
      return {"ReturnResult"};
    case v1::DOSSIER_STATE_RETURNED:
      return {"RateDossier"};
    default:
      return {};
  }
}

v1::DossierState After(const std::string& step, v1::DossierState state) {
  if (step == "AcceptDossier") return v1::DOSSIER_STATE_RECEIVED;
  if (step == "RefuseDossier") return v1::DOSSIER_STATE_NOT_RECEIVED;
  if (step == "RequestSupplement") return v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED;
  if (step == "RequestPayment") return v1::DOSSIER_STATE_PAYMENT_REQUESTED;
  if (step == "CompleteProcessing") return v1::DOSSIER_STATE_PROCESSED;
  if (step == "ReturnResult") return v1::DOSSIER_STATE_RETURNED;
  if (step == "WithdrawDossier") return v1::DOSSIER_STATE_WITHDRAWN;
  if (step == "StopDossier") return v1::DOSSIER_STATE_STOPPED;
  if (step == "ExtendDueDate" || step == "RateDossier") return state;
  return v1::DOSSIER_STATE_IN_PROGRESS;
}

// The first Tuesday to Thursday behind the due time and `now`: no holiday lies on one until 2027.
google::type::Date LaterDay(const v1::Dossier& dossier, absl::Time now) {
  const absl::Time due = absl::FromUnixSeconds(dossier.due_time().seconds());
  absl::CivilDay day = absl::ToCivilDay(std::max(due, now), absl::UTCTimeZone()) + 1;
  while (absl::GetWeekday(day) != absl::Weekday::tuesday &&
         absl::GetWeekday(day) != absl::Weekday::wednesday &&
         absl::GetWeekday(day) != absl::Weekday::thursday) {
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
  explicit Walker(RoutingServer& server) : server_(server) {
    server_.clock().Set(Monday());
    for (int i = 0; i < 2; ++i) {
      const auto submitted = Submit(server_, Submission());
      RC_ASSERT(submitted.ok());
      known_.push_back({.dossier = *submitted});
    }
    // The third one has lived elsewhere, and was sent back there.
    v1::ImportedDossier told = Told(absl::StrCat("X-", known_[0].dossier.code()));
    SetTime(AddPause(told, v1::PAUSE_KIND_SUPPLEMENT).mutable_end_time(), 11, 1, 9);
    const auto imported = Import(server_, ImportOf({told}));
    RC_ASSERT(imported.ok());
    known_.push_back({.dossier = imported->results(0).dossier(), .asked = 1});
  }

  void Do(const Walk& walk) {
    server_.clock().Advance(absl::Hours(walk.hours));
    Known& known = known_[static_cast<size_t>(walk.dossier) % known_.size()];
    const Names allowed = Allowed(known);
    // Mostly what is allowed: a blind walk ends after two steps.
    const auto draw = static_cast<size_t>(walk.step);
    const bool blind = allowed.empty() || draw % 4 == 0;
    const std::string& step =
        blind ? Steps()[draw % Steps().size()].first : allowed[draw / 4 % allowed.size()];
    const bool may = std::find(allowed.begin(), allowed.end(), step) != allowed.end();
    const auto after = Take(step, known);
    RC_LOG() << step << " on " << known.dossier.code() << ": " << after.status().ToString() << "\n";
    if (may) {
      RC_ASSERT(after.ok());
      Learn(step, *after, known);
      return;
    }
    const bool only_the_number = step == "RequestSupplement" && known.asked == 2 && !known.away &&
                                 (known.dossier.state() == v1::DOSSIER_STATE_RECEIVED ||
                                  known.dossier.state() == v1::DOSSIER_STATE_IN_PROGRESS);
    RC_ASSERT(ReasonOf(after.status()) ==
              (only_the_number ? "TOO_MANY_SUPPLEMENT_REQUESTS" : "TRANSITION_NOT_ALLOWED"));
    RC_ASSERT(MetadataOf(after.status(), "allowed") == absl::StrJoin(allowed, ","));
  }

  // What the callers know is what is stored.
  void Compare() {
    for (const Known& known : known_) {
      v1::GetDossierRequest get;
      get.set_name(known.dossier.name());
      const auto stored = Invoke(&Stub::GetDossier, server_.stub(), get);
      RC_ASSERT(stored.ok());
      RC_ASSERT(stored->dossier().etag() == known.dossier.etag());
      RC_ASSERT(stored->dossier().state() == known.dossier.state());
      RC_ASSERT(static_cast<int64_t>(Timeline(server_, known.dossier.name()).size()) ==
                known.dossier.version());
    }
  }

 private:
  using Taking = std::function<absl::StatusOr<v1::Dossier>(RoutingServer&, const Known&)>;

  // Fills in what every request of the kind has and takes the step.
  template <typename Request, typename Response>
  static Taking With(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     std::function<void(Request&, const Known&, absl::Time)> fill) {
    return [method, fill](RoutingServer& server, const Known& known) {
      Request request;
      fill(request, known, server.clock().Now());
      return TakeStep(method, server, known.dossier, request);
    };
  }

  template <typename Request>
  static void Because(Request& request, const Known& /*known*/, absl::Time /*now*/) {
    request.set_reason("theo quy định");
  }

  // Every step, in the order of the contract.
  static const std::vector<std::pair<std::string, Taking>>& Steps();

  absl::StatusOr<v1::Dossier> Take(const std::string& step, const Known& known) {
    for (const auto& [name, take] : Steps()) {
      if (name == step) return take(server_, known);
    }
    return absl::InternalError(step);
  }

  static void Learn(const std::string& step, const v1::Dossier& after, Known& known) {
    RC_ASSERT(after.state() == After(step, known.dossier.state()));
    RC_ASSERT(after.version() == known.dossier.version() + 1);
    if (step == "RequestSupplement") ++known.asked;
    if (step == "ForwardDossier") known.away = !known.away;
    known.dossier = after;
    RC_ASSERT(after.supplement_requests() == known.asked);
    const bool waits = after.state() == v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED ||
                       after.state() == v1::DOSSIER_STATE_PAYMENT_REQUESTED;
    // Each waiting state has an exit by time.
    RC_ASSERT(after.has_answer_by_time() == waits);
    RC_ASSERT((after.clock_holder() == v1::CLOCK_HOLDER_APPLICANT) == waits);
  }

  RoutingServer& server_;
  std::vector<Known> known_;
};

const std::vector<std::pair<std::string, Walker::Taking>>& Walker::Steps() {
  const auto nothing = [](auto& /*request*/, const Known& /*known*/, absl::Time /*now*/) {};
  static const auto* const steps = new std::vector<std::pair<std::string, Taking>>{
      {"AcceptDossier", With<v1::AcceptDossierRequest>(&Stub::AcceptDossier, nothing)},
      {"RefuseDossier",
       With<v1::RefuseDossierRequest>(&Stub::RefuseDossier, Because<v1::RefuseDossierRequest>)},
      {"AssignDossier", With<v1::AssignDossierRequest>(&Stub::AssignDossier,
                                                       [](auto& request, const Known&, absl::Time) {
                                                         request.set_assignee("posts/p1");
                                                       })},
      {"ForwardDossier", With<v1::ForwardDossierRequest>(
                             &Stub::ForwardDossier,
                             [](auto& request, const Known& known, absl::Time) {
                               const v1::Body& home = known.dossier.competent_body();
                               request.set_unit(known.away ? home.unit() : kDaNang);
                               request.set_body_title(known.away ? home.title() : "Sở Tư pháp");
                               request.set_reason("xin ý kiến");
                             })},
      {"RequestSupplement", With<v1::RequestSupplementRequest>(
                                &Stub::RequestSupplement, Because<v1::RequestSupplementRequest>)},
      {"ProvideSupplement", With<v1::ProvideSupplementRequest>(&Stub::ProvideSupplement, nothing)},
      {"RequestPayment",
       With<v1::RequestPaymentRequest>(
           &Stub::RequestPayment,
           [](auto& request, const Known&, absl::Time) { request.set_due_vnd(8'000); })},
      {"ConfirmPayment",
       With<v1::ConfirmPaymentRequest>(&Stub::ConfirmPayment,
                                       [](auto& request, const Known&, absl::Time) {
                                         request.set_paid_vnd(8'000);
                                         request.set_gateway(v1::PAYMENT_GATEWAY_NATIONAL_PORTAL);
                                         request.set_reference("DVCQG-1");
                                       })},
      {"ExtendDueDate", With<v1::ExtendDueDateRequest>(
                            &Stub::ExtendDueDate,
                            [](auto& request, const Known& known, absl::Time now) {
                              *request.mutable_new_due_date() = LaterDay(known.dossier, now);
                              request.set_apology_number("04/XL");
                              request.set_reason("chờ đo đạc");
                            })},
      {"CompleteProcessing",
       With<v1::CompleteProcessingRequest>(
           &Stub::CompleteProcessing,
           [](auto& request, const Known&, absl::Time) { request.set_result_id("KQ-1"); })},
      {"ReturnResult", With<v1::ReturnResultRequest>(&Stub::ReturnResult, nothing)},
      {"WithdrawDossier", With<v1::WithdrawDossierRequest>(&Stub::WithdrawDossier,
                                                           Because<v1::WithdrawDossierRequest>)},
      {"StopDossier",
       With<v1::StopDossierRequest>(&Stub::StopDossier, Because<v1::StopDossierRequest>)},
      {"RateDossier",
       With<v1::RateDossierRequest>(&Stub::RateDossier,
                                    [](auto& request, const Known& known, absl::Time) {
                                      const auto next = known.dossier.satisfaction() % 5 + 1;
                                      request.set_satisfaction(static_cast<v1::Satisfaction>(next));
                                    })},
  };
  return *steps;
}

class RoutingWalkTest : public RoutingTest {};

TWOTIER_ON_EVERY_ENGINE(RoutingWalkTest);

TEST_P(RoutingWalkTest, EveryLifeFollowsTheModelAndLeavesNothingWrong) {
  EXPECT_TRUE(rc::check([&] {
    const auto walks = *rc::gen::container<std::vector<Walk>>(
        rc::gen::build<Walk>(rc::gen::set(&Walk::dossier, rc::gen::inRange(0, 3)),
                             rc::gen::set(&Walk::step, rc::gen::inRange(0, 1 << 16)),
                             rc::gen::set(&Walk::hours, rc::gen::inRange(0, 9))));
    Walker walker(server_);
    for (const Walk& walk : walks) walker.Do(walk);
    walker.Compare();
  }));
  const auto report = verify::VerifyDossiers(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  std::string wrong;
  for (const auto& finding : report->findings) absl::StrAppend(&wrong, finding.what, "\n");
  EXPECT_EQ(wrong, "");
}

}  // namespace
}  // namespace twotier::routing::testing
