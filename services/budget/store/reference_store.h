// The reference data as they were imported. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_REFERENCE_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_REFERENCE_STORE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/budget/reference_file.h"

namespace twotier::budget::store {

// The last import that changed something; version 0: there was none.
struct ReferenceHead {
  int64_t version = 0;
  std::string chain_hash;  // Of its event.
};
absl::StatusOr<ReferenceHead> LoadReferenceHead(db::Tx& tx);
absl::Status InsertReferenceHead(db::Tx& tx, const ReferenceHead& head, absl::Time now);

// The newest content of each file.
absl::StatusOr<ReferenceFiles> LoadReferenceFiles(db::Tx& tx);
absl::Status InsertReferenceFile(db::Tx& tx, int64_t version, absl::string_view file_name,
                                 absl::string_view content);

// What the files say; null when none were imported. DATA_LOSS `UNREADABLE_ROW` when the content,
// which was checked when it was imported, can no longer be read.
absl::StatusOr<std::shared_ptr<const Reference>> LoadReference(db::Tx& tx, int64_t version);

// What the files said at an instant; null when none had been imported by then. DATA_LOSS as above.
absl::StatusOr<std::shared_ptr<const Reference>> LoadReferenceAt(db::Tx& tx, absl::Time instant);

// Whether a file of this content was ever imported, and to remember that it was.
absl::StatusOr<bool> IsReferenceImported(db::Tx& tx, absl::string_view sha256_hex);
absl::Status RecordReferenceImport(db::Tx& tx, absl::string_view sha256_hex, absl::Time now);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_REFERENCE_STORE_H_
