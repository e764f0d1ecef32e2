// Tells the registry how many people are still in posts of units that a change ends.
#ifndef TWOTIER_SERVICES_PERSONNEL_SUCCESSIONS_H_
#define TWOTIER_SERVICES_PERSONNEL_SUCCESSIONS_H_

#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "common/server/work_parts.h"
#include "common/units/succession_reporter.h"
#include "common/units/units.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "services/personnel/handlers/env.h"

namespace twotier::personnel {

// For each change event of the feed that ends units: `open` are the appointments to posts of
// them, whatever their kind, `planned` those that a signed plan moves or ends. A report is sent
// when it differs from the one that the registry has. An event in force that has left nobody, and
// no post open, is settled and not looked at again. What fails holds up no other event, and the
// next pass tries again.
//
// What is not planned on the day stays in the ended unit's posts, and the event's caretaker answers
// for it: ListUnplannedStaff lists it, and
// twotier_personnel_succession_unplanned counts it. twotier_personnel_succession_failures_total:
// reports that could not be sent, events whose posts could not be ended, and communes
// whose grants could not be taken over.
//
// From that day on posts and bodies of the unit end as soon as they are empty, with their events.
//
// A commune that goes over to another province goes on; from its day on its grants are counted
// there.
//
// Not thread-safe, but for Cancel.
class Successions {
 public:
  using Parts = server::WorkParts<handlers::Env>;

  // The reporter is not null.
  Successions(Parts parts, std::unique_ptr<units::SuccessionReporter> reporter);

  // Counts and reports every event that is not settled, and ends what is empty. False: there is
  // never more at once. Errors: those of the database.
  absl::StatusOr<bool> RunSlice();

  // Ends the call that waits for the registry, and every later one. Any thread.
  void Cancel() { reporter_->Cancel(); }

 private:
  absl::StatusOr<units::SuccessionCount> Count(const units::Units& units,
                                               const units::ChangeRecord& change,
                                               absl::CivilDay today) const;

  // Ends what is empty. True: nothing is left that could.
  absl::StatusOr<bool> EndPlaces(const units::Units& units, const units::ChangeRecord& change,
                                 absl::Time now) const;

  // Counts the grants of a commune that went over where it lies now.
  absl::Status TakeOver(const units::Units& units, const std::string& unit, absl::Time now) const;

  const Parts parts_;
  const std::unique_ptr<units::SuccessionReporter> reporter_;
  prometheus::Gauge& unplanned_;
  prometheus::Counter& failures_;
  std::set<std::string> settled_;  // Events.
  bool failing_ = false;
};

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_SUCCESSIONS_H_
