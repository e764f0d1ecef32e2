// Lawful terms compared and added: never by turning days into hours.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_TERM_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_TERM_H_

#include <string>
#include <vector>

#include "services/routing/domain/procedure.h"

namespace twotier::routing {

// True when a dossier under `term` is due no later than one under `other`, whenever both are
// received and whatever days are off. What only the calendar could tell is false: seven calendar
// days and five working days are the same in one week and not in another.
bool NeverLater(const Term& term, const Term& other);

// What `steps` take together, one behind the other: every unit is added up by itself. They add up
// to `term` when nothing but its unit is left, and that sum is its value: hours are no part of a
// day, and calendar days none of a working day. A step that is done at once takes nothing; a term
// that is immediate has only such steps.
bool AddUp(const std::vector<TermStep>& steps, const Term& term);

// "3.5 working days and 4 hours"; "immediate" when nothing takes any time.
std::string SumText(const std::vector<TermStep>& steps);
// "1.5 working days", "immediate, until minute 900".
std::string TextOf(const Term& term);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_TERM_H_
