#include "services/routing/routing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/calendar/calendar_file.h"
#include "common/chore.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/feed/refresher.h"
#include "common/feed/spine.h"
#include "common/file.h"
#include "common/rpc/secret.h"
#include "common/server/work_parts.h"
#include "common/status_macros.h"
#include "common/units/memory_snapshot.h"
#include "common/units/replica.h"
#include "common/units/succession_reporter.h"
#include "services/routing/alarms.h"
#include "services/routing/catalogue_file.h"
#include "services/routing/due_dates.h"
#include "services/routing/metrics.h"
#include "services/routing/service.h"
#include "services/routing/snapshot.h"
#include "services/routing/store/assignment_migrations.h"
#include "services/routing/store/catalogue_store.h"
#include "services/routing/store/clock_migrations.h"
#include "services/routing/store/import_migrations.h"
#include "services/routing/store/migrations.h"
#include "services/routing/store/procedure_migrations.h"
#include "services/routing/store/replica_store.h"
#include "services/routing/store/rerouting_migrations.h"
#include "services/routing/store/step_migrations.h"
#include "services/routing/succession_reports.h"

namespace twotier::routing {
namespace {

constexpr absl::string_view kApplicantDigestSecret = "applicant_digest";
constexpr absl::string_view kOwnService = "routing";

// The files of `directory`.
absl::StatusOr<v1::ImportCatalogueRequest> ReadReferenceData(const std::string& directory) {
  v1::ImportCatalogueRequest request;
  for (const absl::string_view name : {kProceduresFile, calendar::kCalendarFile}) {
    v1::CatalogueFile* file = request.add_files();
    file->set_file_name(std::string(name));
    ASSIGN_OR_RETURN(*file->mutable_content(), ReadFile(absl::StrCat(directory, "/", name)));
  }
  return request;
}

// Those of `all` that were never imported. One that was may have been replaced by a later import,
// which a restart must not undo.
absl::StatusOr<v1::ImportCatalogueRequest> OnlyNew(const v1::ImportCatalogueRequest& all,
                                                   db::Tx& tx) {
  v1::ImportCatalogueRequest request;
  for (const v1::CatalogueFile& file : all.files()) {
    ASSIGN_OR_RETURN(const bool imported, store::IsImported(tx, handlers::FileDigest(file)));
    if (!imported) *request.add_files() = file;
  }
  return request;
}

// Imports what is new in `directory` through the handler of the RPC.
absl::Status ImportReferenceData(const server::Parts& parts, const handlers::Env& env,
                                 const std::string& directory) {
  ASSIGN_OR_RETURN(const v1::ImportCatalogueRequest all, ReadReferenceData(directory));
  Call call;
  call.now = parts.clock.Now();
  call.principal.name = std::string(handlers::kOwnPrincipal);
  call.new_id = parts.ids.New(call.now);
  return parts.database.Write(
      {{"", std::string(handlers::kCatalogueSubject)}}, [&](db::Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const v1::ImportCatalogueRequest request, OnlyNew(all, tx));
        if (request.files().empty()) return absl::OkStatus();
        ASSIGN_OR_RETURN(const v1::ImportCatalogueResponse response,
                         handlers::ImportCatalogue(env, call, request, tx));
        parts.log.Write(Severity::kInfo, "catalogue_imported",
                        {{"added", response.added()},
                         {"changed", response.changed()},
                         {"published", response.published()}});
        return absl::OkStatus();
      });
}

// What the feed of routing forgets. The catalogue's head keeps the hash that its next event chains
// to; dossiers' timelines are their record.
feed::SpineOptions Retention(absl::Duration keep) {
  feed::SpineOptions options;
  options.retention = {{.kind_prefix = "catalogue.", .keep = keep}};
  return options;
}

// Members are destroyed in reverse order: who uses comes after what it uses.
class Routing final : public server::Service {
 public:
  explicit Routing(const server::Parts& parts) : parts_(parts), metrics_(parts.metrics) {}

  absl::Status Start(const RoutingOptions& options) {
    env_.snapshots = &snapshots_;
    env_.pages = &parts_.pages;
    ASSIGN_OR_RETURN(
        spine_, feed::Spine::Create(server::SpineOf(parts_), Retention(parts_.options.feed_kept)));
    env_.hub = &spine_->hub();
    env_.appended = [spine = spine_.get()] { spine->Poke(); };
    ASSIGN_OR_RETURN(env_.applicant_salt, rpc::LoadSecret(parts_.database, kApplicantDigestSecret));
    if (!options.reference_data_dir.empty()) {
      RETURN_IF_ERROR(ImportReferenceData(parts_, env_, options.reference_data_dir));
    }
    ASSIGN_OR_RETURN(const int64_t position,
                     units::LoadFirst(snapshots_, parts_.database, LoadSnapshot));
    spine_->Start(position);
    refresher_ = units::KeepFresh(snapshots_, LoadSnapshot, *spine_, parts_.log,
                                  {.database = &parts_.database,
                                   .clock = &parts_.clock,
                                   .metrics = &parts_.metrics,
                                   .target = options.registry_target,
                                   .principal = std::string(handlers::kOwnPrincipal),
                                   .apply = store::ApplyResources,
                                   .keep = store::KeepOnly});
    measuring_ = std::make_unique<Chore>(
        Chore::Options{.name = "competence metrics", .pause = kMeasured, .rest = kMeasured},
        [this]() -> absl::StatusOr<bool> {
          metrics_.Set(snapshots_.Get(), parts_.clock.Now());
          return false;
        },
        &parts_.log);
    const server::WorkParts<handlers::Env> work = server::WorkOf(parts_, env_, *spine_);
    alarms_ = std::make_unique<Alarms>(work);
    ringing_ = std::make_unique<Chore>(
        Chore::Options{
            .name = "alarms", .pause = absl::ZeroDuration(), .rest = options.alarms_rest},
        [this] { return alarms_->RunSlice(); }, &parts_.log);
    due_dates_ = std::make_unique<DueDates>(work);
    recomputing_ = std::make_unique<Chore>(
        Chore::Options{.name = "due dates", .pause = absl::ZeroDuration(), .rest = kRecomputed},
        [this] { return due_dates_->RunSlice(); }, &parts_.log);
    if (!options.registry_target.empty()) StartReports(work, options.registry_target);
    return absl::OkStatus();
  }

  grpc::Service& binding() override { return binding_; }
  bool ready() const override { return snapshots_.Get()->ready(); }

  void BeginDrain() override {
    if (reports_ != nullptr) reports_->Cancel();
    reporting_ = nullptr;
    recomputing_->Stop();
    ringing_->Stop();
    measuring_->Stop();
    refresher_->Stop();
    spine_->Stop();
  }

 private:
  void StartReports(const server::WorkParts<handlers::Env>& work,
                    const std::string& registry_target) {
    reports_ = std::make_unique<SuccessionReports>(
        work, units::SuccessionReporter::To(registry_target, handlers::kOwnPrincipal, kOwnService));
    reporting_ = std::make_unique<Chore>(
        Chore::Options{.name = "succession reports", .pause = kBetweenCounts, .rest = kReported},
        [this] { return reports_->RunSlice(); }, &parts_.log);
  }

  // How old a figure of the subject matter may be: alerts on it wait for minutes.
  static constexpr absl::Duration kMeasured = absl::Seconds(15);
  // How long after a calendar was imported due dates may rest on the one before.
  static constexpr absl::Duration kRecomputed = absl::Seconds(2);
  // Counting dossiers leaves the readers to callers in between.
  static constexpr absl::Duration kBetweenCounts = absl::Milliseconds(20);
  // How late a report may be on what it tells; the counts are younger than their own interval.
  static constexpr absl::Duration kReported = absl::Seconds(2);

  const server::Parts parts_;
  SnapshotHolder snapshots_;
  RoutingMetrics metrics_;
  handlers::Env env_;
  RoutingService binding_{parts_.dispatcher, env_};
  std::unique_ptr<feed::Spine> spine_;
  std::unique_ptr<feed::Refresher> refresher_;
  std::unique_ptr<Chore> measuring_;
  std::unique_ptr<Alarms> alarms_;
  std::unique_ptr<Chore> ringing_;
  std::unique_ptr<DueDates> due_dates_;
  std::unique_ptr<Chore> recomputing_;
  std::unique_ptr<SuccessionReports> reports_;  // Null: no registry is followed.
  std::unique_ptr<Chore> reporting_;
};

}  // namespace

std::vector<db::Migration> RoutingMigrations() {
  std::vector<db::Migration> migrations = feed::Migrations();
  for (db::Migration& migration : store::Migrations()) migrations.push_back(std::move(migration));
  for (db::Migration& migration : store::AssignmentMigrations()) {
    migrations.push_back(std::move(migration));
  }
  for (db::Migration& migration : store::StepMigrations()) {
    migrations.push_back(std::move(migration));
  }
  for (db::Migration& migration : store::ImportMigrations()) {
    migrations.push_back(std::move(migration));
  }
  for (db::Migration& migration : store::ProcedureMigrations()) {
    migrations.push_back(std::move(migration));
  }
  for (db::Migration& migration : store::ReroutingMigrations()) {
    migrations.push_back(std::move(migration));
  }
  for (db::Migration& migration : store::ClockMigrations()) {
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

absl::StatusOr<std::unique_ptr<server::Service>> BuildRouting(const server::Parts& parts,
                                                              const RoutingOptions& options) {
  auto service = std::make_unique<Routing>(parts);
  RETURN_IF_ERROR(service->Start(options));
  return std::unique_ptr<server::Service>(std::move(service));
}

}  // namespace twotier::routing
