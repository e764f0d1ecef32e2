// Binds every RPC of personnel to its handler. The dispatcher does the rest.
#ifndef TWOTIER_SERVICES_PERSONNEL_SERVICE_H_
#define TWOTIER_SERVICES_PERSONNEL_SERVICE_H_

#include "common/rpc/binding.h"
#include "services/personnel/handlers/env.h"
#include "services/personnel/handlers/history.h"
#include "services/personnel/handlers/orders.h"
#include "services/personnel/handlers/organisation.h"
#include "services/personnel/handlers/persons.h"
#include "services/personnel/handlers/plans.h"
#include "services/personnel/handlers/published_figures.h"
#include "services/personnel/handlers/quotas.h"
#include "services/personnel/handlers/staff_import.h"
#include "services/personnel/handlers/staffing.h"
#include "services/personnel/handlers/watch.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::personnel {

// Thread-safe. Outlived by dispatcher and env.
class PersonnelService final : public v1::PersonnelService::CallbackService,
                               rpc::Binding<handlers::Env> {
 public:
  PersonnelService(rpc::Dispatcher& dispatcher, const handlers::Env& env)
      : Binding(dispatcher, env) {}

  TWOTIER_RPC(CreateBody, InTransaction, handlers::ValidateCreateBody)
  TWOTIER_RPC(EndBody, InTransaction, handlers::ValidateEndBody)
  TWOTIER_RPC(ListBodies, InTransaction, handlers::ValidateListBodies)
  TWOTIER_RPC(CheckOrganisation, InTransaction)
  TWOTIER_RPC(CreatePost, InTransaction, handlers::ValidateCreatePost)
  TWOTIER_RPC(EndPost, InTransaction, handlers::ValidateEndPost)
  TWOTIER_RPC(GetPost, InTransaction)
  TWOTIER_RPC(ListPosts, InTransaction, handlers::ValidateListPosts)
  TWOTIER_RPC(GrantQuota, InTransaction, handlers::ValidateGrantQuota)
  TWOTIER_RPC(GrantSurplusAllowance, InTransaction, handlers::ValidateGrantSurplusAllowance)
  TWOTIER_RPC(ListQuotas, InTransaction, handlers::ValidateListQuotas)
  TWOTIER_RPC(ImportPublishedFigures, InTransaction)
  TWOTIER_RPC(ListPublishedFigures, InTransaction, handlers::ValidateListPublishedFigures)
  TWOTIER_RPC(GrantPublishedQuotas, InTransaction)
  TWOTIER_RPC(GetRunDownPlan, InTransaction)
  TWOTIER_RPC(RegisterPerson, InTransaction, handlers::ValidateRegisterPerson)
  TWOTIER_RPC(UpdateQualifications, InTransaction, handlers::ValidateUpdateQualifications)
  TWOTIER_RPC(CorrectPerson, InTransaction, handlers::ValidateCorrectPerson)
  TWOTIER_RPC(GetPerson, InTransaction)
  TWOTIER_RPC(FindPersonByNationalId, InTransaction, handlers::ValidateFindPersonByNationalId)
  TWOTIER_RPC(AppointCivilServant, InTransaction, handlers::ValidateAppointCivilServant)
  TWOTIER_RPC(TransferCivilServant, InTransaction, handlers::ValidateTransferCivilServant,
              handlers::FirstOfTransfer)
  TWOTIER_RPC(SecondCivilServant, InTransaction, handlers::ValidateSecondCivilServant)
  TWOTIER_RPC(EndAppointment, InTransaction, handlers::ValidateEndAppointment)
  TWOTIER_RPC(CorrectAppointment, InTransaction, handlers::ValidateCorrectAppointment)
  TWOTIER_RPC(RankCivilServant, InTransaction, handlers::ValidateRankCivilServant)
  TWOTIER_RPC(GetAppointment, InTransaction)
  TWOTIER_RPC(GetOrder, InTransaction)
  TWOTIER_RPC(GetPersonHistory, InTransaction)
  TWOTIER_RPC(GetPostHistory, InTransaction)
  TWOTIER_RPC(ListIncumbents, InTransaction, handlers::ValidateListIncumbents)
  TWOTIER_RPC(ListVacancies, InTransaction, handlers::ValidateListVacancies)
  TWOTIER_RPC(ListUnplannedStaff, InTransaction)
  TWOTIER_RPC(GetStaffing, InTransaction)
  TWOTIER_RPC(ForecastRetirements, InTransaction, handlers::ValidateForecastRetirements)
  TWOTIER_RPC(EstimateSalaries, InTransaction, handlers::ValidateEstimateSalaries)
  TWOTIER_RPC(ComputeSeverance, Memory, handlers::ValidateComputeSeverance)
  TWOTIER_RPC(ImportStaff, InTransaction, handlers::ValidateImportStaff)
  TWOTIER_RPC(CreateReorganisationPlan, InTransaction, handlers::ValidateCreateReorganisationPlan)
  TWOTIER_RPC(GetReorganisationPlan, InTransaction)
  TWOTIER_RPC(ListPlanLines, InTransaction, handlers::ValidateListPlanLines)
  TWOTIER_RPC(ProposeReorganisationPlan, InTransaction)
  TWOTIER_RPC(EditReorganisationPlan, InTransaction)
  TWOTIER_RPC(CheckReorganisationPlan, InTransaction)
  TWOTIER_RPC(SignReorganisationPlan, InTransaction)
  TWOTIER_RPC(ExecuteReorganisationPlan, InTransaction, handlers::ValidateExecuteReorganisationPlan)
  TWOTIER_RPC(CancelReorganisationPlan, InTransaction)

  grpc::ServerWriteReactor<v1::WatchChangesResponse>* WatchChanges(
      grpc::CallbackServerContext* context, const v1::WatchChangesRequest* request) override {
    return dispatcher_.RunWatch<v1::WatchChangesResponse>("WatchChanges", context, request,
                                                          Memory(handlers::WatchChanges));
  }
};

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_SERVICE_H_
