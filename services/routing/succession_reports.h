// Tells the registry how far open dossiers are with what a change of units leaves to them.
#ifndef TWOTIER_SERVICES_ROUTING_SUCCESSION_REPORTS_H_
#define TWOTIER_SERVICES_ROUTING_SUCCESSION_REPORTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/server/work_parts.h"
#include "common/units/succession_reporter.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "services/routing/domain/rerouting.h"
#include "services/routing/handlers/env.h"

namespace twotier::routing {

// For each change event of the feed that ends units or puts some into another province: `open` are
// the assignments of competence that decide nothing any more because their unit was divided or went
// over, or their province merged (IsLapsed), the undecided dossiers that rest on a unit that ended
// or still lie in the province that theirs left, and those that were re-routed for it; `planned`
// are the latter. Dossiers are counted in passes over the provinces concerned and those whose
// dossiers lie in them, and over what agencies have of all others, slice by slice; a report is sent
// when it differs from the one that the registry has. An event in force with nothing left is
// settled and not looked at again until an assignment comes that rests on it. While the registry is
// away the next pass tries again; nothing waits for it.
//
// Metrics: twotier_routing_succession_reports_total{outcome}: sent, unchanged, failed;
// twotier_routing_succession_unplanned: what is open of units which have ended or gone over;
// twotier_routing_succession_report_age_seconds: how old what the registry was told is.
//
// Not thread-safe, but for Cancel.
class SuccessionReports {
 public:
  using Parts = server::WorkParts<handlers::Env>;

  // The reporter is not null.
  SuccessionReports(Parts parts, std::unique_ptr<units::SuccessionReporter> reporter);

  // Counts one slice, or reports what a pass has counted. True: there is more at once. Errors:
  // those of the database.
  absl::StatusOr<bool> RunSlice();

  // Ends the call that waits for the registry, and every later one. Any thread.
  void Cancel() { reporter_->Cancel(); }

 private:
  // What rests on one event.
  struct Left {
    std::string event;
    absl::CivilDay effective;
    int64_t open = 0;     // Not re-routed.
    int64_t planned = 0;  // Re-routed.
    std::vector<std::string> items;

    // One more that is open.
    void Add(std::string item);
  };
  // One look at every dossier of some provinces.
  struct Pass {
    absl::Time began;
    absl::Duration counted;                                    // Spent in counting.
    std::map<std::string, Left, std::less<>> left;             // By event.
    std::map<std::string, std::string, std::less<>> event_of;  // By unit that it ends.
    // By unit that goes on in another province by them.
    std::map<std::string, std::vector<std::string>, std::less<>> events_moving;
    std::shared_ptr<const Register> units;
    std::vector<std::string> provinces;  // Still to be looked at; the last one is next.
    // Of those, the ones of which only what agencies have can rest on a unit that ends.
    std::set<std::string> forwarded_only;
    std::vector<std::string> all_provinces;
    std::string after_code;
  };

  // Null while there is nothing to report, or what was reported is young. Errors: the database's.
  absl::StatusOr<std::unique_ptr<Pass>> Begin();
  // An event, and whose units it ends, is one of the pass.
  static void AddEvent(const ChangeRecord& change, Pass& pass);
  // Those of the pass that leave a dossier to be re-routed.
  static std::set<std::string> EventsLeaving(const DossierBasis& basis, const Pass& pass);
  // Forgets what is settled of events on whose units an act rests that has come since.
  void Reopen(const Snapshot& snapshot);
  // Which provinces the pass looks at, where those of the units that end are `concerned`.
  absl::Status AddProvinces(const Snapshot& snapshot, const std::set<std::string>& concerned,
                            Pass& pass) const;
  // Assignments of ended units of which nobody has said where they go on.
  void CountAssignments(const Snapshot& snapshot, Pass& pass) const;
  absl::Status CountSlice(Pass& pass);
  absl::Status CountRerouted(Pass& pass);
  void ReportAll(const Pass& pass);

  const Parts parts_;
  const std::unique_ptr<units::SuccessionReporter> reporter_;
  prometheus::Counter& sent_;
  prometheus::Counter& unchanged_;
  prometheus::Counter& failed_;
  prometheus::Gauge& unplanned_;
  prometheus::Gauge& age_;
  std::unique_ptr<Pass> pass_;
  absl::Time reported_ = absl::InfinitePast();  // Beginning of the last pass that was reported.
  absl::Duration again_;                        // From then to the next one.
  std::set<std::string> reported_events_;       // In it.
  std::set<std::string> settled_;               // Events.
  int64_t catalogue_version_ = 0;               // For which they are.
  bool failing_ = false;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_SUCCESSION_REPORTS_H_
