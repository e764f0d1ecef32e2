#include "tests/load/ledger_bench.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/ledger_calls.h"
#include "tests/load/plain_transfer.h"
#include "tests/load/raw_inserts.h"
#include "tests/load/workload.h"

namespace twotier::load {
namespace {

constexpr char kPosting[] = "PostJournal";
constexpr char kUniform[] = "PostJournal, uniform";
constexpr char kHot[] = "PostJournal, one hot account";
// Batches that wait while one is posted: the next one is parsed meanwhile.
constexpr int kBatchesInFlight = 2;

class LedgerBench : ServiceBench {
 public:
  explicit LedgerBench(const ServiceBenchOptions& options) : ServiceBench(options) {}

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

  absl::Status BesideEcho() {
    const std::string answers = absl::StrCat(options_.places.work_dir, "/ledger_answers");
    RETURN_IF_ERROR(WriteAnswers(calls_.answers, answers));
    ASSIGN_OR_RETURN(Server echo, StartEcho(options_.places, answers));
    return Measure(kPosting, "echo", Ours(calls_.hot), LoopOf(On(echo, calls_.hot)));
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
    RETURN_IF_ERROR(Measure(kPosting, "plain transfer", Ours(calls_.hot), plain(true)));
    RETURN_IF_ERROR(
        Measure(kUniform, "plain transfer, uniform", Ours(calls_.uniform), plain(false)));
    return MeasureBesidePgbench(kPosting, Ours(calls_.hot));
  }

  absl::Status HotBesideUniform() {
    return Measure(kHot, "uniform", Ours(calls_.hot), LoopOf(Ours(calls_.uniform)));
  }

  // Transfers, not calls, a second; an open loop of so large calls says nothing.
  absl::Status BatchesBesideInserts() {
    const std::string name = absl::StrCat("BatchCreateTransfers, ", kBatchTransfers, " each");
    if (!Begins(name, "raw inserts")) return absl::OkStatus();
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

  std::optional<Server> budget_;
  LedgerCalls calls_;
};

}  // namespace

absl::StatusOr<std::vector<Row>> MeasureLedger(const ServiceBenchOptions& options) {
  return LedgerBench(options).Run();
}

}  // namespace twotier::load
