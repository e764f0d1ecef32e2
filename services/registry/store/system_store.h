// Information systems, incidents and heartbeats in the database. Errors of every function: those of
// db::Tx.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_SYSTEM_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_SYSTEM_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/registry/domain/information_system.h"

namespace twotier::registry::store {

// All systems, in order of (province code, id).
absl::StatusOr<std::vector<InformationSystem>> LoadSystems(db::Tx& tx);
absl::StatusOr<std::optional<InformationSystem>> LoadSystem(db::Tx& tx,
                                                            absl::string_view province_code,
                                                            absl::string_view id);
// Writes `system.version`: the version before stops to hold.
absl::Status WriteSystem(db::Tx& tx, const InformationSystem& system);

// All incidents, in order of (province code, system, id).
absl::StatusOr<std::vector<Incident>> LoadIncidents(db::Tx& tx);
absl::StatusOr<std::optional<Incident>> LoadIncident(db::Tx& tx, absl::string_view province_code,
                                                     absl::string_view system_id,
                                                     absl::string_view id);
absl::Status WriteIncident(db::Tx& tx, const Incident& incident);

// The last sign of life of a system.
struct Heartbeat {
  std::string province_code;
  std::string system_id;
  absl::Time heard;
};
absl::StatusOr<std::vector<Heartbeat>> LoadHeartbeats(db::Tx& tx);
// Does nothing when a later one is stored.
absl::Status WriteHeartbeat(db::Tx& tx, const Heartbeat& heartbeat);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_SYSTEM_STORE_H_
