#include "common/feed/metrics.h"

namespace twotier::feed {
namespace {

prometheus::Gauge& MakeGauge(prometheus::Registry& registry, const char* name, const char* help,
                             const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Counter& MakeCounter(prometheus::Registry& registry, const char* name, const char* help,
                                 const prometheus::Labels& labels = {}) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

// Carries a counter to a total that is kept elsewhere.
void Raise(prometheus::Counter& counter, int64_t total) {
  counter.Increment(static_cast<double>(total) - counter.Value());
}

}  // namespace

SequencerMetrics::SequencerMetrics(prometheus::Registry& registry)
    : leading_(MakeGauge(registry, "twotier_feed_leading", "1 while this process numbers events.")),
      position_(
          MakeGauge(registry, "twotier_feed_position", "Last position given, as known here.")),
      pending_(MakeGauge(registry, "twotier_feed_pending_events",
                         "Committed events without a position, counted up to 10,000.")),
      lag_seconds_(MakeGauge(registry, "twotier_feed_lag_seconds",
                             "How long committed events have been waiting for a position.")),
      numbered_(MakeCounter(registry, "twotier_feed_events_numbered_total",
                            "Events numbered by this process.")),
      failures_(MakeCounter(registry, "twotier_feed_sequencer_failures_total",
                            "Passes of the sequencer that failed.")) {}

void SequencerMetrics::Set(const SequencerStats& stats) {
  leading_.Set(stats.leading ? 1 : 0);
  position_.Set(static_cast<double>(stats.position));
  pending_.Set(static_cast<double>(stats.pending));
  lag_seconds_.Set(absl::ToDoubleSeconds(stats.lag));
  Raise(numbered_, stats.numbered);
  Raise(failures_, stats.failures);
}

HubMetrics::HubMetrics(prometheus::Registry& registry)
    : streams_(MakeGauge(registry, "twotier_feed_streams", "Streams that follow the feed.")),
      ring_groups_(MakeGauge(registry, "twotier_feed_ring_groups", "Groups held in memory.")),
      ring_bytes_(MakeGauge(registry, "twotier_feed_ring_bytes", "Bytes of the groups in memory.")),
      slow_consumers_(MakeCounter(registry, "twotier_feed_slow_consumers_total",
                                  "Streams cut off because they fell too far behind.")),
      failures_(MakeCounter(registry, "twotier_feed_hub_failures_total",
                            "Reads of new groups that failed.")) {}

void HubMetrics::Set(const HubStats& stats) {
  streams_.Set(static_cast<double>(stats.streams));
  ring_groups_.Set(static_cast<double>(stats.ring_groups));
  ring_bytes_.Set(static_cast<double>(stats.ring_bytes));
  Raise(slow_consumers_, stats.slow_consumers);
  Raise(failures_, stats.failures);
}

RetentionMetrics::RetentionMetrics(prometheus::Registry& registry)
    : purged_(MakeCounter(registry, "twotier_feed_events_purged_total",
                          "Events past their time that this process deleted.")),
      failures_(MakeCounter(registry, "twotier_feed_retention_failures_total",
                            "Slices of retention that failed.")) {}

void RetentionMetrics::Count(const absl::StatusOr<PurgedSlice>& slice) {
  if (slice.ok()) {
    purged_.Increment(static_cast<double>(slice->deleted));
  } else {
    failures_.Increment();
  }
}

FollowerMetrics::FollowerMetrics(prometheus::Registry& registry, const std::string& source)
    : connected_(MakeGauge(registry, "twotier_follower_connected",
                           "1 while a stream of the source gives messages.", {{"source", source}})),
      lag_seconds_(MakeGauge(registry, "twotier_follower_lag_seconds",
                             "Age of what is held of the source.", {{"source", source}})),
      groups_(MakeCounter(registry, "twotier_follower_groups_total", "Groups applied.",
                          {{"source", source}})),
      snapshots_(MakeCounter(registry, "twotier_follower_snapshots_total",
                             "Snapshots taken into use.", {{"source", source}})),
      failures_(MakeCounter(registry, "twotier_follower_failures_total",
                            "Streams that ended and transactions that failed.",
                            {{"source", source}})) {}

void FollowerMetrics::Set(const FollowerStats& stats) {
  connected_.Set(stats.connected ? 1 : 0);
  lag_seconds_.Set(absl::ToDoubleSeconds(stats.lag));
  Raise(groups_, stats.groups);
  Raise(snapshots_, stats.snapshots);
  Raise(failures_, stats.failures);
}

}  // namespace twotier::feed
