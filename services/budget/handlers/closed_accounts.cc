#include "services/budget/handlers/closed_accounts.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget::handlers {

absl::Status SetClosed(Events& events, db::Tx& tx, store::AccountRow& row, absl::string_view act,
                       absl::CivilDay today) {
  const std::string name = NameOf(IdOf(row.key));
  ASSIGN_OR_RETURN(const auto account, ledger::FindAccount(tx, IdOf(row.key)));
  if (!account.has_value()) {
    return error::WithReason(absl::StatusCode::kDataLoss,
                             absl::StrCat("the ledger has no account ", name), "UNREADABLE_ROW",
                             {{"subject", name}});
  }
  if (act.empty()) {
    RETURN_IF_ERROR(ledger::ReopenAccount(tx, *account));
  } else {
    RETURN_IF_ERROR(ledger::CloseAccount(tx, *account, today));
  }
  row.close_act = std::string(act);
  ++row.version;
  feed::Event event;
  event.province_code = row.key.province_code;
  event.subject = name;
  event.version = row.version;
  event.kind = act.empty() ? "account.reopened" : "account.closed";
  event.previous_hash = row.chain_hash;
  return events.Append(std::move(event), [&](const std::string& hash) {
    row.chain_hash = hash;
    return store::UpdateAccount(tx, row);
  });
}

}  // namespace twotier::budget::handlers
