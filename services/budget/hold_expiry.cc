#include "services/budget/hold_expiry.h"

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget {
namespace {

// Holds of one transaction: some ten milliseconds, so that callers' units pass in between.
constexpr int kSliceMax = 500;

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:budget";

// The id is one that no caller can have taken: CheckJournalId lets no `~` pass.
ledger::Journal ExpiryOf(const ledger::Hold& hold, const std::string& subject,
                         absl::CivilDay today) {
  return {.id = absl::StrCat("expire~", hold.id.journal, "~", hold.id.line),
          .effective_day = today,
          .text = "the last day of the hold is over",
          .subject = subject,
          .version = 1,
          .lines = {{.kind = ledger::Kind::kExpire, .hold = hold.id}}};
}

}  // namespace

HoldExpiry::HoldExpiry(const Parts& parts)
    : parts_(parts),
      expired_(prometheus::BuildCounter()
                   .Name("twotier_budget_holds_expired_total")
                   .Help("Holds that expired.")
                   .Register(*parts.metrics)
                   .Add({})),
      lag_(prometheus::BuildGauge()
               .Name("twotier_budget_hold_expiry_lag_seconds")
               .Help("How late the last holds expired.")
               .Register(*parts.metrics)
               .Add({})),
      looked_(prometheus::BuildGauge()
                  .Name("twotier_budget_hold_expiry_looked_timestamp_seconds")
                  .Help("Up to when every hold that was due has expired.")
                  .Register(*parts.metrics)
                  .Add({})) {}

absl::StatusOr<bool> HoldExpiry::RunSlice() {
  if (!parts_.leading()) return false;
  bool more = false;
  bool complete = true;
  const absl::Time began = parts_.clock->Now();
  std::set<std::string> provinces = parts_.env->snapshots->Get()->units->Provinces();
  provinces.insert(std::string(kCentral));
  for (const std::string& province_code : provinces) {
    const absl::StatusOr<bool> left = RunProvince(province_code);
    if (left.ok()) {
      more = more || *left;
    } else {
      complete = false;
      parts_.log->Write(Severity::kWarning, "holds_not_expired",
                        {{"province_code", province_code}, {"message", left.status().ToString()}});
    }
  }
  if (complete && !more) looked_.Set(absl::ToDoubleSeconds(began - absl::UnixEpoch()));
  return more;
}

absl::StatusOr<bool> HoldExpiry::RunProvince(const std::string& province_code) {
  Call call;
  call.now = parts_.clock->Now();
  call.principal.name = std::string(kOwnPrincipal);
  const absl::CivilDay today = VietnamDay(call.now);
  Look& look = looks_[province_code];
  std::vector<ledger::OpenHold> due;
  const auto find = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(due, ledger::DueHolds(tx, province_code, today, look.behind, kSliceMax));
    return absl::OkStatus();
  };
  // While nothing is due nothing is written.
  RETURN_IF_ERROR(parts_.database->ReadNow(find));
  const auto end = [&look]() -> absl::StatusOr<bool> {
    const Look ended = std::exchange(look, {});
    RETURN_IF_ERROR(ended.refused);
    return false;
  };
  if (due.empty()) return end();
  call.new_id = parts_.ids->New(call.now);
  const std::string subject = absl::StrCat("provinces/", province_code, "/batches/", call.new_id);
  std::vector<std::string> names;
  absl::Status refused;
  const auto expire = [&](db::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(find(tx));
    std::vector<ledger::Journal> journals;
    for (const ledger::OpenHold& open : due) {
      journals.push_back(ExpiryOf(open.hold, subject, today));
    }
    names.clear();
    refused = absl::OkStatus();
    if (journals.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto outcomes,
                     ledger::Post(tx, handlers::ContextOf(call, province_code), journals));
    for (size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i].ok()) {
        names.push_back(handlers::JournalName(province_code, journals[i].id));
      } else {
        refused = handlers::StatusOf(*outcomes[i].refusal);
      }
    }
    if (names.empty()) return absl::OkStatus();
    handlers::Events events(*parts_.env, call, tx);
    return events.AppendPosted(province_code, subject, names, /*decision=*/{});
  };
  RETURN_IF_ERROR(parts_.database->Write({{province_code, std::string(ledger::kKeyName)}}, expire));
  if (due.empty()) return end();
  look.refused.Update(refused);
  expired_.Increment(static_cast<double>(names.size()));
  lag_.Set(absl::ToDoubleSeconds(
      call.now -
      absl::FromCivil(absl::CivilSecond(due.front().hold.expiry_day + 1), VietnamTimeZone())));
  if (due.size() < kSliceMax) return end();
  look.behind = {due.back().hold.expiry_day, due.back().hold.id};
  return true;
}

}  // namespace twotier::budget
