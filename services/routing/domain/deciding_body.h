// Which body of a unit decides a procedure, read from the body the catalogue publishes for it.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DECIDING_BODY_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DECIDING_BODY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

// How far the published body tells which body of a unit decides.
enum class BodyBasis {
  kUnstated,      // No body is published.
  kPublished,     // It names exactly one kind of body, of which a unit of the level has one.
  kSeveral,       // It names several.
  kDesignated,    // It names whatever body the People's Committee designates.
  kNotOfAUnit,    // It names something of which a unit has no one body.
  kContradicted,  // It contradicts the published level or line, or the name does.
};

// The deciding body of a procedure but for the unit. Where the published body does not tell, the
// body of general competence decides: the People's Committee (Law 72/2025/QH15), or the one body
// that a line outside local government has in a unit. A body that the row itself contradicts is
// never named; a line that is contradicted by the body is not followed.
struct DecidingBody {
  BodyBasis basis = BodyBasis::kUnstated;
  Line line = Line::kLocal;  // Of the body; never kUnknown.
  // The body's title before the full name of the unit: "Sở Tư pháp ".
  std::string title_prefix;
  // Why the published body is kept or set aside, as a constant; empty when none is published.
  absl::string_view because;

  friend bool operator==(const DecidingBody&, const DecidingBody&) = default;
};

// Reads text; catalogues do it once for each version, never for a request.
DecidingBody DecidingBodyOf(const Procedure& procedure);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DECIDING_BODY_H_
