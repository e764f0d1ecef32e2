#include "common/db/sqlite_checkpointer.h"

#include <sqlite3.h>

#include <utility>

namespace twotier::db {

void SqliteCheckpointer::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

SqliteCheckpointer::SqliteCheckpointer(std::string path)
    : path_(std::move(path)), thread_([this] { Run(); }) {}

SqliteCheckpointer::~SqliteCheckpointer() {
  {
    absl::MutexLock lock(&mutex_, absl::Condition(this, &SqliteCheckpointer::at_rest));
    state_ = State::kStopping;
  }
  thread_.join();
}

void SqliteCheckpointer::Start() {
  absl::MutexLock lock(&mutex_);
  state_ = State::kCopying;
}

bool SqliteCheckpointer::copying() const {
  absl::MutexLock lock(&mutex_);
  return state_ == State::kCopying;
}

void SqliteCheckpointer::Await() const {
  absl::MutexLock lock(&mutex_, absl::Condition(this, &SqliteCheckpointer::at_rest));
}

std::optional<int> SqliteCheckpointer::TakeCopied() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(copied_, std::nullopt);
}

void SqliteCheckpointer::Run() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_, absl::Condition(this, &SqliteCheckpointer::called));
      if (state_ == State::kStopping) return;
    }
    const std::optional<int> copied = Pass();
    absl::MutexLock lock(&mutex_);
    copied_ = copied;
    state_ = State::kResting;
  }
}

bool SqliteCheckpointer::Open() {
  if (database_ != nullptr) return true;
  sqlite3* opened = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path_.c_str(), &opened, kFlags, nullptr);
  database_.reset(opened);
  // A connection opens the log when it first reads.
  if (code == SQLITE_OK && sqlite3_exec(opened,
                                        "PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL;"
                                        "SELECT COUNT(*) FROM sqlite_schema",
                                        nullptr, nullptr, nullptr) == SQLITE_OK) {
    return true;
  }
  database_.reset();
  return false;
}

std::optional<int> SqliteCheckpointer::Pass() {
  if (!Open()) return std::nullopt;
  int in_log = 0;
  int copied = 0;
  if (sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log,
                                &copied) != SQLITE_OK) {
    return std::nullopt;
  }
  // SQLite syncs only a pass that has reached the end of the log.
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr ||
      file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) != SQLITE_OK) {
    return std::nullopt;
  }
  return copied;
}

}  // namespace twotier::db
