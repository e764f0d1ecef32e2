// What a change of a center rests on, read in its transaction. Errors: those of db::Tx.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_PROVINCE_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_PROVINCE_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/registry/domain/province_centers.h"

namespace twotier::registry::store {

// The centers, the models and the units of a province, of `unit_ids` those that lie elsewhere, and
// the changes of units.
absl::StatusOr<Province> LoadProvince(db::Tx& tx, absl::string_view province_code,
                                      const std::vector<std::string>& unit_ids = {});

// True when a unit with this code of a province ever existed.
absl::StatusOr<bool> IsProvince(db::Tx& tx, absl::string_view province_code);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_PROVINCE_STORE_H_
