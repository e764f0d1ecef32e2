#include "common/db/reader.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace twotier::db {
namespace {

// Reads that share one transaction. Few, because the first one's snapshot serves the last one.
constexpr size_t kReadsPerTransaction = 8;
// An idle reader looks this often whether its connection still lives.
constexpr absl::Duration kIdleCheck = absl::Seconds(1);
constexpr absl::Duration kReconnectBackoff = absl::Milliseconds(20);

}  // namespace

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections, const Options& options)
    : options_(options),
      queue_(options.queue_max, static_cast<int>(connections.size())),
      connections_(std::move(connections)) {
  for (const std::unique_ptr<Connection>& connection : connections_) {
    queue_.Join();
    threads_.emplace_back([this, &connection] { Run(*connection); });
  }
}

ReaderPool::~ReaderPool() { Drain(absl::InfinitePast()); }

void ReaderPool::Submit(Read read) {
  const absl::Status status = queue_.Push(read);
  if (!status.ok()) read.done(status);
}

void ReaderPool::Drain(absl::Time deadline) {
  if (threads_.empty()) return;
  queue_.Close();
  queue_.AwaitIdle(deadline);
  queue_.Stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ReaderPool::FailQueued(const absl::Status& status) {
  std::vector<Read> reads;
  queue_.TakeAll(reads);
  for (Read& read : reads) read.done(status);
}

void ReaderPool::Run(Connection& connection) {
  while (!queue_.stopped()) {
    if (connection.lost()) {
      Reconnect(connection);
      continue;
    }
    std::vector<Read> reads;
    const size_t left = queue_.Take(kReadsPerTransaction, kIdleCheck, reads);
    if (reads.empty()) {
      connection.CheckIdle();
      continue;
    }
    if (options_.observer != nullptr) options_.observer->OnQueue(/*writer=*/false, left);
    RunReads(connection, reads);
  }
  FailQueued(error::ShuttingDown());
  queue_.Leave();
}

void ReaderPool::Reconnect(Connection& connection) {
  absl::Status status = connection.Reopen();
  if (status.ok()) return;
  queue_.SetAway(true);
  absl::Duration backoff = kReconnectBackoff;
  while (!status.ok()) {
    if (queue_.away()) FailQueued(Away("the database is away"));
    queue_.Pause(backoff);
    if (queue_.stopped()) return;
    backoff = std::min(backoff * 2, options_.reconnect_backoff_max);
    status = connection.Reopen();
  }
  queue_.SetAway(false);
}

void ReaderPool::RunReads(Connection& connection, std::vector<Read>& reads) {
  // A read may run twice: after a connection that died while it was idle, or a snapshot that a
  // standby gave up.
  constexpr int kRunsMax = 2;
  bool open = false;
  absl::Time begun;
  for (Read& read : reads) {
    if (open && absl::Now() >= begun + options_.transaction_max) {
      if (!connection.Commit().ok()) connection.Rollback();
      open = false;
    }
    if (read.wanted && !read.wanted()) {
      read.done(NotWanted());
      continue;
    }
    absl::Status status;
    for (int run = 1; run <= kRunsMax; ++run) {
      // The engine's own words are for operators.
      if (connection.lost() && !connection.Reopen().ok()) {
        status = Away("the database is away");
        break;
      }
      if (!open) {
        begun = absl::Now();
        status = connection.Begin(Access::kRead, {});
      }
      open = true;
      connection.StartUnit(/*singly=*/true);
      if (!connection.broken()) status = read.work(connection);
      if (!connection.broken()) break;
      const bool again = connection.lost() || connection.conflicted();
      if (status.ok()) status = connection.failure();
      if (again) status = Away("the read lost its connection or its snapshot");
      connection.Rollback();
      open = false;
      if (!again) break;
    }
    read.done(std::move(status));
  }
  // The rows are with their readers already; a failure here is found by the next transaction.
  if (open && !connection.Commit().ok()) connection.Rollback();
}

}  // namespace twotier::db
