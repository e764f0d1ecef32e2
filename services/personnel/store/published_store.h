// Published figures as they were imported. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_PUBLISHED_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_PUBLISHED_STORE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"

namespace twotier::personnel::store {

// A file that was imported; the newest is in force. Small, and read whole.
struct PublishedFile {
  int64_t version = 0;  // 0: none was.
  std::string content;
  std::string chain_hash;  // Of its event.
};
absl::StatusOr<PublishedFile> LoadPublished(db::Tx& tx);
absl::Status InsertPublished(db::Tx& tx, const PublishedFile& file, absl::Time now);
// Whether a file of this content was ever imported.
absl::StatusOr<bool> WasPublished(db::Tx& tx, absl::string_view content);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_PUBLISHED_STORE_H_
