#include "common/db/lane.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/clock.h"
#include "common/db/fetched_tx.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

// An idle lane looks this often whether its connection still lives.
constexpr absl::Duration kIdleCheck = absl::Seconds(1);
// Without a unit for this long the lane is at rest, and does what would hold units up. An empty
// queue alone says nothing: under load the callers of the last batch are on their way back.
constexpr absl::Duration kRest = absl::Milliseconds(50);
// First wait after a conflict, doubled by each further one; about one short commit.
constexpr absl::Duration kConflictBackoff = absl::Milliseconds(1);
constexpr absl::Duration kConflictBackoffMax = absl::Milliseconds(32);
// First wait before a lost connection is opened again; doubled up to the option's maximum.
constexpr absl::Duration kReconnectBackoff = absl::Milliseconds(20);
// What callers are asked to wait: a full queue of short units drains in less than a second.
constexpr absl::Duration kQueueFullRetry = absl::Milliseconds(500);
constexpr absl::Duration kConflictRetry = absl::Milliseconds(100);

// What an idle lane writes and deletes again to learn whether the database takes writes: as much as
// a large unit, so that the last free page of a disk does not count as room.
constexpr size_t kProbeBytes = 64 * 1024;
constexpr Statement kProbe{"write_probe",
                           "INSERT INTO write_probe (lane, body) VALUES ($1, $2)"
                           " ON CONFLICT (lane) DO UPDATE SET body = excluded.body"};
constexpr Statement kEndProbe{"end_write_probe", "DELETE FROM write_probe WHERE lane = $1"};

absl::Status ConflictsExhausted() {
  return error::WithRetryAfter(
      error::WithReason(absl::StatusCode::kUnavailable, "the transaction lost to others too often",
                        "CONFLICTS_EXHAUSTED"),
      kConflictRetry);
}

absl::Status OutcomeUnknown(absl::string_view why) {
  return error::WithReason(absl::StatusCode::kUnavailable, why, "OUTCOME_UNKNOWN");
}

bool HasReason(const absl::Status& status, absl::string_view reason) {
  const std::optional<error::Reason> found = error::ReasonOf(status);
  return found.has_value() && found->reason == reason;
}

}  // namespace

absl::Status QueueFull() {
  return error::WithRetryAfter(error::WithReason(absl::StatusCode::kResourceExhausted,
                                                 "the queue of the database is full", "QUEUE_FULL"),
                               kQueueFullRetry);
}

absl::Status NotWanted() {
  return error::WithReason(absl::StatusCode::kDeadlineExceeded,
                           "the deadline passed before the work was begun", "TOO_LATE");
}

Lane::Lane(std::unique_ptr<Connection> connection, const Options& options)
    : connection_(std::move(connection)),
      options_(options),
      queue_(options.queue_max, /*workers=*/1, ToldTo(options.observer, /*writer=*/true)),
      batch_limit_(options.batch_max),
      random_(static_cast<unsigned>(absl::GetCurrentTimeNanos())),
      answers_(/*items_max=*/1, /*workers=*/1) {
  if (options.answers_aside) {
    answers_.Join();
    answerer_ = std::thread([this] { RunAnswers(); });
  }
  queue_.Join();
  thread_ = std::thread([this] { Run(); });
}

Lane::~Lane() { Drain(absl::InfinitePast()); }

void Lane::Submit(Unit unit) {
  const absl::Status status = queue_.Push(unit, unit.own);
  if (!status.ok()) unit.done(status);
}

absl::Status Lane::health() const {
  absl::MutexLock lock(&health_mutex_);
  return health_;
}

void Lane::NoteHealth(const absl::Status& status) {
  absl::MutexLock lock(&health_mutex_);
  health_ = status;
}

void Lane::NoteRefusal(const absl::Status& status) {
  if (HasReason(status, "DATABASE_READ_ONLY") || HasReason(status, "DATABASE_FULL")) {
    NoteHealth(status);
  }
}

// Callers and balancers turn away from a service that says it cannot write, so that nobody's write
// would show that it can again.
void Lane::ProbeWrites() {
  const std::string body(kProbeBytes, '\0');
  absl::Status status = WriteAlone(kProbe, {options_.name, Blob{body}});
  if (status.ok()) status = WriteAlone(kEndProbe, {options_.name});
  if (status.ok()) {
    NoteHealth(status);
  } else {
    NoteRefusal(status);  // Of a conflict or a loss nothing is learnt.
  }
}

absl::Status Lane::WriteAlone(const Statement& statement, Values values) {
  absl::Status status = connection_->Begin(Access::kWrite, {}, options_.name);
  connection_->StartUnit(/*singly=*/true);
  if (status.ok()) status = connection_->Exec(statement, values).status();
  if (status.ok()) status = connection_->Commit();
  if (!status.ok()) connection_->Rollback();
  return status;
}

void Lane::Drain(absl::Time deadline) {
  if (!thread_.joinable()) return;
  queue_.Close();
  queue_.AwaitIdle(deadline);
  queue_.Stop();
  thread_.join();
  answers_.Stop();
  if (answerer_.joinable()) answerer_.join();
}

void Lane::Run() {
  while (!queue_.stopped()) {
    if (options_.hardening != nullptr && !options_.hardening->failure().ok()) {
      Retire(options_.hardening->failure());
    } else if (connection_->lost()) {
      Reconnect();
    } else {
      RunNext();
    }
  }
  FailAll(error::ShuttingDown());
  queue_.Leave();
}

void Lane::FailAll(const absl::Status& status) {
  queue_.TakeAll(waiting_);
  for (Job& job : waiting_) {
    job.status = status;
    Finish(job);
  }
  waiting_.clear();
}

void Lane::RunAnswers() {
  std::vector<Answers> answers;
  while (!answers_.stopped()) {
    answers_.Take(1, absl::InfiniteDuration(), answers);
    Give(absl::MakeSpan(answers));
    answers.clear();
  }
  answers_.TakeAll(answers);
  Give(absl::MakeSpan(answers));
  answers_.Leave();
}

void Lane::FinishAll(std::vector<Job> batch) {
  Answers answers{std::move(batch)};
  if (options_.hardening != nullptr) answers.commit = options_.hardening->announced();
  // When nobody waits for the lane the answers would only wait for another thread to wake up; when
  // the other thread has more than enough to do the lane helps.
  if (answerer_.joinable() && !queue_.empty() && answers_.Push(answers).ok()) return;
  Give(absl::MakeSpan(&answers, 1));
}

void Lane::Give(absl::Span<Answers> answers) {
  if (answers.empty()) return;
  absl::Status hard;
  if (options_.hardening != nullptr && !options_.hardening->settled()) {
    hard = connection_->Harden();
    if (hard.ok()) {
      options_.hardening->Harden(answers.back().commit);
    } else {
      options_.hardening->Fail(Away(absl::StrCat(hard.message(), "; restart the service")));
    }
  }
  for (Answers& each : answers) {
    for (Job& job : each.batch) {
      if (!hard.ok()) job.status = OutcomeUnknown(hard.message());
      Finish(job);
    }
  }
}

// What was committed may be gone after a power cut, and the system reports a failed sync once only:
// nothing that rests on it may be accepted any more. A restart begins with what the file holds.
void Lane::Retire(const absl::Status& failure) {
  NoteHealth(failure);
  queue_.SetAway(true);
  while (!queue_.stopped()) {
    FailAll(failure);
    queue_.Pause(kIdleCheck);
  }
  queue_.SetAway(false);
}

void Lane::Finish(Job& job) { std::exchange(job.unit.done, nullptr)(std::move(job.status)); }

// Tries at once, which makes a server's restart invisible; then refuses everything until it
// succeeds.
void Lane::Reconnect() {
  absl::Status status = connection_->Reopen();
  if (status.ok()) return;
  queue_.SetAway(true);
  absl::Duration backoff = kReconnectBackoff;
  while (!status.ok()) {
    NoteHealth(Away(status.message()));
    FailAll(Away("the database is away"));
    queue_.Pause(backoff);
    if (queue_.stopped()) return;
    backoff = std::min(backoff * 2, options_.reconnect_backoff_max);
    status = connection_->Reopen();
  }
  NoteHealth(absl::OkStatus());
  queue_.SetAway(false);
}

std::vector<Lane::Job> Lane::NextBatch() {
  if (waiting_.size() < batch_limit_) {
    const absl::Duration idle_wait = at_rest_ ? kIdleCheck : kRest;
    const absl::Duration wait = waiting_.empty() ? idle_wait : absl::ZeroDuration();
    queue_.Take(batch_limit_ - waiting_.size(), wait, waiting_);
  }
  std::vector<Job> batch;
  batch.reserve(std::min(batch_limit_, waiting_.size()));
  while (!waiting_.empty() && batch.size() < batch_limit_) {
    Job& job = waiting_.front();
    if (job.unit.wanted && !job.unit.wanted()) {
      job.status = NotWanted();
      Finish(job);
      waiting_.pop_front();
      continue;
    }
    const bool alone = job.singly || job.unit.dry_run;
    if (alone && !batch.empty()) break;
    batch.push_back(std::move(job));
    waiting_.pop_front();
    if (alone) break;
  }
  return batch;
}

void Lane::RunNext() {
  std::vector<Job> batch = NextBatch();
  at_rest_ = batch.empty();
  if (at_rest_) {
    connection_->CheckIdle();
    if (connection_->lost()) return;
    if (!health().ok()) ProbeWrites();
    if (!connection_->lost()) connection_->KeepHouse(/*idle=*/true);
    return;
  }
  const absl::Time start = absl::Now();
  const size_t units = batch.size();
  const bool singly = batch[0].singly || batch[0].unit.dry_run;
  const Outcome outcome = Attempt(absl::MakeSpan(batch), singly);
  if (options_.observer != nullptr && outcome == Outcome::kCommitted) {
    options_.observer->OnBatch(static_cast<int>(units), absl::Now() - start);
  }
  Settle(std::move(batch), outcome);
}

void Lane::Settle(std::vector<Job> batch, Outcome outcome) {
  switch (outcome) {
    case Outcome::kCommitted:
    case Outcome::kUndone:
      conflicts_in_row_ = 0;
      batch_limit_ = std::min(batch_limit_ * 2, options_.batch_max);
      FinishAll(std::move(batch));
      if (!connection_->lost()) connection_->KeepHouse(/*idle=*/false);
      return;
    case Outcome::kConflict:
      return Conflicted(std::move(batch));
    case Outcome::kBroken:
      for (Job& job : batch) job.singly = true;
      return PutBack(std::move(batch));
    case Outcome::kLost:
      // Nothing of the batch stays. A connection that died while it was idle costs one more run; a
      // second loss is the caller's to know.
      for (Job& job : batch) {
        if (std::exchange(job.requeued, true)) {
          job.status = Away("the connection to the database was lost");
          Finish(job);
        }
      }
      std::erase_if(batch, [](const Job& job) { return job.unit.done == nullptr; });
      return PutBack(std::move(batch));
    case Outcome::kUnknown:
      for (Job& job : batch) Finish(job);
      return;
  }
}

void Lane::PutBack(std::vector<Job> batch) {
  waiting_.insert(waiting_.begin(), std::make_move_iterator(batch.begin()),
                  std::make_move_iterator(batch.end()));
}

void Lane::Conflicted(std::vector<Job> batch) {
  if (options_.observer != nullptr) options_.observer->OnConflict();
  batch_limit_ = std::max<size_t>(batch.size() / 2, 1);
  if (batch.size() == 1 && ++batch[0].alone > options_.retry_max) {
    batch[0].status = ConflictsExhausted();
    Finish(batch[0]);
    batch.clear();
  }
  PutBack(std::move(batch));
  const absl::Duration most =
      std::min(kConflictBackoff * (1 << std::min(conflicts_in_row_++, 10)), kConflictBackoffMax);
  std::uniform_real_distribution<double> part(0.0, 1.0);
  queue_.Pause(most * part(random_));
}

Lane::Outcome Lane::Attempt(absl::Span<Job> batch, bool singly) {
  Outcome outcome = RunUnits(batch, singly);
  if (outcome == Outcome::kCommitted) outcome = CommitUnits(batch, singly);
  if (outcome != Outcome::kCommitted) connection_->Rollback();
  return outcome;
}

Lane::Outcome Lane::OutcomeOfFailure(absl::Span<Job> batch, bool singly,
                                     const absl::Status& status) {
  if (connection_->lost()) return Outcome::kLost;
  if (connection_->conflicted()) return Outcome::kConflict;
  NoteRefusal(status);
  if (!singly) return Outcome::kBroken;
  batch[0].status = status;
  return Outcome::kUndone;
}

// A unit alone asks when it runs; where nothing is fetched, so do all.
absl::Status Lane::FetchAll(absl::Span<Job> batch) {
  for (Job& job : batch) job.fetched.clear();
  if (batch.size() == 1 || !connection_->fetches()) return absl::OkStatus();
  std::vector<const BoundStatement*> queries;
  std::vector<std::optional<Rows>*> places;
  absl::flat_hash_map<std::pair<absl::string_view, std::vector<Row::Cell>>, size_t> asked;
  std::vector<std::pair<std::optional<Rows>*, size_t>> sharers;
  for (Job& job : batch) {
    job.fetched.resize(job.unit.first.size());
    for (size_t i = 0; i < job.fetched.size(); ++i) {
      const BoundStatement& first = job.unit.first[i];
      const auto [found, is_new] =
          asked.try_emplace({first.statement.name, first.values}, queries.size());
      if (!is_new) {
        // Whoever asks the same later may be meant to see what this unit writes.
        if (first.shared) sharers.emplace_back(&job.fetched[i], found->second);
        continue;
      }
      queries.push_back(&first);
      places.push_back(&job.fetched[i]);
    }
  }
  if (queries.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<Rows> fetched, connection_->Fetch(queries));
  for (const auto& [place, query] : sharers) *place = fetched[query];
  for (size_t i = 0; i < places.size(); ++i) *places[i] = std::move(fetched[i]);
  return absl::OkStatus();
}

Lane::Outcome Lane::RunUnits(absl::Span<Job> batch, bool singly) {
  batch_wrote_ = false;
  std::vector<Bump> bumps;
  if (connection_->needs_bumps()) {
    std::vector<const std::vector<Key>*> keys;
    for (const Job& job : batch) keys.push_back(&job.unit.keys);
    bumps = BumpsOf(keys);
  }
  absl::Status status = connection_->Begin(Access::kWrite, bumps, options_.name);
  if (status.ok()) status = FetchAll(batch);
  if (!status.ok()) return OutcomeOfFailure(batch, singly, status);
  for (Job& job : batch) {
    const Outcome outcome = RunUnit(job, singly, batch.size() == 1);
    if (outcome != Outcome::kCommitted) return outcome;
  }
  return Outcome::kCommitted;
}

Lane::Outcome Lane::RunUnit(Job& job, bool singly, bool alone) {
  if (job.unit.wanted && !job.unit.wanted()) {
    job.status = NotWanted();
    return Outcome::kCommitted;
  }
  connection_->StartUnit(singly);
  if (job.fetched.empty()) {
    job.status = job.unit.work(*connection_);
  } else {
    FetchedTx tx(*connection_, job.unit.first, absl::MakeSpan(job.fetched));
    job.status = job.unit.work(tx);
  }
  batch_wrote_ = batch_wrote_ || connection_->unit_wrote();
  if (connection_->broken()) {
    const absl::Status status = job.status.ok() ? connection_->failure() : job.status;
    return OutcomeOfFailure(absl::MakeSpan(&job, 1), singly, status);
  }
  if (job.unit.dry_run) {
    // What was deferred must have been tried before the unit may be called good.
    const absl::Status status = job.status.ok() ? connection_->Settle() : absl::OkStatus();
    if (!status.ok()) return OutcomeOfFailure(absl::MakeSpan(&job, 1), singly, status);
    return Outcome::kUndone;
  }
  if (job.status.ok() || !connection_->unit_wrote()) return Outcome::kCommitted;
  return alone ? Outcome::kUndone : Outcome::kBroken;
}

Lane::Outcome Lane::CommitUnits(absl::Span<Job> batch, bool singly) {
  absl::Status status;
  if (options_.hardening == nullptr || !batch_wrote_) {
    status = connection_->Commit();
  } else {
    options_.hardening->Announce();
    status = connection_->CommitEarly();
    if (!status.ok()) options_.hardening->Withdraw();
  }
  if (status.ok()) {
    // What wrote nothing does not prove that the database takes writes again.
    if (batch_wrote_) NoteHealth(absl::OkStatus());
    return Outcome::kCommitted;
  }
  if (HasReason(status, "OUTCOME_UNKNOWN")) {
    for (Job& job : batch) job.status = status;
    return Outcome::kUnknown;
  }
  return OutcomeOfFailure(batch, singly, status);
}

}  // namespace twotier::db
