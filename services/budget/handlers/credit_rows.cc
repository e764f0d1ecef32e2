#include "services/budget/handlers/credit_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/feed/feed.h"

namespace twotier::budget::handlers {

std::string NameOf(const store::CreditRow& row) {
  return absl::StrCat("provinces/", row.province_code, "/creditLines/", row.id);
}

AccountKey AccountOf(const store::CreditRow& row) {
  return *KeyOf(row.province_code, row.account_id);
}

AccountKey SourceOf(const store::CreditRow& row) {
  return *KeyOf(row.province_code, row.source_account_id);
}

AccountKey GivenBackTo(const store::CreditRow& row, absl::CivilDay day) {
  AccountKey to = SourceOf(row);
  if (row.kind == CreditKind::kLoan) to.year = std::max(to.year, static_cast<int>(day.year()));
  return to;
}

int64_t OwedOf(const store::CreditRow& row) {
  return row.moved ? 0 : row.drawn_vnd - row.repaid_vnd;
}

absl::Status WriteChange(Events& events, db::Tx& tx, store::CreditRow& row,
                         absl::string_view kind) {
  ++row.version;
  feed::Event event;
  event.province_code = row.province_code;
  event.subject = NameOf(row);
  event.version = row.version;
  event.kind = std::string(kind);
  event.previous_hash = row.chain_hash;
  return events.Append(std::move(event), [&](const std::string& hash) {
    row.chain_hash = hash;
    return store::UpdateCredit(tx, row);
  });
}

}  // namespace twotier::budget::handlers
