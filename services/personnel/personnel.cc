#include "services/personnel/personnel.h"

#include <utility>

#include "common/chore.h"
#include "common/feed/feed.h"
#include "common/feed/refresher.h"
#include "common/feed/spine.h"
#include "common/ledger/store.h"
#include "common/rpc/secret.h"
#include "common/server/work_parts.h"
#include "common/status_macros.h"
#include "common/units/memory_snapshot.h"
#include "common/units/replica.h"
#include "common/units/snapshot_state.h"
#include "common/units/succession_reporter.h"
#include "services/personnel/due_effects.h"
#include "services/personnel/published_import.h"
#include "services/personnel/service.h"
#include "services/personnel/snapshot.h"
#include "services/personnel/store/migrations.h"
#include "services/personnel/store/plan_migrations.h"
#include "services/personnel/store/tier_model_store.h"
#include "services/personnel/successions.h"

namespace twotier::personnel {
namespace {

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:personnel";
constexpr absl::string_view kOwnService = "personnel";
constexpr absl::string_view kClaimSecret = "national_id_claim";

// Members are destroyed in reverse order: who uses comes after what it uses.
class Personnel final : public server::Service {
 public:
  explicit Personnel(const server::Parts& parts) : parts_(parts) {}

  absl::Status Start(const PersonnelOptions& options) {
    env_.snapshots = &snapshots_;
    env_.pages = &parts_.pages;
    // Orders and quotas are records: nothing of the feed is ever forgotten.
    ASSIGN_OR_RETURN(spine_, feed::Spine::Create(server::SpineOf(parts_), {}));
    env_.hub = &spine_->hub();
    env_.appended = [spine = spine_.get()] { spine->Poke(); };
    ASSIGN_OR_RETURN(env_.claim_key, rpc::LoadSecret(parts_.database, kClaimSecret));
    if (!options.reference_data_dir.empty()) {
      RETURN_IF_ERROR(ImportPublishedFile(parts_, env_, kOwnPrincipal, options.reference_data_dir));
    }
    ASSIGN_OR_RETURN(const int64_t position,
                     units::LoadFirst(snapshots_, parts_.database, LoadSnapshot));
    spine_->Start(position);
    units::FollowingParts following =
        server::FollowingOf(parts_, options.registry_target, kOwnPrincipal);
    following.apply = store::ApplyResources;
    following.keep = store::KeepOnly;
    refresher_ =
        units::KeepFresh(snapshots_, LoadSnapshot, *spine_, parts_.log, std::move(following));
    const server::WorkParts<handlers::Env> work = server::WorkOf(parts_, env_, *spine_);
    effects_ = std::make_unique<DueEffects>(work);
    applying_ = std::make_unique<Chore>(
        Chore::Options{
            .name = "due effects", .pause = absl::ZeroDuration(), .rest = options.effects_rest},
        [this] { return effects_->RunSlice(); }, &parts_.log);
    if (!options.registry_target.empty()) StartSuccessions(work, options);
    return absl::OkStatus();
  }

  grpc::Service& binding() override { return binding_; }
  bool ready() const override { return snapshots_.Get()->ready(); }

  void BeginDrain() override {
    if (successions_ != nullptr) successions_->Cancel();
    reporting_ = nullptr;
    applying_->Stop();
    refresher_->Stop();
    spine_->Stop();
  }

 private:
  void StartSuccessions(const server::WorkParts<handlers::Env>& work,
                        const PersonnelOptions& options) {
    successions_ = std::make_unique<Successions>(
        work, units::SuccessionReporter::To(options.registry_target, kOwnPrincipal, kOwnService));
    reporting_ = std::make_unique<Chore>(
        Chore::Options{.name = "succession reports",
                       .pause = options.successions_rest,
                       .rest = options.successions_rest},
        [this] { return successions_->RunSlice(); }, &parts_.log);
  }

  const server::Parts parts_;
  SnapshotHolder snapshots_;
  handlers::Env env_;
  PersonnelService binding_{parts_.dispatcher, env_};
  std::unique_ptr<feed::Spine> spine_;
  std::unique_ptr<feed::Refresher> refresher_;
  std::unique_ptr<DueEffects> effects_;
  std::unique_ptr<Chore> applying_;
  std::unique_ptr<Successions> successions_;  // Null: no registry is followed.
  std::unique_ptr<Chore> reporting_;
};

}  // namespace

std::vector<db::Migration> PersonnelMigrations() {
  std::vector<db::Migration> migrations = feed::Migrations();
  const auto add = [&migrations](std::vector<db::Migration> more) {
    for (db::Migration& migration : more) migrations.push_back(std::move(migration));
  };
  add(units::Migrations());
  add(ledger::Migrations());
  add(store::Migrations());
  add(store::PlanMigrations());
  add(store::TierModelMigrations());
  return migrations;
}

absl::StatusOr<std::unique_ptr<server::Service>> BuildPersonnel(const server::Parts& parts,
                                                                const PersonnelOptions& options) {
  auto service = std::make_unique<Personnel>(parts);
  RETURN_IF_ERROR(service->Start(options));
  return std::unique_ptr<server::Service>(std::move(service));
}

}  // namespace twotier::personnel
