// Rows of dossiers that are re-routed. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_REROUTING_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_REROUTING_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/domain/rerouting.h"

namespace twotier::routing::store {

struct BasisRow {
  std::string code;
  DossierBasis basis;
};

// What the dossiers of a province rest on, in order of their codes behind `after_code`, at most
// `limit`. Closed ones are among them: an index of the open ones would cost every submission a page
// of the log, for a question that is asked when a law changes units.
absl::StatusOr<std::vector<BasisRow>> ScanDossiers(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view after_code, int limit);

// The same of those that another agency has.
absl::StatusOr<std::vector<BasisRow>> ScanForwarded(db::Tx& tx, absl::string_view province_code,
                                                    absl::string_view after_code, int limit);

// Writes where the dossier lies now, its version and its hash; makes it one of its center's in
// lists by code, and its alarms those of its center. Another version than that of `before` is a
// conflict and the unit runs again.
absl::Status MoveDossier(db::Tx& tx, const Dossier& before, const Dossier& dossier);

// Remembers that dossiers of a province lie in province `host_code`.
absl::Status RecordHost(db::Tx& tx, absl::string_view host_code, absl::string_view province_code);
// `host_code` itself, and the provinces of which that was ever remembered.
absl::StatusOr<std::vector<std::string>> ProvincesIn(db::Tx& tx, absl::string_view host_code);

// Remembers that the dossier was re-routed because of the event.
absl::Status RecordRerouting(db::Tx& tx, const Dossier& dossier, absl::string_view change_event);
// How many of a province were.
absl::StatusOr<int64_t> CountRerouted(db::Tx& tx, absl::string_view province_code,
                                      absl::string_view change_event);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_REROUTING_STORE_H_
