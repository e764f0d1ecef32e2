// What the clock of a dossier sets off by itself.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_ALARM_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_ALARM_H_

#include <string>

#include "absl/time/time.h"

namespace twotier::routing {

// Numbers as in routing/v1/alarm.proto.
enum class AlarmKind { kUnknown = 0, kDueSoon = 1, kOverdue = 2, kUnanswered = 3 };

// How long before its due date a dossier is due soon.
inline constexpr absl::Duration kDueSoonBefore = absl::Hours(24);

struct Alarm {
  std::string province_code;
  std::string code;  // Of the dossier.
  AlarmKind kind = AlarmKind::kUnknown;
  absl::Time due;
  absl::Time fired;
  std::string center;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_ALARM_H_
