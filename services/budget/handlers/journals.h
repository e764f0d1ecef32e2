// Journals: posted, many at once, reversed, shown.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_JOURNALS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_JOURNALS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/journal.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::PostJournalResponse> PostJournal(const Env& env, const Call& call,
                                                    const v1::PostJournalRequest& request,
                                                    db::Tx& tx);
// What PostJournal asks the database first, where it has only new transfers within the ledger.
std::vector<db::BoundStatement> FirstOfPostJournal(const Call& call,
                                                   const v1::PostJournalRequest& request);
void ValidatePostJournal(const v1::PostJournalRequest& request, error::Violations& violations);

absl::StatusOr<v1::BatchCreateTransfersResponse> BatchCreateTransfers(
    const Env& env, const Call& call, const v1::BatchCreateTransfersRequest& request, db::Tx& tx);
void ValidateBatchCreateTransfers(const v1::BatchCreateTransfersRequest& request,
                                  error::Violations& violations);

absl::StatusOr<v1::ReverseJournalResponse> ReverseJournal(const Env& env, const Call& call,
                                                          const v1::ReverseJournalRequest& request,
                                                          db::Tx& tx);
void ValidateReverseJournal(const v1::ReverseJournalRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::GetJournalResponse> GetJournal(const Env& env, const Call& call,
                                                  const v1::GetJournalRequest& request, db::Tx& tx);

absl::StatusOr<v1::ListJournalsResponse> ListJournals(const Env& env, const Call& call,
                                                      const v1::ListJournalsRequest& request,
                                                      db::Tx& tx);
void ValidateListJournals(const v1::ListJournalsRequest& request, error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_JOURNALS_H_
