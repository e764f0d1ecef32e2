#include "common/server/metrics.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace twotier::server {
namespace {

using prometheus::Histogram;

// The buckets of grpc_server_handling_seconds, so that both graphs line up.
const Histogram::BucketBoundaries kSecondsBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                     0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                                     1,      2.5,     5,      10};
// Up to the largest batch of an engine.
const Histogram::BucketBoundaries kUnitsBuckets = {1, 2, 4, 8, 16, 32, 64, 128, 256};

prometheus::MetricFamily Single(const char* name, const char* help, prometheus::MetricType type,
                                double value) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  family.metric.resize(1);
  if (type == prometheus::MetricType::Counter) {
    family.metric[0].counter.value = value;
  } else {
    family.metric[0].gauge.value = value;
  }
  return family;
}

// Fields of /proc/self/stat after the command, which may hold spaces; field 3 of proc(5) is the
// first.
std::vector<std::string> StatFields() {
  std::ifstream file("/proc/self/stat");
  std::stringstream text;
  text << file.rdbuf();
  const std::string stat = text.str();
  const size_t end = stat.rfind(')');
  if (end == std::string::npos) return {};
  return absl::StrSplit(absl::string_view(stat).substr(end + 1), ' ', absl::SkipEmpty());
}

double Field(const std::vector<std::string>& fields, size_t number) {
  constexpr size_t kFirst = 3;
  double value = 0;
  if (number - kFirst >= fields.size() || !absl::SimpleAtod(fields[number - kFirst], &value))
    return 0;
  return value;
}

// Seconds since 1970 at which the machine started.
double BootTime() {
  std::ifstream file("/proc/stat");
  std::string line;
  double seconds = 0;
  while (std::getline(file, line)) {
    if (line.rfind("btime ", 0) == 0 && absl::SimpleAtod(line.substr(6), &seconds)) break;
  }
  return seconds;
}

double OpenFileDescriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    ++count;
  }
  return count;
}

prometheus::Counter& CounterOf(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Gauge& QueueGauge(prometheus::Registry& registry, const char* queue) {
  return prometheus::BuildGauge()
      .Name("twotier_db_queue_depth")
      .Help("Units of work and reads that wait.")
      .Register(registry)
      .Add({{"queue", queue}});
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  const std::vector<std::string> fields = StatFields();
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  using Type = prometheus::MetricType;
  return {
      Single("process_resident_memory_bytes", "Resident memory size in bytes.", Type::Gauge,
             Field(fields, 24) * page),
      Single("process_cpu_seconds_total", "User and system CPU time in seconds.", Type::Counter,
             (Field(fields, 14) + Field(fields, 15)) / ticks),
      Single("process_start_time_seconds", "Start of the process in seconds since 1970.",
             Type::Gauge, BootTime() + Field(fields, 22) / ticks),
      Single("process_open_fds", "Open file descriptors.", Type::Gauge, OpenFileDescriptors()),
      Single("twotier_log_lines_dropped_total", "Log lines that did not fit the buffer.",
             Type::Counter, static_cast<double>(log_.lines_dropped())),
  };
}

DatabaseMetrics::DatabaseMetrics(prometheus::Registry& registry)
    : statement_seconds_(prometheus::BuildHistogram()
                             .Name("twotier_db_statement_seconds")
                             .Help("Time of a statement, by its name.")
                             .Register(registry)),
      statement_errors_(prometheus::BuildCounter()
                            .Name("twotier_db_statement_errors_total")
                            .Help("Statements that failed, by name.")
                            .Register(registry)),
      batch_units_(prometheus::BuildHistogram()
                       .Name("twotier_db_batch_units")
                       .Help("Units of work that were committed together.")
                       .Register(registry)
                       .Add({}, kUnitsBuckets)),
      batch_seconds_(prometheus::BuildHistogram()
                         .Name("twotier_db_batch_seconds")
                         .Help("Time of a batch from BEGIN to its commit.")
                         .Register(registry)
                         .Add({}, kSecondsBuckets)),
      conflicts_(CounterOf(registry, "twotier_db_conflicts_total",
                           "Transactions that lost to others and were run again.")),
      reconnects_(CounterOf(registry, "twotier_db_reconnects_total",
                            "Connections that were opened again after a loss.")),
      write_queue_(QueueGauge(registry, "write")),
      read_queue_(QueueGauge(registry, "read")),
      wal_bytes_(prometheus::BuildGauge()
                     .Name("twotier_db_wal_bytes")
                     .Help("Size of SQLite's write-ahead log.")
                     .Register(registry)
                     .Add({})) {}

DatabaseMetrics::StatementMetrics DatabaseMetrics::Find(absl::string_view name) {
  absl::MutexLock lock(&mutex_);
  const auto found = statements_.find(name);
  if (found != statements_.end()) return found->second;
  const prometheus::Labels labels = {{"statement", std::string(name)}};
  const StatementMetrics made{&statement_seconds_.Add(labels, kSecondsBuckets),
                              &statement_errors_.Add(labels)};
  statements_.emplace(name, made);
  return made;
}

void DatabaseMetrics::OnStatement(absl::string_view name, absl::Duration took, bool ok) {
  const StatementMetrics metrics = Find(name);
  metrics.seconds->Observe(absl::ToDoubleSeconds(took));
  if (!ok) metrics.errors->Increment();
}

void DatabaseMetrics::OnBatch(int units, absl::Duration took) {
  batch_units_.Observe(units);
  batch_seconds_.Observe(absl::ToDoubleSeconds(took));
}

void DatabaseMetrics::OnQueue(bool writer, int64_t change) {
  (writer ? write_queue_ : read_queue_).Increment(static_cast<double>(change));
}

}  // namespace twotier::server
