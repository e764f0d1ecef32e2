// What a province may publish otherwise than the country: a shorter term, a lower fee, freedom of
// boundaries, fewer papers. Who decides is moved by assignments.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DIVERGENCE_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DIVERGENCE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

enum class DivergenceKind { kTermLonger, kFeeHigher, kDiffers };

struct Divergence {
  DivergenceKind kind = DivergenceKind::kDiffers;
  std::string field;     // Of the contract's content, for example "cases[foreign_element].term".
  std::string case_key;  // Empty: of the whole procedure.
  std::string provincial;
  std::string national;

  friend bool operator==(const Divergence&, const Divergence&) = default;
};

// Everything in which `provincial` goes beyond what a province may. What the country does not know
// (an absent term or fee, a level that is not proven) binds no one.
std::vector<Divergence> DivergencesOf(const Procedure& provincial, const Procedure& national);

// OK when there are none; else FAILED_PRECONDITION with the reason of the first,
// `TERM_LONGER_THAN_NATIONAL`, `FEE_HIGHER_THAN_NATIONAL` or `DIFFERS_FROM_NATIONAL`, and all of
// them as precondition violations.
absl::Status CheckDivergences(const std::vector<Divergence>& divergences);

// The same as one line, for explanations.
std::string TextOf(const Divergence& divergence);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DIVERGENCE_H_
