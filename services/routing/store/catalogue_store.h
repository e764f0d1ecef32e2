// Rows of the catalogue and of the calendar. Errors of all functions: those of db::Tx; DATA_LOSS
// `UNREADABLE_ROW` for a row that cannot be read.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_CATALOGUE_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_CATALOGUE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/routing/domain/catalogue.h"

namespace twotier::routing::store {

// Versions of procedures with their draft reasons and search names derived again (a rule that
// changes does not need the rows rewritten), in order of code and version, and endings.
struct StoredProcedures {
  std::vector<ProcedureVersion> versions;
  std::vector<ProcedureEnd> ends;
};
// Those of the country and of every province.
absl::StatusOr<StoredProcedures> LoadProcedures(db::Tx& tx);
// Those of one code; empty when there are none.
absl::StatusOr<StoredProcedures> LoadProcedure(db::Tx& tx, absl::string_view code);

// Adds one version, imported or published. It is never changed afterwards.
absl::Status InsertProcedureVersion(db::Tx& tx, const ProcedureVersion& version, absl::Time now);
// Adds an ending. The same.
absl::Status InsertProcedureEnd(db::Tx& tx, const ProcedureEnd& end, absl::Time now);

// What the next event of the catalogue chains to. Version 0: nothing was ever imported.
struct CatalogueHead {
  int64_t version = 0;
  std::string chain_hash;
};
absl::StatusOr<CatalogueHead> LoadCatalogueHead(db::Tx& tx);
absl::Status StoreCatalogueHead(db::Tx& tx, const CatalogueHead& head);

// The calendar file that was imported last; version 0 and no content when none was.
struct CalendarFile {
  int64_t version = 0;
  std::string content;
};
absl::StatusOr<CalendarFile> LoadCalendarFile(db::Tx& tx);
absl::Status InsertCalendarFile(db::Tx& tx, const CalendarFile& file, absl::Time now);

// Whether a file of this content was ever imported.
absl::StatusOr<bool> IsImported(db::Tx& tx, absl::string_view sha256_hex);
// Remembers that it was; no change when it is remembered already.
absl::Status RecordImport(db::Tx& tx, absl::string_view sha256_hex, absl::Time now);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_CATALOGUE_STORE_H_
