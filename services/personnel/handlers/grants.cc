#include "services/personnel/handlers/grants.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/db/late_keys.h"
#include "common/etag.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/planned_grants.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/quota_moves.h"
#include "services/personnel/handlers/quotas.h"

namespace twotier::personnel::handlers {
namespace {

using store::QuotaRow;
using store::QuotaSlot;

absl::Status CheckPool(const units::Units& units, const Grant& grant) {
  const GrantTerms& terms = grant.terms;
  if (terms.slot.kind != QuotaKind::kViceChair) return absl::OkStatus();
  const int64_t communes = CommunesOf(units, grant.province_code, terms.first);
  const int64_t pool = ViceChairPool(communes);
  if (terms.posts <= pool) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("the pool of ", communes, " communes is ", pool),
                           "VICE_CHAIR_POOL_EXCEEDED",
                           {{"asked", absl::StrCat(terms.posts)},
                            {"pool", absl::StrCat(pool)},
                            {"communes", absl::StrCat(communes)}});
}

// What is there before; opens the accounts of what is new.
absl::StatusOr<QuotaRow> LoadOrOpen(db::Tx& tx, const QuotaSlot& slot,
                                    const std::string& counted_in, const std::string* etag,
                                    absl::CivilDay today) {
  ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx, slot));
  if (quota) {
    if (etag != nullptr) RETURN_IF_ERROR(CheckEtag(*etag, quota->version));
    return store::LoadRow(tx, *quota);
  }
  if (etag != nullptr && !etag->empty()) RETURN_IF_ERROR(CheckEtag(*etag, 0));
  RETURN_IF_ERROR(store::OpenSlot(tx, slot, today));
  QuotaRow row;
  row.quota.province_code = slot.province_code;
  row.quota.counted_in = counted_in;
  row.quota.unit = slot.unit;
  row.quota.kind = slot.kind;
  return row;
}

// The day as of which a unit is granted something: that of the grant, but the first of a unit that
// is yet to begin, so that a plan for it can be signed and held before, and the last of one that
// has ended when all it was granted goes back to the province.
absl::CivilDay DayOfUnit(const units::UnitRecord* unit, const GrantTerms& terms) {
  if (unit == nullptr || unit->versions.empty() || unit->On(terms.first) != nullptr) {
    return terms.first;
  }
  const absl::CivilDay first = unit->versions.front().valid.first;
  if (first > terms.first) return first;
  const absl::CivilDay end = unit->versions.back().valid.end;
  return end <= terms.first && terms.posts == 0 ? end - 1 : terms.first;
}

// What the unit is on the day as of which it is granted something. It lies in the province then,
// and today where it is there already.
absl::StatusOr<const units::UnitVersion*> RequireInProvince(const units::Units& units,
                                                            const Grant& grant,
                                                            absl::CivilDay today) {
  const std::string& unit = grant.terms.slot.unit;
  const units::UnitRecord* record = units.FindUnit(unit);
  const absl::CivilDay day = DayOfUnit(record, grant.terms);
  ASSIGN_OR_RETURN(const units::UnitVersion* version, RequireUnitOn(units, unit, day));
  for (const absl::CivilDay one : {day, today}) {
    const std::string& lies_in = LiesIn(*record, one);
    if (lies_in != grant.province_code) {
      return OutsideProvince(unit, grant.province_code, lies_in);
    }
  }
  return version;
}

// First day on which the unit is no more, or lies in another province.
absl::CivilDay LeavesOn(const units::UnitRecord& unit, absl::string_view province_code,
                        absl::CivilDay today) {
  absl::CivilDay leaves = unit.versions.back().valid.end;
  for (const units::UnitVersion& version : unit.versions) {
    const bool elsewhere = version.valid.end > today && version.province_code != province_code;
    if (elsewhere) leaves = std::min(leaves, version.valid.first);
  }
  return leaves;
}

absl::Status BelowUse(const Grant& grant) {
  const QuotaBalance& before = grant.row.balance;
  const std::string least = absl::StrCat(before.granted - before.available());
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(grant.terms.slot.unit, " needs at least ", least),
                           "QUOTA_BELOW_USE",
                           {{"unit", grant.terms.slot.unit},
                            {"quota_kind", std::string(NameOf(grant.terms.slot.kind))},
                            {"asked", absl::StrCat(grant.terms.posts)},
                            {"least", least}});
}

// Counts what the province has granted on, and tells what that does to it.
absl::Status Distribute(const Call& call, const QuotaSlot& province, int64_t more,
                        const std::string& journal_id, db::Tx& tx,
                        v1::GrantQuotaResponse& response) {
  RETURN_IF_ERROR(store::AddDistributed(tx, province, more));
  ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx, province));
  if (!quota) return NotGranted(province);
  ASSIGN_OR_RETURN(QuotaRow after, store::LoadRow(tx, *quota));
  QuotaBalance before = after.balance;
  before.distributed -= more;
  if (more < 0) RETURN_IF_ERROR(GiveUpFree(call, after, journal_id, tx));
  *response.add_changes() = ChangeOf(province, before, after.balance);
  return absl::OkStatus();
}

}  // namespace

int64_t CommunesOf(const units::Units& units, absl::string_view province_code, absl::CivilDay day) {
  int64_t communes = 0;
  for (const units::UnitRecord* record : units.UnitsOn(day)) {
    const units::UnitVersion* version = record->On(day);
    communes += version->province_code == province_code && version->tier == UnitTier::kCommune;
  }
  return communes;
}

absl::Status NotGranted(const QuotaSlot& slot) {
  const std::string kind(NameOf(slot.kind));
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("nothing is granted to ", slot.unit, " on ", kind),
                           "QUOTA_NOT_GRANTED", {{"unit", slot.unit}, {"quota_kind", kind}});
}

v1::QuotaChange ChangeOf(const QuotaSlot& slot, const QuotaBalance& before,
                         const QuotaBalance& after) {
  v1::QuotaChange change;
  change.set_unit(slot.unit);
  change.set_quota_kind(static_cast<v1::QuotaKind>(slot.kind));
  change.set_available_before(before.available());
  change.set_available_after(after.available());
  change.set_held_after(after.held);
  change.set_used_after(after.used);
  return change;
}

absl::Status MovePlaces(const Call& call, const Quota& quota, const std::string& journal_id,
                        const ledger::AccountId& from, const ledger::AccountId& to, int64_t amount,
                        db::Tx& tx) {
  if (amount == 0) return absl::OkStatus();
  const absl::CivilDay today = VietnamDay(call.now);
  ledger::Journal journal;
  journal.id = journal_id;
  journal.effective_day = today;
  journal.act = quota.act;
  journal.subject = quota.Name();
  journal.version = quota.version;
  ledger::Line& line = journal.lines.emplace_back();
  line.debit = amount > 0 ? from : to;
  line.credit = amount > 0 ? to : from;
  line.amount = amount > 0 ? amount : -amount;
  ASSIGN_OR_RETURN(const ledger::Outcome outcome,
                   ledger::Post(tx, {quota.province_code, call.now, today}, journal));
  return outcome.ok() ? absl::OkStatus() : QuotaRefused(*outcome.refusal);
}

QuotaSlot KeptSlot(const units::Units& units, QuotaSlot slot) {
  const units::UnitRecord* unit = units.FindUnit(slot.unit);
  if (unit != nullptr && !unit->versions.empty()) slot.province_code = KeptIn(*unit);
  return slot;
}

QuotaSlot SlotOfProvince(const units::Units& units, const std::string& province_code,
                         QuotaKind kind, absl::CivilDay today) {
  const units::UnitRecord* province = units.FindUnitByCode(province_code, today);
  return KeptSlot(units, {province_code, province == nullptr ? "" : province->name, kind});
}

absl::Status DeclareKeptIn(const QuotaSlot& slot, absl::string_view province_code, db::Tx& tx) {
  if (slot.province_code == province_code) return absl::OkStatus();
  const db::Key key{slot.province_code, std::string(ledger::kKeyName)};
  return db::DeclareLate(tx, absl::MakeSpan(&key, 1));
}

absl::Status GiveUpFree(const Call& call, QuotaRow& row, const std::string& journal_id,
                        db::Tx& tx) {
  Quota& quota = row.quota;
  const int64_t overdue = quota.Overdue(VietnamDay(call.now));
  const int64_t given_up = std::min(overdue, row.balance.available());
  if (given_up <= 0) return absl::OkStatus();
  const QuotaSlot slot{quota.province_code, quota.unit, quota.kind};
  quota.allowance = row.balance.allowance -= given_up;
  RETURN_IF_ERROR(store::AddAllowance(tx, slot, -given_up));
  return MovePlaces(call, quota, absl::StrCat(journal_id, "-given-up"), store::FreeAccount(slot),
                    store::AllowanceAccount(slot), given_up, tx);
}

absl::StatusOr<Grant> PrepareGrant(const units::Units& units, GrantTerms terms,
                                   const std::string* etag, absl::CivilDay today, db::Tx& tx) {
  Grant grant;
  grant.terms = std::move(terms);
  QuotaSlot& slot = grant.terms.slot;
  grant.province_code = slot.province_code;
  ASSIGN_OR_RETURN(const units::UnitVersion* unit, RequireInProvince(units, grant, today));
  slot = KeptSlot(units, slot);
  RETURN_IF_ERROR(DeclareKeptIn(slot, grant.province_code, tx));
  if (unit->tier == UnitTier::kProvince) {
    RETURN_IF_ERROR(CheckPool(units, grant));
    RETURN_IF_ERROR(store::OpenCentre(tx, slot, today));
    grant.source = store::CentreAccount(slot);
  } else {
    grant.parent = SlotOfProvince(units, grant.province_code, slot.kind, today);
    ASSIGN_OR_RETURN(const std::optional<Quota> of_parent, store::LoadQuota(tx, *grant.parent));
    if (!of_parent) return NotGranted(*grant.parent);
    grant.source = store::FreeAccount(*grant.parent);
  }
  ASSIGN_OR_RETURN(grant.row, LoadOrOpen(tx, slot, grant.province_code, etag, today));
  // What it was granted elsewhere is about to go along with it, in a version of its own.
  const Quota& quota = grant.row.quota;
  if (quota.counted_in != grant.province_code) RETURN_IF_ERROR(CheckEtag("", quota.version));
  return grant;
}

absl::StatusOr<v1::GrantQuotaResponse> PutInForce(const Call& call, Grant& grant,
                                                  const std::string& journal_id, int ordinal,
                                                  db::Tx& tx) {
  const GrantTerms& terms = grant.terms;
  const absl::CivilDay today = VietnamDay(call.now);
  const QuotaBalance before = grant.row.balance;
  const int64_t more = terms.posts - before.granted;
  if (-more > before.available()) return BelowUse(grant);
  Quota& quota = grant.row.quota;
  quota.granted = grant.row.balance.granted = terms.posts;
  quota.year = terms.year;
  quota.act = terms.act;
  ++quota.version;
  TakeDue(quota, today);  // What waited for its places is replaced.
  RETURN_IF_ERROR(
      MovePlaces(call, quota, journal_id, grant.source, store::FreeAccount(terms.slot), more, tx));
  if (more > 0) RETURN_IF_ERROR(GiveUpFree(call, grant.row, journal_id, tx));
  v1::GrantQuotaResponse response;
  *response.add_changes() = ChangeOf(terms.slot, before, grant.row.balance);
  if (grant.parent) {
    RETURN_IF_ERROR(Distribute(call, *grant.parent, more, journal_id, tx, response));
  }
  RETURN_IF_ERROR(WriteQuota(call, grant.row, "quota.granted", tx, ordinal));
  RETURN_IF_ERROR(LetOthersTryAgain(grant.province_code, terms.slot.kind, today, tx));
  ToProto(grant.row, today, response.mutable_quota());
  return response;
}

absl::Status LetOthersTryAgain(absl::string_view province_code, QuotaKind kind,
                               absl::CivilDay today, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<Quota> planned, store::ListPlanned(tx, province_code, kind));
  for (const Quota& quota : planned) {
    for (const PlannedGrant& grant : quota.planned) {
      if (grant.first > today) continue;
      RETURN_IF_ERROR(store::TryAgain(
          tx, GrantDue({quota.province_code, quota.unit, quota.kind}, grant.first)));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GrantQuotaResponse> PlanGrant(const Call& call, Grant& grant, int ordinal,
                                                 db::Tx& tx) {
  const GrantTerms& terms = grant.terms;
  Quota& quota = grant.row.quota;
  Plan(quota, {terms.first, terms.year, terms.posts, terms.act});
  if (quota.planned.size() > kPlannedMax) {
    error::Violations violations;
    violations.Add("first_date", absl::StrCat("at most ", kPlannedMax, " grants may be planned"));
    return violations.ToStatus();
  }
  ++quota.version;
  RETURN_IF_ERROR(store::InsertDue(tx, GrantDue(terms.slot, terms.first)));
  RETURN_IF_ERROR(WriteQuota(call, grant.row, "quota.grant_planned", tx, ordinal));
  v1::GrantQuotaResponse response;
  ToProto(grant.row, VietnamDay(call.now), response.mutable_quota());
  return response;
}

absl::Status CheckPlannedDays(const units::Units& units, const std::string& province_code,
                              QuotaKind kind, absl::CivilDay today, db::Tx& tx,
                              const Quota* before) {
  ASSIGN_OR_RETURN(std::vector<Quota> planned, store::ListPlanned(tx, province_code, kind));
  if (planned.empty()) return absl::OkStatus();
  for (Quota& quota : planned) {
    const units::UnitRecord* unit = units.FindUnit(quota.unit);
    if (unit == nullptr || unit->versions.empty()) continue;
    DropFrom(quota, LeavesOn(*unit, province_code, today));
  }
  const QuotaSlot parent = SlotOfProvince(units, province_code, kind, today);
  ASSIGN_OR_RETURN(const std::optional<Quota> province, store::LoadQuota(tx, parent));
  if (!province) return NotGranted(parent);
  ASSIGN_OR_RETURN(const QuotaRow row, store::LoadRow(tx, *province));
  const int64_t own_use = row.balance.used + row.balance.held;
  const std::optional<Shortfall> found =
      before == nullptr ? FirstShortfall(*province, own_use, planned, today)
                        : FirstWorsened(*before, *province, own_use, planned, today);
  if (!found) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("on ", Text(found->day), " communes would have ",
                                        found->asked, " of ", found->available, " places"),
                           "QUOTA_EXCEEDED",
                           {{"unit", parent.unit},
                            {"quota_kind", std::string(NameOf(kind))},
                            {"asked", absl::StrCat(found->asked)},
                            {"available", absl::StrCat(found->available)},
                            {"held", absl::StrCat(row.balance.held)},
                            {"date", Text(found->day)}});
}

absl::Status ApplyPlannedGrant(const units::Units& units, const Call& call, const QuotaSlot& slot,
                               db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  ASSIGN_OR_RETURN(std::optional<Quota> quota, store::LoadQuota(tx, slot));
  if (!quota) return absl::OkStatus();
  std::optional<PlannedGrant> due = TakeDue(*quota, today);
  if (!due) return absl::OkStatus();
  const units::UnitRecord* unit = units.FindUnit(slot.unit);
  const bool known = unit != nullptr && !unit->versions.empty();
  if (known && LeavesOn(*unit, quota->counted_in, today) <= today) {
    ++quota->version;
    ASSIGN_OR_RETURN(QuotaRow row, store::LoadRow(tx, *quota));
    return WriteQuota(call, row, "quota.grant_lapsed", tx);
  }
  const QuotaSlot counted{quota->counted_in, slot.unit, slot.kind};
  ASSIGN_OR_RETURN(Grant grant,
                   PrepareGrant(units, {counted, today, due->year, due->posts, std::move(due->act)},
                                /*etag=*/nullptr, today, tx));
  return PutInForce(call, grant, call.new_id, 0, tx).status();
}

}  // namespace twotier::personnel::handlers
