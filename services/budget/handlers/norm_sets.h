// Norm sets: published, shown, listed.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_NORM_SETS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_NORM_SETS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/domain/norm_program.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/norms.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::PublishNormSetResponse> PublishNormSet(const Env& env, const Call& call,
                                                          const v1::PublishNormSetRequest& request,
                                                          db::Tx& tx);
void ValidatePublishNormSet(const v1::PublishNormSetRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::GetNormSetResponse> GetNormSet(const Env& env, const Call& call,
                                                  const v1::GetNormSetRequest& request, db::Tx& tx);
void ValidateGetNormSet(const v1::GetNormSetRequest& request, error::Violations& violations);

absl::StatusOr<v1::ListNormSetsResponse> ListNormSets(const Env& env, const Call& call,
                                                      const v1::ListNormSetsRequest& request,
                                                      db::Tx& tx);
void ValidateListNormSets(const v1::ListNormSetsRequest& request, error::Violations& violations);

// A version of a norm set, ready to be evaluated. `version` 0: the last one.
struct ReadyNormSet {
  int64_t version = 0;
  NormProgram program;
};
// NOT_FOUND `NORM_SET_NOT_FOUND`; DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<ReadyNormSet> LoadNormSet(db::Tx& tx, absl::string_view name, int64_t version);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_NORM_SETS_H_
