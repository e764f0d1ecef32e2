// Change events and reports of succession in the database. Errors of every function: those of
// db::Tx; DATA_LOSS `UNREADABLE_ROW`.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_STORE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/registry/domain/change_event.h"

namespace twotier::registry::store {

// All that were recorded, cancelled ones too, in order of (date, id).
absl::StatusOr<std::vector<ChangeEvent>> LoadChangeEvents(db::Tx& tx);
absl::StatusOr<std::optional<ChangeEvent>> LoadChangeEvent(db::Tx& tx, absl::string_view event_id);
// Writes `event.version`: what the version before said stops to hold.
absl::Status WriteChangeEvent(db::Tx& tx, const ChangeEvent& event);

// The last ones, in order of (event, service).
absl::StatusOr<std::vector<SuccessionReport>> LoadReports(db::Tx& tx);
absl::StatusOr<std::optional<SuccessionReport>> LoadReport(db::Tx& tx, absl::string_view event_id,
                                                           absl::string_view service);
absl::Status WriteReport(db::Tx& tx, const SuccessionReport& report);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_STORE_H_
