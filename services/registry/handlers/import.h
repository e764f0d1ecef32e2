// Loading of the reference data.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_IMPORT_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_IMPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry::handlers {

absl::StatusOr<v1::ImportUnitsResponse> ImportUnits(const Env& env, const Call& call,
                                                    const v1::ImportUnitsRequest& request,
                                                    db::Tx& tx);

// SHA-256 over names and contents of the files, whatever their order; 32 bytes.
std::string DataSetDigest(const v1::ImportUnitsRequest& request);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_IMPORT_H_
