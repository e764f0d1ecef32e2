// What is vacant, how staff stands against quota, what is to come, what it costs.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_STAFFING_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_STAFFING_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/handlers/env.h"
#include "twotier/personnel/v1/severance.pb.h"
#include "twotier/personnel/v1/staffing.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::ListVacanciesResponse> ListVacancies(const Env& env, const Call& call,
                                                        const v1::ListVacanciesRequest& request,
                                                        db::Tx& tx);
void ValidateListVacancies(const v1::ListVacanciesRequest& request, error::Violations& violations);

absl::StatusOr<v1::ListUnplannedStaffResponse> ListUnplannedStaff(
    const Env& env, const Call& call, const v1::ListUnplannedStaffRequest& request, db::Tx& tx);

absl::StatusOr<v1::GetStaffingResponse> GetStaffing(const Env& env, const Call& call,
                                                    const v1::GetStaffingRequest& request,
                                                    db::Tx& tx);

absl::StatusOr<v1::ForecastRetirementsResponse> ForecastRetirements(
    const Env& env, const Call& call, const v1::ForecastRetirementsRequest& request, db::Tx& tx);
void ValidateForecastRetirements(const v1::ForecastRetirementsRequest& request,
                                 error::Violations& violations);

absl::StatusOr<v1::EstimateSalariesResponse> EstimateSalaries(
    const Env& env, const Call& call, const v1::EstimateSalariesRequest& request, db::Tx& tx);

absl::StatusOr<v1::ComputeSeveranceResponse> ComputeSeverance(
    const Env& env, const Call& call, const v1::ComputeSeveranceRequest& request);
void ValidateComputeSeverance(const v1::ComputeSeveranceRequest& request,
                              error::Violations& violations);

void ValidateEstimateSalaries(const v1::EstimateSalariesRequest& request,
                              error::Violations& violations);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_STAFFING_H_
