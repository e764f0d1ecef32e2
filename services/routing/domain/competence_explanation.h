// What was considered while deciding who is competent, in order, with the acts it rests on.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_EXPLANATION_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_EXPLANATION_H_

#include <vector>

#include "services/routing/domain/competence.h"

namespace twotier::routing {

// `result` is an answer to `query` with its places, in `units`.
std::vector<ExplanationStep> Explain(const Register& units, const Competence& result,
                                     const CompetenceQuery& query);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_EXPLANATION_H_
