#include "tests/load/national_day.h"

#include <sys/resource.h>

#include <iostream>

#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/service/dossier_lives.h"
#include "tests/service/dossier_proof.h"
#include "tests/service/simulation.h"

namespace twotier::load {
namespace {

namespace sim = routing::testing;

// A Monday on which the whole catalogue is known.
const absl::CivilDay kDay(2026, 11, 2);
// Calls at a time, as in the closed loops.
constexpr int kCallers = 256;
// A look at the due dates of 34 provinces costs as much as some hundred calls; in real time the
// service rests for seconds between two.
constexpr absl::Duration kAlarmsRest = absl::Milliseconds(50);

absl::Duration CpuTime() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return absl::DurationFromTimeval(used.ru_utime) + absl::DurationFromTimeval(used.ru_stime);
}

}  // namespace

absl::StatusOr<std::vector<Row>> MeasureNationalDay(const NationalDayOptions& options) {
  sim::RoutingServer server(options.database, options.registry_address,
                            {.now = absl::FromCivil(kDay, VietnamTimeZone()),
                             .alarms_rest = kAlarmsRest,
                             .source_dir = options.source_dir});
  const auto registry = StubOf<registry::v1::RegistryService>(options.registry_address);
  ASSIGN_OR_RETURN(const sim::Country country,
                   sim::LoadCountry(*registry, server.stub(), kDay, options.source_dir));
  sim::Simulation simulation(country, server,
                             {.seed = options.seed,
                              .lives = options.lives,
                              .first = kDay,
                              .end = kDay + 1,
                              .callers = kCallers});
  const absl::Duration cpu = CpuTime();
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(simulation.Run(absl::InfiniteFuture()));
  const absl::Duration took = absl::Now() - begin;
  const auto calls = static_cast<double>(simulation.calls());
  const Row lives = {.name = options.name,
                     .engine = options.engine,
                     .value = options.lives / absl::ToDoubleSeconds(took),
                     .unit = "lives/s"};
  const Row each = {.name = options.name + ", calls",
                    .engine = options.engine,
                    .value = calls / absl::ToDoubleSeconds(took),
                    .unit = "calls/s",
                    .cpu_us_per_call = absl::ToDoubleMicroseconds(CpuTime() - cpu) / calls};
  const absl::Time ended = absl::Now();
  ASSIGN_OR_RETURN(const sim::Proven proven,
                   sim::ProveDossiers(options.database, server, simulation.known(), kDay));
  std::cerr << "bench: of " << proven.dossiers << " dossiers (seed " << options.seed << ") "
            << proven.early << " were early, " << proven.on_time << " on time, " << proven.late
            << " late, and " << proven.alarms << " alarms set off; proven in "
            << absl::Trunc(absl::Now() - ended, absl::Seconds(1)) << std::endl;
  return std::vector<Row>{lives, each};
}

}  // namespace twotier::load
