// SubmitDossier and the reads of single dossiers.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIERS_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIERS_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/rpc/watch.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::routing::handlers {

// NOT_FOUND `DOSSIER_NOT_FOUND`.
absl::Status DossierNotFound(absl::string_view name);

// A digest that tells two applicants apart for who holds the salt, and says nothing to anybody
// else.
std::string DigestOf(const Env& env, const v1::Applicant& applicant);

// The errors of ResolveCompetence and of CheckReception.
absl::StatusOr<v1::SubmitDossierResponse> SubmitDossier(const Env& env, const Call& call,
                                                        const v1::SubmitDossierRequest& request,
                                                        db::Tx& tx);
// What SubmitDossier asks the database first, if the center is known in memory.
std::optional<db::BoundStatement> FirstOfSubmitDossier(const Env& env, const Call& call,
                                                       const v1::SubmitDossierRequest& request);
void ValidateSubmitDossier(const v1::SubmitDossierRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetDossierResponse> GetDossier(const Env& env, const Call& call,
                                                  const v1::GetDossierRequest& request, db::Tx& tx);
// What GetDossier, and the steps that ask no calendar, ask the database first.
db::BoundStatement FirstOfDossier(absl::string_view name);

// DATA_LOSS `CHAIN_BROKEN` (`subject`, `version`): an entry was altered or is missing.
absl::StatusOr<v1::ListDossierEntriesResponse> ListDossierEntries(
    const Env& env, const Call& call, const v1::ListDossierEntriesRequest& request, db::Tx& tx);

absl::StatusOr<v1::GetApplicantResponse> GetApplicant(const Env& env, const Call& call,
                                                      const v1::GetApplicantRequest& request,
                                                      db::Tx& tx);

// Ends with DATA_LOSS `CHAIN_BROKEN` at an entry that was altered or that follows a missing one.
absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchDossierResponse>>> WatchDossier(
    const Env& env, const Call& call, const v1::WatchDossierRequest& request);
void ValidateWatchDossier(const v1::WatchDossierRequest& request, error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIERS_H_
