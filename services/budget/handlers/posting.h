// Journals into the ledger, for every handler that moves money.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_POSTING_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_POSTING_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/ceiling.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/events.h"
#include "services/budget/handlers/under_ceilings.h"
#include "services/budget/store/decision_store.h"
#include "services/budget/store/period_store.h"
#include "twotier/budget/v1/balance.pb.h"
#include "twotier/budget/v1/journal.pb.h"

namespace twotier::budget::handlers {

class ContingencyBounds;

// The ledger's unit of amounts.
inline constexpr absl::string_view kVnd = "VND";

// Kind of an event that tells of many journals, named in its body.
inline constexpr absl::string_view kJournalsPosted = "journals.posted";

// The ledger's account of a key.
ledger::AccountId IdOf(const AccountKey& key);
// `provinces/{province_code}/accounts/{account_id}`.
std::string NameOf(const ledger::AccountId& id);
std::string JournalName(absl::string_view province_code, absl::string_view journal_id);

// A transfer from account to account.
ledger::Line PostLine(const AccountKey& debit, const AccountKey& credit, int64_t amount_vnd,
                      absl::string_view text);

// One journal. The rule of the method must bump the ledger of each province that it touches.
struct Posting {
  std::string province_code = {};  // In whose ledger it is kept.
  std::string journal_id = {};
  absl::CivilDay effective_day = {};
  std::string act = {};
  std::string text = {};
  std::vector<ledger::Line> lines = {};  // None: it reverses.
  std::vector<Payment> payments = {};    // What the lines pay under ceilings.
  bool entered = false;                  // As Paying::entered.
  LinesThen again = nullptr;             // As Paying::again.
  store::DecisionRow decision = {};      // What it rests on beside the act.
  std::string reverses = {};             // Id of a journal of the same province.
  std::string kind = "journal.posted";   // Of its event.
};

// Whether accounts in which money waits are opened where their unit's year is closed.
enum class ClosedYears {
  kRefused,
  kOpened,  // For who follows a unit: what that one left is settled by closing once more.
};

// Opens the accounts of `keys` that are missing. NOT_FOUND `UNIT_NOT_FOUND`; FAILED_PRECONDITION
// `UNIT_OUTSIDE_PROVINCE`, `YEAR_CLOSED` (metadata `unit`, `budget_year`); UNAVAILABLE
// `SNAPSHOT_NOT_READY`. Returns how many it opened.
absl::StatusOr<int> OpenMissing(const Env& env, const Call& call, Events& events, db::Tx& tx,
                                absl::Span<const AccountKey> keys,
                                ClosedYears closed_years = ClosedYears::kRefused);

// Enters one journal, what it rests on and its event; repeated, it is what it was. Refuses with
// what the ledger refuses, whose failures stay. Whether money may go that way then is for the
// caller to ask: CheckStep, Periods, Lawful. `bounds` keeps what it does to estimates; null: it
// moves no estimate, and sets no contingency.
absl::StatusOr<v1::Journal> Enter(const Call& call, Events& events, db::Tx& tx,
                                  const Posting& posting, ContingencyBounds* bounds);
// The same after a look at the closed periods, with bounds of its own: FAILED_PRECONDITION
// `PERIOD_CLOSED`.
absl::StatusOr<v1::Journal> Post(const Env& env, const Call& call, Events& events, db::Tx& tx,
                                 const Posting& posting);

// Periods that are closed, of the provinces whose accounts are asked about.
class Periods {
 public:
  explicit Periods(db::Tx& tx) : tx_(tx) {}
  // FAILED_PRECONDITION `PERIOD_CLOSED` (metadata `account`, `through_date`, `act`).
  absl::Status Check(const AccountKey& account, absl::CivilDay effective_day);
  // Of every account of the lines, which belong to the book `province_code`: also those of the
  // holds that they follow.
  absl::Status Check(absl::string_view province_code, absl::Span<const ledger::Line> lines,
                     absl::CivilDay effective_day);

 private:
  db::Tx& tx_;
  std::vector<std::pair<std::string, std::vector<store::PeriodRow>>> loaded_;
};

// Whether the provinces of all accounts of the lines are among the named ones, whose ledgers were
// bumped: FAILED_PRECONDITION `LEDGER_NOT_NAMED` (metadata `ledgers`).
absl::Status CheckLedgersNamed(const std::set<std::string>& named,
                               absl::Span<const ledger::Line> lines);

// What a refusal of the ledger is to a caller: accounts by their names, and what failed stays.
absl::Status StatusOf(const ledger::Refusal& refusal);

ledger::Context ContextOf(const Call& call, absl::string_view province_code);

// The journal as it stands in the ledger, without who entered it, what it rests on beside the act
// and what reversed it.
v1::Journal JournalOf(absl::string_view province_code, const ledger::Journal& journal,
                      absl::Span<const ledger::Line> lines, absl::Time recorded);

// An open hold of the book `province_code`.
void FillHold(const ledger::Hold& hold, absl::string_view province_code, v1::Hold* out);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_POSTING_H_
