// How dossiers keep their term, and how many do.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_COUNT_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_COUNT_H_

#include <cstdint>
#include <map>

#include "absl/time/time.h"
#include "services/routing/domain/dossier.h"

namespace twotier::routing {

enum class Timeliness {
  kNoTerm,   // None has begun: registered, not received, or withdrawn before reception.
  kInTerm,   // Open and not late.
  kOverdue,  // Open and late.
  kEarly,    // Ended on a day before the one it was due on.
  kOnTime,   // Ended on the day it was due, in time.
  kLate,     // Ended late.
};

// Late is what stopped, or runs, behind its first due date, and what was asked for a supplement
// more than once (Decision 766/QĐ-TTg). A date that was extended does not make up for the first
// one: the apology says that it was not kept.
Timeliness TimelinessOf(const Dossier& dossier, absl::Time now);

// Each dossier counts once among the states and once among the ways to keep the term.
struct DossierCount {
  int64_t total = 0;
  std::map<DossierState, int64_t> states;
  std::map<Timeliness, int64_t> timeliness;

  void Add(const Dossier& dossier, absl::Time now);
  void Add(const DossierCount& other);
  friend bool operator==(const DossierCount&, const DossierCount&) = default;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_COUNT_H_
