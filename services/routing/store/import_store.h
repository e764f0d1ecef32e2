// Dossiers that came from another system, by the codes they had there. Errors of all functions:
// those of db::Tx.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_IMPORT_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_IMPORT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/routing/domain/dossier.h"

namespace twotier::routing::store {

// A dossier that came from another system.
struct ImportedCode {
  std::string source_system;  // Empty: only the first entry of the dossier says which.
  std::string code;           // Here.
};

// Those that were imported under `external_key` (CodeLeftToRight), each from a system of its own,
// in order of these.
absl::StatusOr<std::vector<ImportedCode>> FindImported(db::Tx& tx, absl::string_view province_code,
                                                       absl::string_view external_key);

// What stands under an external key.
struct KeyUse {
  std::string province_code;           // In which it was asked for.
  std::vector<ImportedCode> imported;  // FindImported.
  bool is_code = false;                // A dossier has it as its own code.
};
// The use of each key, in order, in one flight.
absl::StatusOr<std::vector<KeyUse>> UsesOf(db::Tx& tx, absl::string_view province_code,
                                           absl::Span<const std::string> external_keys);

// The last number that `center` gave on `day`; 0: none yet.
absl::StatusOr<int64_t> LastNumber(db::Tx& tx, absl::string_view province_code,
                                   absl::string_view center, absl::CivilDay day);
absl::Status StoreLastNumber(db::Tx& tx, absl::string_view province_code, absl::string_view center,
                             absl::CivilDay day, int64_t last);

// Codes of dossiers of `center` begin with `organisation_id`: lists by code look for them there.
absl::Status AddOrganisation(db::Tx& tx, absl::string_view province_code, absl::string_view center,
                             absl::string_view organisation_id);

// Adds a dossier that has lived elsewhere, without waiting for the result. That another transaction
// imported the same one meanwhile is a conflict.
absl::Status InsertImported(db::Tx& tx, const Dossier& dossier, absl::string_view external_key,
                            absl::string_view source_system, absl::string_view applicant_digest);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_IMPORT_STORE_H_
