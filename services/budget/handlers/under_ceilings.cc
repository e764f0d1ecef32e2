#include "services/budget/handlers/under_ceilings.h"

#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/errors.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget::handlers {
namespace {

bool IsCeilingLine(const ledger::Line& line) {
  const auto key = KeyOf(line.debit.province_code, line.debit.id);
  return key.has_value() && key->stage == Stage::kCeiling;
}

// The ceilings of payments that are there and were not lifted. One flight.
absl::StatusOr<std::set<AccountKey>> Granted(db::Tx& tx, absl::Span<const Paying> journals) {
  std::set<AccountKey> asked;
  for (const Paying& paying : journals) {
    for (AccountKey& key : CeilingsOf(paying.payments, paying.journal.effective_day)) {
      asked.insert(std::move(key));
    }
  }
  if (asked.empty()) return asked;
  std::vector<ledger::AccountId> ids;
  ids.reserve(asked.size());
  for (const AccountKey& key : asked) ids.push_back(IdOf(key));
  ASSIGN_OR_RETURN(const auto found, ledger::FindAccounts(tx, ids));
  size_t i = 0;
  std::erase_if(asked, [&](const AccountKey&) {
    const std::optional<ledger::Account>& account = found[i++];
    return !account.has_value() || account->closed_day.has_value();
  });
  return asked;
}

// What is entered together is one journal, with the lines of its ceilings.
absl::Status CheckSize(const ledger::Journal& journal, size_t own_lines) {
  if (journal.lines.size() <= ledger::kLinesMax) return absl::OkStatus();
  error::Violations violations;
  violations.Add("transfers", absl::StrCat(own_lines, " that are entered together take from ",
                                           journal.lines.size() - own_lines, " ceilings: at most ",
                                           ledger::kLinesMax, " lines are one journal"));
  return violations.ToStatus();
}

// In order, as many at once as one call takes.
absl::StatusOr<std::vector<ledger::Outcome>> PostAll(db::Tx& tx, const ledger::Context& context,
                                                     absl::Span<const ledger::Journal> journals) {
  std::vector<ledger::Outcome> outcomes;
  size_t begin = 0;
  while (begin < journals.size()) {
    size_t end = begin;
    size_t lines = 0;
    do {
      lines += journals[end++].lines.size();
    } while (end < journals.size() && lines + journals[end].lines.size() <= ledger::kLinesMax);
    ASSIGN_OR_RETURN(auto some, ledger::Post(tx, context, journals.subspan(begin, end - begin)));
    std::move(some.begin(), some.end(), std::back_inserter(outcomes));
    begin = end;
  }
  return outcomes;
}

// Posts a journal whose id is taken once more, as it would have been made when that was entered,
// and with its ceilings.
absl::StatusOr<ledger::Outcome> PostAsEntered(db::Tx& tx, const ledger::Context& context,
                                              const LinesThen& again, ledger::Journal journal) {
  ASSIGN_OR_RETURN(const auto record, ledger::FindJournal(tx, context.province_code, journal.id));
  if (record.has_value()) {
    if (again != nullptr) {
      ASSIGN_OR_RETURN(journal.lines, again(*record));
    }
    const std::vector<ledger::Line>& entered = record->entered.journal.lines;
    for (size_t i = journal.lines.size(); i < entered.size() && IsCeilingLine(entered[i]); ++i) {
      journal.lines.push_back(entered[i]);
    }
  }
  return ledger::Post(tx, context, journal);
}

}  // namespace

absl::StatusOr<std::vector<ledger::Outcome>> PostUnderCeilings(db::Tx& tx,
                                                               const ledger::Context& context,
                                                               std::vector<Paying> journals) {
  ASSIGN_OR_RETURN(const std::set<AccountKey> granted, Granted(tx, journals));
  const auto there_is = [&granted](const AccountKey& key) { return granted.contains(key); };
  std::vector<ledger::Journal> posted;
  std::vector<size_t> own_lines;
  posted.reserve(journals.size());
  for (Paying& paying : journals) {
    posted.push_back(std::move(paying.journal));
    ledger::Journal& journal = posted.back();
    own_lines.push_back(journal.lines.size());
    for (ledger::Line& line : CeilingLines(paying.payments, journal.effective_day, there_is)) {
      journal.lines.push_back(std::move(line));
    }
    RETURN_IF_ERROR(CheckSize(journal, own_lines.back()));
  }
  ASSIGN_OR_RETURN(std::vector<ledger::Outcome> outcomes, PostAll(tx, context, posted));
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const Paying& paying = journals[i];
    const bool taken = !outcomes[i].ok() && outcomes[i].refusal->why == ledger::Why::kIdTaken;
    const bool otherwise = taken && (!paying.payments.empty() || paying.entered);
    // Counted otherwise, other words may have come to the same.
    const bool reworded = paying.again != nullptr && (taken || outcomes[i].repeated);
    if (!otherwise && !reworded) continue;
    posted[i].lines.resize(own_lines[i]);
    ASSIGN_OR_RETURN(outcomes[i], PostAsEntered(tx, context, paying.again, std::move(posted[i])));
  }
  return outcomes;
}

}  // namespace twotier::budget::handlers
