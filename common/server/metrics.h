// What the process and its database measure, beside the RPCs.
#ifndef TWOTIER_COMMON_SERVER_METRICS_H_
#define TWOTIER_COMMON_SERVER_METRICS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/database.h"
#include "common/log.h"
#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace twotier::server {

// process_resident_memory_bytes, process_cpu_seconds_total, process_start_time_seconds,
// process_open_fds and twotier_log_lines_dropped_total, read when they are asked for.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  // `log` outlives this object.
  explicit ProcessMetrics(const Log& log) : log_(log) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Log& log_;
};

// Counts what the engines report. Thread-safe.
class DatabaseMetrics final : public db::Observer {
 public:
  explicit DatabaseMetrics(prometheus::Registry& registry);

  void OnStatement(absl::string_view name, absl::Duration took, bool ok) override;
  void OnBatch(int units, absl::Duration took) override;
  void OnConflict() override { conflicts_.Increment(); }
  void OnReconnect() override { reconnects_.Increment(); }
  void OnQueue(bool writer, int64_t change) override;
  void OnWal(int64_t bytes) override { wal_bytes_.Set(static_cast<double>(bytes)); }

 private:
  struct StatementMetrics {
    prometheus::Histogram* seconds;
    prometheus::Counter* errors;
  };
  StatementMetrics Find(absl::string_view name) ABSL_LOCKS_EXCLUDED(mutex_);

  prometheus::Family<prometheus::Histogram>& statement_seconds_;
  prometheus::Family<prometheus::Counter>& statement_errors_;
  prometheus::Histogram& batch_units_;
  prometheus::Histogram& batch_seconds_;
  prometheus::Counter& conflicts_;
  prometheus::Counter& reconnects_;
  prometheus::Gauge& write_queue_;
  prometheus::Gauge& read_queue_;
  prometheus::Gauge& wal_bytes_;

  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, StatementMetrics> statements_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_METRICS_H_
