#include "common/db/database.h"

#include <atomic>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/db/byte_budget.h"
#include "common/db/hardening.h"
#include "common/db/lane.h"
#include "common/db/postgres.h"
#include "common/db/reader.h"
#include "common/db/sqlite.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

class LanedDatabase final : public Database {
 public:
  LanedDatabase(Engine engine, std::vector<std::unique_ptr<Connection>> writers,
                std::vector<std::unique_ptr<Connection>> readers, const DatabaseOptions& options)
      : engine_(engine),
        budget_(options.queue_bytes_max),
        readers_(std::move(readers), {.queue_max = options.read_queue_max,
                                      .transaction_max = options.read_transaction_max,
                                      .reconnect_backoff_max = options.reconnect_backoff_max,
                                      .hardening = writers[0]->hardens() ? &hardening_ : nullptr,
                                      .observer = options.observer}) {
    Lane::Options lane_options{.name = "",
                               .batch_max = engine == Engine::kSqlite ? options.batch_max_sqlite
                                                                      : options.batch_max_postgres,
                               .queue_max = options.queue_max,
                               .retry_max = options.retry_max,
                               .reconnect_backoff_max = options.reconnect_backoff_max,
                               .answers_aside = engine == Engine::kSqlite,
                               .hardening = writers[0]->hardens() ? &hardening_ : nullptr,
                               .observer = options.observer};
    for (std::unique_ptr<Connection>& writer : writers) {
      lane_options.name = absl::StrCat("lane ", lanes_.size(), " of ", writers.size());
      lanes_.push_back(std::make_unique<Lane>(std::move(writer), lane_options));
    }
  }
  ~LanedDatabase() override { Drain(absl::ZeroDuration()); }

  Engine engine() const override { return engine_; }

  void Submit(Unit unit) override {
    if (!budget_.Admit(unit)) return unit.done(QueueFull());
    const size_t lane = unit.keys.empty()
                            ? next_lane_.fetch_add(1, std::memory_order_relaxed)
                            : StableHash(unit.keys[0].province_code, unit.keys[0].name);
    lanes_[lane % lanes_.size()]->Submit(std::move(unit));
  }

  void Submit(Read read) override {
    if (!budget_.Admit(read)) return read.done(QueueFull());
    readers_.Submit(std::move(read));
  }

  absl::Status Writable() const override {
    for (const std::unique_ptr<Lane>& lane : lanes_) RETURN_IF_ERROR(lane->health());
    return absl::OkStatus();
  }

  void Drain(absl::Duration grace) override {
    for (const std::unique_ptr<Lane>& lane : lanes_) lane->Close();
    readers_.Close();
    const absl::Time deadline = absl::Now() + grace;
    for (const std::unique_ptr<Lane>& lane : lanes_) lane->Drain(deadline);
    readers_.Drain(deadline);
  }

 private:
  const Engine engine_;
  ByteBudget budget_;  // Before what it admitted.
  Hardening hardening_;
  ReaderPool readers_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<size_t> next_lane_{0};  // For units without keys.
};

// Opens one connection of the engine that `url` names.
absl::StatusOr<std::unique_ptr<Connection>> Connect(absl::string_view url, Engine engine,
                                                    Access access, const DatabaseOptions& options) {
  if (engine == Engine::kSqlite) {
    return OpenSqlite(absl::StripPrefix(url, "sqlite:"),
                      {.access = access,
                       .sync = options.sync,
                       .statement_timeout = options.statement_timeout,
                       .observer = options.observer});
  }
  return OpenPostgres(url, {.access = access,
                            .statement_timeout = options.statement_timeout,
                            .lock_timeout = options.lock_timeout,
                            .answer_margin = options.answer_margin,
                            .observer = options.observer});
}

absl::StatusOr<Engine> EngineOf(absl::string_view url) {
  if (absl::StartsWith(url, "sqlite:")) return Engine::kSqlite;
  if (absl::StartsWith(url, "postgresql://") || absl::StartsWith(url, "postgres://")) {
    return Engine::kPostgres;
  }
  return absl::InvalidArgumentError("--database is neither sqlite:PATH nor postgresql://...");
}

absl::Status CheckOptions(const DatabaseOptions& options) {
  if (options.lanes_postgres < 1 || options.readers < 1 || options.batch_max_sqlite < 1 ||
      options.batch_max_postgres < 1 || options.queue_max < 1 || options.read_queue_max < 1 ||
      options.queue_bytes_max < 1 || options.retry_max < 0) {
    return absl::InvalidArgumentError("the database needs at least one lane, reader and place");
  }
  if (options.statement_timeout <= absl::ZeroDuration() ||
      options.answer_margin <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("the database's statements need a time limit");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(absl::string_view url,
                                                         const std::vector<Migration>& migrations,
                                                         DatabaseOptions options) {
  ASSIGN_OR_RETURN(const Engine engine, EngineOf(url));
  RETURN_IF_ERROR(CheckOptions(options));
  std::vector<std::unique_ptr<Connection>> writers;
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> first,
                   Connect(url, engine, Access::kWrite, options));
  std::vector<Migration> all = OwnMigrations();
  all.insert(all.end(), migrations.begin(), migrations.end());
  RETURN_IF_ERROR(Migrate(*first, all, options.migrate));
  writers.push_back(std::move(first));
  const size_t lanes = engine == Engine::kSqlite ? 1 : options.lanes_postgres;
  while (writers.size() < lanes) {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> writer,
                     Connect(url, engine, Access::kWrite, options));
    writers.push_back(std::move(writer));
  }
  std::vector<std::unique_ptr<Connection>> readers;
  while (readers.size() < static_cast<size_t>(options.readers)) {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader,
                     Connect(url, engine, Access::kRead, options));
    readers.push_back(std::move(reader));
  }
  return std::make_unique<LanedDatabase>(engine, std::move(writers), std::move(readers), options);
}

absl::Status Database::Write(std::vector<Key> keys, std::function<absl::Status(Tx&)> work) {
  absl::Notification finished;
  absl::Status result;
  Unit unit;
  unit.keys = std::move(keys);
  unit.work = work;
  unit.own = true;
  unit.done = [&](absl::Status status) {
    result = std::move(status);
    finished.Notify();
  };
  Submit(std::move(unit));
  finished.WaitForNotification();
  return result;
}

absl::Status Database::ReadNow(std::function<absl::Status(Tx&)> work) {
  absl::Notification finished;
  absl::Status result;
  Read read;
  read.work = [&work](Tx& tx) { return work(tx); };
  read.own = true;
  read.done = [&](absl::Status status) {
    result = std::move(status);
    finished.Notify();
  };
  Submit(std::move(read));
  finished.WaitForNotification();
  return result;
}

}  // namespace twotier::db
