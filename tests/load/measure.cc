#include "tests/load/measure.h"

#include <utility>

#include "common/status_macros.h"

namespace twotier::load {
namespace {

LoadOptions OptionsFor(const Contender& contender, const Settings& settings) {
  LoadOptions options;
  for (const Server* server : contender.servers) options.addresses.push_back(server->address());
  options.in_flight = settings.in_flight;
  options.warm_up = settings.warm_up;
  options.duration = settings.duration;
  options.make_caller = contender.make_caller;
  return options;
}

absl::StatusOr<absl::Duration> CpuTimeOf(const Contender& contender) {
  absl::Duration total;
  for (Server* server : contender.servers) {
    ASSIGN_OR_RETURN(const absl::Duration used, server->process().CpuTime());
    total += used;
  }
  return total;
}

absl::StatusOr<double> ResidentMbOf(const Contender& contender) {
  double largest = 0;
  for (Server* server : contender.servers) {
    ASSIGN_OR_RETURN(const double resident, server->process().ResidentMb());
    largest = std::max(largest, resident);
  }
  return largest;
}

}  // namespace

absl::StatusOr<Sample> RunClosedLoop(const Contender& contender, const Settings& settings) {
  LoadOptions options = OptionsFor(contender, settings);
  absl::Duration used_before, used;
  options.at_begin = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(used_before, CpuTimeOf(contender));
    return absl::OkStatus();
  };
  options.at_end = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(used, CpuTimeOf(contender));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(const LoadResult result, RunLoad(options));
  if (result.calls == 0) return absl::InternalError("no call was answered in the measured time");
  return Sample{.per_second = result.per_second,
                .cpu_us_per_call = absl::ToDoubleMicroseconds(used - used_before) /
                                   static_cast<double>(result.calls)};
}

absl::StatusOr<Row> Compare(Row row, const Contender& contender, const Reference& reference,
                            const Settings& settings) {
  std::vector<double> values, cpu, references;
  for (int i = 0; i < settings.runs; ++i) {
    if (reference != nullptr) {
      ASSIGN_OR_RETURN(const double per_second, reference());
      references.push_back(per_second);
    }
    ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(contender, settings));
    values.push_back(sample.per_second);
    cpu.push_back(sample.cpu_us_per_call);
  }
  row.value = Median(std::move(values));
  row.unit = "calls/s";
  row.reference_value = Median(std::move(references));
  row.cpu_us_per_call = Median(std::move(cpu));
  row.in_flight = settings.in_flight;

  LoadOptions open_loop = OptionsFor(contender, settings);
  open_loop.rate = settings.open_loop_share * row.value;
  // More than ever wait at a bearable latency; when they are all under way, the next one is sent
  // late and its wait counts.
  open_loop.in_flight = 4 * settings.in_flight;
  ASSIGN_OR_RETURN(const LoadResult open, RunLoad(open_loop));
  row.p50_us = static_cast<double>(open.latency.Quantile(0.5)) / 1e3;
  row.p99_us = static_cast<double>(open.latency.Quantile(0.99)) / 1e3;
  ASSIGN_OR_RETURN(row.rss_mb, ResidentMbOf(contender));
  return row;
}

}  // namespace twotier::load
