// Proves what must hold of every dossier of a routing service, from its timelines and with other
// rules than the service's.
#ifndef TWOTIER_TESTS_SERVICE_DOSSIER_PROOF_H_
#define TWOTIER_TESTS_SERVICE_DOSSIER_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "tests/service/dossier_model.h"
#include "tests/service/routing_server.h"

namespace twotier::routing::testing {

// What was looked at; a proof that looked at nothing proves nothing.
struct Proven {
  int64_t dossiers = 0;
  int64_t alarms = 0;
  int64_t early = 0;
  int64_t on_time = 0;
  int64_t late = 0;
  int64_t open = 0;
};

// Holds of the database at `url`, which `server` serves, whose clock stands and whose alarms are
// set off up to it:
//   everything that `dossiers verify` proves
//   the dossiers are those of `known`, each in the state and version that is known; but what was
//   not
//     answered in time was stopped
//   GetDossierStatistics of the days [first, today] says, for each province and center, what the
//     timelines give
//   an alarm was set off once for each due date that passed or came near while the authority had
//   the
//     dossier, once for each that was not answered, and none besides
//   CheckCoverage finds one body for every question
// Errors: INTERNAL with the first of what does not hold; those of the calls.
absl::StatusOr<Proven> ProveDossiers(const std::string& url, RoutingServer& server,
                                     const std::vector<Known>& known, absl::CivilDay first);

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_DOSSIER_PROOF_H_
