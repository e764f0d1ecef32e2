#include "tests/service/simulation.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "services/routing/convert.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

// Up to when the service says that it has looked. A family knows its metrics by name and labels; a
// leap of the clock ends the lease of whoever looks, and the gauge goes with it until it has
// another.
double LookedUpTo(RoutingServer& server) {
  return prometheus::BuildGauge()
      .Name("twotier_routing_alarms_looked_timestamp_seconds")
      .Help("Up to when every alarm has been set off.")
      .Register(server.metrics())
      .Add({})
      .Value();
}

constexpr absl::Duration kLookTimeout = absl::Minutes(5);
constexpr absl::Duration kLookPoll = absl::Milliseconds(1);

}  // namespace

Simulation::Simulation(const Country& country, RoutingServer& server,
                       const SimulationOptions& options)
    : server_(server), options_(options) {
  known_.resize(static_cast<size_t>(options.lives));
  for (int number = 0; number < options.lives; ++number) {
    lives_.push_back(std::make_unique<Life>(country, options.mix, options.seed, number,
                                            options.first, options.end));
    due_[lives_.back()->submit_time()].push_back(number);
  }
}

absl::Status Simulation::Run(absl::Time until) {
  while (!due_.empty() && due_.begin()->first < until) {
    const auto next = due_.extract(due_.begin());
    RETURN_IF_ERROR(MoveTo(next.key()));
    RETURN_IF_ERROR(TakeSteps(next.mapped(), next.key()));
    for (const int number : next.mapped()) {
      Life& life = *lives_[static_cast<size_t>(number)];
      if (life.over()) continue;
      const absl::Time at = life.Next(known_[static_cast<size_t>(number)], next.key());
      due_[at].push_back(number);
    }
  }
  if (until != absl::InfiniteFuture()) return MoveTo(until);
  absl::Time end = server_.clock().Now();
  for (const Known& known : known_) {
    if (!known.Waits()) continue;
    end = std::max(end, FromProto(known.dossier.answer_by_time()) + absl::Seconds(1));
  }
  return MoveTo(end);
}

absl::Status Simulation::MoveTo(absl::Time now) {
  server_.clock().Set(now);
  const absl::Time give_up = absl::Now() + kLookTimeout;
  while (LookedUpTo(server_) < absl::ToDoubleSeconds(now - absl::UnixEpoch())) {
    if (absl::Now() > give_up) {
      return absl::DeadlineExceededError(
          absl::StrCat("nobody looks at the due dates of ", absl::FormatTime(now)));
    }
    absl::SleepFor(kLookPoll);
  }
  return absl::OkStatus();
}

absl::Status Simulation::TakeSteps(const std::vector<int>& lives, absl::Time now) {
  std::atomic<size_t> next = 0;
  absl::Mutex mutex;
  absl::Status failed;  // The first one.
  const auto call = [&] {
    for (size_t i = next++; i < lives.size(); i = next++) {
      const absl::Status taken = TakeStep(lives[i], now);
      if (taken.ok()) continue;
      absl::MutexLock lock(&mutex);
      failed.Update(absl::InternalError(
          absl::StrCat("life ", lives[i], " of seed ", options_.seed, ": ", taken.ToString())));
      next = lives.size();
    }
  };
  std::vector<std::thread> callers;
  const size_t count = std::min(lives.size(), static_cast<size_t>(options_.callers));
  for (size_t i = 1; i < count; ++i) callers.emplace_back(call);
  call();
  for (std::thread& caller : callers) caller.join();
  return failed;
}

absl::Status Simulation::Submit(int number) {
  Life& life = *lives_[static_cast<size_t>(number)];
  calls_ += 2;
  ASSIGN_OR_RETURN(const v1::ResolveCompetenceResponse answer,
                   Invoke(&Stub::ResolveCompetence, server_.stub(), life.Question()));
  const v1::Competence& competence = answer.competence();
  if (competence.reception_places().empty()) {
    return absl::InternalError("there is no place to hand it in");
  }
  ASSIGN_OR_RETURN(v1::SubmitDossierResponse submitted,
                   Invoke(&Stub::SubmitDossier, server_.stub(), life.Submission(competence)));
  const v1::Body& body = submitted.dossier().competent_body();
  if (body.SerializeAsString() != competence.competent_body().SerializeAsString()) {
    return absl::InternalError(absl::StrCat("it is decided by ", body.title(),
                                            ", who was asked was told ",
                                            competence.competent_body().title()));
  }
  known_[static_cast<size_t>(number)].dossier = std::move(*submitted.mutable_dossier());
  return absl::OkStatus();
}

absl::Status Simulation::TakeStep(int number, absl::Time now) {
  Life& life = *lives_[static_cast<size_t>(number)];
  Known& known = known_[static_cast<size_t>(number)];
  if (known.dossier.name().empty()) return Submit(number);
  ++calls_;
  const std::string& step = life.step();
  ASSIGN_OR_RETURN(const v1::Dossier after, Take(step, server_.stub(), known,
                                                 life.Inputs(known, now), life.NextRequestId()));
  const std::string wrong = Learn(step, after, known);
  if (!wrong.empty()) return absl::InternalError(wrong);
  life.Taken();
  return absl::OkStatus();
}

}  // namespace twotier::routing::testing
