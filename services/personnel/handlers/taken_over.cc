#include "services/personnel/handlers/taken_over.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "common/clock.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/personnel/domain/taken_over.h"
#include "services/personnel/handlers/grants.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/quotas.h"
#include "services/personnel/store/due_store.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::QuotaSlot;

constexpr absl::string_view kTakenOver = "quota.taken_over";

QuotaSlot SlotOf(const Quota& quota) { return {quota.province_code, quota.unit, quota.kind}; }

// The own quota of a province; opened where nothing was granted so far.
absl::StatusOr<Quota> LoadOrOpen(const QuotaSlot& slot, const std::string& province_code,
                                 absl::CivilDay today, db::Tx& tx) {
  if (slot.unit.empty()) return NotGranted(slot);
  RETURN_IF_ERROR(store::OpenCentre(tx, slot, today));
  ASSIGN_OR_RETURN(std::optional<Quota> quota, store::LoadQuota(tx, slot));
  if (quota) return *std::move(quota);
  RETURN_IF_ERROR(store::OpenSlot(tx, slot, today));
  Quota opened;
  opened.province_code = slot.province_code;
  opened.counted_in = province_code;
  opened.unit = slot.unit;
  opened.kind = slot.kind;
  return opened;
}

// The own quota of the province that the unit has left, whose unit may have ended with it.
absl::StatusOr<Quota> QuotaLeft(const units::Units& units, const Quota& commune, db::Tx& tx) {
  for (const units::UnitRecord* province : units.UnitsOfCode(commune.counted_in)) {
    ASSIGN_OR_RETURN(std::optional<Quota> quota,
                     store::LoadQuota(tx, {KeptIn(*province), province->name, commune.kind}));
    if (quota) return *std::move(quota);
  }
  return NotGranted({commune.counted_in, "", commune.kind});
}

// What stands on the grant of the province that is left. `number`: of the first of two journals.
absl::Status Move(const Call& call, const Quota& left, const Quota& reached, const TakenOver& taken,
                  int number, db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  const QuotaSlot from = SlotOf(left);
  const QuotaSlot to = SlotOf(reached);
  for (const AllowanceStep& step : reached.steps) {
    if (step.first <= today) continue;
    RETURN_IF_ERROR(store::InsertDue(tx, AllowanceDue(to, step.first)));
  }
  RETURN_IF_ERROR(MovePlaces(call, reached, call.NewId(number), store::CentreAccount(to),
                             store::CentreAccount(from), taken.granted, tx));
  return MovePlaces(call, reached, call.NewId(number + 1), store::AllowanceAccount(to),
                    store::AllowanceAccount(from), taken.allowed, tx);
}

// One line of a unit, which is `now`. `number`: of its first event and journal within the call;
// moved on.
absl::Status TakeOverLine(const units::Units& units, const Call& call,
                          const units::UnitVersion& now, Quota taken_over, int& number,
                          db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  const QuotaSlot province = SlotOfProvince(units, now.province_code, taken_over.kind, today);
  ASSIGN_OR_RETURN(Quota left, QuotaLeft(units, taken_over, tx));
  Quota reached;
  TakenOver taken;
  std::vector<Quota*> changed = {&taken_over};
  const bool renumbered = SlotOf(left) == province;  // The province has got another code.
  if (renumbered) {
    taken_over.counted_in = now.province_code;
  } else {
    ASSIGN_OR_RETURN(reached, LoadOrOpen(province, now.province_code, today, tx));
    taken = TakeOver(left, reached, taken_over);
    reached.year = std::max(reached.year, taken_over.year);
    changed = {&left, &reached, &taken_over};
  }
  for (Quota* quota : changed) {
    if (!now.act.empty()) quota->act = now.act;
    ++quota->version;
  }
  if (!renumbered) RETURN_IF_ERROR(Move(call, left, reached, taken, number, tx));
  for (Quota* quota : changed) {
    ASSIGN_OR_RETURN(store::QuotaRow row, store::LoadRow(tx, *quota));
    RETURN_IF_ERROR(WriteQuota(call, row, kTakenOver, tx, number++));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> UnitsThatWentOver(const units::Units& units, absl::CivilDay today) {
  std::vector<std::string> names;
  for (const units::UnitRecord* unit : units.UnitsOn(today)) {
    const std::string& now = LiesIn(*unit, today);
    const bool elsewhere =
        std::any_of(unit->versions.begin(), unit->versions.end(), [&](const auto& version) {
          return version.valid.first <= today && version.valid.end > kTwoTiersBegan &&
                 version.province_code != now;
        });
    if (elsewhere) names.push_back(unit->name);
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> ProvincesToTakeOver(const units::Units& units,
                                                             absl::string_view unit,
                                                             absl::CivilDay today, db::Tx& tx) {
  std::vector<std::string> codes;
  const units::UnitRecord* record = units.FindUnit(unit);
  if (record == nullptr || record->versions.empty()) return codes;
  const std::string& now = LiesIn(*record, today);
  ASSIGN_OR_RETURN(const std::vector<Quota> quotas, store::ListOfUnit(tx, KeptIn(*record), unit));
  std::set<std::string> others;
  for (const Quota& quota : quotas) {
    if (quota.counted_in != now) others.insert({quota.counted_in, now});
  }
  if (others.empty()) return codes;
  others.erase(KeptIn(*record));
  codes.push_back(KeptIn(*record));
  codes.insert(codes.end(), others.begin(), others.end());
  return codes;
}

absl::Status TakeOverGrants(const units::Units& units, const Call& call, absl::string_view unit,
                            db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  const units::UnitRecord* record = units.FindUnit(unit);
  const units::UnitVersion* now = record == nullptr ? nullptr : record->On(today);
  if (now == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<Quota> quotas, store::ListOfUnit(tx, KeptIn(*record), unit));
  int number = 0;
  for (Quota& quota : quotas) {
    if (quota.counted_in == LiesIn(*record, today)) continue;
    RETURN_IF_ERROR(TakeOverLine(units, call, *now, std::move(quota), number, tx));
  }
  return absl::OkStatus();
}

}  // namespace twotier::personnel::handlers
