#include "services/registry/handlers/center_steps.h"

#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_cancellation.h"
#include "services/registry/domain/center_life.h"
#include "services/registry/handlers/province_change.h"
#include "services/registry/store/unit_store.h"

namespace twotier::registry::handlers {
namespace {

// Takes one step; `kind` is its event.
template <typename Response, typename Request>
absl::StatusOr<Response> Take(const Call& call, const Request& request, db::Tx& tx, CenterStep step,
                              absl::string_view successor, absl::string_view kind) {
  const absl::string_view id = SegmentOf(request.name(), 3);
  ASSIGN_OR_RETURN(ProvinceChange change,
                   ReadProvince(tx, SegmentOf(request.name(), 1), TermsOf(request)));
  RETURN_IF_ERROR(CheckCenterEtag(change, id, request.etag()));
  RETURN_IF_ERROR(TakeCenterStep(change.after, id, step, SegmentOf(successor, 3), change.terms));
  RETURN_IF_ERROR(RequireCoverage(change.before, change.after, id, change.terms));
  Response response;
  RETURN_IF_ERROR(WriteProvince(tx, call, change, id, kind, /*tier_model_too=*/false,
                                response.mutable_effect()));
  *response.mutable_center() = CenterAfter(change, id);
  return response;
}

}  // namespace

absl::StatusOr<v1::MarkCenterReadyResponse> MarkCenterReady(
    const Env&, const Call& call, const v1::MarkCenterReadyRequest& request, db::Tx& tx) {
  return Take<v1::MarkCenterReadyResponse>(call, request, tx, CenterStep::kMarkReady, "",
                                           "center.ready");
}

absl::StatusOr<v1::OpenCenterResponse> OpenCenter(const Env&, const Call& call,
                                                  const v1::OpenCenterRequest& request,
                                                  db::Tx& tx) {
  return Take<v1::OpenCenterResponse>(call, request, tx, CenterStep::kOpen, "", "center.opened");
}

void ValidateOpenCenter(const v1::OpenCenterRequest& request, error::Violations& violations) {
  CheckAct(request, violations);
}

absl::StatusOr<v1::SuspendCenterResponse> SuspendCenter(const Env&, const Call& call,
                                                        const v1::SuspendCenterRequest& request,
                                                        db::Tx& tx) {
  return Take<v1::SuspendCenterResponse>(call, request, tx, CenterStep::kSuspend,
                                         request.successor(), "center.suspended");
}

void ValidateSuspendCenter(const v1::SuspendCenterRequest& request, error::Violations& violations) {
  CheckAct(request, violations);
  CheckSameProvince("successor", request.successor(), request.name(), violations);
}

absl::StatusOr<v1::ResumeCenterResponse> ResumeCenter(const Env&, const Call& call,
                                                      const v1::ResumeCenterRequest& request,
                                                      db::Tx& tx) {
  return Take<v1::ResumeCenterResponse>(call, request, tx, CenterStep::kResume, "",
                                        "center.resumed");
}

void ValidateResumeCenter(const v1::ResumeCenterRequest& request, error::Violations& violations) {
  CheckAct(request, violations);
}

absl::StatusOr<v1::CloseCenterResponse> CloseCenter(const Env&, const Call& call,
                                                    const v1::CloseCenterRequest& request,
                                                    db::Tx& tx) {
  return Take<v1::CloseCenterResponse>(call, request, tx, CenterStep::kClose, request.successor(),
                                       "center.closed");
}

void ValidateCloseCenter(const v1::CloseCenterRequest& request, error::Violations& violations) {
  CheckAct(request, violations);
  CheckSameProvince("successor", request.successor(), request.name(), violations);
}

absl::StatusOr<v1::CancelCenterChangeResponse> CancelCenterChange(
    const Env&, const Call& call, const v1::CancelCenterChangeRequest& request, db::Tx& tx) {
  const absl::string_view id = SegmentOf(request.name(), 3);
  ChangeTerms terms = TermsOf(request);
  terms.reason = request.reason();
  ASSIGN_OR_RETURN(ProvinceChange change,
                   ReadProvince(tx, SegmentOf(request.name(), 1), std::move(terms)));
  RETURN_IF_ERROR(CheckCenterEtag(change, id, request.etag()));
  ASSIGN_OR_RETURN(std::vector<UnitHistory> units, store::LoadUnits(tx));
  ASSIGN_OR_RETURN(const UnitTree tree, UnitTree::Build(std::move(units)));
  RETURN_IF_ERROR(
      registry::CancelCenterChange(change.after, tree, id, change.terms, VietnamDay(call.now)));
  RETURN_IF_ERROR(RequireCoverage(change.before, change.after, id, change.terms));
  v1::CancelCenterChangeResponse response;
  RETURN_IF_ERROR(WriteProvince(tx, call, change, id, "center.change_cancelled",
                                /*tier_model_too=*/false, response.mutable_effect()));
  *response.mutable_center() = CenterAfter(change, id);
  return response;
}

}  // namespace twotier::registry::handlers
