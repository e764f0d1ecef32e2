#include "tests/load/ledger_bench.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/ledger_calls.h"
#include "tests/load/plain_transfer.h"
#include "tests/load/postgres.h"
#include "tests/load/raw_inserts.h"
#include "tests/load/workload.h"

namespace twotier::load {
namespace {

constexpr char kPosting[] = "PostJournal";
constexpr char kUniform[] = "PostJournal, uniform";
constexpr char kHot[] = "PostJournal, one hot account";
// Batches that wait while one is posted: the next one is parsed meanwhile.
constexpr int kBatchesInFlight = 2;

class LedgerBench {
 public:
  explicit LedgerBench(const LedgerBenchOptions& options) : options_(options) {}

  absl::StatusOr<std::vector<Row>> Run() {
    const bool sqlite = options_.engine == "sqlite";
    ASSIGN_OR_RETURN(budget_, StartBudget(options_.places, absl::StrCat("budget_", options_.engine),
                                          options_.database, options_.registry_address));
    ASSIGN_OR_RETURN(calls_, PrepareLedger(options_.registry_address, budget_->address()));
    RETURN_IF_ERROR(sqlite ? BesideEcho() : BesidePlainTransfers());
    RETURN_IF_ERROR(HotBesideUniform());
    if (sqlite) RETURN_IF_ERROR(BatchesBesideInserts());
    return std::move(rows_);
  }

 private:
  using Calls = std::shared_ptr<const PreparedCalls>;

  static Contender On(Server& server, const Calls& calls) {
    return {{&server}, [calls](int caller) {
              return std::make_unique<ReplayCaller>(calls, static_cast<size_t>(caller) * 101);
            }};
  }
  Contender Ours(const Calls& calls) { return On(*budget_, calls); }

  Reference LoopOf(Contender contender) {
    return [this, contender = std::move(contender)]() -> absl::StatusOr<double> {
      ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(contender, options_.settings));
      return sample.per_second;
    };
  }

  absl::Status Measure(const std::string& name, const std::string& reference_name,
                       const Calls& calls, const Reference& reference) {
    if (!options_.wanted(name, reference_name)) return absl::OkStatus();
    ASSIGN_OR_RETURN(Row row,
                     Compare({.name = name, .engine = options_.engine, .reference = reference_name},
                             Ours(calls), reference, options_.settings));
    rows_.push_back(std::move(row));
    return absl::OkStatus();
  }

  absl::Status BesideEcho() {
    const std::string answers = absl::StrCat(options_.places.work_dir, "/ledger_answers");
    RETURN_IF_ERROR(WriteAnswers(calls_.answers, answers));
    ASSIGN_OR_RETURN(Server echo, StartEcho(options_.places, answers));
    return Measure(kPosting, "echo", calls_.hot, LoopOf(On(echo, calls_.hot)));
  }

  absl::Status BesidePlainTransfers() {
    RETURN_IF_ERROR(PreparePlainTransfers(options_.comparison, calls_.communes));
    const auto plain = [this](bool hot) -> Reference {
      return [this, hot] {
        return RunPlainTransfers(
            options_.comparison,
            {.accounts = calls_.communes, .hot = hot, .duration = options_.settings.duration});
      };
    };
    RETURN_IF_ERROR(Measure(kPosting, "plain transfer", calls_.hot, plain(true)));
    RETURN_IF_ERROR(Measure(kUniform, "plain transfer, uniform", calls_.uniform, plain(false)));
    if (!options_.wanted(kPosting, "pgbench")) return absl::OkStatus();
    RETURN_IF_ERROR(PreparePgbench(options_.comparison, options_.pgbench_scale));
    return Measure(kPosting, "pgbench", calls_.hot,
                   [this] { return RunPgbench(options_.comparison, options_.settings.duration); });
  }

  absl::Status HotBesideUniform() {
    return Measure(kHot, "uniform", calls_.hot, LoopOf(Ours(calls_.uniform)));
  }

  // Transfers, not calls, a second; an open loop of so large calls says nothing.
  absl::Status BatchesBesideInserts() {
    const std::string name = absl::StrCat("BatchCreateTransfers, ", kBatchTransfers, " each");
    if (!options_.wanted(name, "raw inserts")) return absl::OkStatus();
    ASSIGN_OR_RETURN(RawInserts raw,
                     RawInserts::Create(absl::StrCat(options_.places.work_dir, "/raw_inserts.db")));
    Settings settings = options_.settings;
    settings.in_flight = kBatchesInFlight;
    std::vector<double> ours, theirs, cpu;
    for (int i = 0; i < settings.runs; ++i) {
      ASSIGN_OR_RETURN(const double inserts, raw.Run(kBatchTransfers, settings.duration));
      theirs.push_back(inserts);
      ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(Ours(calls_.batch), settings));
      ours.push_back(sample.per_second * kBatchTransfers);
      cpu.push_back(sample.cpu_us_per_call / kBatchTransfers);
    }
    ASSIGN_OR_RETURN(const double resident, budget_->process().ResidentMb());
    rows_.push_back({.name = name,
                     .engine = options_.engine,
                     .value = Median(std::move(ours)),
                     .unit = "transfers/s",
                     .reference = "raw inserts",
                     .reference_value = Median(std::move(theirs)),
                     .cpu_us_per_call = Median(std::move(cpu)),
                     .rss_mb = resident,
                     .in_flight = kBatchesInFlight});
    return absl::OkStatus();
  }

  const LedgerBenchOptions& options_;
  std::optional<Server> budget_;
  LedgerCalls calls_;
  std::vector<Row> rows_;
};

}  // namespace

absl::StatusOr<std::vector<Row>> MeasureLedger(const LedgerBenchOptions& options) {
  return LedgerBench(options).Run();
}

}  // namespace twotier::load
