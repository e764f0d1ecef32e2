#include "services/routing/domain/alarm.h"

#include "absl/strings/str_cat.h"

namespace twotier::routing {

std::string Alarm::DossierName() const {
  return absl::StrCat("provinces/", province_code, "/dossiers/", code);
}

std::optional<Alarm> AlarmAtOnce(const Dossier& dossier, absl::Time now) {
  if (!dossier.due_time || HolderOf(dossier) == ClockHolder::kNobody) return std::nullopt;
  const absl::Time due = *dossier.due_time;
  Alarm alarm{dossier.province_code, dossier.code, AlarmKind::kOverdue, due, now, dossier.center};
  if (due < now) {
    const bool stood_still_in_time = dossier.pause_time && *dossier.pause_time <= due;
    return stood_still_in_time ? std::nullopt : std::make_optional(alarm);
  }
  alarm.kind = AlarmKind::kDueSoon;
  const bool near = due - kDueSoonBefore < now;
  const bool announced = *dossier.accept_time <= due - kDueSoonBefore;
  return near && announced && !dossier.pause_time ? std::make_optional(alarm) : std::nullopt;
}

std::optional<Alarm> SilenceAtOnce(const Dossier& dossier, absl::Time now) {
  if (!dossier.answer_by || *dossier.answer_by >= now || StepUnanswered(dossier)) {
    return std::nullopt;
  }
  const bool away = HolderOf(dossier) == ClockHolder::kOtherAgency;
  return Alarm{
      dossier.province_code, dossier.code, away ? AlarmKind::kAgencySilent : AlarmKind::kUnanswered,
      *dossier.answer_by,    now,          dossier.center};
}

}  // namespace twotier::routing
