// Moves the money of units that end, or go over to another province, to those that follow, and
// tells the registry how far that is.
#ifndef TWOTIER_SERVICES_BUDGET_SUCCESSIONS_H_
#define TWOTIER_SERVICES_BUDGET_SUCCESSIONS_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/server/work_parts.h"
#include "common/units/succession_reporter.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "services/budget/handlers/env.h"

namespace twotier::budget {

// A look goes over the units that have accounts in a ledger which they leave by an event: it ends
// them, or takes them to another province. From its effective date on, what a unit has moves by the
// shares that the register knows, in a journal that cites the event's act; where the shares are not
// known it waits for a plan (PlanSuccession). A look comes when units or the date have changed, and
// every minute, for money that came late. A unit that fails does not hold up the others.
//
// Reported are, for each event, the accounts with money or holds of units that leave a ledger by
// it, and how many of them move by themselves. While the registry is away the next look tries
// again.
//
// Metrics: twotier_budget_successions_moved_total: journals; twotier_budget_succession_unplanned:
// accounts with money of units that have left their ledger, which wait for a plan, or which could
// not be moved (log: succession_not_moved);
// twotier_budget_succession_reports_total{outcome}: sent, unchanged, failed.
//
// Not thread-safe, but for Cancel.
class Successions {
 public:
  using Parts = server::WorkParts<handlers::Env>;

  // Without a reporter nobody is told.
  Successions(Parts parts, std::unique_ptr<units::SuccessionReporter> reporter);

  // One look, when it is time for one. Never more at once. Errors: those of the database.
  absl::StatusOr<bool> RunSlice();

  // Ends the call that waits for the registry, and every later one. Any thread.
  void Cancel();

 private:
  // What a look found, by event.
  using Counts = std::map<std::string, units::SuccessionCount>;

  absl::Status Look(const Snapshot& snapshot, absl::CivilDay today, Counts& counts);
  absl::Status LookAtUnit(const Snapshot& snapshot, const std::string& province_code,
                          const std::string& unit, absl::CivilDay today, Counts& counts);
  absl::Status MoveUnit(const std::string& province_code, const units::UnitRecord& unit,
                        const units::ChangeRecord& change, const Snapshot& snapshot);
  // False: the registry could not be told everything.
  bool Tell(const Counts& counts);

  const Parts parts_;
  const std::unique_ptr<units::SuccessionReporter> reporter_;
  prometheus::Counter& moved_;
  prometheus::Gauge& unplanned_;
  prometheus::Counter& sent_;
  prometheus::Counter& unchanged_;
  prometheus::Counter& failed_;
  int64_t looked_change_ = -1;  // State of the snapshot, day and time of the last look.
  absl::CivilDay looked_day_;
  absl::Time looked_ = absl::InfinitePast();
  int64_t unplanned_count_ = 0;
  std::set<std::string> unread_;  // Events of units whose accounts could not be read, last time.
  bool failing_ = false;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_SUCCESSIONS_H_
