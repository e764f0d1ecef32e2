// How many dossiers there are, and how they keep their term.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_STATISTICS_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_STATISTICS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/dossier_statistics.pb.h"

namespace twotier::routing::handlers {

absl::StatusOr<v1::GetDossierStatisticsResponse> GetDossierStatistics(
    const Env& env, const Call& call, const v1::GetDossierStatisticsRequest& request, db::Tx& tx);
void ValidateGetDossierStatistics(const v1::GetDossierStatisticsRequest& request,
                                  error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_STATISTICS_H_
