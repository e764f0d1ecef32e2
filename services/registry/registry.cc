#include "services/registry/registry.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/file.h"
#include "common/memory.h"
#include "common/server/work_parts.h"
#include "common/status_macros.h"
#include "services/registry/domain/reference_data.h"
#include "services/registry/handlers/import.h"
#include "services/registry/store/change_migrations.h"
#include "services/registry/store/migrations.h"
#include "services/registry/store/operations_migrations.h"
#include "services/registry/store/planned_migrations.h"
#include "services/registry/store/register_store.h"

namespace twotier::registry {
namespace {

absl::StatusOr<v1::ImportUnitsRequest> ReadDataSet(const std::string& dir) {
  v1::ImportUnitsRequest request;
  for (const absl::string_view name : kReferenceFiles) {
    v1::ImportFile* file = request.add_files();
    file->set_file_name(std::string(name));
    ASSIGN_OR_RETURN(*file->mutable_content(), ReadFile(absl::StrCat(dir, "/", name)));
  }
  return request;
}

}  // namespace

std::vector<db::Migration> Migrations() {
  std::vector<db::Migration> migrations = feed::Migrations();
  for (db::Migration& migration : store::Migrations()) migrations.push_back(std::move(migration));
  for (db::Migration& migration : store::OperationsMigrations()) {
    migrations.push_back(std::move(migration));
  }
  for (db::Migration& migration : store::ChangeMigrations()) {
    migrations.push_back(std::move(migration));
  }
  for (db::Migration& migration : store::PlannedMigrations()) {
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

absl::StatusOr<std::unique_ptr<Registry>> Registry::Create(const server::Parts& parts,
                                                           const std::string& reference_data_dir) {
  std::unique_ptr<Registry> registry(new Registry(parts));
  if (!reference_data_dir.empty()) RETURN_IF_ERROR(registry->Import(reference_data_dir));
  RETURN_IF_ERROR(registry->Start());
  return registry;
}

Registry::Registry(const server::Parts& parts) : parts_(parts), metrics_(parts.metrics) {}

Registry::~Registry() { BeginDrain(); }

absl::Status Registry::Import(const std::string& reference_data_dir) {
  ASSIGN_OR_RETURN(const v1::ImportUnitsRequest request, ReadDataSet(reference_data_dir));
  const std::string digest = absl::BytesToHexString(handlers::DataSetDigest(request));
  bool imported = false;
  RETURN_IF_ERROR(parts_.database.ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(imported, store::IsImported(tx, digest));
    return absl::OkStatus();
  }));
  if (imported) return absl::OkStatus();

  Call call;
  call.now = parts_.clock.Now();
  call.principal.name = "import at start";
  call.new_id = parts_.ids.New(call.now);
  const absl::Time begun = absl::Now();
  RETURN_IF_ERROR(parts_.database.Write({{"", "unit_tree"}}, [&](db::Tx& tx) {
    return handlers::ImportUnits(Env{}, call, request, tx).status();
  }));
  parts_.log.Write(
      Severity::kInfo, "reference data imported",
      {{"sha256", digest}, {"milliseconds", absl::ToInt64Milliseconds(absl::Now() - begun)}});
  return absl::OkStatus();
}

absl::Status Registry::Start() {
  // No kind is ever deleted: the next version of a unit or center chains to the event before, and
  // the events say when a version became known.
  feed::SpineOptions options;
  options.reload = [this] { return Reload(); };
  ASSIGN_OR_RETURN(spine_, feed::Spine::Create(server::SpineOf(parts_), std::move(options)));
  env_ = {.snapshots = &snapshots_,
          .beliefs = &beliefs_,
          .pages = &parts_.pages,
          .hub = &spine_->hub(),
          .heartbeats = &heartbeats_};
  service_ = std::make_unique<RegistryService>(parts_.dispatcher, env_);
  RETURN_IF_ERROR(heartbeats_.Exchange(parts_.database));
  RETURN_IF_ERROR(Reload());
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, snapshots_.Get());
  spine_->Start(snapshot->position());
  pulse_ = std::make_unique<Chore>(
      Chore::Options{.name = "heartbeats", .pause = kPulse, .rest = kPulse},
      [this] { return Pulse(); }, &parts_.log);
  return absl::OkStatus();
}

absl::Status Registry::Reload() {
  RegisterState state;
  int64_t position = 0;
  RETURN_IF_ERROR(parts_.database.ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(state, store::LoadRegister(tx));
    ASSIGN_OR_RETURN(position, feed::PositionOf(tx));
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> snapshot,
                   Snapshot::Create(std::move(state), position));
  snapshots_.Set(std::move(snapshot));
  SetMetrics();
  ReturnFreedMemory();
  return absl::OkStatus();
}

absl::StatusOr<bool> Registry::Pulse() {
  SetMetrics();
  RETURN_IF_ERROR(heartbeats_.Exchange(parts_.database));
  return false;
}

void Registry::SetMetrics() {
  const absl::StatusOr<std::shared_ptr<const Snapshot>> snapshot = snapshots_.Get();
  if (snapshot.ok()) metrics_.Set(**snapshot, heartbeats_, parts_.clock.Now());
}

void Registry::BeginDrain() {
  if (pulse_ != nullptr) {
    pulse_->Stop();
    if (const absl::StatusOr<bool> written = Pulse(); !written.ok()) {
      parts_.log.Write(Severity::kError, "heartbeats not written",
                       {{"message", written.status().ToString()}});
    }
    pulse_ = nullptr;
  }
  if (spine_ != nullptr) spine_->Stop();
}

}  // namespace twotier::registry
