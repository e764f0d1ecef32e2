// Publishing and ending versions of procedures: what a publication takes over, and why it is
// refused.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_PUBLICATION_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_PUBLICATION_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/routing/domain/catalogue.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

// What an act publishes. `content` has the code; what else it leaves out is taken over.
struct Publication {
  Procedure content;
  std::string province_code;  // Empty: for the country.
  DayRange valid;
  std::string act;
};

// The version that `publication` makes of `entry`, which is null when nobody has the code yet. What
// it leaves out is taken over from the national version of its first date, but for a level that is
// not proven. Errors:
//   INVALID_ARGUMENT: a new procedure without name, a component of a case that there is not
//   FAILED_PRECONDITION `FIRST_DATE_PAST` (`today`); `PROCEDURE_CODE_TAKEN` (`province_code`): a
//   code that another province has minted; `PROCEDURE_ENDED` (`end_date`): the country ended it;
//   `PROCEDURE_NOT_PUBLISHED` (`draft_reasons`); `TERM_STEPS_DIFFER`; those of CheckDivergences,
//   against every national version that holds meanwhile; `PROCEDURE_VERSIONS_CONFLICT`: each
//   version or ending that begins while it would hold is a precondition violation.
absl::StatusOr<ProcedureVersion> Publish(const CatalogueEntry* entry, Publication publication,
                                         absl::CivilDay today);

// The ending of all versions of the country or of a province from `first` on. Errors: NOT_FOUND
// `PROCEDURE_NOT_FOUND`: there are none; FAILED_PRECONDITION `END_NOT_ALLOWED` (`today`): `first`
// lies before today, or none of them holds from it on.
absl::StatusOr<ProcedureEnd> End(const CatalogueEntry& entry, absl::string_view province_code,
                                 absl::CivilDay first, absl::string_view act, absl::CivilDay today);

// The number that the next version or ending of `entry` gets.
int64_t NextNumber(const CatalogueEntry& entry);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_PUBLICATION_H_
