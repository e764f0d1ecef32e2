#include "services/routing/domain/dossier_count.h"

#include "common/clock.h"

namespace twotier::routing {

Timeliness TimelinessOf(const Dossier& dossier, absl::Time now) {
  if (!dossier.due_time) return Timeliness::kNoTerm;
  const absl::Time due = dossier.first_due_time.value_or(*dossier.due_time);
  const absl::Time stopped = ClockStopped(dossier, now);
  const bool late = dossier.supplement_requests > kSupplementRequestsOnTime || stopped > due;
  const bool ended = dossier.process_time || dossier.end_time;
  if (late) return ended ? Timeliness::kLate : Timeliness::kOverdue;
  if (!ended) return Timeliness::kInTerm;
  return VietnamDay(stopped) < VietnamDay(due) ? Timeliness::kEarly : Timeliness::kOnTime;
}

void DossierCount::Add(const Dossier& dossier, absl::Time now) {
  ++total;
  ++states[dossier.state];
  ++timeliness[TimelinessOf(dossier, now)];
}

void DossierCount::Add(const DossierCount& other) {
  total += other.total;
  for (const auto& [state, count] : other.states) states[state] += count;
  for (const auto& [how, count] : other.timeliness) timeliness[how] += count;
}

}  // namespace twotier::routing
