// Binds every RPC of the register to its handler. The dispatcher does the rest.
#ifndef TWOTIER_SERVICES_REGISTRY_SERVICE_H_
#define TWOTIER_SERVICES_REGISTRY_SERVICE_H_

#include "common/rpc/binding.h"
#include "services/registry/handlers/center_changes.h"
#include "services/registry/handlers/center_steps.h"
#include "services/registry/handlers/centers.h"
#include "services/registry/handlers/changes.h"
#include "services/registry/handlers/env.h"
#include "services/registry/handlers/import.h"
#include "services/registry/handlers/opening.h"
#include "services/registry/handlers/search.h"
#include "services/registry/handlers/succession.h"
#include "services/registry/handlers/system_changes.h"
#include "services/registry/handlers/systems.h"
#include "services/registry/handlers/units.h"
#include "services/registry/handlers/watch.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::registry {

// Thread-safe. `dispatcher` and what `env` points to outlive it.
class RegistryService final : public v1::RegistryService::CallbackService, rpc::Binding<Env> {
  // Handlers whose answer is encoded (common/rpc/encoded.h) take the place of the generated method.
  template <typename Request, typename Handler, typename Validator>
  void BindEncoded(const char* method, Handler handler, Validator validator) {
    MarkMethodRawCallback(
        Request::descriptor()->file()->service(0)->FindMethodByName(method)->index(),
        rpc::EncodedMethod<Request>(
            [this, method, handler, validator](grpc::CallbackServerContext* context,
                                               const Request* request, grpc::ByteBuffer* response) {
              return dispatcher_.Run(method, context, request, response, handler, validator);
            }));
  }

 public:
  RegistryService(rpc::Dispatcher& dispatcher, const Env& env) : Binding(dispatcher, env) {
    BindEncoded<v1::ListUnitsRequest>("ListUnits", Known(handlers::ListUnits),
                                      handlers::ValidateListUnits);
    BindEncoded<v1::ResolveUnitsRequest>("ResolveUnits", Known(handlers::ResolveUnits),
                                         handlers::ValidateResolveUnits);
    BindEncoded<v1::SearchUnitsRequest>("SearchUnits", Known(handlers::SearchUnits),
                                        handlers::ValidateSearchUnits);
  }

  TWOTIER_RPC(GetUnit, Known, handlers::ValidateGetUnit)
  TWOTIER_RPC(ImportUnits, InTransaction)
  TWOTIER_RPC(GetCenter, Known)
  TWOTIER_RPC(ListCenters, Known, handlers::ValidateListCenters)
  TWOTIER_RPC(GetCoverage, Known)
  TWOTIER_RPC(ApplyChangeEvent, InTransaction, handlers::ValidateApplyChangeEvent)
  TWOTIER_RPC(CancelChangeEvent, InTransaction)
  TWOTIER_RPC(CorrectUnit, InTransaction, handlers::ValidateCorrectUnit)
  TWOTIER_RPC(GetChangeEvent, Known)
  TWOTIER_RPC(ListChangeEvents, Known, handlers::ValidateListChangeEvents)
  TWOTIER_RPC(ReportSuccession, InTransaction, handlers::ValidateReportSuccession)
  TWOTIER_RPC(GetSuccessionPlan, Known)
  TWOTIER_RPC(RebaseFigures, Known, handlers::ValidateRebaseFigures)
  TWOTIER_RPC(CreateCenter, InTransaction, handlers::ValidateCreateCenter)
  TWOTIER_RPC(UpdateCenter, InTransaction, handlers::ValidateUpdateCenter)
  TWOTIER_RPC(RecordReadiness, InTransaction, handlers::ValidateRecordReadiness)
  TWOTIER_RPC(MarkCenterReady, InTransaction)
  TWOTIER_RPC(OpenCenter, InTransaction, handlers::ValidateOpenCenter)
  TWOTIER_RPC(SuspendCenter, InTransaction, handlers::ValidateSuspendCenter)
  TWOTIER_RPC(ResumeCenter, InTransaction, handlers::ValidateResumeCenter)
  TWOTIER_RPC(CloseCenter, InTransaction, handlers::ValidateCloseCenter)
  TWOTIER_RPC(SetServedUnits, InTransaction, handlers::ValidateSetServedUnits)
  TWOTIER_RPC(CancelCenterChange, InTransaction)
  TWOTIER_RPC(GetTierModel, Known)
  TWOTIER_RPC(SetTierModel, InTransaction, handlers::ValidateSetTierModel)
  TWOTIER_RPC(SetOpeningHours, InTransaction, handlers::ValidateSetOpeningHours)
  TWOTIER_RPC(SetOpeningException, InTransaction, handlers::ValidateSetOpeningException)
  TWOTIER_RPC(GetOpening, Known, handlers::ValidateGetOpening)
  TWOTIER_RPC(RegisterInformationSystem, InTransaction, handlers::ValidateRegisterInformationSystem)
  TWOTIER_RPC(UpdateInformationSystem, InTransaction, handlers::ValidateUpdateInformationSystem)
  TWOTIER_RPC(GetInformationSystem, Memory)
  TWOTIER_RPC(ListInformationSystems, Memory, handlers::ValidateListInformationSystems)
  TWOTIER_RPC(ReportHeartbeat, Memory)
  TWOTIER_RPC(OpenIncident, InTransaction)
  TWOTIER_RPC(UpdateIncident, InTransaction, handlers::ValidateUpdateIncident)
  TWOTIER_RPC(ResolveIncident, InTransaction)
  TWOTIER_RPC(ListIncidents, Memory, handlers::ValidateListIncidents)

  grpc::ServerWriteReactor<v1::WatchChangesResponse>* WatchChanges(
      grpc::CallbackServerContext* context, const v1::WatchChangesRequest* request) override {
    return dispatcher_.RunWatch<v1::WatchChangesResponse>("WatchChanges", context, request,
                                                          Memory(handlers::WatchChanges));
  }
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_SERVICE_H_
