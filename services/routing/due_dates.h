// Computes due dates again that rest on days which a later calendar has decided.
#ifndef TWOTIER_SERVICES_ROUTING_DUE_DATES_H_
#define TWOTIER_SERVICES_ROUTING_DUE_DATES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/server/work_parts.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/routing/handlers/due_dates.h"
#include "services/routing/handlers/env.h"
#include "services/routing/store/due_date_store.h"

namespace twotier::routing {

// A slice takes some dossiers of each province whose due date is provisional, in the order of their
// codes, computes it on the present calendar, and moves the province's mark, in one transaction. A
// new calendar begins anew. A dossier may be accepted on the calendar before by a transaction that
// ends after the pass; a second pass finds those. A dossier that fails (its timeline cannot be
// read, the calendar ends) holds up no other one, nor does a province.
//
// Metrics: twotier_routing_due_dates_recomputed_total{outcome}: moved, confirmed (the date stays
// and is certain now), failed (the log names the dossier).
//
// Not thread-safe.
class DueDates {
 public:
  using Parts = server::WorkParts<handlers::Env>;
  explicit DueDates(const Parts& parts);

  // One slice of every province. True: there is more at once. Never fails as a whole.
  absl::StatusOr<bool> RunSlice();

 private:
  // What the next slice of a province is about.
  struct Next {
    store::CalendarMark mark;  // Before it.
    std::vector<std::string> codes;
  };

  absl::StatusOr<bool> RunProvince(const std::string& province_code, const Snapshot& snapshot);
  absl::StatusOr<Next> FindNext(db::Tx& tx, const std::string& province_code,
                                const Snapshot& snapshot) const;

  const Parts parts_;
  prometheus::Counter& moved_;
  prometheus::Counter& confirmed_;
  prometheus::Counter& failed_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DUE_DATES_H_
