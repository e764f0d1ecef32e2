// The register as it was believed at instants of the past.
#ifndef TWOTIER_SERVICES_REGISTRY_BELIEFS_H_
#define TWOTIER_SERVICES_REGISTRY_BELIEFS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/registry/snapshot.h"

namespace twotier::registry {

// Rows of the register are bi-temporal (store/migrations.h): what was believed at an instant are
// the rows of the record versions whose events were known by then. They are made into a snapshot,
// so that the same code answers from the past and from the present.
//
// Thread-safe. One snapshot is built at a time, on the thread that asks: building one of the
// national data takes a core for some hundred milliseconds and 40 MB.
class Beliefs {
 public:
  // Errors: OUT_OF_RANGE `NOT_KNOWN_YET` (`instant` lies above the feed's watermark: what was known
  // then is not settled) and `BEFORE_FIRST_KNOWLEDGE`; DATA_LOSS `UNREADABLE_ROW`; INTERNAL
  // `BROKEN_INVARIANT` (the rows make no register); those of db::Tx.
  absl::StatusOr<std::shared_ptr<const Snapshot>> At(db::Tx& tx, absl::Time instant);

 private:
  // Reports are printed again for one instant, page by page; two callers may do so at once.
  static constexpr size_t kKeptMax = 2;

  absl::StatusOr<std::shared_ptr<const Snapshot>> AtPosition(db::Tx& tx, int64_t position)
      ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Mutex mutex_;
  // Last used last. What was known is told by the position of the last event: an instant before the
  // next event gives the same snapshot.
  std::vector<std::shared_ptr<const Snapshot>> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_BELIEFS_H_
