// Binds every RPC of the register to its handler. The dispatcher does the rest.
#ifndef TWOTIER_SERVICES_REGISTRY_SERVICE_H_
#define TWOTIER_SERVICES_REGISTRY_SERVICE_H_

#include "common/call.h"
#include "common/db/db.h"
#include "common/rpc/dispatcher.h"
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
class RegistryService final : public v1::RegistryService::CallbackService {
  // Handlers with the service's environment in place.
  template <typename Handler>
  auto Bound(Handler handler) const {
    return [this, handler](const Call& call, const auto& request) {
      return handler(env_, call, request);
    };
  }
  // Handlers that read the database only for what was known at an instant.
  template <typename Response, typename Request>
  auto BoundKnown(absl::StatusOr<Response> (*handler)(const Env&, const Call&, const Request&,
                                                      db::Tx*)) const {
    return [this, handler](const Call& call, const Request& request, db::Tx* tx) {
      return handler(env_, call, request, tx);
    };
  }
  template <typename Response, typename Request>
  auto BoundTx(absl::StatusOr<Response> (*handler)(const Env&, const Call&, const Request&,
                                                   db::Tx&)) const {
    return [this, handler](const Call& call, const Request& request, db::Tx& tx) {
      return handler(env_, call, request, tx);
    };
  }
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
  RegistryService(rpc::Dispatcher* dispatcher, Env env) : dispatcher_(*dispatcher), env_(env) {
    BindEncoded<v1::ListUnitsRequest>("ListUnits", BoundKnown(handlers::ListUnits),
                                      handlers::ValidateListUnits);
    BindEncoded<v1::ResolveUnitsRequest>("ResolveUnits", BoundKnown(handlers::ResolveUnits),
                                         handlers::ValidateResolveUnits);
    BindEncoded<v1::SearchUnitsRequest>("SearchUnits", BoundKnown(handlers::SearchUnits),
                                        handlers::ValidateSearchUnits);
  }

  grpc::ServerUnaryReactor* GetUnit(grpc::CallbackServerContext* context,
                                    const v1::GetUnitRequest* request,
                                    v1::GetUnitResponse* response) override {
    return dispatcher_.Run("GetUnit", context, request, response, BoundKnown(handlers::GetUnit),
                           handlers::ValidateGetUnit);
  }

  grpc::ServerUnaryReactor* ImportUnits(grpc::CallbackServerContext* context,
                                        const v1::ImportUnitsRequest* request,
                                        v1::ImportUnitsResponse* response) override {
    return dispatcher_.Run("ImportUnits", context, request, response,
                           BoundTx(handlers::ImportUnits));
  }

  grpc::ServerUnaryReactor* GetCenter(grpc::CallbackServerContext* context,
                                      const v1::GetCenterRequest* request,
                                      v1::GetCenterResponse* response) override {
    return dispatcher_.Run("GetCenter", context, request, response,
                           BoundKnown(handlers::GetCenter));
  }

  grpc::ServerUnaryReactor* ListCenters(grpc::CallbackServerContext* context,
                                        const v1::ListCentersRequest* request,
                                        v1::ListCentersResponse* response) override {
    return dispatcher_.Run("ListCenters", context, request, response,
                           BoundKnown(handlers::ListCenters), handlers::ValidateListCenters);
  }

  grpc::ServerUnaryReactor* GetCoverage(grpc::CallbackServerContext* context,
                                        const v1::GetCoverageRequest* request,
                                        v1::GetCoverageResponse* response) override {
    return dispatcher_.Run("GetCoverage", context, request, response,
                           BoundKnown(handlers::GetCoverage));
  }

#define TWOTIER_RPC(name, bound, ...)                                                            \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context,                           \
                                 const v1::name##Request* request, v1::name##Response* response) \
      override {                                                                                 \
    return dispatcher_.Run(#name, context, request, response,                                    \
                           bound(handlers::name) __VA_OPT__(, ) __VA_ARGS__);                    \
  }

  TWOTIER_RPC(ApplyChangeEvent, BoundTx, handlers::ValidateApplyChangeEvent)
  TWOTIER_RPC(CancelChangeEvent, BoundTx)
  TWOTIER_RPC(CorrectUnit, BoundTx, handlers::ValidateCorrectUnit)
  TWOTIER_RPC(GetChangeEvent, BoundKnown)
  TWOTIER_RPC(ListChangeEvents, BoundKnown, handlers::ValidateListChangeEvents)
  TWOTIER_RPC(ReportSuccession, BoundTx, handlers::ValidateReportSuccession)
  TWOTIER_RPC(GetSuccessionPlan, BoundKnown)
  TWOTIER_RPC(RebaseFigures, BoundKnown, handlers::ValidateRebaseFigures)
  TWOTIER_RPC(CreateCenter, BoundTx, handlers::ValidateCreateCenter)
  TWOTIER_RPC(UpdateCenter, BoundTx, handlers::ValidateUpdateCenter)
  TWOTIER_RPC(RecordReadiness, BoundTx, handlers::ValidateRecordReadiness)
  TWOTIER_RPC(MarkCenterReady, BoundTx)
  TWOTIER_RPC(OpenCenter, BoundTx, handlers::ValidateOpenCenter)
  TWOTIER_RPC(SuspendCenter, BoundTx, handlers::ValidateSuspendCenter)
  TWOTIER_RPC(ResumeCenter, BoundTx, handlers::ValidateResumeCenter)
  TWOTIER_RPC(CloseCenter, BoundTx, handlers::ValidateCloseCenter)
  TWOTIER_RPC(SetServedUnits, BoundTx, handlers::ValidateSetServedUnits)
  TWOTIER_RPC(CancelCenterChange, BoundTx)
  TWOTIER_RPC(GetTierModel, BoundKnown)
  TWOTIER_RPC(SetTierModel, BoundTx, handlers::ValidateSetTierModel)
  TWOTIER_RPC(SetOpeningHours, BoundTx, handlers::ValidateSetOpeningHours)
  TWOTIER_RPC(SetOpeningException, BoundTx, handlers::ValidateSetOpeningException)
  TWOTIER_RPC(GetOpening, BoundKnown, handlers::ValidateGetOpening)
  TWOTIER_RPC(RegisterInformationSystem, BoundTx, handlers::ValidateRegisterInformationSystem)
  TWOTIER_RPC(UpdateInformationSystem, BoundTx, handlers::ValidateUpdateInformationSystem)
  TWOTIER_RPC(GetInformationSystem, Bound)
  TWOTIER_RPC(ListInformationSystems, Bound, handlers::ValidateListInformationSystems)
  TWOTIER_RPC(ReportHeartbeat, Bound)
  TWOTIER_RPC(OpenIncident, BoundTx)
  TWOTIER_RPC(UpdateIncident, BoundTx, handlers::ValidateUpdateIncident)
  TWOTIER_RPC(ResolveIncident, BoundTx)
  TWOTIER_RPC(ListIncidents, Bound, handlers::ValidateListIncidents)
#undef TWOTIER_RPC

  grpc::ServerWriteReactor<v1::WatchChangesResponse>* WatchChanges(
      grpc::CallbackServerContext* context, const v1::WatchChangesRequest* request) override {
    return dispatcher_.RunWatch<v1::WatchChangesResponse>("WatchChanges", context, request,
                                                          Bound(handlers::WatchChanges));
  }

 private:
  rpc::Dispatcher& dispatcher_;
  const Env env_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_SERVICE_H_
