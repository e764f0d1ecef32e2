#include "services/registry/registry.h"

#include <malloc.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/reference_data.h"
#include "services/registry/handlers/import.h"
#include "services/registry/store/migrations.h"
#include "services/registry/store/operations_migrations.h"
#include "services/registry/store/register_store.h"

namespace twotier::registry {
namespace {

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in || !content) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return std::move(content).str();
}

absl::StatusOr<v1::ImportUnitsRequest> ReadDataSet(const std::string& dir) {
  v1::ImportUnitsRequest request;
  for (const absl::string_view name : kReferenceFiles) {
    v1::ImportFile* file = request.add_files();
    file->set_file_name(std::string(name));
    ASSIGN_OR_RETURN(*file->mutable_content(), ReadWholeFile(absl::StrCat(dir, "/", name)));
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
  feed::HubOptions hub_options;
  hub_options.metrics = &parts_.metrics;
  ASSIGN_OR_RETURN(hub_, feed::Hub::Create(&parts_.database, &parts_.clock, hub_options));
  feed::SequencerOptions sequencer_options;
  sequencer_options.metrics = &parts_.metrics;
  sequencer_options.on_sequenced = [this] { hub_->Wake(); };
  ASSIGN_OR_RETURN(sequencer_, feed::Sequencer::Create(&parts_.database, &parts_.clock,
                                                       std::move(sequencer_options)));
  service_ = std::make_unique<RegistryService>(&parts_.dispatcher, Env{.snapshots = &snapshots_,
                                                                       .pages = &parts_.pages,
                                                                       .hub = hub_.get(),
                                                                       .heartbeats = &heartbeats_});
  RETURN_IF_ERROR(heartbeats_.Exchange(parts_.database));
  RETURN_IF_ERROR(Reload());
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, snapshots_.Get());
  hub_->OnGroups([this](absl::Span<const feed::GroupPtr>) { ReloadUntilDone(); });
  hub_->Start(snapshot->position());
  sequencer_->Start();
  pulse_ = std::thread([this] { Pulse(); });
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
  // Rows, the import before them and the old snapshot took as much again as the register itself, in
  // small pieces that the allocator would keep.
  malloc_trim(0);
  return absl::OkStatus();
}

void Registry::ReloadUntilDone() {
  while (true) {
    const absl::Status status = Reload();
    if (status.ok()) return;
    parts_.log.Write(Severity::kError, "snapshot not replaced", {{"message", status.ToString()}});
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kReloadPause)) return;
  }
}

void Registry::Pulse() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kPulse)) return;
    }
    ExchangeHeartbeats();
    SetMetrics();
  }
}

void Registry::ExchangeHeartbeats() {
  const absl::Status status = heartbeats_.Exchange(parts_.database);
  if (status.ok()) return;
  parts_.log.Write(Severity::kError, "heartbeats not written", {{"message", status.ToString()}});
}

void Registry::SetMetrics() {
  const absl::StatusOr<std::shared_ptr<const Snapshot>> snapshot = snapshots_.Get();
  if (snapshot.ok()) metrics_.Set(**snapshot, heartbeats_, parts_.clock.Now());
}

void Registry::BeginDrain() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (pulse_.joinable()) {
    pulse_.join();
    ExchangeHeartbeats();
  }
  if (sequencer_ != nullptr) sequencer_->Stop();
  if (hub_ != nullptr) hub_->Stop();
}

}  // namespace twotier::registry
