#include "services/budget/successions.h"

#include <set>
#include <utility>
#include <vector>

#include "common/ledger/ledger.h"
#include "common/status_macros.h"
#include "services/budget/domain/succession.h"
#include "services/budget/handlers/succession.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget {
namespace {

// How often one looks for money that came to a unit after it had ended.
constexpr absl::Duration kLookedAgain = absl::Minutes(1);

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:budget";

prometheus::Family<prometheus::Counter>& Reports(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("twotier_budget_succession_reports_total")
      .Help("Reports to the registry of how far balances are with a change of units.")
      .Register(registry);
}

}  // namespace

Successions::Successions(Parts parts, std::unique_ptr<units::SuccessionReporter> reporter)
    : parts_(std::move(parts)),
      reporter_(std::move(reporter)),
      moved_(prometheus::BuildCounter()
                 .Name("twotier_budget_successions_moved_total")
                 .Help("Journals that moved what a unit had to those that follow.")
                 .Register(*parts_.metrics)
                 .Add({})),
      unplanned_(prometheus::BuildGauge()
                     .Name("twotier_budget_succession_unplanned")
                     .Help("Accounts with money of units that have ended and need a plan.")
                     .Register(*parts_.metrics)
                     .Add({})),
      sent_(Reports(*parts_.metrics).Add({{"outcome", "sent"}})),
      unchanged_(Reports(*parts_.metrics).Add({{"outcome", "unchanged"}})),
      failed_(Reports(*parts_.metrics).Add({{"outcome", "failed"}})) {}

void Successions::Cancel() {
  if (reporter_ != nullptr) reporter_->Cancel();
}

absl::StatusOr<bool> Successions::RunSlice() {
  const std::shared_ptr<const Snapshot> snapshot = parts_.env->snapshots->Get();
  if (!parts_.leading() || !snapshot->ready()) return false;
  const absl::Time now = parts_.clock->Now();
  const absl::CivilDay today = VietnamDay(now);
  const bool young = looked_change_ == snapshot->change && looked_day_ == today &&
                     now - looked_ < kLookedAgain && !failing_;
  if (young) return false;
  unplanned_count_ = 0;
  Counts counts;
  RETURN_IF_ERROR(Look(*snapshot, today, counts));
  // Of what was read in part nothing is told: it would be taken for the whole.
  for (const std::string& event : unread_) counts.erase(event);
  unplanned_.Set(static_cast<double>(unplanned_count_));
  looked_change_ = snapshot->change;
  looked_day_ = today;
  looked_ = now;
  failing_ = !Tell(counts);
  return false;
}

absl::Status Successions::Look(const Snapshot& snapshot, absl::CivilDay today, Counts& counts) {
  unread_.clear();
  for (const std::string& province_code : snapshot.units->Provinces()) {
    std::vector<std::string> units;
    RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(units, store::ListUnits(tx, province_code));
      return absl::OkStatus();
    }));
    for (const std::string& unit : units) {
      const absl::Status status = LookAtUnit(snapshot, province_code, unit, today, counts);
      if (status.ok()) continue;
      parts_.log->Write(Severity::kWarning, "succession_not_moved",
                        {{"unit", unit}, {"message", status.ToString()}});
    }
  }
  return absl::OkStatus();
}

absl::Status Successions::LookAtUnit(const Snapshot& snapshot, const std::string& province_code,
                                     const std::string& unit, absl::CivilDay today,
                                     Counts& counts) {
  const units::ChangeRecord* change = ChangeLeaving(*snapshot.units, unit, province_code, today);
  const units::UnitRecord* record = snapshot.units->FindUnit(unit);
  if (change == nullptr || record == nullptr) return absl::OkStatus();
  const bool shares_known = SharesOf(*snapshot.units, *record, change->effective).ok();
  absl::Status moved;
  if (shares_known && change->effective <= today) {
    moved = MoveUnit(province_code, *record, *change, snapshot);
  }
  // Money that should have moved and did not waits for somebody as if its shares were not known.
  const bool goes_by_itself = shares_known && moved.ok();
  Estate estate;
  const absl::Status read = parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(estate, handlers::LoadEstate(tx, province_code, unit, today));
    return absl::OkStatus();
  });
  if (!read.ok()) {
    unread_.insert(change->name);
    return read;
  }
  // Said also when nothing is left: the registry then learns that it is done.
  units::SuccessionCount& count = counts[change->name];
  count.event = change->name;
  std::vector<LeftAccount> left = std::move(estate.accounts);
  left.insert(left.end(), estate.waiting.begin(), estate.waiting.end());
  for (const LeftAccount& account : left) {
    if (!HasMoney(account)) continue;
    ++count.open;
    if (goes_by_itself) {
      ++count.planned;
      continue;
    }
    if (change->effective <= today) ++unplanned_count_;
    if (count.unplanned.size() < units::kReportItemsMax) {
      count.unplanned.push_back(NameOf(account.key));
    }
  }
  return moved;
}

absl::Status Successions::MoveUnit(const std::string& province_code, const units::UnitRecord& unit,
                                   const units::ChangeRecord& change, const Snapshot& snapshot) {
  ASSIGN_OR_RETURN(const std::vector<Share> shares,
                   SharesOf(*snapshot.units, unit, change.effective));
  Call call;
  call.now = parts_.clock->Now();
  call.principal.name = std::string(kOwnPrincipal);
  Estate estate;
  const auto load = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(estate,
                     handlers::LoadEstate(tx, province_code, unit.name, VietnamDay(call.now)));
    return absl::OkStatus();
  };
  // While nothing is left nothing is written.
  RETURN_IF_ERROR(parts_.database->ReadNow(load));
  if (estate.empty()) return absl::OkStatus();
  call.new_id = parts_.ids->New(call.now);
  std::set<std::string> provinces = {province_code};
  for (const Share& share : shares) provinces.insert(share.province_code);
  std::vector<db::Key> keys;
  keys.reserve(provinces.size());
  for (const std::string& code : provinces) keys.push_back({code, std::string(ledger::kKeyName)});
  bool moved = false;
  const auto move = [&](db::Tx& tx) -> absl::Status {
    moved = false;
    RETURN_IF_ERROR(load(tx));
    if (estate.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(handlers::Move(*parts_.env, call, tx, change, change.act, estate, shares,
                                   DivideByShares(estate, shares))
                        .status());
    moved = true;
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(parts_.database->Write(keys, move));
  if (moved) moved_.Increment();
  return absl::OkStatus();
}

bool Successions::Tell(const Counts& counts) {
  if (reporter_ == nullptr) return true;
  absl::Status status;
  for (const auto& [event, count] : counts) {
    const absl::StatusOr<bool> sent = reporter_->Report(count);
    if (!sent.ok()) {
      failed_.Increment();
      status.Update(sent.status());
      continue;
    }
    (*sent ? sent_ : unchanged_).Increment();
  }
  // Said once, not at each attempt: the registry may be away for long.
  if (!status.ok() && !failing_) {
    parts_.log->Write(Severity::kWarning, "succession_not_reported",
                      {{"message", status.ToString()}});
  }
  return status.ok();
}

}  // namespace twotier::budget
