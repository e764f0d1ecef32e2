#include "services/personnel/handlers/carried_places.h"

#include <algorithm>
#include <optional>

#include "common/clock.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/personnel/handlers/grants.h"
#include "services/personnel/handlers/look_ahead.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/quotas.h"
#include "services/personnel/store/due_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::QuotaSlot;

ledger::Line LineOf(ledger::AccountId debit, ledger::AccountId credit, int64_t amount) {
  ledger::Line line;
  line.debit = std::move(debit);
  line.credit = std::move(credit);
  line.amount = amount;
  return line;
}

}  // namespace

absl::StatusOr<CarriedPlaces> CarriedPlaces::Load(const PlacesCarried& places,
                                                  const std::string& distributor,
                                                  absl::CivilDay today, db::Tx& tx) {
  CarriedPlaces carried;
  if (places.empty()) return carried;
  RETURN_IF_ERROR(carried.LoadQuotas(places, today, tx));
  for (const auto& [slots, count] : places) {
    carried.Carry(carried.quotas_[slots.first], carried.quotas_[slots.second], count, distributor);
  }
  return carried;
}

absl::Status CarriedPlaces::LoadQuotas(const PlacesCarried& places, absl::CivilDay today,
                                       db::Tx& tx) {
  for (const auto& [slots, count] : places) {
    quotas_.try_emplace(slots.first);
    quotas_.try_emplace(slots.second);
  }
  std::vector<db::BoundStatement> queries;
  for (const auto& [slot, quota] : quotas_) queries.push_back(store::LoadQuotaQuery(slot));
  LookAheadTx ahead(tx);
  RETURN_IF_ERROR(ahead.Ask(std::move(queries)));
  for (auto& [slot, quota] : quotas_) {
    ASSIGN_OR_RETURN(std::optional<Quota> stored, store::LoadQuota(ahead, slot));
    if (stored) {
      quota = *std::move(stored);
      continue;
    }
    // Nothing was granted to the new unit so far.
    RETURN_IF_ERROR(store::OpenSlot(tx, slot, today));
    quota.province_code = slot.province_code;
    quota.unit = slot.unit;
    quota.kind = slot.kind;
  }
  // Between provinces a grant goes with its commune alone.
  for (const auto& [slots, count] : places) {
    const std::string& counted_in = quotas_[slots.first].counted_in;
    std::string& reached = quotas_[slots.second].counted_in;
    if (reached.empty()) reached = counted_in;
    if (reached != counted_in) return OutsideProvince(slots.second.unit, counted_in, reached);
  }
  return absl::OkStatus();
}

void CarriedPlaces::Carry(Quota& from, Quota& to, int64_t places, const std::string& distributor) {
  const QuotaSlot left{from.province_code, from.unit, from.kind};
  const QuotaSlot reached{to.province_code, to.unit, to.kind};
  // A province may have granted on more than its grant: what is above it stands on its allowance.
  const int64_t own = std::max<int64_t>(0, from.granted - from.distributed);
  const int64_t granted = std::min(places, own);
  if (granted > 0) {
    // What the province grants on stays in its own grant, and what comes back to it is there.
    if (from.unit == distributor) {
      from.distributed += granted;
    } else {
      from.granted -= granted;
    }
    if (to.unit == distributor) {
      to.distributed -= granted;
    } else {
      to.granted += granted;
    }
    lines_.push_back(LineOf(store::FreeAccount(left), store::FreeAccount(reached), granted));
  }
  to.year = std::max(to.year, from.year);
  const int64_t allowed = places - granted;
  if (allowed == 0) return;
  from.allowance -= allowed;
  to.allowance += allowed;
  MoveAllowance(from.steps, to.steps, allowed);
  lines_.push_back(LineOf(store::FreeAccount(left), store::AllowanceAccount(left), allowed));
  lines_.push_back(LineOf(store::AllowanceAccount(reached), store::FreeAccount(reached), allowed));
}

absl::Status CarriedPlaces::Write(const Call& call, const std::string& act, int ordinal,
                                  db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  for (auto& [slot, quota] : quotas_) {
    quota.act = act;
    ++quota.version;
    ASSIGN_OR_RETURN(store::QuotaRow row, store::LoadRow(tx, quota));
    for (const AllowanceStep& step : quota.steps) {
      if (step.first <= today) continue;
      RETURN_IF_ERROR(store::InsertDue(tx, AllowanceDue(slot, step.first)));
    }
    // A place that is overdue may have come to where others are free.
    RETURN_IF_ERROR(GiveUpFree(call, row, call.NewId(ordinal), tx));
    RETURN_IF_ERROR(WriteQuota(call, row, "quota.carried", tx, ordinal++));
  }
  return absl::OkStatus();
}

}  // namespace twotier::personnel::handlers
