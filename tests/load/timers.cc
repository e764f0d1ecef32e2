#include "tests/load/timers.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "prometheus/counter.h"
#include "services/routing/convert.h"
#include "tests/load/ask.h"
#include "tests/load/driver.h"
#include "tests/service/dossier_lives.h"
#include "tests/service/dossier_model.h"

namespace twotier::load {
namespace {

namespace sim = routing::testing;
namespace rt = routing::v1;
using Stub = rt::RoutingService::Stub;

// A Monday morning: a term of some working days ends days later, all of one length at one instant.
const absl::CivilHour kMorning(2026, 11, 2, 9);
constexpr int kCallers = 64;
constexpr int kPageSize = 1000;
// The load has begun when they fall due.
constexpr absl::Duration kBefore = absl::Seconds(1);
constexpr absl::Duration kPoll = absl::Milliseconds(2);
// Of what is measured in seconds.
constexpr absl::Duration kTimeout = absl::Minutes(2);
// Of what the service takes in a closed loop, submissions a second while they fall due: some
// hundred times what a working day of the country brings.
constexpr double kLoadShare = 0.5;
constexpr int kInFlight = 256;

// The real clock, put forward.
class ShiftedClock final : public Clock {
 public:
  absl::Time Now() const override {
    return SystemClock().Now() + absl::Microseconds(shift_us_.load());
  }
  // It goes on from `now`.
  void Set(absl::Time now) { shift_us_ = absl::ToInt64Microseconds(now - SystemClock().Now()); }

 private:
  std::atomic<int64_t> shift_us_ = 0;
};

// Alarms of a kind that the service says it has set off.
class Fired {
 public:
  Fired(sim::RoutingServer& server, const char* kind)
      : counter_(prometheus::BuildCounter()
                     .Name("twotier_routing_alarms_fired_total")
                     .Help("Alarms that the clock of dossiers set off.")
                     .Register(server.metrics())
                     .Add({{"kind", kind}})) {}
  int count() const { return static_cast<int>(counter_.Value()); }

 private:
  prometheus::Counter& counter_;
};

// A procedure of communes with a term in whole working days.
absl::StatusOr<rt::Procedure> ProcedureOf(const sim::Country& country) {
  for (const rt::Procedure& procedure : country.procedures) {
    if (procedure.level() == rt::COMPETENCE_LEVEL_COMMUNE && !procedure.term().half() &&
        procedure.term().unit() == rt::TERM_UNIT_WORKING_DAY && procedure.term().value() > 2) {
      return procedure;
    }
  }
  return absl::FailedPreconditionError("no procedure of communes has a term in working days");
}

// Hands in and receives one dossier of `procedure` in `commune`.
absl::StatusOr<rt::Dossier> Receive(Stub& routing, const rt::Procedure& procedure,
                                    const sim::Commune& commune, RequestIds& ids) {
  rt::ResolveCompetenceRequest question;
  question.set_procedure_code(procedure.code());
  question.set_unit(commune.unit);
  ASSIGN_OR_RETURN(const rt::ResolveCompetenceResponse answer,
                   sim::Invoke(&Stub::ResolveCompetence, routing, question));
  rt::SubmitDossierRequest submission;
  submission.set_center(answer.competence().reception_places(0).center());
  submission.set_procedure_code(procedure.code());
  submission.set_unit(commune.unit);
  submission.mutable_applicant()->set_kind(rt::APPLICANT_KIND_CITIZEN);
  submission.mutable_applicant()->set_full_name("Nguyễn Thị Minh Khai");
  submission.set_channel(rt::CHANNEL_ONLINE);
  submission.set_request_id(ids.Next());
  ASSIGN_OR_RETURN(const rt::SubmitDossierResponse submitted,
                   sim::Invoke(&Stub::SubmitDossier, routing, submission));
  return sim::Take("AcceptDossier", routing, {.dossier = submitted.dossier()}, {}, ids.Next());
}

// As many as are asked for, spread over the country. Returns when they are due.
absl::StatusOr<absl::Time> ReceiveAll(Stub& routing, const sim::Country& country, int dossiers) {
  ASSIGN_OR_RETURN(const rt::Procedure procedure, ProcedureOf(country));
  std::vector<absl::Status> results(kCallers);
  std::vector<std::set<absl::Time>> due(kCallers);
  std::vector<std::thread> threads;
  for (int caller = 0; caller < kCallers; ++caller) {
    threads.emplace_back([&, caller] {
      RequestIds ids;
      for (int i = caller; i < dossiers; i += kCallers) {
        const auto dossier =
            Receive(routing, procedure,
                    country.communes[static_cast<size_t>(i) % country.communes.size()], ids);
        if (!dossier.ok()) {
          results[caller] = dossier.status();
          return;
        }
        due[caller].insert(routing::FromProto(dossier->due_time()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<absl::Time> instants;
  for (int caller = 0; caller < kCallers; ++caller) {
    RETURN_IF_ERROR(results[caller]);
    instants.insert(due[caller].begin(), due[caller].end());
  }
  if (instants.size() == 1) return *instants.begin();
  return absl::InternalError(absl::StrCat("they are due at ", instants.size(), " instants"));
}

absl::Status Await(const Fired& fired, int count) {
  const absl::Time give_up = absl::Now() + kTimeout;
  while (fired.count() < count) {
    if (absl::Now() > give_up) {
      return absl::DeadlineExceededError(
          absl::StrCat(fired.count(), " of ", count, " alarms were set off in time"));
    }
    absl::SleepFor(kPoll);
  }
  return absl::OkStatus();
}

// How late the latest of them is by the alarms themselves, which must be one a dossier.
absl::StatusOr<absl::Duration> LagOf(Stub& routing, const sim::Country& country, absl::Time due,
                                     int dossiers) {
  std::set<std::string> provinces;
  for (const sim::Commune& commune : country.communes) provinces.insert(commune.province_code);
  absl::Duration lag;
  std::set<std::string> seen;
  int alarms = 0;
  for (const std::string& province : provinces) {
    rt::ListAlarmsRequest request;
    request.set_parent(absl::StrCat("provinces/", province));
    request.set_kind(rt::ALARM_KIND_OVERDUE);
    request.set_page_size(kPageSize);
    do {
      ASSIGN_OR_RETURN(const rt::ListAlarmsResponse page,
                       sim::Invoke(&Stub::ListAlarms, routing, request));
      for (const rt::Alarm& alarm : page.alarms()) {
        ++alarms;
        seen.insert(alarm.dossier());
        lag = std::max(lag, routing::FromProto(alarm.fire_time()) - due);
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
  }
  if (alarms == dossiers && static_cast<int>(seen.size()) == dossiers) return lag;
  return absl::InternalError(
      absl::StrCat(alarms, " alarms of ", seen.size(), " dossiers instead of ", dossiers));
}

struct TimersResult {
  absl::Duration to_last;
  absl::Duration lag;
  LoadResult before;
  LoadResult meanwhile;
};

std::vector<Row> RowsOf(const TimersOptions& options, const TimersResult& result) {
  std::vector<Row> rows;
  const auto seconds = [&](const char* what, absl::Duration took) {
    rows.push_back({.name = absl::StrCat(options.name, ", ", what),
                    .engine = options.engine,
                    .value = absl::ToDoubleSeconds(took),
                    .unit = "s"});
  };
  seconds("to the last", result.to_last);
  seconds("lag", result.lag);
  const auto load = [&](const char* what, const LoadResult& run) {
    rows.push_back({.name = absl::StrCat(options.name, ", load ", what),
                    .engine = options.engine,
                    .value = run.per_second,
                    .unit = "calls/s",
                    .p50_us = static_cast<double>(run.latency.Quantile(0.5)) / 1e3,
                    .p99_us = static_cast<double>(run.latency.Quantile(0.99)) / 1e3});
  };
  load("before", result.before);
  load("meanwhile", result.meanwhile);
  return rows;
}

}  // namespace

absl::StatusOr<std::vector<Row>> MeasureTimers(const TimersOptions& options,
                                               const Workload& workload) {
  ShiftedClock clock;
  clock.Set(absl::FromCivil(kMorning, VietnamTimeZone()));
  sim::RoutingServer server(options.database, options.registry_address,
                            {.clock = &clock, .source_dir = options.source_dir});
  const auto registry = StubOf<registry::v1::RegistryService>(options.registry_address);
  ASSIGN_OR_RETURN(
      const sim::Country country,
      sim::LoadCountry(*registry, server.stub(), absl::CivilDay(kMorning), options.source_dir));
  ASSIGN_OR_RETURN(const absl::Time due, ReceiveAll(server.stub(), country, options.dossiers));
  // That they are due soon is said before, and not part of what is measured.
  clock.Set(due - absl::Hours(1));
  RETURN_IF_ERROR(Await(Fired(server, "due_soon"), options.dossiers));

  LoadOptions load;
  load.addresses = {server.address()};
  load.in_flight = kInFlight;
  load.duration = options.duration;
  load.make_caller = [&workload](int caller) {
    return std::make_unique<ReplayCaller>(workload.submit_dossier,
                                          static_cast<size_t>(caller) * 101);
  };
  ASSIGN_OR_RETURN(const LoadResult closed, RunLoad(load));
  load.rate = kLoadShare * closed.per_second;
  load.in_flight = 4 * kInFlight;  // As in every open loop of the bench.
  TimersResult result;
  ASSIGN_OR_RETURN(result.before, RunLoad(load));
  const Fired overdue(server, "overdue");
  absl::Status fired;
  std::thread watcher;
  load.at_begin = [&] {
    clock.Set(due - kBefore);
    const absl::Time instant = absl::Now() + kBefore;
    watcher = std::thread([&, instant] {
      fired = Await(overdue, options.dossiers);
      result.to_last = absl::Now() - instant;
    });
    return absl::OkStatus();
  };
  const absl::StatusOr<LoadResult> meanwhile = RunLoad(load);
  if (watcher.joinable()) watcher.join();
  RETURN_IF_ERROR(meanwhile.status());
  RETURN_IF_ERROR(fired);
  result.meanwhile = *meanwhile;
  ASSIGN_OR_RETURN(result.lag, LagOf(server.stub(), country, due, options.dossiers));
  return RowsOf(options, result);
}

}  // namespace twotier::load
