// Copies from personnel what norms ask of it: places granted and filled, by unit.
#ifndef TWOTIER_SERVICES_BUDGET_STAFF_COPY_H_
#define TWOTIER_SERVICES_BUDGET_STAFF_COPY_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/outgoing.h"
#include "common/server/work_parts.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "services/budget/handlers/env.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::budget {

// Personnel tells the staff of its day, so the copy keeps each figure from the day on which it was
// first told, and the days on which personnel was heard. A run reads the copy of its date; that
// personnel is away ends no run whose date was heard, and nothing else.
//
// Metrics: twotier_budget_staff_heard_timestamp_seconds: when the last day on which personnel was
// heard began in Việt Nam, 0 before the first; twotier_budget_staff_copy_failures_total{reason}:
// tries that copied nothing: away (personnel did not answer), refused (it answered with an error),
// not_written (the database took nothing). An outage has a line in the log when it begins and one
// when it ends.
//
// Not thread-safe, but for Cancel.
class StaffCopy {
 public:
  using Parts = server::WorkParts<handlers::Env>;
  using Personnel = personnel::v1::PersonnelService::StubInterface;

  // Asks personnel at the address `target` as `principal`.
  StaffCopy(const Parts& parts, const std::string& target, absl::string_view principal);

  // Asks once for the country, and writes what changed. Returns false: what is asked next is the
  // same. Never an error: a failure is told by the metrics and, once, by the log.
  absl::StatusOr<bool> RunSlice();

  // Ends the call that waits for personnel, and every later one. Any thread.
  void Cancel() { calls_.Cancel(); }

 private:
  // Shows what was heard before the process began.
  absl::Status ShowHeard();
  absl::Status KeepAll(const personnel::v1::GetStaffingResponse& staffing);
  void Tell(const absl::Status& status, absl::string_view reason);
  absl::Status Keep(const std::string& province_code,
                    const personnel::v1::GetStaffingResponse& staffing);

  const Parts parts_;
  const std::unique_ptr<Personnel> personnel_;
  rpc::Outgoing calls_;
  prometheus::Gauge& heard_;
  prometheus::Family<prometheus::Counter>& failures_;
  bool shown_ = false;
  bool failing_ = false;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_STAFF_COPY_H_
