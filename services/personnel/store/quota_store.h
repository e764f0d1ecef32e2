// Quotas in the database: what was granted stands here, what is held and used in the ledger.
// Errors of all functions: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_QUOTA_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_QUOTA_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/personnel/domain/quota.h"
#include "services/personnel/domain/records.h"

namespace twotier::personnel::store {

// One line of quota of one unit.
struct QuotaSlot {
  std::string province_code;
  std::string unit;
  QuotaKind kind = QuotaKind::kNone;

  friend bool operator==(const QuotaSlot&, const QuotaSlot&) = default;
  friend auto operator<=>(const QuotaSlot&, const QuotaSlot&) = default;
};

// Accounts of the ledger, unit "post". What is free is spent by use and by grants to the units
// below: it may never fall below zero, holds included.
ledger::AccountId FreeAccount(const QuotaSlot& slot);
ledger::AccountId UsedAccount(const QuotaSlot& slot);
// Where an allowance comes from.
ledger::AccountId AllowanceAccount(const QuotaSlot& slot);
// Where the centre's grants to a province come from.
ledger::AccountId CentreAccount(const QuotaSlot& slot);
// The slot of one of these accounts.
std::optional<QuotaSlot> SlotOf(const ledger::AccountId& account);

// Opens the accounts of a slot.
absl::Status OpenSlot(db::Tx& tx, const QuotaSlot& slot, absl::CivilDay today);
// Opens the province's account of the centre when it is not there.
absl::Status OpenCentre(db::Tx& tx, const QuotaSlot& slot, absl::CivilDay today);

absl::StatusOr<std::optional<Quota>> LoadQuota(db::Tx& tx, const QuotaSlot& slot);
db::BoundStatement LoadQuotaQuery(const QuotaSlot& slot);
// Version 1 is a new row; a higher one replaces the one before.
absl::Status WriteQuota(db::Tx& tx, const Quota& quota);
// Moves on what is no new version: what is distributed, or the allowance in force.
absl::Status AddDistributed(db::Tx& tx, const QuotaSlot& slot, int64_t posts);
absl::Status AddAllowance(db::Tx& tx, const QuotaSlot& slot, int64_t posts);

// A quota with what the ledger says of it.
struct QuotaRow {
  Quota quota;
  QuotaBalance balance;
};
struct QuotaCursor {
  std::string unit;
  int kind = 0;
};
// At most `limit` that are counted in a province (or its `unit`), in order of unit and kind behind
// `after`.
absl::StatusOr<std::vector<QuotaRow>> ListQuotas(db::Tx& tx, absl::string_view counted_in,
                                                 absl::string_view unit, const QuotaCursor& after,
                                                 int limit);
// All lines of a unit that is kept under `province_code`.
absl::StatusOr<std::vector<Quota>> ListOfUnit(db::Tx& tx, absl::string_view province_code,
                                              absl::string_view unit);
// Those of a line that are counted in a province and for which something is planned, in order of
// the units.
absl::StatusOr<std::vector<Quota>> ListPlanned(db::Tx& tx, absl::string_view counted_in,
                                               QuotaKind kind);
// All that are counted in a province, or in the country, in order of province, unit and kind.
absl::StatusOr<std::vector<QuotaRow>> LoadBalances(db::Tx& tx, absl::string_view counted_in);
absl::StatusOr<QuotaRow> LoadRow(db::Tx& tx, const Quota& quota);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_QUOTA_STORE_H_
