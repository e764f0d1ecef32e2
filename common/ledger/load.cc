#include "common/ledger/load.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
    RETURN_IF_ERROR(Fetch(tx));
    return std::move(book_);
  }

 private:
  enum class What { kAccount, kHold, kJournal, kReversal };

  void Want(const Journal& journal) {
    WantJournal(journal.id);
    if (!journal.reverses.empty() && reversed_.insert(journal.reverses).second) {
      WantJournal(journal.reverses);
      Ask(What::kReversal, {kFindReversal, {context_.province_code, journal.reverses}, {}});
    }
    for (const Line& line : journal.lines) {
      if (line.hold == LineId()) {
        WantAccounts(line);
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
    }
    return absl::OkStatus();
  }
  absl::Status TakeJournal(const db::Rows& rows);

  const Context& context_;
  Book book_;
  // Asked for.
  absl::flat_hash_set<AccountId> accounts_;
  absl::flat_hash_set<LineId> holds_;
  absl::flat_hash_set<absl::string_view> journals_;
  absl::flat_hash_set<absl::string_view> reversed_;
  std::vector<What> whats_;
  std::vector<db::BoundStatement> queries_;
};

absl::Status Loader::TakeJournal(const db::Rows& rows) {
  ASSIGN_OR_RETURN(EnteredJournal entered, ReadJournal(rows));
  if (reversed_.contains(entered.journal.id)) {
    for (const Line& line : entered.journal.lines) WantAccounts(line);
  }
  book_.Add(std::move(entered));
  return absl::OkStatus();
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
