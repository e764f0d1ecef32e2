#include "common/db/reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/fetched_tx.h"

namespace twotier::db {
namespace {

// Reads that share one transaction. Few, because the first one's snapshot serves the last one.
constexpr size_t kReadsPerTransaction = 32;
// An idle reader looks this often whether its connection still lives.
constexpr absl::Duration kIdleCheck = absl::Seconds(1);
constexpr absl::Duration kReconnectBackoff = absl::Milliseconds(20);

// The transaction that the reads of a batch share, and what was fetched in it.
class SharedTransaction {
 public:
  SharedTransaction(Connection& connection, absl::Duration age_max)
      : connection_(connection), age_max_(age_max) {}
  // The rows are with their readers already; a failure here is found by the next transaction.
  ~SharedTransaction() { End(); }

  // Asks for what the reads begin with. When that fails, whose fault it was shows when they run.
  void Fetch(const std::vector<Read>& reads) {
    std::vector<const BoundStatement*> queries;
    std::vector<size_t> askers;
    for (size_t i = 0; i < reads.size(); ++i) {
      if (!reads[i].first.has_value()) continue;
      queries.push_back(&*reads[i].first);
      askers.push_back(i);
    }
    if (queries.empty()) return;
    if (!Begin().ok()) return Rollback();
    absl::StatusOr<std::vector<Rows>> fetched = connection_.Fetch(queries);
    if (connection_.broken()) return Rollback();
    if (!fetched.ok() || fetched->empty()) return;
    fetched_.resize(reads.size());
    for (size_t i = 0; i < askers.size(); ++i) fetched_[askers[i]] = std::move((*fetched)[i]);
  }

  // Runs the read at `place` of the batch. Returns its outcome.
  absl::Status Run(const Read& read, size_t place) {
    // A read may run twice: after a connection that died while it was idle, or a snapshot that a
    // standby gave up.
    constexpr int kRunsMax = 2;
    if (open_ && absl::Now() >= begun_ + age_max_) End();
    absl::Status status;
    for (int run = 1; run <= kRunsMax; ++run) {
      // The engine's own words are for operators.
      if (connection_.lost() && !connection_.Reopen().ok()) return Away("the database is away");
      if (!open_) status = Begin();
      connection_.StartUnit(/*singly=*/true);
      if (!connection_.broken()) status = Work(read, place);
      if (!connection_.broken()) return status;
      const bool again = connection_.lost() || connection_.conflicted();
      if (status.ok()) status = connection_.failure();
      if (again) status = Away("the read lost its connection or its snapshot");
      Rollback();
      if (!again) return status;
    }
    return status;
  }

 private:
  absl::Status Begin() {
    begun_ = absl::Now();
    open_ = true;
    return connection_.Begin(Access::kRead, {});
  }
  void End() {
    if (open_ && !connection_.Commit().ok()) connection_.Rollback();
    Close();
  }
  void Rollback() {
    connection_.Rollback();
    Close();
  }
  void Close() {
    open_ = false;
    fetched_.clear();  // Another transaction may see another state.
  }

  absl::Status Work(const Read& read, size_t place) {
    if (place >= fetched_.size() || !fetched_[place].has_value()) return read.work(connection_);
    FetchedTx tx(connection_, absl::MakeConstSpan(&*read.first, 1),
                 absl::MakeSpan(&fetched_[place], 1));
    return read.work(tx);
  }

  Connection& connection_;
  const absl::Duration age_max_;
  bool open_ = false;
  absl::Time begun_;
  std::vector<std::optional<Rows>> fetched_;  // By place in the batch; shorter: nothing.
};

}  // namespace

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections, const Options& options)
    : options_(options),
      queue_(options.queue_max, static_cast<int>(connections.size()),
             ToldTo(options.observer, /*writer=*/false)),
      connections_(std::move(connections)) {
  for (const std::unique_ptr<Connection>& connection : connections_) {
    queue_.Join();
    threads_.emplace_back([this, &connection] { Run(*connection); });
  }
}

ReaderPool::~ReaderPool() { Drain(absl::InfinitePast()); }

void ReaderPool::Submit(Read read) {
  const absl::Status status = queue_.Push(read, read.own);
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
    queue_.Take(kReadsPerTransaction, kIdleCheck, reads);
    if (reads.empty()) {
      connection.CheckIdle();
      continue;
    }
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
  // What was found, and may not be told before it is hard.
  std::vector<std::pair<Read*, absl::Status>> early;
  {
    SharedTransaction transaction(connection, options_.transaction_max);
    transaction.Fetch(reads);
    for (size_t i = 0; i < reads.size(); ++i) {
      Read& read = reads[i];
      absl::Status status = read.wanted && !read.wanted() ? NotWanted() : transaction.Run(read, i);
      if (options_.hardening == nullptr || options_.hardening->settled()) {
        read.done(std::move(status));
      } else {
        early.emplace_back(&read, std::move(status));
      }
    }
  }
  if (early.empty()) return;
  const absl::Status hard = options_.hardening->Await();
  for (auto& [read, status] : early)
    read->done(hard.ok() ? std::move(status) : Away(hard.message()));
}

}  // namespace twotier::db
