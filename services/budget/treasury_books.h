// Statements of the Treasury beside the books of one unit and budget year.
#ifndef TWOTIER_SERVICES_BUDGET_TREASURY_BOOKS_H_
#define TWOTIER_SERVICES_BUDGET_TREASURY_BOOKS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"
#include "common/db/db.h"
#include "services/budget/domain/reconciliation.h"
#include "services/budget/store/treasury_store.h"

namespace twotier::budget {

// A line of a journal on an account of payments.
struct BookEntry {
  store::EntryId id;
  CashItem item;            // Its id orders entries; its reference is the journal's id.
  std::string reversed_by;  // Journal that undid it.
};

// What no match has, and what may belong together.
struct OpenItems {
  // Those of the year, then those that the years before and after hold: in January a statement has
  // payments of two years, and its lines are counted to the one whose payment they turn out to be.
  std::vector<StatementLine> lines;
  size_t lines_own = 0;
  std::vector<BookEntry> entries;

  bool IsOwn(size_t line) const { return line < lines_own; }
};

// Errors: those of db::Tx and of ledger::ReadStatement.
absl::StatusOr<OpenItems> LoadOpenItems(db::Tx& tx, const store::TreasuryBooks& books);

// The rules over what is open. The error of the calendar.
absl::StatusOr<Reconciled> ReconcileOpen(const OpenItems& open, const calendar::Calendar& calendar,
                                         const std::string& province_code);

// A difference. Indexes into the open items; -1: that side is missing.
struct Break {
  int line = -1;
  int entry = -1;
  absl::CivilDay day;
  std::string id;  // Orders breaks of one day.
  std::vector<Candidate> candidates;
};

// What is left, the oldest first: lines of the year; and entries of days that a statement covers,
// but for those that were undone by others that are open too, which the Treasury never saw.
std::vector<Break> BreaksOf(const OpenItems& open, const Reconciled& reconciled,
                            const std::vector<store::StatementHead>& statements);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_TREASURY_BOOKS_H_
