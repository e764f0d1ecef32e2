// What the feed measures. Each part sets its series itself, after each pass or message.
#ifndef TWOTIER_COMMON_FEED_METRICS_H_
#define TWOTIER_COMMON_FEED_METRICS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/feed/follower.h"
#include "common/feed/hub.h"
#include "common/feed/retention.h"
#include "common/feed/sequencer.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace twotier::feed {

// twotier_feed_leading, _position, _pending_events, _lag_seconds, _events_numbered_total,
// _sequencer_failures_total.
class SequencerMetrics {
 public:
  explicit SequencerMetrics(prometheus::Registry& registry);
  void Set(const SequencerStats& stats);

 private:
  prometheus::Gauge& leading_;
  prometheus::Gauge& position_;
  prometheus::Gauge& pending_;
  prometheus::Gauge& lag_seconds_;
  prometheus::Counter& numbered_;
  prometheus::Counter& failures_;
};

// twotier_feed_streams, _ring_groups, _ring_bytes, _slow_consumers_total, _hub_failures_total.
class HubMetrics {
 public:
  explicit HubMetrics(prometheus::Registry& registry);
  void Set(const HubStats& stats);

 private:
  prometheus::Gauge& streams_;
  prometheus::Gauge& ring_groups_;
  prometheus::Gauge& ring_bytes_;
  prometheus::Counter& slow_consumers_;
  prometheus::Counter& failures_;
};

// twotier_feed_events_purged_total, _retention_failures_total.
class RetentionMetrics {
 public:
  explicit RetentionMetrics(prometheus::Registry& registry);
  void Count(const absl::StatusOr<PurgedSlice>& slice);

 private:
  prometheus::Counter& purged_;
  prometheus::Counter& failures_;
};

// twotier_follower_connected, _lag_seconds (infinite until the source has told an instant),
// _groups_total, _snapshots_total, _failures_total; label `source`.
class FollowerMetrics {
 public:
  FollowerMetrics(prometheus::Registry& registry, const std::string& source);
  void Set(const FollowerStats& stats);

 private:
  prometheus::Gauge& connected_;
  prometheus::Gauge& lag_seconds_;
  prometheus::Counter& groups_;
  prometheus::Counter& snapshots_;
  prometheus::Counter& failures_;
};

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_METRICS_H_
