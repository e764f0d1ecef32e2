#include "services/registry/beliefs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/status_macros.h"
#include "services/registry/convert.h"
#include "services/registry/store/register_store.h"

namespace twotier::registry {
namespace {

std::string Text(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", instant, absl::UTCTimeZone());
}

absl::Status CheckInstant(const feed::Knowledge& knowledge, absl::Time instant) {
  if (knowledge.until < instant) {
    const std::string until = Text(knowledge.until);
    return error::WithReason(
        absl::StatusCode::kOutOfRange,
        absl::StrCat("what was known at ", Text(instant), " is settled up to ", until, " only"),
        "NOT_KNOWN_YET", {{"known_until", until}});
  }
  if (knowledge.begins <= instant) return absl::OkStatus();
  error::Metadata metadata;
  if (knowledge.begins != absl::InfiniteFuture()) {
    metadata.emplace_back("knowledge_begins", Text(knowledge.begins));
  }
  return error::WithReason(absl::StatusCode::kOutOfRange,
                           absl::StrCat("nothing was known at ", Text(instant)),
                           "BEFORE_FIRST_KNOWLEDGE", std::move(metadata));
}

// Without an event the counts are as old as the register: those that are stored.
absl::StatusOr<std::vector<PublishedCount>> LoadCountsAt(db::Tx& tx, int64_t position) {
  ASSIGN_OR_RETURN(const std::optional<std::string> body,
                   store::CountsEventAt(tx, kPublishedCountsSubject, position));
  if (!body.has_value()) return store::LoadCounts(tx);
  v1::PublishedCounts counts;
  if (!counts.ParseFromString(*body)) {
    return error::WithReason(absl::StatusCode::kDataLoss,
                             "an event of the published counts cannot be read", "UNREADABLE_ROW",
                             {{"subject", std::string(kPublishedCountsSubject)}});
  }
  return FromProto(counts);
}

absl::StatusOr<RegisterState> LoadRegisterAt(db::Tx& tx, int64_t position) {
  RegisterState state;
  ASSIGN_OR_RETURN(state.units, store::LoadUnitsAt(tx, position));
  ASSIGN_OR_RETURN(state.centers, store::LoadCentersAt(tx, position));
  ASSIGN_OR_RETURN(state.tier_models, store::LoadTierModelsAt(tx, position));
  ASSIGN_OR_RETURN(state.counts, LoadCountsAt(tx, position));
  ASSIGN_OR_RETURN(state.opening_hours, store::LoadOpeningHoursAt(tx, position));
  ASSIGN_OR_RETURN(state.change_events, store::LoadChangeEventsAt(tx, position));
  ASSIGN_OR_RETURN(state.succession_reports, store::LoadReportsAt(tx, position));
  return state;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> Beliefs::At(db::Tx& tx, absl::Time instant) {
  ASSIGN_OR_RETURN(const feed::Knowledge knowledge, feed::ReadKnowledge(tx));
  RETURN_IF_ERROR(CheckInstant(knowledge, instant));
  ASSIGN_OR_RETURN(const int64_t position, feed::PositionAt(tx, instant));
  return AtPosition(tx, position);
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Beliefs::AtPosition(db::Tx& tx, int64_t position) {
  absl::MutexLock lock(&mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(), [position](const auto& snapshot) {
    return snapshot->position() == position;
  });
  if (found != kept_.end()) {
    std::rotate(found, found + 1, kept_.end());
    return kept_.back();
  }
  ASSIGN_OR_RETURN(RegisterState state, LoadRegisterAt(tx, position));
  ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> snapshot,
                   Snapshot::Create(std::move(state), position));
  if (kept_.size() == kKeptMax) kept_.erase(kept_.begin());
  kept_.push_back(snapshot);
  return snapshot;
}

}  // namespace twotier::registry
