// Published figures: imported, listed, granted.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_PUBLISHED_FIGURES_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_PUBLISHED_FIGURES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/personnel/handlers/env.h"
#include "twotier/personnel/v1/published_figure.pb.h"

namespace twotier::personnel::handlers {

// Subject of their events, and the aggregate that an import bumps.
inline constexpr absl::string_view kFiguresSubject = "publishedFigures";

absl::StatusOr<v1::ImportPublishedFiguresResponse> ImportPublishedFigures(
    const Env& env, const Call& call, const v1::ImportPublishedFiguresRequest& request, db::Tx& tx);

absl::StatusOr<v1::ListPublishedFiguresResponse> ListPublishedFigures(
    const Env& env, const Call& call, const v1::ListPublishedFiguresRequest& request, db::Tx& tx);
void ValidateListPublishedFigures(const v1::ListPublishedFiguresRequest& request,
                                  error::Violations& violations);

absl::StatusOr<v1::GrantPublishedQuotasResponse> GrantPublishedQuotas(
    const Env& env, const Call& call, const v1::GrantPublishedQuotasRequest& request, db::Tx& tx);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_PUBLISHED_FIGURES_H_
