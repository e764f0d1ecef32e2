// What the clock of a dossier sets off by itself.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_ALARM_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_ALARM_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/routing/domain/dossier.h"

namespace twotier::routing {

// Numbers as in routing/v1/alarm.proto.
enum class AlarmKind {
  kUnknown = 0,
  kDueSoon = 1,
  kOverdue = 2,
  kUnanswered = 3,
  kAgencySilent = 4,
};

// How long before its due date a dossier is due soon.
inline constexpr absl::Duration kDueSoonBefore = absl::Hours(24);

struct Alarm {
  std::string province_code;
  std::string code;  // Of the dossier.
  AlarmKind kind = AlarmKind::kUnknown;
  absl::Time due;  // The date that sets it off: a due time, or one to answer by.
  absl::Time fired;
  std::string center;

  // Name of the dossier.
  std::string DossierName() const;
};

// The alarm of a dossier whose clock begins to run again, or whose due time moves, at `now`: its
// date may be so near, or so long past, that it has been looked past already (store/alarm_store.h).
// nullopt: there is time to look at it. What is due within a day of its reception is never
// announced as due soon: that would be said of every dossier of such a term.
std::optional<Alarm> AlarmAtOnce(const Dossier& dossier, absl::Time now);

// The alarm of a dossier that comes here at `now` with a date to answer by that has passed, and of
// which the silence is only told (StepUnanswered): all up to that date has been looked at.
std::optional<Alarm> SilenceAtOnce(const Dossier& dossier, absl::Time now);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_ALARM_H_
