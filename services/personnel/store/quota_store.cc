#include "services/personnel/store/quota_store.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/personnel/store/days.h"

namespace twotier::personnel::store {
namespace {

constexpr absl::string_view kUnit = "post";

#define TWOTIER_QUOTA_COLUMNS                                                                \
  "q.province_code, q.unit, q.kind, q.granted, q.distributed, q.allowance, q.steps, q.year," \
  " q.act, q.version, q.chain_hash, q.planned, q.counted_in"
// The accounts are those of FreeAccount and UsedAccount.
#define TWOTIER_QUOTA_BALANCES                                                       \
  "SELECT " TWOTIER_QUOTA_COLUMNS                                                    \
  ", f.debits_pending, u.credits_posted - u.debits_posted FROM quota q"              \
  " JOIN ledger_account f ON f.province_code = q.province_code"                      \
  " AND f.account_id = 'quota/' || q.unit || '/' || CAST(q.kind AS TEXT) || '/free'" \
  " JOIN ledger_account u ON u.province_code = q.province_code"                      \
  " AND u.account_id = 'quota/' || q.unit || '/' || CAST(q.kind AS TEXT) || '/used'"

constexpr db::Statement kLoad{"personnel_load_quota",
                              "SELECT " TWOTIER_QUOTA_COLUMNS
                              " FROM quota q WHERE q.province_code = $1 AND q.unit = $2"
                              " AND q.kind = $3"};
constexpr db::Statement kInsert{
    "personnel_insert_quota",
    "INSERT INTO quota (province_code, unit, kind, granted, distributed, allowance, steps, year,"
    " act, version, chain_hash, planned, counted_in)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr db::Statement kUpdate{
    "personnel_update_quota",
    "UPDATE quota SET granted = $4, distributed = $5, allowance = $6, steps = $7, year = $8,"
    " act = $9, version = $10, chain_hash = $11, planned = $12, counted_in = $13"
    " WHERE province_code = $1 AND unit = $2 AND kind = $3 AND version = $10 - 1"};
constexpr db::Statement kAddDistributed{"personnel_add_distributed",
                                        "UPDATE quota SET distributed = distributed + $4"
                                        " WHERE province_code = $1 AND unit = $2 AND kind = $3"};
constexpr db::Statement kAddAllowance{"personnel_add_allowance",
                                      "UPDATE quota SET allowance = allowance + $4"
                                      " WHERE province_code = $1 AND unit = $2 AND kind = $3"};
constexpr db::Statement kList{"personnel_list_quotas", TWOTIER_QUOTA_BALANCES
                              " WHERE q.counted_in = $1 AND ($2 = '' OR q.unit = $2)"
                              " AND (q.unit, q.kind) > ($3, $4) ORDER BY q.unit, q.kind LIMIT $5"};
constexpr db::Statement kListOfUnit{"personnel_list_quotas_of_unit",
                                    "SELECT " TWOTIER_QUOTA_COLUMNS
                                    " FROM quota q WHERE q.province_code = $1 AND q.unit = $2"
                                    " ORDER BY q.kind"};
constexpr db::Statement kListPlanned{"personnel_list_planned_grants",
                                     "SELECT " TWOTIER_QUOTA_COLUMNS
                                     " FROM quota q WHERE q.counted_in = $1 AND q.kind = $2"
                                     " AND q.planned <> '' ORDER BY q.unit"};
// Of a country the tables are read each on its own: a join by a composed name is one look-up a row.
constexpr db::Statement kLoadAll{"personnel_load_quotas",
                                 "SELECT " TWOTIER_QUOTA_COLUMNS
                                 " FROM quota q WHERE $1 = '' OR q.counted_in = $1"
                                 " ORDER BY q.province_code, q.unit, q.kind"};
// Between "quota/" and what follows its last sign. Those of a province may be kept under others.
constexpr db::Statement kLoadAccounts{
    "personnel_load_quota_accounts",
    "SELECT province_code, account_id, debits_pending, credits_posted - debits_posted"
    " FROM ledger_account WHERE ($1 = '' OR province_code IN"
    " (SELECT q.province_code FROM quota q WHERE q.counted_in = $1))"
    " AND account_id > 'quota/' AND account_id < 'quota0'"};

ledger::AccountId Account(const QuotaSlot& slot, absl::string_view part) {
  return {slot.province_code,
          absl::StrCat("quota/", slot.unit, "/", static_cast<int>(slot.kind), "/", part)};
}

// One step a line: "day posts".
std::string Pack(const std::vector<AllowanceStep>& steps) {
  return absl::StrJoin(steps, "\n", [](std::string* out, const AllowanceStep& step) {
    absl::StrAppend(out, NumberOf(step.first), " ", step.posts);
  });
}

// One grant a line: "day year posts act".
std::string Pack(const std::vector<PlannedGrant>& planned) {
  return absl::StrJoin(planned, "\n", [](std::string* out, const PlannedGrant& grant) {
    absl::StrAppend(out, NumberOf(grant.first), " ", grant.year, " ", grant.posts, " ", grant.act);
  });
}

absl::Status Unreadable(const Quota& quota, absl::string_view what) {
  return error::WithReason(absl::StatusCode::kDataLoss, absl::StrCat(what, " cannot be read"),
                           "UNREADABLE_ROW", {{"quota", quota.Name()}});
}

absl::Status ReadPlanned(absl::string_view packed, Quota& quota) {
  for (const absl::string_view line : absl::StrSplit(packed, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 3));
    int64_t day = 0;
    PlannedGrant grant;
    if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &day) ||
        !absl::SimpleAtoi(parts[1], &grant.year) || !absl::SimpleAtoi(parts[2], &grant.posts)) {
      return Unreadable(quota, "a planned grant");
    }
    grant.first = DayOf(day);
    grant.act = std::string(parts[3]);
    quota.planned.push_back(std::move(grant));
  }
  return absl::OkStatus();
}

absl::StatusOr<Quota> QuotaOf(const db::Row& row) {
  Quota quota;
  quota.province_code = row.Text(0);
  quota.unit = row.Text(1);
  quota.kind = static_cast<QuotaKind>(row.Int(2));
  quota.granted = row.Int(3);
  quota.distributed = row.Int(4);
  quota.allowance = row.Int(5);
  for (const absl::string_view line : absl::StrSplit(row.Text(6), '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, ' ');
    int64_t day = 0;
    int64_t posts = 0;
    if (!absl::SimpleAtoi(parts.first, &day) || !absl::SimpleAtoi(parts.second, &posts)) {
      return Unreadable(quota, "an allowance");
    }
    quota.steps.push_back({DayOf(day), posts});
  }
  quota.year = static_cast<int>(row.Int(7));
  quota.act = row.Text(8);
  quota.version = row.Int(9);
  quota.chain_hash = row.Bytes(10);
  quota.counted_in = row.Text(12);
  RETURN_IF_ERROR(ReadPlanned(row.Text(11), quota));
  return quota;
}

absl::Status WithoutAccounts(const Quota& quota) {
  return error::WithReason(absl::StatusCode::kDataLoss, "a quota has no accounts", "UNREADABLE_ROW",
                           {{"quota", quota.Name()}});
}

absl::StatusOr<QuotaRow> RowOf(const db::Row& row) {
  QuotaRow result;
  ASSIGN_OR_RETURN(result.quota, QuotaOf(row));
  result.balance = {result.quota.granted, result.quota.allowance, result.quota.distributed,
                    row.Int(13), row.Int(14)};
  return result;
}

absl::StatusOr<std::vector<QuotaRow>> ReadAll(absl::StatusOr<db::Rows> rows) {
  RETURN_IF_ERROR(rows.status());
  std::vector<QuotaRow> all;
  all.reserve(rows->size());
  for (const db::Row& row : *rows) {
    ASSIGN_OR_RETURN(QuotaRow read, RowOf(row));
    all.push_back(std::move(read));
  }
  return all;
}

absl::StatusOr<std::vector<Quota>> ReadQuotas(absl::StatusOr<db::Rows> rows) {
  RETURN_IF_ERROR(rows.status());
  std::vector<Quota> quotas;
  for (const db::Row& row : *rows) {
    ASSIGN_OR_RETURN(Quota quota, QuotaOf(row));
    quotas.push_back(std::move(quota));
  }
  return quotas;
}

}  // namespace

ledger::AccountId FreeAccount(const QuotaSlot& slot) { return Account(slot, "free"); }
ledger::AccountId UsedAccount(const QuotaSlot& slot) { return Account(slot, "used"); }
ledger::AccountId AllowanceAccount(const QuotaSlot& slot) { return Account(slot, "allowance"); }
ledger::AccountId CentreAccount(const QuotaSlot& slot) {
  return Account({slot.province_code, "centre", slot.kind}, "grants");
}

std::optional<QuotaSlot> SlotOf(const ledger::AccountId& account) {
  // quota/units/{unit_id}/{kind}/{part}
  const std::vector<absl::string_view> parts = absl::StrSplit(account.id, '/');
  int kind = 0;
  if (parts.size() != 5 || !absl::SimpleAtoi(parts[3], &kind)) return std::nullopt;
  return QuotaSlot{account.province_code, absl::StrCat(parts[1], "/", parts[2]),
                   static_cast<QuotaKind>(kind)};
}

absl::Status OpenSlot(db::Tx& tx, const QuotaSlot& slot, absl::CivilDay today) {
  std::vector<ledger::Account> accounts(3);
  accounts[0] = {.id = FreeAccount(slot), .limit = ledger::Limit::kDebitsWithinCredits};
  accounts[1] = {.id = UsedAccount(slot), .limit = ledger::Limit::kDebitsWithinCredits};
  accounts[2] = {.id = AllowanceAccount(slot), .limit = ledger::Limit::kCreditsWithinDebits};
  for (ledger::Account& account : accounts) {
    account.unit = std::string(kUnit);
    account.opened_day = today;
  }
  return ledger::OpenAccounts(tx, accounts);
}

absl::Status OpenCentre(db::Tx& tx, const QuotaSlot& slot, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const std::optional<ledger::Account> found,
                   ledger::FindAccount(tx, CentreAccount(slot)));
  if (found) return absl::OkStatus();
  ledger::Account account;
  account.id = CentreAccount(slot);
  account.unit = std::string(kUnit);
  account.limit = ledger::Limit::kCreditsWithinDebits;
  account.opened_day = today;
  return ledger::OpenAccount(tx, account);
}

db::BoundStatement LoadQuotaQuery(const QuotaSlot& slot) {
  return {kLoad, {slot.province_code, slot.unit, static_cast<int64_t>(slot.kind)}, {}};
}

absl::StatusOr<std::optional<Quota>> LoadQuota(db::Tx& tx, const QuotaSlot& slot) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoad, {slot.province_code, slot.unit, static_cast<int>(slot.kind)}));
  if (rows.empty()) return std::optional<Quota>();
  ASSIGN_OR_RETURN(Quota quota, QuotaOf(rows[0]));
  return std::optional<Quota>(std::move(quota));
}

absl::Status WriteQuota(db::Tx& tx, const Quota& quota) {
  const std::string steps = Pack(quota.steps);
  const std::string planned = Pack(quota.planned);
  return tx.Write(quota.version == 1 ? kInsert : kUpdate,
                  {quota.province_code, quota.unit, static_cast<int>(quota.kind), quota.granted,
                   quota.distributed, quota.allowance, steps, quota.year, quota.act, quota.version,
                   db::Blob{quota.chain_hash}, planned, quota.counted_in});
}

absl::Status AddDistributed(db::Tx& tx, const QuotaSlot& slot, int64_t posts) {
  return tx.Write(kAddDistributed,
                  {slot.province_code, slot.unit, static_cast<int>(slot.kind), posts});
}

absl::Status AddAllowance(db::Tx& tx, const QuotaSlot& slot, int64_t posts) {
  return tx.Write(kAddAllowance,
                  {slot.province_code, slot.unit, static_cast<int>(slot.kind), posts});
}

absl::StatusOr<std::vector<QuotaRow>> ListQuotas(db::Tx& tx, absl::string_view counted_in,
                                                 absl::string_view unit, const QuotaCursor& after,
                                                 int limit) {
  return ReadAll(tx.Query(kList, {counted_in, unit, after.unit, after.kind, limit}));
}

absl::StatusOr<std::vector<Quota>> ListOfUnit(db::Tx& tx, absl::string_view province_code,
                                              absl::string_view unit) {
  return ReadQuotas(tx.Query(kListOfUnit, {province_code, unit}));
}

absl::StatusOr<std::vector<Quota>> ListPlanned(db::Tx& tx, absl::string_view counted_in,
                                               QuotaKind kind) {
  return ReadQuotas(tx.Query(kListPlanned, {counted_in, static_cast<int>(kind)}));
}

absl::StatusOr<std::vector<QuotaRow>> LoadBalances(db::Tx& tx, absl::string_view counted_in) {
  ASSIGN_OR_RETURN(const db::Rows quotas, tx.Query(kLoadAll, {counted_in}));
  ASSIGN_OR_RETURN(const db::Rows accounts, tx.Query(kLoadAccounts, {counted_in}));
  absl::flat_hash_map<ledger::AccountId, const db::Row*> by_id;
  by_id.reserve(accounts.size());
  for (const db::Row& row : accounts) by_id[{row.Text(0), row.Text(1)}] = &row;
  std::vector<QuotaRow> all;
  all.reserve(quotas.size());
  for (const db::Row& row : quotas) {
    QuotaRow& read = all.emplace_back();
    ASSIGN_OR_RETURN(read.quota, QuotaOf(row));
    const Quota& quota = read.quota;
    const QuotaSlot slot{quota.province_code, quota.unit, quota.kind};
    const auto free = by_id.find(FreeAccount(slot));
    const auto used = by_id.find(UsedAccount(slot));
    if (free == by_id.end() || used == by_id.end()) return WithoutAccounts(quota);
    read.balance = {quota.granted, quota.allowance, quota.distributed, free->second->Int(2),
                    used->second->Int(3)};
  }
  return all;
}

absl::StatusOr<QuotaRow> LoadRow(db::Tx& tx, const Quota& quota) {
  const QuotaSlot slot{quota.province_code, quota.unit, quota.kind};
  const ledger::AccountId ids[] = {FreeAccount(slot), UsedAccount(slot)};
  ASSIGN_OR_RETURN(const auto accounts, ledger::FindAccounts(tx, ids));
  if (!accounts[0] || !accounts[1]) {
    return WithoutAccounts(quota);
  }
  const ledger::Totals& used = accounts[1]->totals;
  return QuotaRow{quota,
                  {quota.granted, quota.allowance, quota.distributed,
                   accounts[0]->totals.debits_pending, used.credits_posted - used.debits_posted}};
}

}  // namespace twotier::personnel::store
