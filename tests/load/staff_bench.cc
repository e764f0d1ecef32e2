#include "tests/load/staff_bench.h"

#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/process.h"
#include "tests/load/staff_calls.h"
#include "tests/load/workload.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace v1 = personnel::v1;

constexpr char kTransfer[] = "TransferCivilServant";
constexpr char kStaffing[] = "GetStaffing, the country";
// Callers of an open loop, for each caller of the closed ones (measure.cc).
constexpr int kOpenLoopCallers = 4;
// Reports of which the median counts, in each run.
constexpr int kReports = 20;

absl::StatusOr<Server> Start(const ServiceBenchOptions& options) {
  return StartPersonnel(options.places, absl::StrCat("personnel_", options.engine),
                        options.database, options.registry_address);
}

class TransferBench : ServiceBench {
 public:
  explicit TransferBench(const ServiceBenchOptions& options) : ServiceBench(options) {}

  absl::StatusOr<std::vector<Row>> Run() {
    const bool sqlite = options_.engine == "sqlite";
    ASSIGN_OR_RETURN(Server personnel, Start(options_));
    ASSIGN_OR_RETURN(const StaffCalls calls,
                     PrepareStaff(options_.registry_address, personnel.address(),
                                  kOpenLoopCallers * options_.settings.in_flight));
    const Contender ours = On(personnel, calls.commuters, /*judge=*/true);
    if (sqlite) {
      const std::string answers = absl::StrCat(options_.places.work_dir, "/staff_answers");
      RETURN_IF_ERROR(WriteAnswers(calls.answers, answers));
      ASSIGN_OR_RETURN(Server echo, StartEcho(options_.places, answers));
      RETURN_IF_ERROR(
          Measure(kTransfer, "echo", ours, LoopOf(On(echo, calls.commuters, /*judge=*/false))));
    } else {
      RETURN_IF_ERROR(MeasureBesidePgbench(kTransfer, ours));
    }
    return std::move(rows_);
  }

 private:
  static Contender On(Server& server, const std::shared_ptr<Commuters>& commuters, bool judge) {
    return {{&server}, [commuters, judge](int caller) {
              return std::make_unique<TransferCaller>(commuters, static_cast<size_t>(caller),
                                                      judge);
            }};
  }
};

// Fills the service with the country of `twotierctl staff generate`.
absl::Status FillCountry(const ServiceBenchOptions& options, const Server& personnel) {
  ASSIGN_OR_RETURN(
      Process filling,
      Process::Start({absl::StrCat(options.places.bin_dir, "/twotierctl"),
                      absl::StrCat("--registry=", options.registry_address),
                      absl::StrCat("--personnel=", personnel.address()), "staff", "generate"},
                     absl::StrCat(options.places.work_dir, "/staff_generate.log")));
  return filling.Wait();
}

}  // namespace

absl::StatusOr<std::vector<Row>> MeasureTransfers(const ServiceBenchOptions& options) {
  const std::string reference = options.engine == "sqlite" ? "echo" : "pgbench";
  if (!options.wanted(kTransfer, reference)) return std::vector<Row>();
  return TransferBench(options).Run();
}

absl::StatusOr<std::vector<Row>> MeasureStaffing(const ServiceBenchOptions& options) {
  if (!options.wanted(kStaffing, "nothing")) return std::vector<Row>();
  ASSIGN_OR_RETURN(Server personnel, Start(options));
  RETURN_IF_ERROR(FillCountry(options, personnel));
  const auto stub = StubOf<v1::PersonnelService>(personnel.address());
  const v1::GetStaffingRequest country;
  ASSIGN_OR_RETURN(const v1::GetStaffingResponse first,
                   Ask(*stub, &v1::PersonnelService::Stub::GetStaffing, country));
  int64_t posts = 0;
  int64_t people = 0;
  for (const v1::GradeLine& line : first.total().grades()) {
    posts += line.posts();
    people += line.filled();
  }
  std::cerr << "bench: " << TitleOf(kStaffing, options.engine, "nothing") << ", " << posts
            << " posts and " << people << " people in " << first.provinces_size() << " provinces"
            << std::endl;
  std::vector<double> took_us;
  ASSIGN_OR_RETURN(const absl::Duration before, personnel.process().CpuTime());
  const int reports = kReports * options.settings.runs;
  for (int i = 0; i < reports; ++i) {
    const absl::Time begin = absl::Now();
    RETURN_IF_ERROR(Ask(*stub, &v1::PersonnelService::Stub::GetStaffing, country).status());
    took_us.push_back(absl::ToDoubleMicroseconds(absl::Now() - begin));
  }
  ASSIGN_OR_RETURN(const absl::Duration after, personnel.process().CpuTime());
  Row row{.name = kStaffing,
          .engine = options.engine,
          .unit = "ms",
          .cpu_us_per_call = absl::ToDoubleMicroseconds(after - before) / reports,
          .in_flight = 1};
  row.p50_us = Median(std::move(took_us));
  row.value = row.p50_us / 1e3;
  ASSIGN_OR_RETURN(row.rss_mb, personnel.process().ResidentMb());
  return std::vector<Row>{std::move(row)};
}

}  // namespace twotier::load
