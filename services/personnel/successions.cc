#include "services/personnel/successions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ledger/ledger.h"
#include "common/status_macros.h"
#include "services/personnel/handlers/ended_units.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/taken_over.h"
#include "services/personnel/store/plan_store.h"

namespace twotier::personnel {
namespace {

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:personnel";

}  // namespace

Successions::Successions(Parts parts, std::unique_ptr<units::SuccessionReporter> reporter)
    : parts_(std::move(parts)),
      reporter_(std::move(reporter)),
      unplanned_(prometheus::BuildGauge()
                     .Name("twotier_personnel_succession_unplanned")
                     .Help("People in posts of units that have ended, whom no plan moves.")
                     .Register(*parts_.metrics)
                     .Add({})),
      failures_(prometheus::BuildCounter()
                    .Name("twotier_personnel_succession_failures_total")
                    .Help("Changes of units that could not be followed or reported.")
                    .Register(*parts_.metrics)
                    .Add({})) {}

absl::StatusOr<units::SuccessionCount> Successions::Count(const units::Units& units,
                                                          const units::ChangeRecord& change,
                                                          absl::CivilDay today) const {
  units::SuccessionCount count;
  count.event = change.name;
  // Who is there now, or would be on the day.
  const absl::CivilDay day = std::max(today, change.effective);
  const auto add = [&](db::Tx& tx) -> absl::Status {
    count = {.event = change.name};
    for (const std::string& unit : change.ended_units) {
      const units::UnitRecord* record = units.FindUnit(unit);
      if (record == nullptr || record->versions.empty()) continue;
      ASSIGN_OR_RETURN(const std::vector<store::StaffOfUnit> staff,
                       store::ListStaff(tx, handlers::KeptIn(*record), unit, day));
      for (const store::StaffOfUnit& one : staff) {
        ++count.open;
        if (one.planned) {
          ++count.planned;
        } else if (count.unplanned.size() < units::kReportItemsMax) {
          count.unplanned.push_back(absl::StrCat("provinces/", handlers::KeptIn(*record),
                                                 "/appointments/", one.appointment_id));
        }
      }
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(parts_.database->ReadNow(add));
  return count;
}

absl::StatusOr<bool> Successions::EndPlaces(const units::Units& units,
                                            const units::ChangeRecord& change,
                                            absl::Time now) const {
  bool all_ended = true;
  for (const std::string& unit : change.ended_units) {
    const units::UnitRecord* record = units.FindUnit(unit);
    if (record == nullptr || record->versions.empty()) continue;
    const handlers::EndedUnit ended{handlers::KeptIn(*record), unit, change.effective, change.act};
    handlers::EmptyPlaces found;
    RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(found, handlers::FindEmptyPlaces(ended, VietnamDay(now), tx));
      return absl::OkStatus();
    }));
    // Also those of holders whose last day is over, until that has taken effect.
    all_ended &= !found.some_held;
    if (found.empty()) continue;
    Call call;
    call.now = now;
    call.principal.name = std::string(kOwnPrincipal);
    call.new_id = parts_.ids->New(now);
    RETURN_IF_ERROR(parts_.database->Write(
        {{ended.province_code, std::string(ledger::kKeyName)}},
        [&](db::Tx& tx) { return handlers::EndEmptyPlaces(*parts_.env, call, ended, tx); }));
  }
  return all_ended;
}

absl::Status Successions::TakeOver(const units::Units& units, const std::string& unit,
                                   absl::Time now) const {
  std::vector<std::string> provinces;
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(provinces, handlers::ProvincesToTakeOver(units, unit, VietnamDay(now), tx));
    return absl::OkStatus();
  }));
  if (provinces.empty()) return absl::OkStatus();
  Call call;
  call.now = now;
  call.principal.name = std::string(kOwnPrincipal);
  call.new_id = parts_.ids->New(now);
  std::vector<db::Key> keys;
  for (const std::string& code : provinces) {
    keys.push_back({code, std::string(ledger::kKeyName)});
  }
  return parts_.database->Write(keys, [&](db::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(handlers::TakeOverGrants(units, call, unit, tx));
    parts_.env->appended();
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> Successions::RunSlice() {
  if (!parts_.leading()) return false;
  const absl::Time now = parts_.clock->Now();
  const absl::CivilDay today = VietnamDay(now);
  const std::shared_ptr<const units::Units> units = parts_.env->snapshots->Get()->units;
  int64_t unplanned = 0;
  absl::Status status;
  for (const units::ChangeRecord* change : units->EndingChanges()) {
    if (settled_.contains(change->name)) continue;
    ASSIGN_OR_RETURN(const units::SuccessionCount count, Count(*units, *change, today));
    absl::StatusOr<bool> all_ended = false;
    if (change->effective <= today) {
      unplanned += count.open - count.planned;
      all_ended = EndPlaces(*units, *change, now);
    }
    absl::Status done = reporter_->Report(count).status();
    done.Update(all_ended.status());
    if (!done.ok()) {
      failures_.Increment();
      status.Update(done);
    } else if (change->effective < today && count.open == 0 && *all_ended) {
      settled_.insert(change->name);
    }
  }
  for (const std::string& unit : handlers::UnitsThatWentOver(*units, today)) {
    const absl::Status taken = TakeOver(*units, unit, now);
    if (!taken.ok()) failures_.Increment();
    status.Update(taken);
  }
  unplanned_.Set(static_cast<double>(unplanned));
  // Said once, not at each attempt: the registry may be away for long.
  if (!status.ok() && !failing_) {
    parts_.log->Write(Severity::kWarning, "succession_failing", {{"message", status.ToString()}});
  }
  failing_ = !status.ok();
  return false;
}

}  // namespace twotier::personnel
