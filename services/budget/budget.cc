#include "services/budget/budget.h"

#include <utility>

#include "common/chore.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/feed/refresher.h"
#include "common/feed/spine.h"
#include "common/ledger/store.h"
#include "common/server/work_parts.h"
#include "common/status_macros.h"
#include "common/units/memory_snapshot.h"
#include "common/units/replica.h"
#include "common/units/snapshot_state.h"
#include "common/units/succession_reporter.h"
#include "services/budget/hold_expiry.h"
#include "services/budget/metrics.h"
#include "services/budget/norm_import.h"
#include "services/budget/reference_import.h"
#include "services/budget/service.h"
#include "services/budget/snapshot.h"
#include "services/budget/staff_copy.h"
#include "services/budget/store/account_migrations.h"
#include "services/budget/store/contingency_migrations.h"
#include "services/budget/store/credit_migrations.h"
#include "services/budget/store/decision_migrations.h"
#include "services/budget/store/norm_migrations.h"
#include "services/budget/store/reference_migrations.h"
#include "services/budget/store/staff_migrations.h"
#include "services/budget/store/treasury_migrations.h"
#include "services/budget/successions.h"

namespace twotier::budget {
namespace {

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:budget";
constexpr absl::string_view kOwnService = "budget";

// Members are destroyed in reverse order: who uses comes after what it uses.
class Budget final : public server::Service {
 public:
  explicit Budget(const server::Parts& parts) : parts_(parts), metrics_(parts.metrics) {}

  absl::Status Start(const BudgetOptions& options) {
    env_.snapshots = &snapshots_;
    env_.pages = &parts_.pages;
    // Nothing of a ledger is ever forgotten: no retention.
    ASSIGN_OR_RETURN(spine_, feed::Spine::Create(server::SpineOf(parts_), {}));
    env_.hub = &spine_->hub();
    env_.appended = [spine = spine_.get()] { spine->Poke(); };
    if (!options.reference_data_dir.empty()) {
      RETURN_IF_ERROR(
          ImportReferenceFiles(parts_, env_, kOwnPrincipal, options.reference_data_dir));
      RETURN_IF_ERROR(ImportNormFiles(parts_, env_, kOwnPrincipal, options.reference_data_dir));
    }
    ASSIGN_OR_RETURN(const int64_t position,
                     units::LoadFirst(snapshots_, parts_.database, LoadSnapshot));
    spine_->Start(position);
    refresher_ =
        units::KeepFresh(snapshots_, LoadSnapshot, *spine_, parts_.log,
                         server::FollowingOf(parts_, options.registry_target, kOwnPrincipal));
    measuring_ = std::make_unique<Chore>(
        Chore::Options{.name = "budget metrics", .pause = kMeasured, .rest = kMeasured},
        [this]() -> absl::StatusOr<bool> {
          RETURN_IF_ERROR(
              metrics_.Set(*snapshots_.Get(), parts_.database, VietnamDay(parts_.clock.Now())));
          return false;
        },
        &parts_.log);
    const server::WorkParts<handlers::Env> work = server::WorkOf(parts_, env_, *spine_);
    hold_expiry_ = std::make_unique<HoldExpiry>(work);
    expiring_ = std::make_unique<Chore>(
        Chore::Options{.name = "hold expiry", .pause = absl::ZeroDuration(), .rest = kExpired},
        [this] { return hold_expiry_->RunSlice(); }, &parts_.log);
    successions_ = std::make_unique<Successions>(
        work,
        options.registry_target.empty()
            ? nullptr
            : units::SuccessionReporter::To(options.registry_target, kOwnPrincipal, kOwnService));
    succeeding_ = std::make_unique<Chore>(
        Chore::Options{.name = "successions", .pause = absl::ZeroDuration(), .rest = kSucceeded},
        [this] { return successions_->RunSlice(); }, &parts_.log);
    if (!options.personnel_target.empty()) {
      staff_copy_ = std::make_unique<StaffCopy>(work, options.personnel_target, kOwnPrincipal);
      copying_staff_ = std::make_unique<Chore>(
          Chore::Options{
              .name = "staff copy", .pause = options.staff_rest, .rest = options.staff_rest},
          [this] { return staff_copy_->RunSlice(); }, &parts_.log);
    }
    return absl::OkStatus();
  }

  grpc::Service& binding() override { return binding_; }
  bool ready() const override { return snapshots_.Get()->ready(); }

  void BeginDrain() override {
    successions_->Cancel();
    if (staff_copy_ != nullptr) staff_copy_->Cancel();
    copying_staff_ = nullptr;
    succeeding_->Stop();
    expiring_->Stop();
    measuring_->Stop();
    refresher_->Stop();
    spine_->Stop();
  }

 private:
  // How old a figure of the subject matter may be: alerts on it wait for minutes.
  static constexpr absl::Duration kMeasured = absl::Seconds(15);

  // How late a hold may expire: it does so at the end of a day.
  static constexpr absl::Duration kExpired = absl::Seconds(2);

  // How long after a change of units the money may be with the unit that has ended.
  static constexpr absl::Duration kSucceeded = absl::Seconds(2);

  const server::Parts parts_;
  SnapshotHolder snapshots_;
  BudgetMetrics metrics_;
  handlers::Env env_;
  BudgetService binding_{parts_.dispatcher, env_};
  std::unique_ptr<feed::Spine> spine_;
  std::unique_ptr<feed::Refresher> refresher_;
  std::unique_ptr<Chore> measuring_;
  std::unique_ptr<HoldExpiry> hold_expiry_;
  std::unique_ptr<Chore> expiring_;
  std::unique_ptr<Successions> successions_;
  std::unique_ptr<Chore> succeeding_;
  std::unique_ptr<StaffCopy> staff_copy_;  // Null: no personnel is asked.
  std::unique_ptr<Chore> copying_staff_;
};

}  // namespace

std::vector<db::Migration> BudgetMigrations() {
  std::vector<db::Migration> migrations = feed::Migrations();
  const auto add = [&migrations](std::vector<db::Migration> more) {
    for (db::Migration& migration : more) migrations.push_back(std::move(migration));
  };
  add(ledger::Migrations());
  add(units::Migrations());
  add(store::AccountMigrations());
  add(store::ReferenceMigrations());
  add(store::TreasuryMigrations());
  add(store::NormMigrations());
  add(store::CreditMigrations());
  add(store::StaffMigrations());
  add(store::DecisionMigrations());
  add(store::ContingencyMigrations());
  return migrations;
}

absl::StatusOr<std::unique_ptr<server::Service>> BuildBudget(const server::Parts& parts,
                                                             const BudgetOptions& options) {
  auto service = std::make_unique<Budget>(parts);
  RETURN_IF_ERROR(service->Start(options));
  return std::unique_ptr<server::Service>(std::move(service));
}

}  // namespace twotier::budget
