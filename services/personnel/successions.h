// Tells the registry how many people are still in posts of units that a change ends.
#ifndef TWOTIER_SERVICES_PERSONNEL_SUCCESSIONS_H_
#define TWOTIER_SERVICES_PERSONNEL_SUCCESSIONS_H_

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/log.h"
#include "common/units/succession_reporter.h"
#include "common/units/units.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/personnel/snapshot.h"

namespace twotier::personnel {

// For each change event of the feed that ends units: `open` are the main appointments to posts of
// them, `planned` those that a signed plan moves. A report is sent when it differs from the one
// that the registry has; an event in force with nobody left is settled and not looked at again.
// While the registry is away the next pass tries again.
//
// What is not planned on the day stays in the ended unit's posts, and the event's caretaker answers
// for it: ListUnplannedStaff lists it, and
// twotier_personnel_succession_unplanned counts it. twotier_personnel_succession_failures_total:
// reports that could not be sent.
//
// Not thread-safe, but for Cancel.
class Successions {
 public:
  struct Parts {
    db::Database* database = nullptr;
    const Clock* clock = nullptr;
    Log* log = nullptr;
    const SnapshotHolder* snapshots = nullptr;
    prometheus::Registry* metrics = nullptr;
    std::function<bool()> leading;  // Of several processes one reports.
    std::shared_ptr<units::SuccessionReporter::Registry> registry;
  };
  explicit Successions(Parts parts);

  // Counts and reports every event that is not settled. False: there is never more at once. Errors:
  // those of the database.
  absl::StatusOr<bool> RunSlice();

  // Ends the call that waits for the registry, and every later one. Any thread.
  void Cancel() { reporter_.Cancel(); }

 private:
  absl::StatusOr<units::SuccessionCount> Count(const units::Units& units,
                                               const units::ChangeRecord& change,
                                               absl::CivilDay today);

  const Parts parts_;
  units::SuccessionReporter reporter_;
  prometheus::Gauge& unplanned_;
  prometheus::Counter& failures_;
  std::set<std::string> settled_;  // Events.
  bool failing_ = false;
};

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_SUCCESSIONS_H_
