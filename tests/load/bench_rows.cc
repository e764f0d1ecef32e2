#include "tests/load/bench_rows.h"

#include <iostream>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/allocation_bench.h"
#include "tests/load/ask.h"
#include "tests/load/ledger_bench.h"
#include "tests/load/national_day.h"
#include "tests/load/postgres.h"
#include "tests/load/service_bench.h"
#include "tests/load/staff_bench.h"
#include "tests/load/stored.h"
#include "tests/load/timers.h"
#include "tests/load/watchers.h"
#include "tests/load/workload.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::load {
namespace {

constexpr char kSqlite[] = "sqlite";
constexpr char kPostgres[] = "postgres";
constexpr char kEmpty[] = "empty database";
constexpr char kLife[] = "dossier life, per call";
constexpr char kNothing[] = "nothing";

// The processes of one run, the rows it found, and what is to be measured.
class Bench {
 public:
  Bench(BenchOptions options, std::vector<Row>& rows)
      : places_(std::move(options.places)),
        postgres_url_(std::move(options.postgres_url)),
        settings_(options.settings),
        volumes_(options.volumes),
        only_(std::move(options.only)),
        beside_(std::move(options.beside)),
        rows_(rows) {}

  absl::Status Run() {
    RETURN_IF_ERROR(StartAll());
    if (!beside_.empty()) return MeasureBeside();
    RETURN_IF_ERROR(MeasureStarts());
    RETURN_IF_ERROR(MeasureMemory());
    RETURN_IF_ERROR(MeasureWatchers());
    RETURN_IF_ERROR(MeasureDossiers(kSqlite, *sqlite_));
    RETURN_IF_ERROR(MeasureDossiers(kPostgres, *postgres_));
    RETURN_IF_ERROR(MeasureAgainstPgbench());
    RETURN_IF_ERROR(MeasureTwoProcesses());
    sqlite_->Kill();
    postgres_->Kill();
    for (const char* engine : {kSqlite, kPostgres}) {
      RETURN_IF_ERROR(RunService(engine, "ledger", MeasureLedger));
      RETURN_IF_ERROR(RunService(engine, "allocation", MeasureAllocation));
      RETURN_IF_ERROR(RunService(engine, "transfers", MeasureTransfers));
      if (volumes_.country_of_staff || !only_.empty()) {
        RETURN_IF_ERROR(RunService(engine, "staffing", MeasureStaffing));
      }
      if (volumes_.plan) RETURN_IF_ERROR(RunService(engine, "plan", MeasurePlan));
      RETURN_IF_ERROR(RunTimers(engine));
      RETURN_IF_ERROR(RunNationalDay(engine));
    }
    RETURN_IF_ERROR(MeasureStored(kSqlite));
    return MeasureStored(kPostgres);
  }

 private:
  using MakeCaller = std::function<absl::StatusOr<std::unique_ptr<Caller>>(int caller)>;

  bool Wanted(absl::string_view name, absl::string_view engine, absl::string_view reference) const {
    return absl::StrContains(TitleOf(name, engine, reference), only_);
  }

  absl::StatusOr<std::string> NewDatabase(absl::string_view engine, absl::string_view name) {
    if (engine == kSqlite) return absl::StrCat("sqlite:", places_.work_dir, "/", name, ".db");
    ASSIGN_OR_RETURN(PostgresDatabase database, PostgresDatabase::Create(postgres_url_));
    databases_.push_back(std::move(database));
    return databases_.back().url();
  }

  absl::Status StartAll() {
    ASSIGN_OR_RETURN(registry_,
                     StartRegistry(places_, "registry",
                                   absl::StrCat("sqlite:", places_.work_dir, "/registry.db")));
    ASSIGN_OR_RETURN(const std::string sqlite_url, NewDatabase(kSqlite, "routing"));
    ASSIGN_OR_RETURN(sqlite_,
                     StartRouting(places_, "routing_sqlite", sqlite_url, registry_->address()));
    ASSIGN_OR_RETURN(routing_url_, NewDatabase(kPostgres, "routing"));
    ASSIGN_OR_RETURN(postgres_,
                     StartRouting(places_, "routing_postgres", routing_url_, registry_->address()));
    ASSIGN_OR_RETURN(workload_, PrepareWorkload(registry_->address(), sqlite_->address()));
    const std::string answers = absl::StrCat(places_.work_dir, "/answers");
    RETURN_IF_ERROR(WriteAnswers(workload_.answers, answers));
    ASSIGN_OR_RETURN(echo_, StartEcho(places_, answers));
    return absl::OkStatus();
  }

  // Start with the data already in the database, as every start but the first.
  absl::Status MeasureStart(const std::string& name, const std::string& engine, Server& server) {
    if (!Wanted(name, engine, kNothing)) return absl::OkStatus();
    std::vector<double> took_ms;
    for (int i = 0; i < settings_.runs; ++i) {
      RETURN_IF_ERROR(server.process().Terminate());
      RETURN_IF_ERROR(server.StartAgain());
      took_ms.push_back(absl::ToDoubleMilliseconds(server.start_took()));
    }
    Row row{.name = name, .engine = engine, .value = Median(std::move(took_ms)), .unit = "ms"};
    ASSIGN_OR_RETURN(row.rss_mb, server.process().ResidentMb());
    return Add(std::move(row));
  }

  absl::Status MeasureStarts() {
    RETURN_IF_ERROR(MeasureStart("registry start to SERVING", kSqlite, *registry_));
    RETURN_IF_ERROR(MeasureStart("routing start to SERVING", kSqlite, *sqlite_));
    return MeasureStart("routing start to SERVING", kPostgres, *postgres_);
  }

  absl::Status MeasureMemory() {
    const std::pair<const char*, std::shared_ptr<const PreparedCalls>> reads[] = {
        {"ResolveUnits", workload_.resolve_units},
        {"GetUnit", workload_.get_unit},
        {"SearchUnits", workload_.search_units},
        {"GetCoverage", workload_.get_coverage},
        {"ListUnits, page of 50", workload_.list_units}};
    for (const auto& [name, calls] : reads) {
      RETURN_IF_ERROR(AgainstEcho(name, "memory", *registry_, Replay(calls)));
    }
    RETURN_IF_ERROR(MeasureNationalList());
    return AgainstEcho("ResolveCompetence", "memory", *sqlite_,
                       Replay(workload_.resolve_competence));
  }

  // Server CPU of reading all communes of today, page by page.
  absl::Status MeasureNationalList() {
    const std::string name = "ListUnits, all communes";
    if (!Wanted(name, "memory", kNothing)) return absl::OkStatus();
    const auto stub = StubOf<registry::v1::RegistryService>(registry_->address());
    const int lists = settings_.runs * 4;
    ASSIGN_OR_RETURN(const absl::Duration before, registry_->process().CpuTime());
    for (int i = 0; i < lists; ++i) RETURN_IF_ERROR(ListCommunes(*stub, nullptr).status());
    ASSIGN_OR_RETURN(const absl::Duration after, registry_->process().CpuTime());
    return Add({.name = name,
                .engine = "memory",
                .value = absl::ToDoubleMilliseconds(after - before) / lists,
                .unit = "ms cpu"});
  }

  // One change of the register on its way to everybody who watches it.
  absl::Status MeasureWatchers() {
    const std::string name = absl::StrCat("WatchChanges, ", volumes_.watchers, " watchers");
    if (!Wanted(name, kSqlite, kNothing)) return absl::OkStatus();
    std::cerr << "bench: " << name << std::endl;
    ASSIGN_OR_RETURN(Server registry,
                     StartRegistry(places_, "registry_watched",
                                   absl::StrCat("sqlite:", places_.work_dir, "/watched.db")));
    ASSIGN_OR_RETURN(const double before_mb, registry.process().ResidentMb());
    double at_rest_mb = 0;
    WatchersOptions options{.address = registry.address(), .watchers = volumes_.watchers};
    options.at_rest = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(at_rest_mb, registry.process().ResidentMb());
      return absl::OkStatus();
    };
    options.change = [&] { return RenameAWard(places_, registry.address()); };
    ASSIGN_OR_RETURN(const WatchersResult result, RunWatchers(options));
    RETURN_IF_ERROR(Add({.name = name + ", change to the last",
                         .engine = kSqlite,
                         .value = absl::ToDoubleMilliseconds(result.to_last),
                         .unit = "ms",
                         .p50_us = absl::ToDoubleMicroseconds(result.to_middle),
                         .rss_mb = at_rest_mb,
                         .in_flight = volumes_.watchers}));
    RETURN_IF_ERROR(Add({.name = name + ", first to last",
                         .engine = kSqlite,
                         .value = absl::ToDoubleMilliseconds(result.spread),
                         .unit = "ms",
                         .in_flight = volumes_.watchers}));
    return Add({.name = name + ", each",
                .engine = kSqlite,
                .value = (at_rest_mb - before_mb) * 1024 / volumes_.watchers,
                .unit = "KB",
                .in_flight = volumes_.watchers});
  }

  absl::Status MeasureDossiers(const std::string& engine, Server& routing) {
    if (Wanted("GetDossier", engine, "echo")) {
      ASSIGN_OR_RETURN(const auto get_dossier,
                       PrepareGetDossier(routing.address(), *workload_.submit_dossier));
      RETURN_IF_ERROR(AgainstEcho("GetDossier", engine, routing, Replay(get_dossier)));
    }
    RETURN_IF_ERROR(
        AgainstEcho("SubmitDossier", engine, routing, Replay(workload_.submit_dossier)));
    return AgainstEcho(kLife, engine, routing, Live(/*judge_state=*/true));
  }

  // The same calls on another build's routing, interleaved: what a change is worth on a machine
  // whose speed varies more than the change does.
  absl::Status MeasureBeside() {
    Places other = places_;
    other.bin_dir = beside_;
    for (const char* engine : {kSqlite, kPostgres}) {
      Server& mine = engine == kSqlite ? *sqlite_ : *postgres_;
      ASSIGN_OR_RETURN(const std::string url, NewDatabase(engine, "routing_beside"));
      ASSIGN_OR_RETURN(Server theirs, StartRouting(other, absl::StrCat("beside_", engine), url,
                                                   registry_->address()));
      const auto compare = [&](const std::string& name, MakeCaller on_mine, MakeCaller on_theirs) {
        const Contender reference{{&theirs}, std::move(on_theirs)};
        return Measure({.name = name, .engine = engine, .reference = "other build"},
                       {{&mine}, std::move(on_mine)}, [&]() -> absl::StatusOr<double> {
                         ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(reference, settings_));
                         return sample.per_second;
                       });
      };
      ASSIGN_OR_RETURN(const auto get_mine,
                       PrepareGetDossier(mine.address(), *workload_.submit_dossier));
      ASSIGN_OR_RETURN(const auto get_theirs,
                       PrepareGetDossier(theirs.address(), *workload_.submit_dossier));
      RETURN_IF_ERROR(compare("GetDossier", Replay(get_mine), Replay(get_theirs)));
      const MakeCaller submit = Replay(workload_.submit_dossier);
      RETURN_IF_ERROR(compare("SubmitDossier", submit, submit));
    }
    return absl::OkStatus();
  }

  absl::Status MeasureAgainstPgbench() {
    if (!Wanted("SubmitDossier", kPostgres, "pgbench")) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::string url, NewDatabase(kPostgres, "pgbench"));
    RETURN_IF_ERROR(PreparePgbench(url, volumes_.pgbench_scale));
    return Measure({.name = "SubmitDossier", .engine = kPostgres, .reference = "pgbench"},
                   {{&*postgres_}, Replay(workload_.submit_dossier)},
                   [this, url] { return RunPgbench(url, settings_.duration); });
  }

  absl::Status MeasureTwoProcesses() {
    const std::string name = "SubmitDossier, two processes";
    if (!Wanted(name, kPostgres, "one process")) return absl::OkStatus();
    ASSIGN_OR_RETURN(Server second,
                     StartRouting(places_, "routing_second", routing_url_, registry_->address()));
    const Contender one{{&*postgres_}, Replay(workload_.submit_dossier)};
    const Contender two{{&*postgres_, &second}, Replay(workload_.submit_dossier)};
    return Measure({.name = name, .engine = kPostgres, .reference = "one process"}, two,
                   [&]() -> absl::StatusOr<double> {
                     ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(one, settings_));
                     return sample.per_second;
                   });
  }

  // Rows of another service, on databases whose names begin with `stem`.
  absl::Status RunService(const std::string& engine, const std::string& stem,
                          absl::StatusOr<std::vector<Row>> (*measure)(const ServiceBenchOptions&)) {
    ServiceBenchOptions options{.places = places_,
                                .registry_address = registry_->address(),
                                .engine = engine,
                                .pgbench_scale = volumes_.pgbench_scale,
                                .settings = settings_};
    ASSIGN_OR_RETURN(options.database, NewDatabase(engine, stem));
    ASSIGN_OR_RETURN(options.comparison, NewDatabase(engine, stem + "_comparison"));
    options.wanted = [&](const std::string& name, const std::string& reference) {
      return Wanted(name, engine, reference);
    };
    return AddAll(measure(options));
  }

  // Dossiers that fall due at one instant while others are handed in.
  absl::Status RunTimers(const std::string& engine) {
    const std::string name = absl::StrCat(volumes_.due_at_once, " due at once");
    if (!Wanted(name, engine, kNothing)) return absl::OkStatus();
    std::cerr << "bench: " << TitleOf(name, engine, kNothing) << std::endl;
    ASSIGN_OR_RETURN(const std::string url, NewDatabase(engine, "timers"));
    return AddAll(MeasureTimers({.name = name,
                                 .engine = engine,
                                 .database = url,
                                 .registry_address = registry_->address(),
                                 .source_dir = places_.source_dir,
                                 .dossiers = volumes_.due_at_once,
                                 .duration = volumes_.due_at_once_load},
                                workload_));
  }

  absl::Status RunNationalDay(const std::string& engine) {
    const std::string name = absl::StrCat("a national day, ", volumes_.lives, " lives");
    if (volumes_.lives == 0 || !Wanted(name, engine, kNothing)) return absl::OkStatus();
    std::cerr << "bench: " << TitleOf(name, engine, kNothing) << std::endl;
    ASSIGN_OR_RETURN(const std::string url, NewDatabase(engine, "national_day"));
    return AddAll(MeasureNationalDay({.name = name,
                                      .engine = engine,
                                      .database = url,
                                      .registry_address = registry_->address(),
                                      .source_dir = places_.source_dir,
                                      .lives = volumes_.lives}));
  }

  absl::Status MeasureStored(const std::string& engine) {
    const std::string with = absl::StrCat(", ", volumes_.stored, " stored");
    const bool wanted = absl::c_any_of(
        std::vector<std::string>{"GetDossier", "SubmitDossier", kLife},
        [&](const std::string& name) { return Wanted(name + with, engine, kEmpty); });
    if (!wanted) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::string empty_url, NewDatabase(engine, "empty"));
    ASSIGN_OR_RETURN(const std::string full_url, NewDatabase(engine, "full"));
    ASSIGN_OR_RETURN(const auto get_stored, StoreDossiers(places_, registry_->address(), full_url,
                                                          workload_, volumes_.stored));
    ASSIGN_OR_RETURN(Server empty, StartRouting(places_, absl::StrCat("routing_empty_", engine),
                                                empty_url, registry_->address()));
    ASSIGN_OR_RETURN(Server full, StartRouting(places_, absl::StrCat("routing_full_", engine),
                                               full_url, registry_->address()));
    const auto compare = [&](const std::string& name, MakeCaller on_full, MakeCaller on_empty) {
      const Contender reference{{&empty}, std::move(on_empty)};
      return Measure({.name = name + with, .engine = engine, .reference = kEmpty},
                     {{&full}, std::move(on_full)}, [&]() -> absl::StatusOr<double> {
                       ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(reference, settings_));
                       return sample.per_second;
                     });
    };

    ASSIGN_OR_RETURN(const auto get_new,
                     PrepareGetDossier(empty.address(), *workload_.submit_dossier));
    RETURN_IF_ERROR(compare("GetDossier", Replay(get_stored), Replay(get_new)));
    const MakeCaller submit = Replay(workload_.submit_dossier);
    RETURN_IF_ERROR(compare("SubmitDossier", submit, submit));
    const MakeCaller live = Live(/*judge_state=*/true);
    return compare(kLife, live, live);
  }

  // Callers begin far apart in the list of requests.
  static size_t First(int caller) { return static_cast<size_t>(caller) * 101; }

  static MakeCaller Replay(std::shared_ptr<const PreparedCalls> calls) {
    return [calls](int caller) { return std::make_unique<ReplayCaller>(calls, First(caller)); };
  }

  MakeCaller Live(bool judge_state) {
    return [this, judge_state](int caller) {
      return std::make_unique<LifeCaller>(workload_.submit_dossier, First(caller), judge_state);
    };
  }

  absl::Status AgainstEcho(const std::string& name, const std::string& engine, Server& server,
                           const MakeCaller& make_caller) {
    const Contender echo{{&*echo_}, EchoCaller(name, make_caller)};
    return Measure({.name = name, .engine = engine, .reference = "echo"}, {{&server}, make_caller},
                   [&]() -> absl::StatusOr<double> {
                     ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(echo, settings_));
                     return sample.per_second;
                   });
  }

  // The same calls, but states are not judged: the echo always answers the same.
  MakeCaller EchoCaller(const std::string& name, const MakeCaller& make_caller) {
    return name == kLife ? Live(/*judge_state=*/false) : make_caller;
  }

  absl::Status Measure(Row row, const Contender& contender, const Reference& reference) {
    if (!Wanted(row.name, row.engine, row.reference)) return absl::OkStatus();
    const std::string what = TitleOf(row.name, row.engine, row.reference);
    std::cerr << "bench: " << what << std::endl;
    absl::StatusOr<Row> measured = Compare(std::move(row), contender, reference, settings_);
    if (!measured.ok()) {
      return absl::Status(measured.status().code(),
                          absl::StrCat(what, ": ", measured.status().message()));
    }
    return Add(*std::move(measured));
  }

  absl::Status Add(Row row) {
    rows_.push_back(std::move(row));
    return absl::OkStatus();
  }

  absl::Status AddAll(absl::StatusOr<std::vector<Row>> rows) {
    RETURN_IF_ERROR(rows.status());
    rows_.insert(rows_.end(), rows->begin(), rows->end());
    return absl::OkStatus();
  }

  const Places places_;
  const std::string postgres_url_;
  const Settings settings_;
  const Volumes volumes_;
  const std::string only_;
  const std::string beside_;
  std::vector<PostgresDatabase> databases_;  // Outlive the servers that use them.
  std::string routing_url_;
  std::optional<Server> registry_, sqlite_, postgres_, echo_;
  Workload workload_;
  std::vector<Row>& rows_;
};

}  // namespace

absl::Status RunBench(BenchOptions options, std::vector<Row>& rows) {
  return Bench(std::move(options), rows).Run();
}

}  // namespace twotier::load
