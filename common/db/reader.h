// The reader pool: threads with a read-only connection each, behind one bounded queue.
#ifndef TWOTIER_COMMON_DB_READER_H_
#define TWOTIER_COMMON_DB_READER_H_

#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/connection.h"
#include "common/db/database.h"
#include "common/db/hardening.h"
#include "common/db/work_queue.h"

namespace twotier::db {

// Runs reads, several in one read-only transaction: they see the same state, which is not older
// than any of them, and share what its beginning and end cost, and the flight of what they begin
// with (Read::first).
class ReaderPool {
 public:
  struct Options {
    size_t queue_max = 4096;
    absl::Duration transaction_max = absl::Milliseconds(400);  // Age at which sharing ends.
    absl::Duration reconnect_backoff_max = absl::Seconds(2);
    // What reads may see and not yet tell; null: nothing. Not owned; outlives the pool.
    Hardening* hardening = nullptr;
    Observer* observer = nullptr;
  };

  ReaderPool(std::vector<std::unique_ptr<Connection>> connections, const Options& options);
  ~ReaderPool();

  // Thread-safe. Refuses by calling `done` on this thread.
  void Submit(Read read);

  void Close() { queue_.Close(); }
  // Finishes what is queued until `deadline`, then fails the rest with UNAVAILABLE `SHUTTING_DOWN`.
  void Drain(absl::Time deadline);

 private:
  void Run(Connection& connection);
  void Reconnect(Connection& connection);
  void RunReads(Connection& connection, std::vector<Read>& reads);
  void FailQueued(const absl::Status& status);

  const Options options_;
  WorkQueue<Read> queue_;
  const std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_READER_H_
