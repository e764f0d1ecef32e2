#include "services/budget/treasury_books.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ledger/statement.h"
#include "common/status_macros.h"
#include "services/budget/domain/account.h"

namespace twotier::budget {
namespace {

constexpr int kLinesOfPage = 1000;
const absl::CivilDay kFirstDay(1970, 1, 1);
const absl::CivilDay kEndDay(9999, 12, 31);

// Whether the line moves cash: it is paid from what was allocated, and comes back there. Final
// accounts, and what a unit that ended leaves to another, move what was paid between books only.
bool MovesCash(const ledger::StatementLine& line) {
  const bool moves = line.kind == ledger::Kind::kPost || line.kind == ledger::Kind::kSettle ||
                     line.kind == ledger::Kind::kReversal;
  if (!moves) return false;
  const std::optional<AccountKey> other = KeyOf(line.other.province_code, line.other.id);
  return other && other->stage == Stage::kAllocated;
}

BookEntry EntryOf(const ledger::StatementLine& line) {
  BookEntry entry;
  entry.id = {line.province_code, line.id.journal, line.id.line};
  entry.item.id = absl::StrCat(line.province_code, "/", line.id.journal, "/", line.id.line);
  // Payments are credited to the account of what was paid; a debit takes one back.
  entry.item.direction = line.is_debit ? Direction::kIn : Direction::kOut;
  entry.item.amount_vnd = line.amount;
  entry.item.day = line.effective_day;
  entry.item.reference = line.id.journal;
  entry.reversed_by = line.reversed_by;
  return entry;
}

// Lines of the year that no match has, and the entries that matches of the year have.
absl::Status AddLines(db::Tx& tx, const store::TreasuryBooks& books,
                      std::set<store::EntryId>& matched_entries,
                      std::vector<StatementLine>& lines) {
  ASSIGN_OR_RETURN(const std::vector<store::MatchRow> matches, store::LoadMatches(tx, books));
  std::set<std::string> matched_lines;
  for (const store::MatchRow& match : matches) {
    matched_lines.insert(match.line_id);
    matched_entries.insert(match.entry);
  }
  ASSIGN_OR_RETURN(std::vector<StatementLine> held, store::LoadTreasuryLines(tx, books));
  for (StatementLine& line : held) {
    if (!matched_lines.contains(line.item.id)) lines.push_back(std::move(line));
  }
  return absl::OkStatus();
}

absl::Status AddEntries(db::Tx& tx, const ledger::AccountId& account,
                        const std::set<store::EntryId>& matched, std::vector<BookEntry>& entries) {
  std::optional<ledger::StatementCursor> after;
  do {
    ASSIGN_OR_RETURN(ledger::StatementPage page,
                     ledger::ReadStatement(tx, {account, kFirstDay, kEndDay, std::nullopt}, after,
                                           kLinesOfPage));
    for (const ledger::StatementLine& line : page.lines) {
      if (!MovesCash(line)) continue;
      BookEntry entry = EntryOf(line);
      if (!matched.contains(entry.id)) entries.push_back(std::move(entry));
    }
    after = std::move(page.next);
  } while (after);
  return absl::OkStatus();
}

// Of open entries, those that undo each other.
std::set<size_t> Undone(const std::vector<BookEntry>& entries,
                        const std::vector<size_t>& open_entries) {
  std::multimap<std::pair<std::string, int64_t>, size_t> reversals;
  for (const size_t i : open_entries) {
    const CashItem& item = entries[i].item;
    reversals.emplace(std::make_pair(item.reference, item.amount_vnd), i);
  }
  std::set<size_t> undone;
  for (const size_t i : open_entries) {
    if (entries[i].reversed_by.empty()) continue;
    const auto found = reversals.find({entries[i].reversed_by, entries[i].item.amount_vnd});
    if (found == reversals.end()) continue;
    undone.insert({i, found->second});
    reversals.erase(found);
  }
  return undone;
}

bool Covered(absl::CivilDay day, const std::vector<store::StatementHead>& statements) {
  return std::any_of(statements.begin(), statements.end(),
                     [day](const store::StatementHead& statement) {
                       return statement.period.first <= day && day <= statement.period.last;
                     });
}

}  // namespace

absl::StatusOr<OpenItems> LoadOpenItems(db::Tx& tx, const store::TreasuryBooks& books) {
  OpenItems open;
  std::set<store::EntryId> matched_entries;
  RETURN_IF_ERROR(AddLines(tx, books, matched_entries, open.lines));
  open.lines_own = open.lines.size();
  for (const int year : {books.budget_year - 1, books.budget_year + 1}) {
    const store::TreasuryBooks other = {books.province_code, books.unit, year};
    RETURN_IF_ERROR(AddLines(tx, other, matched_entries, open.lines));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> accounts, store::LoadPaidAccounts(tx, books));
  for (const std::string& account : accounts) {
    RETURN_IF_ERROR(AddEntries(tx, {books.province_code, account}, matched_entries, open.entries));
  }
  return open;
}

absl::StatusOr<Reconciled> ReconcileOpen(const OpenItems& open, const calendar::Calendar& calendar,
                                         const std::string& province_code) {
  std::vector<CashItem> lines, entries;
  for (const StatementLine& line : open.lines) lines.push_back(line.item);
  for (const BookEntry& entry : open.entries) entries.push_back(entry.item);
  return Reconcile(lines, entries, calendar, province_code);
}

std::vector<Break> BreaksOf(const OpenItems& open, const Reconciled& reconciled,
                            const std::vector<store::StatementHead>& statements) {
  std::map<size_t, std::vector<Candidate>> candidates;
  for (const Candidate& candidate : reconciled.candidates) {
    candidates[candidate.line].push_back(candidate);
  }
  std::vector<Break> breaks;
  for (const size_t line : reconciled.open_lines) {
    if (!open.IsOwn(line)) continue;
    const CashItem& item = open.lines[line].item;
    breaks.push_back({static_cast<int>(line), -1, item.day, absl::StrCat("l/", item.id),
                      std::move(candidates[line])});
  }
  const std::set<size_t> undone = Undone(open.entries, reconciled.open_entries);
  for (const size_t entry : reconciled.open_entries) {
    const CashItem& item = open.entries[entry].item;
    if (undone.contains(entry) || !Covered(item.day, statements)) continue;
    breaks.push_back({-1, static_cast<int>(entry), item.day, absl::StrCat("e/", item.id), {}});
  }
  std::sort(breaks.begin(), breaks.end(), [](const Break& a, const Break& b) {
    return std::tie(a.day, a.id) < std::tie(b.day, b.id);
  });
  return breaks;
}

}  // namespace twotier::budget
