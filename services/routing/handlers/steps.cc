#include "services/routing/handlers/steps.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/etag.h"
#include "common/feed/feed.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/domain/dossier_steps.h"
#include "services/routing/handlers/dossiers.h"
#include "services/routing/store/dossier_store.h"

namespace twotier::routing::handlers {
namespace {

absl::StatusOr<std::string> AppendStep(db::Tx& tx, const Call& call, const Dossier& dossier,
                                       Step step, absl::string_view note) {
  v1::DossierEventBody body;
  body.set_time_us(absl::ToUnixMicros(call.now));
  body.set_principal(call.principal.name);
  body.set_state(static_cast<v1::DossierState>(dossier.state));
  if (dossier.due_time) body.set_due_time_us(absl::ToUnixMicros(*dossier.due_time));
  body.set_note(std::string(note));
  if (step == Step::kCompleteProcessing) body.set_result_id(dossier.result_id);
  if (step == Step::kAccept || step == Step::kProvideSupplement) {
    ToProto(VietnamDay(call.now), body.mutable_calendar_date());
  }
  feed::Event event;
  event.province_code = dossier.province_code;
  event.subject = dossier.Name();
  event.version = dossier.version;
  event.kind = std::string(EntryKindOf(step));
  event.body = body.SerializeAsString();
  event.previous_hash = dossier.chain_hash;
  return feed::Append(tx, call, event);
}

// Checks the etag, lets `change` take the step, and writes dossier and timeline.
template <typename Response, typename Request>
absl::StatusOr<Response> Take(const Env& env, const Call& call, const Request& request, db::Tx& tx,
                              Dossier dossier, Step step, absl::string_view note,
                              absl::FunctionRef<absl::Status(Dossier&)> change) {
  RETURN_IF_ERROR(CheckEtag(request.etag(), dossier.version));
  const int64_t version_before = dossier.version;
  RETURN_IF_ERROR(change(dossier));
  ASSIGN_OR_RETURN(dossier.chain_hash, AppendStep(tx, call, dossier, step, note));
  RETURN_IF_ERROR(store::UpdateDossier(tx, dossier, version_before));
  env.appended();
  Response response;
  *response.mutable_dossier() = ToProto(dossier, call.now);
  return response;
}

absl::StatusOr<Dossier> Load(db::Tx& tx, absl::string_view name) {
  const auto [province_code, code] = SplitDossierName(name);
  ASSIGN_OR_RETURN(std::optional<Dossier> dossier, store::LoadDossier(tx, province_code, code));
  if (!dossier) return DossierNotFound(name);
  return *std::move(dossier);
}

// A dossier and the calendar that the transaction sees.
struct Clocked {
  Dossier dossier;
  std::shared_ptr<const calendar::Calendar> calendar;  // Never null.
};

// The calendar in memory, unless the tables hold another one. Due dates cannot be computed without
// a calendar.
absl::StatusOr<Clocked> LoadClocked(const Env& env, db::Tx& tx, absl::string_view name) {
  const auto [province_code, code] = SplitDossierName(name);
  ASSIGN_OR_RETURN(std::optional<store::ClockedDossier> loaded,
                   store::LoadClockedDossier(tx, province_code, code));
  if (!loaded) return DossierNotFound(name);
  const std::shared_ptr<const Snapshot> memory = env.snapshots->Get();
  Clocked clocked{std::move(loaded->dossier), memory->calendar};
  if (loaded->calendar_version != memory->calendar_version) {
    ASSIGN_OR_RETURN(clocked.calendar, LoadCalendar(tx));
  }
  if (clocked.calendar != nullptr) return clocked;
  return error::WithRetryAfter(error::WithReason(absl::StatusCode::kUnavailable,
                                                 "no calendar is loaded yet", "SNAPSHOT_NOT_READY"),
                               absl::Seconds(1));
}

}  // namespace

absl::StatusOr<v1::AcceptDossierResponse> AcceptDossier(const Env& env, const Call& call,
                                                        const v1::AcceptDossierRequest& request,
                                                        db::Tx& tx) {
  ASSIGN_OR_RETURN(Clocked clocked, LoadClocked(env, tx, request.name()));
  return Take<v1::AcceptDossierResponse>(
      env, call, request, tx, std::move(clocked.dossier), Step::kAccept, request.note(),
      [&](Dossier& dossier) { return Accept(dossier, call.now, *clocked.calendar); });
}

absl::StatusOr<v1::RequestSupplementResponse> RequestSupplement(
    const Env& env, const Call& call, const v1::RequestSupplementRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Dossier stored, Load(tx, request.name()));
  return Take<v1::RequestSupplementResponse>(
      env, call, request, tx, std::move(stored), Step::kRequestSupplement, request.reason(),
      [&](Dossier& dossier) { return routing::RequestSupplement(dossier, call.now); });
}

absl::StatusOr<v1::ProvideSupplementResponse> ProvideSupplement(
    const Env& env, const Call& call, const v1::ProvideSupplementRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Clocked clocked, LoadClocked(env, tx, request.name()));
  return Take<v1::ProvideSupplementResponse>(
      env, call, request, tx, std::move(clocked.dossier), Step::kProvideSupplement, request.note(),
      [&](Dossier& dossier) {
        RETURN_IF_ERROR(routing::ProvideSupplement(dossier, call.now, *clocked.calendar));
        dossier.components = AddComponents(dossier.components, request.components());
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::CompleteProcessingResponse> CompleteProcessing(
    const Env& env, const Call& call, const v1::CompleteProcessingRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Dossier stored, Load(tx, request.name()));
  return Take<v1::CompleteProcessingResponse>(
      env, call, request, tx, std::move(stored), Step::kCompleteProcessing, request.note(),
      [&](Dossier& dossier) {
        return routing::CompleteProcessing(dossier, call.now, request.result_id());
      });
}

absl::StatusOr<v1::ReturnResultResponse> ReturnResult(const Env& env, const Call& call,
                                                      const v1::ReturnResultRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(Dossier stored, Load(tx, request.name()));
  return Take<v1::ReturnResultResponse>(
      env, call, request, tx, std::move(stored), Step::kReturnResult, request.note(),
      [&](Dossier& dossier) { return routing::ReturnResult(dossier, call.now); });
}

}  // namespace twotier::routing::handlers
