// Transfers as they are asked for, as lines of the ledger.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_TRANSFERS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_TRANSFERS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/ledger/ledger.h"
#include "common/ledger/reads.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/ceiling.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/handlers/lawful.h"
#include "services/budget/handlers/posting.h"
#include "twotier/budget/v1/journal.pb.h"

namespace twotier::budget::handlers {

// Longest time that a hold is kept, in working days: longer than any budget year.
inline constexpr int kHoldWorkingDaysMax = 366;

// Adds a violation when `id` is no id of a journal.
void CheckJournalId(absl::string_view id, absl::string_view field, error::Violations& violations);

// The call that a transfer is part of.
struct TransfersOf {
  absl::string_view province_code;       // Of the ledger.
  v1::Body body = v1::BODY_UNSPECIFIED;  // Who decided what it rests on.
  bool of_batch = false;
};

// Adds what is malformed in a transfer. Whether its amount is above 0 is for the ledger to say,
// where each transfer has an answer of its own.
void CheckTransfer(const v1::Transfer& transfer, const TransfersOf& call, absl::string_view field,
                   error::Violations& violations);

// Makes the lines of journals of a ledger that were entered before once more, as they were made
// then: whether they were lawful is not asked again, and the working days of a hold are counted by
// the calendar of that time. So the ledger compares what the caller says with what he said.
class LinesAgain {
 public:
  LinesAgain(db::Tx& tx, absl::string_view province_code)
      : tx_(tx), province_code_(province_code) {}

  // Of well-formed transfers. Errors: those of LoadReferenceAt.
  absl::StatusOr<std::vector<ledger::Line>> Make(absl::Span<const v1::Transfer* const> transfers,
                                                 const ledger::JournalRecord& entered);

 private:
  absl::StatusOr<ledger::Line> MakeLine(const v1::Transfer& transfer,
                                        const ledger::JournalRecord& entered);

  db::Tx& tx_;
  const std::string province_code_;
  absl::Time instant_ = absl::InfinitePast();  // Whose calendar it is.
  std::shared_ptr<const calendar::Calendar> calendar_;
};

// Whether a line holds money back. When that ends is counted by the calendar of the day.
bool Holds(absl::Span<const ledger::Line> lines);

// Makes the lines that the transfers of one call ask for.
class LineMaker {
 public:
  // For a journal of the ledger of `province_code` that takes effect on a day, not after `today`,
  // and rests on what `body` decided.
  LineMaker(const Env& env, db::Tx& tx, absl::string_view province_code,
            absl::CivilDay effective_day, absl::CivilDay today, Body body)
      : env_(env),
        tx_(tx),
        province_code_(province_code),
        effective_day_(effective_day),
        today_(today),
        body_(body),
        periods_(tx),
        lawful_(env, tx) {}

  // The line of a well-formed transfer. FAILED_PRECONDITION: `WRONG_CURRENCY`, `PURPOSE_RESERVED`,
  // the refusals of CheckStep, Lawful and Periods, `CALENDAR_ENDS` (the hold would expire after the
  // last year of the calendar), `HOLD_EXPIRED` (it would have expired already). UNAVAILABLE
  // `SNAPSHOT_NOT_READY`.
  absl::StatusOr<ledger::Line> Make(const v1::Transfer& transfer);

  // What the lines that were made since the last time pay.
  std::vector<Payment> TakePayments() { return std::exchange(payments_, {}); }
  // What they change of estimates.
  std::vector<EstimateChange> TakeChanges() { return std::exchange(changes_, {}); }

 private:
  struct Account {
    AccountKey key;
    ledger::AccountId id;
  };

  // What the name of an account says. The transfers of a call name few accounts, many times.
  const Account& AccountOf(const std::string& name);
  absl::StatusOr<ledger::Line> MakeNew(const v1::Transfer& transfer, ledger::Line line);
  absl::Status CheckFollowing(const ledger::Line& line);
  // Of both accounts.
  absl::Status CheckDay(const AccountKey& debit, const AccountKey& credit, bool settles);
  // What moves money: a hold does so when it is settled.
  void Note(const AccountKey& debit, const AccountKey& credit, int64_t amount);

  const Env& env_;
  db::Tx& tx_;
  const std::string province_code_;
  const absl::CivilDay effective_day_;
  const absl::CivilDay today_;
  const Body body_;
  Periods periods_;
  Lawful lawful_;
  absl::node_hash_map<std::string, Account> accounts_;  // By name; references to them stay good.
  std::vector<Payment> payments_;
  std::vector<EstimateChange> changes_;
  std::shared_ptr<const calendar::Calendar> calendar_;  // Loaded for the first hold.
};

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_TRANSFERS_H_
