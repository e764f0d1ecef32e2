// Binds every RPC of routing to its handler. The dispatcher does the rest.
#ifndef TWOTIER_SERVICES_ROUTING_SERVICE_H_
#define TWOTIER_SERVICES_ROUTING_SERVICE_H_

#include <optional>

#include "common/call.h"
#include "common/db/db.h"
#include "common/rpc/binding.h"
#include "common/rpc/encoded.h"
#include "services/routing/handlers/alarms.h"
#include "services/routing/handlers/assignments.h"
#include "services/routing/handlers/catalogue.h"
#include "services/routing/handlers/competences.h"
#include "services/routing/handlers/dossier_import.h"
#include "services/routing/handlers/dossier_list.h"
#include "services/routing/handlers/dossiers.h"
#include "services/routing/handlers/env.h"
#include "services/routing/handlers/procedures.h"
#include "services/routing/handlers/publications.h"
#include "services/routing/handlers/rerouting.h"
#include "services/routing/handlers/statistics.h"
#include "services/routing/handlers/steps.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::routing {

// Thread-safe. Outlived by dispatcher and env.
class RoutingService final : public v1::RoutingService::CallbackService,
                             rpc::Binding<handlers::Env> {
 public:
  RoutingService(rpc::Dispatcher& dispatcher, const handlers::Env& env) : Binding(dispatcher, env) {
    using Request = v1::ResolveCompetenceRequest;
    MarkMethodRawCallback(
        Request::descriptor()->file()->service(0)->FindMethodByName("ResolveCompetence")->index(),
        rpc::EncodedMethod<Request>([this](grpc::CallbackServerContext* context,
                                           const Request* request, grpc::ByteBuffer* response) {
          return dispatcher_.Run("ResolveCompetence", context, request, response,
                                 Known(handlers::ResolveCompetence),
                                 handlers::ValidateResolveCompetence);
        }));
  }

  // What a call asks the database first (rpc::Dispatcher).
  static constexpr rpc::NoValidator kNoCheck{};
  static constexpr auto kDossierFirst = [](const Call&, const auto& request) {
    return std::make_optional(handlers::FirstOfDossier(request.name()));
  };
  static constexpr auto kClockedFirst = [](const Call&, const auto& request) {
    return std::make_optional(handlers::FirstOfClocked(request.name()));
  };
  auto NumberFirst() {
    return [&env = env_](const Call& call, const v1::SubmitDossierRequest& request) {
      return handlers::FirstOfSubmitDossier(env, call, request);
    };
  }

  TWOTIER_RPC(GetProcedure, Known, handlers::ValidateGetProcedure)
  TWOTIER_RPC(SearchProcedures, Memory, handlers::ValidateSearchProcedures)
  TWOTIER_RPC(ListProcedures, Memory, handlers::ValidateListProcedures)
  TWOTIER_RPC(ListProcedureVersions, Memory, handlers::ValidateListProcedureVersions)
  TWOTIER_RPC(PublishProcedure, InTransaction, handlers::ValidatePublishProcedure)
  TWOTIER_RPC(EndProcedure, InTransaction, handlers::ValidateEndProcedure)
  TWOTIER_RPC(ImportCatalogue, InTransaction, handlers::ValidateImportCatalogue)
  TWOTIER_RPC(PublishAssignment, InTransaction, handlers::ValidatePublishAssignment)
  TWOTIER_RPC(EndAssignment, InTransaction, handlers::ValidateEndAssignment)
  TWOTIER_RPC(ListAssignments, Known, handlers::ValidateListAssignments)
  TWOTIER_RPC(ListCompetences, Known, handlers::ValidateListCompetences)
  TWOTIER_RPC(CheckCoverage, InTransaction)
  TWOTIER_RPC(GetDecentralization, Memory)
  TWOTIER_RPC(SubmitDossier, InTransaction, handlers::ValidateSubmitDossier, NumberFirst())
  TWOTIER_RPC(AcceptDossier, InTransaction, kNoCheck, kClockedFirst)
  TWOTIER_RPC(RefuseDossier, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(AssignDossier, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(ForwardDossier, InTransaction, kNoCheck, kClockedFirst)
  TWOTIER_RPC(RequestSupplement, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(ProvideSupplement, InTransaction, kNoCheck, kClockedFirst)
  TWOTIER_RPC(RequestPayment, InTransaction, handlers::ValidateRequestPayment, kDossierFirst)
  TWOTIER_RPC(ConfirmPayment, InTransaction, kNoCheck, kClockedFirst)
  TWOTIER_RPC(CancelPaymentRequest, InTransaction, kNoCheck, kClockedFirst)
  TWOTIER_RPC(ExtendDueDate, InTransaction, kNoCheck, kClockedFirst)
  TWOTIER_RPC(WithdrawDossier, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(StopDossier, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(CompleteProcessing, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(ReturnResult, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(RateDossier, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(ImportDossiers, InTransaction, handlers::ValidateImportDossiers)
  TWOTIER_RPC(GetDossier, InTransaction, kNoCheck, kDossierFirst)
  TWOTIER_RPC(ListDossiers, InTransaction, handlers::ValidateListDossiers)
  TWOTIER_RPC(GetDossierStatistics, InTransaction, handlers::ValidateGetDossierStatistics)
  TWOTIER_RPC(ListAlarms, InTransaction, handlers::ValidateListAlarms)
  TWOTIER_RPC(PreviewRerouting, InTransaction, handlers::ValidatePreviewRerouting)
  TWOTIER_RPC(RerouteDossiers, InTransaction, handlers::ValidateRerouteDossiers)
  TWOTIER_RPC(ListDossierEntries, InTransaction)
  TWOTIER_RPC(GetApplicant, InTransaction)

  grpc::ServerWriteReactor<v1::WatchDossierResponse>* WatchDossier(
      grpc::CallbackServerContext* context, const v1::WatchDossierRequest* request) override {
    return dispatcher_.RunWatch<v1::WatchDossierResponse>("WatchDossier", context, request,
                                                          Memory(handlers::WatchDossier),
                                                          handlers::ValidateWatchDossier);
  }
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_SERVICE_H_
