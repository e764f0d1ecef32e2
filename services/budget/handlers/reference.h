// Reference data: imported, listed.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_REFERENCE_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_REFERENCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/finance_reference.pb.h"
#include "twotier/common/v1/types.pb.h"

namespace twotier::budget::handlers {

// Subject of the feed that says that the reference data changed, and the aggregate that an import
// bumps.
inline constexpr absl::string_view kReferenceSubject = "referenceData";

// The snapshot that `tx` sees, with reference data. FAILED_PRECONDITION `REFERENCE_NOT_LOADED` when
// none were imported; the errors of CurrentSnapshot.
absl::StatusOr<std::shared_ptr<const Snapshot>> ReferencedSnapshot(const Env& env, db::Tx& tx);

// The reference data that `tx` sees, whether or not units are known. FAILED_PRECONDITION
// `REFERENCE_NOT_LOADED`; the errors of LoadReference.
absl::StatusOr<std::shared_ptr<const Reference>> ReferenceIn(const Env& env, db::Tx& tx);

// Budget years of requests: those that accounts may be of.
void CheckBudgetYear(int budget_year, error::Violations& violations);

// The number of an act must have 1 to 128 bytes.
void CheckAct(const common::v1::LegalAct& act, error::Violations& violations);

// SHA-256 of name and content, in hexadecimal: tells whether the file was ever imported.
std::string FileDigest(const v1::ReferenceFile& file);

absl::StatusOr<v1::ImportReferenceDataResponse> ImportReferenceData(
    const Env& env, const Call& call, const v1::ImportReferenceDataRequest& request, db::Tx& tx);
void ValidateImportReferenceData(const v1::ImportReferenceDataRequest& request,
                                 error::Violations& violations);

absl::StatusOr<v1::ListClassificationResponse> ListClassification(
    const Env& env, const Call& call, const v1::ListClassificationRequest& request, db::Tx& tx);
void ValidateListClassification(const v1::ListClassificationRequest& request,
                                error::Violations& violations);

absl::StatusOr<v1::ParseTreasuryCodeResponse> ParseTreasuryCode(
    const Env& env, const Call& call, const v1::ParseTreasuryCodeRequest& request, db::Tx& tx);

absl::StatusOr<v1::GetSharedTaxesResponse> GetSharedTaxes(const Env& env, const Call& call,
                                                          const v1::GetSharedTaxesRequest& request,
                                                          db::Tx& tx);
void ValidateGetSharedTaxes(const v1::GetSharedTaxesRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::ListCompetenciesResponse> ListCompetencies(
    const Env& env, const Call& call, const v1::ListCompetenciesRequest& request, db::Tx& tx);

absl::StatusOr<v1::ListLimitsResponse> ListLimits(const Env& env, const Call& call,
                                                  const v1::ListLimitsRequest& request, db::Tx& tx);

absl::StatusOr<v1::ListRelationCodesResponse> ListRelationCodes(
    const Env& env, const Call& call, const v1::ListRelationCodesRequest& request, db::Tx& tx);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_REFERENCE_H_
