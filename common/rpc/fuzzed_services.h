// The contracts whose requests are fuzzed. A fuzzer numbers their methods in this order, and the
// first byte of its input is that number.
#ifndef TWOTIER_COMMON_RPC_FUZZED_SERVICES_H_
#define TWOTIER_COMMON_RPC_FUZZED_SERVICES_H_

#include <vector>

#include "google/protobuf/descriptor.h"
#include "twotier/budget/v1/budget_service.pb.h"
#include "twotier/personnel/v1/personnel_service.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::rpc {

// The first use of each file's types links its descriptors in.
inline std::vector<const google::protobuf::ServiceDescriptor*> FuzzedServices() {
  return {registry::v1::GetUnitRequest::descriptor()->file()->service(0),
          routing::v1::GetDossierRequest::descriptor()->file()->service(0),
          budget::v1::WatchChangesRequest::descriptor()->file()->service(0),
          personnel::v1::WatchChangesRequest::descriptor()->file()->service(0)};
}

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_FUZZED_SERVICES_H_
