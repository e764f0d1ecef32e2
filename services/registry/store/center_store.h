// Centers, tier models and published counts in the database. Errors of every function: those of
// db::Tx.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_CENTER_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_CENTER_STORE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/registry/domain/center.h"

namespace twotier::registry::store {

// All centers, or those of one province, as they are believed now, in order of (province code, id).
absl::StatusOr<std::vector<CenterHistory>> LoadCenters(db::Tx& tx,
                                                       absl::string_view province_code = "");
// Writes `center.version`: what the version before believed stops to hold, `center` holds from now
// on. Its overrides are those that are stored and, behind them, those of this version.
absl::Status WriteCenter(db::Tx& tx, const CenterHistory& center);

// The same for the tier models of a province.
absl::StatusOr<std::vector<TierModelHistory>> LoadTierModels(db::Tx& tx,
                                                             absl::string_view province_code = "");
absl::Status WriteTierModels(db::Tx& tx, const TierModelHistory& history);

// In order of (day, what).
absl::StatusOr<std::vector<PublishedCount>> LoadCounts(db::Tx& tx);
absl::Status WriteCount(db::Tx& tx, const PublishedCount& count);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_CENTER_STORE_H_
