#include "services/registry/handlers/watch.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/feed/watch_source.h"
#include "common/status_macros.h"
#include "services/registry/convert_operations.h"

namespace twotier::registry::handlers {
namespace {

using Response = v1::WatchChangesResponse;

// Units, then centers, then tier models, then what belongs to them: what is referred to comes
// first.
class Parts final : public feed::SnapshotProducer<Response> {
 public:
  explicit Parts(std::shared_ptr<const Snapshot> snapshot) : snapshot_(std::move(snapshot)) {}

  int64_t position() const override { return snapshot_->position(); }

  bool Next(Response* out) override {
    const auto& units = snapshot_->tree().units();
    const auto& centers = snapshot_->centers();
    const auto& models = snapshot_->tier_models();
    const Operations& operations = snapshot_->operations();
    const size_t operations_begin = units.size() + centers.size() + models.size();
    const Changes& changes = snapshot_->changes();
    const size_t changes_begin = operations_begin + operations.size();
    const size_t all = changes_begin + changes.size();
    if (next_ == all) return false;
    v1::SnapshotPart* part = out->mutable_snapshot_part();
    size_t bytes = 0;
    while (next_ < all && part->resources_size() < kSnapshotPartMax && bytes < kSnapshotPartBytes) {
      v1::Resource* resource = part->add_resources();
      if (next_ < units.size()) {
        *resource = ToResource(units[next_]);
      } else if (next_ < units.size() + centers.size()) {
        *resource = ToResource(centers[next_ - units.size()]);
      } else if (next_ < operations_begin) {
        *resource = ToResource(models[next_ - units.size() - centers.size()]);
      } else if (next_ < changes_begin) {
        *resource = operations.At(next_ - operations_begin);
      } else {
        *resource = changes.At(next_ - changes_begin);
      }
      bytes += resource->ByteSizeLong();
      ++next_;
    }
    return true;
  }

 private:
  const std::shared_ptr<const Snapshot> snapshot_;
  size_t next_ = 0;
};

// The snapshot of the moment holds everything of `group`: it is replaced before any stream sees the
// group. It may hold more: each resource goes with the version of the state that is sent, and when
// the groups that made it newer come, the consumer drops it.
absl::StatusOr<bool> FillGroup(const SnapshotHolder& snapshots, const feed::Group& group,
                               std::string token, Response* out) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, snapshots.Get());
  v1::ChangeGroup* message = out->mutable_group();
  absl::flat_hash_set<absl::string_view> seen;
  for (const feed::StoredEvent& stored : group.events) {
    if (stored.event.subject == kPublishedCountsSubject) continue;
    if (!seen.insert(stored.event.subject).second) continue;
    std::optional<v1::Resource> resource = snapshot->Find(stored.event.subject);
    if (!resource.has_value()) {
      return error::WithReason(absl::StatusCode::kDataLoss,
                               absl::StrCat("the feed speaks of ", stored.event.subject,
                                            ", which is not in the register"),
                               "UNREADABLE_ROW", {{"subject", stored.event.subject}});
    }
    *message->add_changes() = *std::move(resource);
  }
  SetTime(group.known_time(), message->mutable_known_time());
  message->set_resume_token(std::move(token));
  return message->changes_size() > 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::WatchSource<Response>>> WatchChanges(
    const Env& env, const Call&, const v1::WatchChangesRequest& request) {
  const SnapshotHolder* snapshots = env.snapshots;
  feed::WatchMapping<Response> mapping;
  mapping.snapshot =
      [snapshots]() -> absl::StatusOr<std::unique_ptr<feed::SnapshotProducer<Response>>> {
    ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> snapshot, snapshots->Get());
    return std::make_unique<Parts>(std::move(snapshot));
  };
  mapping.snapshot_end = [](std::string token, Response* out) {
    out->mutable_snapshot_end()->set_resume_token(std::move(token));
  };
  mapping.group = [snapshots](const feed::Group& group, std::string token, Response* out) {
    return FillGroup(*snapshots, group, std::move(token), out);
  };
  mapping.heartbeat = [](absl::Time known_time, std::string token, Response* out) {
    SetTime(known_time, out->mutable_heartbeat()->mutable_known_time());
    out->mutable_heartbeat()->set_resume_token(std::move(token));
  };
  return feed::GroupWatchSource<Response>::Create(*env.hub, request.resume_token(),
                                                  std::move(mapping));
}

}  // namespace twotier::registry::handlers
