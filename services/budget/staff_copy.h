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
#include "services/budget/handlers/env.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::budget {

// Personnel tells the staff of its day, so the copy keeps each figure from the day on which it was
// first told, and the days on which personnel was heard. A run reads the copy of its date; that
// personnel is away ends no run whose date was heard, and nothing else.
//
// Not thread-safe, but for Cancel.
class StaffCopy {
 public:
  using Parts = server::WorkParts<handlers::Env>;
  using Personnel = personnel::v1::PersonnelService::StubInterface;

  // Asks personnel at the address `target` as `principal`.
  StaffCopy(const Parts& parts, const std::string& target, absl::string_view principal);

  // Asks once for the country, and writes what changed. Returns false: what is asked next is the
  // same. Errors: those of personnel and of the database.
  absl::StatusOr<bool> RunSlice();

  // Ends the call that waits for personnel, and every later one. Any thread.
  void Cancel() { calls_.Cancel(); }

 private:
  absl::Status Keep(const std::string& province_code,
                    const personnel::v1::GetStaffingResponse& staffing);

  const Parts parts_;
  const std::unique_ptr<Personnel> personnel_;
  rpc::Outgoing calls_;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_STAFF_COPY_H_
