// Copies SQLite's log back into the database on a thread of its own, beside the connection that
// writes. See docs/adr/0017.
#ifndef TWOTIER_COMMON_DB_SQLITE_CHECKPOINTER_H_
#define TWOTIER_COMMON_DB_SQLITE_CHECKPOINTER_H_

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

struct sqlite3;

namespace twotier::db {

// Belongs to one connection that writes, and dies before it. One thread calls it.
class SqliteCheckpointer {
 public:
  // Opens nothing yet.
  explicit SqliteCheckpointer(std::string path);
  // Waits for a pass under way.
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;

  // Begins a pass: what the log holds by now is copied, as far as readers allow, and the database
  // file is synced. The log is not begun anew: that is left to whoever writes, whose own checkpoint
  // then has little to copy and little to sync. Nothing while a pass is under way.
  void Start() ABSL_LOCKS_EXCLUDED(mutex_);
  bool copying() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Until no pass is under way.
  void Await() const ABSL_LOCKS_EXCLUDED(mutex_);
  // How many frames of the log, from its begin, were copied when a pass ended that has not been
  // told of yet. A pass that failed is not told of: the next checkpoint of the connection that
  // writes meets the same disk.
  std::optional<int> TakeCopied() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  enum class State { kResting, kCopying, kStopping };
  struct Close {
    void operator()(sqlite3* database) const;
  };

  bool at_rest() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return state_ == State::kResting; }
  bool called() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return state_ != State::kResting; }
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  bool Open();
  std::optional<int> Pass();

  const std::string path_;
  std::unique_ptr<sqlite3, Close> database_;  // Of the thread.
  mutable absl::Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kResting;
  std::optional<int> copied_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_SQLITE_CHECKPOINTER_H_
