// Staff lists of the time before.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_STAFF_IMPORT_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_STAFF_IMPORT_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/handlers/env.h"
#include "twotier/personnel/v1/staff_import.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::ImportStaffResponse> ImportStaff(const Env& env, const Call& call,
                                                    const v1::ImportStaffRequest& request,
                                                    db::Tx& tx);
void ValidateImportStaff(const v1::ImportStaffRequest& request, error::Violations& violations);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_STAFF_IMPORT_H_
