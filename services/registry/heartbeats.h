// The last sign of life of every information system. Thousands come a minute, and only the last one
// of a system counts: they are kept in memory and written in bulk (docs/adr/0005-heartbeats.md).
#ifndef TWOTIER_SERVICES_REGISTRY_HEARTBEATS_H_
#define TWOTIER_SERVICES_REGISTRY_HEARTBEATS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/database.h"

namespace twotier::registry {

// Thread-safe.
class Heartbeats {
 public:
  // An earlier instant than the one that is known changes nothing.
  void Report(absl::string_view province_code, absl::string_view system_id, absl::Time heard);

  // Absent: never heard.
  std::optional<absl::Time> LastOf(absl::string_view province_code,
                                   absl::string_view system_id) const;

  // Writes what came since the last time, in one transaction, then reads what other processes of
  // this service have written. Waits: for a thread of its own. After an error the same is written
  // the next time. Errors: those of the database.
  absl::Status Exchange(db::Database& database);

 private:
  using Key = std::pair<std::string, std::string>;  // Province code, system.
  struct Heard {
    absl::Time time;
    bool written = false;
  };

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<Key, Heard> heard_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_HEARTBEATS_H_
