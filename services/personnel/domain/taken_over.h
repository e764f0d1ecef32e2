// What becomes of a commune's grant when the commune goes over to another province (docs/adr/0030).
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_TAKEN_OVER_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_TAKEN_OVER_H_

#include <cstdint>

#include "services/personnel/domain/records.h"

namespace twotier::personnel {

// Of the places that a commune takes along.
struct TakenOver {
  int64_t granted = 0;  // Out of the grant of the province that it leaves,
  int64_t allowed = 0;  // and where that is used up, out of its allowance.

  friend bool operator==(const TakenOver&, const TakenOver&) = default;
};

// Moves what `left` has granted to `commune` to `reached`, with the steps of what stands on an
// allowance; all three are of one line. Both provinces have as much to give as before, and the
// commune what it had. What `left` has planned for it lapses.
TakenOver TakeOver(Quota& left, Quota& reached, Quota& commune);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_TAKEN_OVER_H_
