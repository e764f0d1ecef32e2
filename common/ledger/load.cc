#include "common/ledger/load.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::ledger {
namespace {

constexpr db::Statement kLoadAccount{"ledger_load_account",
                                     "SELECT " TWOTIER_LEDGER_ACCOUNT_COLUMNS
                                     " FROM ledger_account"
                                     " WHERE province_code = $1 AND account_id = $2"};

// What an account stands at, and what was posted to it on each day after a day: a row for each of
// them and side, or one without a day. Not shared: totals and days are of one instant.
#define TWOTIER_LEDGER_DAYS_OF(side, is_debit)                           \
  "SELECT effective_day, " is_debit " AS is_debit, " TWOTIER_LEDGER_SUMS \
  " FROM ledger_transfer"                                                \
  " WHERE " side "_province = $1 AND " side                              \
  "_account = $2 AND effective_day > $3"                                 \
  " AND result = 0 GROUP BY effective_day"
constexpr db::Statement kLoadDays{
    "ledger_load_days",
    "SELECT a.province_code, a.account_id, a.debits_posted, a.debits_pending, a.credits_posted,"
    " a.credits_pending, m.effective_day, m.is_debit, m.posted, m.pending_4g, m.pending_1"
    " FROM ledger_account a LEFT JOIN (" TWOTIER_LEDGER_DAYS_OF("debit", "1") " UNION ALL "
    TWOTIER_LEDGER_DAYS_OF("credit", "0") ") m ON m.effective_day > $3"
    " WHERE a.province_code = $1 AND a.account_id = $2"};

constexpr size_t kWhyColumn = 20;  // Of kLoadJournal: the first one after those of the transfer.

constexpr db::Statement kFindReversal{
    "ledger_find_reversal",
    "SELECT reverses FROM ledger_transfer WHERE province_code = $1 AND reverses = $2"
    " AND reverses <> '' AND line = 1 AND result = 0"};

absl::Status Unreadable(const std::string& journal) {
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("the rows of journal ", journal, " do not fit together"),
                           "UNREADABLE_ROW", {{"journal", journal}});
}

Refusal ReadRefusal(const db::Row& row) {
  return {.why = static_cast<Why>(row.Int(kWhyColumn)),
          .line = row.Int(kWhyColumn + 1),
          .account = {row.Text(kWhyColumn + 2), row.Text(kWhyColumn + 3)},
          .field = row.Text(kWhyColumn + 4),
          .available = row.Int(kWhyColumn + 5),
          .asked = row.Int(kWhyColumn + 6),
          .held = row.Int(kWhyColumn + 7)};
}

class Loader {
 public:
  explicit Loader(const Context& context) : context_(context), book_(context) {}

  static std::vector<db::BoundStatement> QueriesOf(const Context& context, const Journal& journal) {
    Loader loader(context);
    loader.Want(journal);
    return std::move(loader.queries_);
  }

  absl::StatusOr<Book> Load(db::Tx& tx, absl::Span<const Journal> journals) {
    for (const Journal& journal : journals) Want(journal);
    // What the first answers name is asked for by the second flight; that names nothing more.
    RETURN_IF_ERROR(Fetch(tx));
    AskForDays();
    RETURN_IF_ERROR(Fetch(tx));
    return std::move(book_);
  }

 private:
  enum class What { kAccount, kHold, kJournal, kReversal, kDays };

  void Want(const Journal& journal) {
    WantJournal(journal.id);
    if (!journal.reverses.empty()) {
      const auto [since, is_new] = reversed_.emplace(journal.reverses, journal.effective_day);
      since->second = std::min(since->second, journal.effective_day);
      if (is_new) {
        WantJournal(journal.reverses);
        Ask(What::kReversal, {kFindReversal, {context_.province_code, journal.reverses}, {}});
      }
    }
    for (const Line& line : journal.lines) {
      if (line.hold == LineId()) {
        WantAccounts(line);
        WantDays(line, journal.effective_day);
      } else if (holds_.insert(line.hold).second) {
        Ask(What::kHold,
            {kLoadHold, {context_.province_code, line.hold.journal, line.hold.line}, {}});
      }
    }
  }
  void WantJournal(const std::string& id) {
    if (!journals_.insert(id).second) return;
    Ask(What::kJournal, {kLoadJournal, {context_.province_code, id}, {}});
  }
  template <typename HasAccounts>
  void WantAccounts(const HasAccounts& from) {
    for (const AccountId* id : {&from.debit, &from.credit}) {
      if (accounts_.insert(*id).second) Ask(What::kAccount, FindAccountQuery(*id));
    }
  }
  // Of the accounts of a new line: how they stood on the days after its effective one. What is
  // dated today needs to know today only.
  void WantDays(const Line& line, absl::CivilDay effective_day) {
    if (effective_day >= context_.today) return;
    for (const AccountId* id : {&line.debit, &line.credit}) {
      absl::CivilDay& since = days_.emplace(*id, effective_day).first->second;
      since = std::min(since, effective_day);
    }
  }
  void AskForDays() {
    for (const auto& [id, since] : days_) {
      Ask(What::kDays, {kLoadDays, {id.province_code, id.id, ToColumn(since)}, {}});
    }
  }
  void Ask(What what, db::BoundStatement query) {
    whats_.push_back(what);
    queries_.push_back(std::move(query));
  }

  absl::Status Fetch(db::Tx& tx) {
    const std::vector<What> whats = std::exchange(whats_, {});
    const std::vector<db::BoundStatement> queries = std::exchange(queries_, {});
    ASSIGN_OR_RETURN(const std::vector<db::Rows> answers, tx.QueryAll(queries));
    for (size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i].empty()) RETURN_IF_ERROR(Take(whats[i], answers[i]));
    }
    return absl::OkStatus();
  }

  absl::Status Take(What what, const db::Rows& rows) {
    switch (what) {
      case What::kAccount:
        book_.Add(ReadAccount(rows[0]));
        break;
      case What::kHold: {
        Hold hold = ReadHold(rows[0]);
        WantAccounts(hold);
        book_.Add(std::move(hold));
        break;
      }
      case What::kJournal:
        return TakeJournal(rows);
      case What::kReversal:
        book_.MarkReversed(rows[0].Text(0));
        break;
      case What::kDays:
        TakeDays(rows);
        break;
    }
    return absl::OkStatus();
  }
  absl::Status TakeJournal(const db::Rows& rows);
  void TakeDays(const db::Rows& rows);

  const Context& context_;
  Book book_;
  // Asked for.
  absl::flat_hash_set<AccountId> accounts_;
  absl::flat_hash_set<LineId> holds_;
  absl::flat_hash_set<absl::string_view> journals_;
  absl::flat_hash_map<absl::string_view, absl::CivilDay> reversed_;  // Since when.
  // Whose days are asked for when what the journals name is there, and those after which.
  std::map<AccountId, absl::CivilDay> days_;
  std::vector<What> whats_;
  std::vector<db::BoundStatement> queries_;
};

absl::Status Loader::TakeJournal(const db::Rows& rows) {
  ASSIGN_OR_RETURN(EnteredJournal entered, ReadJournal(rows));
  const auto reversed = reversed_.find(entered.journal.id);
  if (reversed != reversed_.end()) {
    for (const Line& line : entered.journal.lines) {
      WantAccounts(line);
      WantDays(line, reversed->second);
    }
  }
  book_.Add(std::move(entered));
  return absl::OkStatus();
}

void Loader::TakeDays(const db::Rows& rows) {
  const db::Row& account = rows[0];
  Days days;
  for (const db::Row& row : rows) {
    if (row.IsNull(6)) continue;
    ReadSums(row, 8, row.Bool(7), days[ToDay(row.Int(6))]);
  }
  book_.AddDays({account.Text(0), account.Text(1)},
                {.debits_posted = account.Int(2),
                 .debits_pending = account.Int(3),
                 .credits_posted = account.Int(4),
                 .credits_pending = account.Int(5)},
                std::move(days));
}

}  // namespace

absl::StatusOr<EnteredJournal> ReadJournal(const db::Rows& rows) {
  std::vector<Transfer> transfers;
  transfers.reserve(rows.size());
  for (const db::Row& row : rows) transfers.push_back(ReadTransfer(row));
  std::sort(transfers.begin(), transfers.end(),
            [](const Transfer& a, const Transfer& b) { return a.number < b.number; });
  EnteredJournal entered{.journal = std::move(transfers[0].journal)};
  const bool failed = transfers[0].result != 0;
  if (failed != !rows[0].IsNull(kWhyColumn)) return Unreadable(entered.journal.id);
  if (failed) entered.refusal = ReadRefusal(rows[0]);
  int64_t number = 0;
  for (Transfer& transfer : transfers) {
    if (transfer.number != ++number) return Unreadable(entered.journal.id);
    entered.journal.lines.push_back(std::move(transfer.line));
  }
  return entered;
}

absl::StatusOr<Book> LoadBook(db::Tx& tx, const Context& context,
                              absl::Span<const Journal> journals) {
  return Loader(context).Load(tx, journals);
}

std::vector<db::BoundStatement> FirstQueries(const Context& context, const Journal& journal) {
  return Loader::QueriesOf(context, journal);
}

// Shared: the totals that a posting adds to may be newer, and the table keeps their limit.
db::BoundStatement FindAccountQuery(const AccountId& id) {
  return {kLoadAccount, {id.province_code, id.id}, {}, /*shared=*/true};
}

absl::StatusOr<std::optional<Account>> FindAccount(db::Tx& tx, const AccountId& id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadAccount, {id.province_code, id.id}));
  if (rows.empty()) return std::optional<Account>();
  return std::optional<Account>(ReadAccount(rows[0]));
}

absl::StatusOr<std::vector<std::optional<Account>>> FindAccounts(db::Tx& tx,
                                                                 absl::Span<const AccountId> ids) {
  std::vector<db::BoundStatement> queries;
  queries.reserve(ids.size());
  for (const AccountId& id : ids) queries.push_back(FindAccountQuery(id));
  ASSIGN_OR_RETURN(const std::vector<db::Rows> answers, tx.QueryAll(queries));
  std::vector<std::optional<Account>> accounts(ids.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].empty()) accounts[i] = ReadAccount(answers[i][0]);
  }
  return accounts;
}

}  // namespace twotier::ledger
