#include "services/routing/due_dates.h"

#include <memory>
#include <set>
#include <utility>

#include "common/status_macros.h"
#include "services/routing/settled.h"

namespace twotier::routing {
namespace {

// Dossiers of one transaction: each reads its timeline.
constexpr int kSliceMax = 50;
// The pass that begins kSettled after the calendar was imported is the last one.
constexpr int64_t kPasses = 2;

prometheus::Family<prometheus::Counter>& Family(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("twotier_routing_due_dates_recomputed_total")
      .Help("Provisional due dates that were computed again on a later calendar.")
      .Register(registry);
}

}  // namespace

DueDates::DueDates(const Parts& parts)
    : parts_(parts),
      moved_(Family(*parts.metrics).Add({{"outcome", "moved"}})),
      confirmed_(Family(*parts.metrics).Add({{"outcome", "confirmed"}})),
      failed_(Family(*parts.metrics).Add({{"outcome", "failed"}})) {}

absl::StatusOr<bool> DueDates::RunSlice() {
  const std::shared_ptr<const Snapshot> snapshot = parts_.env->snapshots->Get();
  if (!parts_.leading() || snapshot->calendar == nullptr) return false;
  bool more = false;
  // Of any day: the dossiers of a province that was merged stay under its code.
  const std::set<std::string> provinces = snapshot->units->Provinces();
  for (const std::string& province_code : provinces) {
    const absl::StatusOr<bool> left = RunProvince(province_code, *snapshot);
    if (left.ok()) {
      more = more || *left;
    } else {
      parts_.log->Write(Severity::kWarning, "due_dates_not_recomputed",
                        {{"province_code", province_code}, {"message", left.status().ToString()}});
    }
  }
  return more;
}

absl::StatusOr<DueDates::Next> DueDates::FindNext(db::Tx& tx, const std::string& province_code,
                                                  const Snapshot& snapshot) const {
  ASSIGN_OR_RETURN(const store::CalendarImport import, store::LoadCalendarImport(tx));
  Next next;
  // The memory follows within a moment.
  if (import.version != snapshot.calendar_version) return next;
  ASSIGN_OR_RETURN(next.mark, store::LoadCalendarMark(tx, province_code));
  if (next.mark.calendar_version != import.version) next.mark = {import.version, 1, ""};
  ASSIGN_OR_RETURN(next.codes,
                   store::FindProvisional(tx, province_code, next.mark.code, kSliceMax));
  const bool again = next.codes.empty() && next.mark.pass < kPasses && !next.mark.code.empty() &&
                     parts_.clock->Now() - import.imported >= kSettled;
  if (!again) return next;
  next.mark = {import.version, next.mark.pass + 1, ""};
  ASSIGN_OR_RETURN(next.codes, store::FindProvisional(tx, province_code, "", kSliceMax));
  return next;
}

absl::StatusOr<bool> DueDates::RunProvince(const std::string& province_code,
                                           const Snapshot& snapshot) {
  Next next;
  // While nothing is provisional nothing is written.
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(next, FindNext(tx, province_code, snapshot));
    return absl::OkStatus();
  }));
  if (next.codes.empty()) return false;
  Call call;
  call.now = parts_.clock->Now();
  call.principal.name = std::string(handlers::kOwnPrincipal);
  call.new_id = parts_.ids->New(call.now);
  handlers::Recomputed recomputed;
  const auto recompute = [&](db::Tx& tx) -> absl::Status {
    recomputed = {};
    ASSIGN_OR_RETURN(next, FindNext(tx, province_code, snapshot));
    if (next.codes.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(recomputed, handlers::RecomputeDueDates(*parts_.env, call, snapshot,
                                                             province_code, next.codes, tx));
    store::CalendarMark mark = next.mark;
    mark.code = next.codes.back();
    return store::StoreCalendarMark(tx, province_code, mark);
  };
  RETURN_IF_ERROR(parts_.database->Write({{province_code, "alarms"}}, recompute));
  moved_.Increment(recomputed.moved);
  confirmed_.Increment(recomputed.confirmed);
  failed_.Increment(static_cast<double>(recomputed.failed.size()));
  for (const auto& [dossier, why] : recomputed.failed) {
    parts_.log->Write(Severity::kWarning, "due_date_not_recomputed",
                      {{"dossier", dossier}, {"message", why.ToString()}});
  }
  return next.codes.size() == kSliceMax;
}

}  // namespace twotier::routing
