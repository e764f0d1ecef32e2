// Binds every RPC of budget to its handler. The dispatcher does the rest.
#ifndef TWOTIER_SERVICES_BUDGET_SERVICE_H_
#define TWOTIER_SERVICES_BUDGET_SERVICE_H_

#include "common/rpc/binding.h"
#include "services/budget/handlers/accounts.h"
#include "services/budget/handlers/allocations.h"
#include "services/budget/handlers/balances.h"
#include "services/budget/handlers/budget_steps.h"
#include "services/budget/handlers/ceilings.h"
#include "services/budget/handlers/contingency.h"
#include "services/budget/handlers/credit_lines.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/execution.h"
#include "services/budget/handlers/journals.h"
#include "services/budget/handlers/norm_sets.h"
#include "services/budget/handlers/periods.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/handlers/succession.h"
#include "services/budget/handlers/targeted.h"
#include "services/budget/handlers/treasury.h"
#include "services/budget/handlers/watch.h"
#include "services/budget/handlers/year_close.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"

namespace twotier::budget {

// Thread-safe. Outlived by dispatcher and env.
class BudgetService final : public v1::BudgetService::CallbackService, rpc::Binding<handlers::Env> {
 public:
  BudgetService(rpc::Dispatcher& dispatcher, const handlers::Env& env) : Binding(dispatcher, env) {}

  TWOTIER_RPC(OpenAccounts, InTransaction, handlers::ValidateOpenAccounts)
  TWOTIER_RPC(CloseAccount, InTransaction, handlers::ValidateCloseAccount)
  TWOTIER_RPC(GetAccount, InTransaction)
  TWOTIER_RPC(ImportReferenceData, InTransaction, handlers::ValidateImportReferenceData)
  TWOTIER_RPC(ListClassification, InTransaction, handlers::ValidateListClassification)
  TWOTIER_RPC(ParseTreasuryCode, InTransaction)
  TWOTIER_RPC(GetSharedTaxes, InTransaction, handlers::ValidateGetSharedTaxes)
  TWOTIER_RPC(ListCompetencies, InTransaction)
  TWOTIER_RPC(ListLimits, InTransaction)
  TWOTIER_RPC(ListRelationCodes, InTransaction)
  TWOTIER_RPC(ListBudgetSteps, InTransaction, handlers::ValidateListBudgetSteps)
  TWOTIER_RPC(ListOverdueSteps, InTransaction, handlers::ValidateListOverdueSteps)
  TWOTIER_RPC(RecordBudgetStep, InTransaction, handlers::ValidateRecordBudgetStep)
  TWOTIER_RPC(ImportTreasuryStatement, InTransaction, handlers::ValidateImportTreasuryStatement)
  TWOTIER_RPC(MatchTreasuryLines, InTransaction, handlers::ValidateMatchTreasuryLines)
  TWOTIER_RPC(ListBreaks, InTransaction, handlers::ValidateListBreaks)
  TWOTIER_RPC(ResolveBreak, InTransaction, handlers::ValidateResolveBreak)
  TWOTIER_RPC(ListAccounts, InTransaction, handlers::ValidateListAccounts)
  TWOTIER_RPC(PostJournal, InTransaction, handlers::ValidatePostJournal,
              handlers::FirstOfPostJournal)
  TWOTIER_RPC(BatchCreateTransfers, InTransaction, handlers::ValidateBatchCreateTransfers)
  TWOTIER_RPC(ReverseJournal, InTransaction, handlers::ValidateReverseJournal)
  TWOTIER_RPC(GetJournal, InTransaction)
  TWOTIER_RPC(ListJournals, InTransaction, handlers::ValidateListJournals)
  TWOTIER_RPC(ListHolds, InTransaction, handlers::ValidateListHolds)
  TWOTIER_RPC(GetBalances, InTransaction, handlers::ValidateGetBalances)
  TWOTIER_RPC(GetStatement, InTransaction, handlers::ValidateGetStatement)
  TWOTIER_RPC(GetExecution, InTransaction, handlers::ValidateGetExecution)
  TWOTIER_RPC(GetPeriod, InTransaction, handlers::ValidateGetPeriod)
  TWOTIER_RPC(ClosePeriod, InTransaction, handlers::ValidateClosePeriod)
  TWOTIER_RPC(ReopenPeriod, InTransaction, handlers::ValidateReopenPeriod)
  TWOTIER_RPC(GetSuccession, InTransaction)
  TWOTIER_RPC(PlanSuccession, InTransaction, handlers::ValidatePlanSuccession)
  TWOTIER_RPC(PublishNormSet, InTransaction, handlers::ValidatePublishNormSet)
  TWOTIER_RPC(GetNormSet, InTransaction, handlers::ValidateGetNormSet)
  TWOTIER_RPC(ListNormSets, InTransaction, handlers::ValidateListNormSets)
  TWOTIER_RPC(SimulateAllocation, InTransaction, handlers::ValidateSimulateAllocation)
  TWOTIER_RPC(CreateAllocationRun, InTransaction, handlers::ValidateCreateAllocationRun)
  TWOTIER_RPC(ApproveAllocationRun, InTransaction)
  TWOTIER_RPC(PostAllocationRun, InTransaction, handlers::ValidatePostAllocationRun)
  TWOTIER_RPC(ListAllocationRuns, InTransaction, handlers::ValidateListAllocationRuns)
  TWOTIER_RPC(ExplainAllocation, InTransaction)
  TWOTIER_RPC(SetContingency, InTransaction, handlers::ValidateSetContingency)
  TWOTIER_RPC(UseContingency, InTransaction, handlers::ValidateUseContingency)
  TWOTIER_RPC(AdjustEstimate, InTransaction, handlers::ValidateAdjustEstimate)
  TWOTIER_RPC(ReturnTargetedMoney, InTransaction, handlers::ValidateReturnTargetedMoney)
  TWOTIER_RPC(GrantPeriodCeiling, InTransaction, handlers::ValidateGrantPeriodCeiling)
  TWOTIER_RPC(ListPeriodCeilings, InTransaction, handlers::ValidateListPeriodCeilings)
  TWOTIER_RPC(OpenCreditLine, InTransaction, handlers::ValidateOpenCreditLine)
  TWOTIER_RPC(DrawCreditLine, InTransaction, handlers::ValidateDrawCreditLine)
  TWOTIER_RPC(RepayCreditLine, InTransaction, handlers::ValidateRepayCreditLine)
  TWOTIER_RPC(CloseCreditLine, InTransaction, handlers::ValidateCloseCreditLine)
  TWOTIER_RPC(ListCreditLines, InTransaction, handlers::ValidateListCreditLines)
  TWOTIER_RPC(CloseBudgetYear, InTransaction, handlers::ValidateCloseBudgetYear)
  TWOTIER_RPC(ReopenBudgetYear, InTransaction, handlers::ValidateReopenBudgetYear)

  grpc::ServerWriteReactor<v1::WatchChangesResponse>* WatchChanges(
      grpc::CallbackServerContext* context, const v1::WatchChangesRequest* request) override {
    return dispatcher_.RunWatch<v1::WatchChangesResponse>("WatchChanges", context, request,
                                                          Memory(handlers::WatchChanges));
  }
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_SERVICE_H_
