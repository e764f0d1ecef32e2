#include "common/feed/spine.h"

#include <utility>

#include "common/feed/metrics.h"
#include "common/status_macros.h"

namespace twotier::feed {

absl::StatusOr<std::unique_ptr<Spine>> Spine::Create(const SpineParts& parts,
                                                     SpineOptions options) {
  std::unique_ptr<Spine> spine(new Spine(parts, std::move(options)));
  HubOptions hub_options;
  hub_options.metrics = parts.metrics;
  ASSIGN_OR_RETURN(spine->hub_, Hub::Create(parts.database, parts.clock, hub_options));
  SequencerOptions sequencer_options;
  sequencer_options.metrics = parts.metrics;
  sequencer_options.on_sequenced = [hub = spine->hub_.get()] { hub->Wake(); };
  ASSIGN_OR_RETURN(spine->sequencer_,
                   Sequencer::Create(parts.database, parts.clock, std::move(sequencer_options)));
  return spine;
}

Spine::Spine(const SpineParts& parts, SpineOptions options)
    : parts_(parts),
      options_(std::move(options)),
      retention_metrics_(
          parts.metrics == nullptr ? nullptr : std::make_unique<RetentionMetrics>(*parts.metrics)) {
}

Spine::~Spine() { Stop(); }

void Spine::Start(int64_t position) {
  if (options_.reload) {
    hub_->OnGroups([this](absl::Span<const GroupPtr>) { return Reload(); });
  }
  hub_->Start(position);
  sequencer_->Start();
  if (options_.retention.empty()) return;
  retention_ = std::make_unique<Chore>(
      Chore::Options{
          .name = "feed retention", .pause = kRetentionPause, .rest = options_.retention_rest},
      [this] { return RetainOnce(); }, parts_.log);
}

void Spine::Stop() {
  if (retention_ != nullptr) retention_->Stop();
  if (sequencer_ != nullptr) sequencer_->Stop();
  if (hub_ != nullptr) hub_->Stop();
}

absl::Status Spine::Reload() const {
  absl::Status status = options_.reload();
  if (!status.ok()) {
    parts_.log->Write(Severity::kError, "snapshot not replaced", {{"message", status.ToString()}});
  }
  return status;
}

absl::StatusOr<bool> Spine::RetainOnce() {
  if (!leading()) return false;
  bool more = false;
  for (const RetentionRule& rule : options_.retention) {
    const absl::StatusOr<PurgedSlice> slice =
        PurgeOnce(*parts_.database, rule, parts_.clock->Now(), kPurgeEventsMax);
    if (retention_metrics_ != nullptr) retention_metrics_->Count(slice);
    RETURN_IF_ERROR(slice.status());
    more = more || slice->looked_at == kPurgeEventsMax;
  }
  return more;
}

}  // namespace twotier::feed
