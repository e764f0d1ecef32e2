// What was to end an appointment that another one takes the place of.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_CARRIED_END_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_CARRIED_END_H_

#include "services/personnel/domain/appointment.h"

namespace twotier::personnel {

// What was to end `left` later ends `taken` then: whoever is to retire does so wherever he is.
inline void CarryEnd(const Appointment& left, Appointment& taken) {
  taken.valid.end = left.valid.end;
  taken.end_reason = left.end_reason;
  taken.end_order = left.end_order;
}

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_CARRIED_END_H_
