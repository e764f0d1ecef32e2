#include "tests/load/service_bench.h"

#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/postgres.h"

namespace twotier::load {

std::string TitleOf(absl::string_view name, absl::string_view engine, absl::string_view reference) {
  return absl::StrCat(name, " (", engine, ") beside ", reference);
}

bool ServiceBench::Begins(const std::string& name, const std::string& reference_name) const {
  if (!options_.wanted(name, reference_name)) return false;
  std::cerr << "bench: " << TitleOf(name, options_.engine, reference_name) << std::endl;
  return true;
}

Reference ServiceBench::LoopOf(Contender contender) const {
  return [this, contender = std::move(contender)]() -> absl::StatusOr<double> {
    ASSIGN_OR_RETURN(const Sample sample, RunClosedLoop(contender, options_.settings));
    return sample.per_second;
  };
}

absl::Status ServiceBench::Measure(const std::string& name, const std::string& reference_name,
                                   const Contender& ours, const Reference& reference) {
  if (!Begins(name, reference_name)) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      Row row, Compare({.name = name, .engine = options_.engine, .reference = reference_name}, ours,
                       reference, options_.settings));
  rows_.push_back(std::move(row));
  return absl::OkStatus();
}

absl::Status ServiceBench::MeasureBesidePgbench(const std::string& name, const Contender& ours) {
  bool prepared = false;
  return Measure(name, "pgbench", ours, [this, &prepared]() -> absl::StatusOr<double> {
    if (!prepared) {
      RETURN_IF_ERROR(ExecuteOnPostgres(options_.database, {"VACUUM ANALYZE"}));
      RETURN_IF_ERROR(PreparePgbench(options_.comparison, options_.pgbench_scale));
    }
    prepared = true;
    return RunPgbench(options_.comparison, options_.settings.duration);
  });
}

}  // namespace twotier::load
