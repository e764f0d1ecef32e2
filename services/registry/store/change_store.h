// Change events and reports of succession in the database. Errors of every function: those of
// db::Tx; DATA_LOSS `UNREADABLE_ROW`.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_STORE_H_

#include <cstddef>
#include <cstdint>
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
// All as they were believed once the feed was known up to `position`.
absl::StatusOr<std::vector<ChangeEvent>> LoadChangeEventsAt(db::Tx& tx, int64_t position);
absl::StatusOr<std::optional<ChangeEvent>> LoadChangeEvent(db::Tx& tx, absl::string_view event_id);
// Writes `event.version`: what the version before said stops to hold.
absl::Status WriteChangeEvent(db::Tx& tx, const ChangeEvent& event);

// Writes what `event.version` knows of one edge, by its place.
absl::Status WriteCorrectedEdge(db::Tx& tx, const ChangeEvent& event, size_t ordinal);

// The last ones, in order of (event, service).
absl::StatusOr<std::vector<SuccessionReport>> LoadReports(db::Tx& tx);
// All as they were believed once the feed was known up to `position`.
absl::StatusOr<std::vector<SuccessionReport>> LoadReportsAt(db::Tx& tx, int64_t position);
absl::StatusOr<std::optional<SuccessionReport>> LoadReport(db::Tx& tx, absl::string_view event_id,
                                                           absl::string_view service);
absl::Status WriteReport(db::Tx& tx, const SuccessionReport& report);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_STORE_H_
