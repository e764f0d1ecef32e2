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
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/domain/alarm.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/dossier_steps.h"
#include "services/routing/domain/requirements.h"
#include "services/routing/domain/rerouting.h"
#include "services/routing/handlers/dossiers.h"
#include "services/routing/handlers/entries.h"
#include "services/routing/handlers/pinning.h"
#include "services/routing/store/alarm_store.h"
#include "services/routing/store/dossier_store.h"

namespace twotier::routing::handlers {
namespace {

// What the timeline tells of a step besides what the dossier is after it.
struct Entry {
  Step step;
  absl::string_view note;
  absl::string_view apology_number{};
};

v1::DossierEventBody BodyOf(const Call& call, const Dossier& dossier, const Entry& entry) {
  v1::DossierEventBody body = EntryBody(call, dossier, entry.note);
  body.set_apology_number(std::string(entry.apology_number));
  switch (entry.step) {
    case Step::kAccept:
      body.set_procedure_version(dossier.procedure_version);
      ToProto(dossier.body, body.mutable_competent_body());
      break;
    case Step::kAssign:
      body.set_assignee(dossier.assignee);
      break;
    case Step::kProvideSupplement:
      TellComponents(dossier.components, &body);
      break;
    case Step::kForward:
      ToProto(dossier.agency.unit.empty() ? dossier.body : dossier.agency,
              body.mutable_forwarded_to());
      break;
    case Step::kRequestPayment:
    case Step::kConfirmPayment:
    case Step::kCancelPaymentRequest:
      ToProto(dossier.payment, body.mutable_payment());
      break;
    case Step::kCompleteProcessing:
      body.set_result_id(dossier.result_id);
      break;
    case Step::kRate:
      body.set_satisfaction(static_cast<v1::Satisfaction>(dossier.satisfaction));
      break;
    default:
      break;
  }
  if (dossier.due_time && HolderOf(dossier) == ClockHolder::kAuthority) {
    ToProto(VietnamDay(call.now), body.mutable_calendar_date());
  }
  return body;
}

absl::Status StoreStep(db::Tx& tx, const Call& call, Dossier& dossier, int64_t version_before,
                       const Entry& entry) {
  return StoreWithEntry(tx, call, dossier, EntryKindOf(entry.step), BodyOf(call, dossier, entry),
                        [&] { return store::UpdateDossier(tx, dossier, version_before); });
}

// Checks the etag, lets `change` take the step, and writes dossier and timeline.
template <typename Response, typename Request>
absl::StatusOr<Response> Take(const Env& env, const Call& call, const Request& request, db::Tx& tx,
                              Dossier dossier, const Entry& entry,
                              absl::FunctionRef<absl::Status(Dossier&)> change) {
  RETURN_IF_ERROR(CheckEtag(request.etag(), dossier.version));
  const int64_t version_before = dossier.version;
  const int64_t pinned_before = dossier.procedure_version;
  const std::optional<absl::Time> due_before = dossier.due_time;
  const bool stood_still = dossier.pause_time.has_value();
  RETURN_IF_ERROR(change(dossier));
  if (dossier.procedure_version != pinned_before) {
    RETURN_IF_ERROR(store::PinDossier(tx, dossier, version_before));
  }
  RETURN_IF_ERROR(StoreStep(tx, call, dossier, version_before, entry));
  if (dossier.due_time != due_before || (stood_still && !dossier.pause_time)) {
    if (const auto alarm = AlarmAtOnce(dossier, call.now)) {
      RETURN_IF_ERROR(store::InsertAlarm(tx, *alarm).status());
    }
  }
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
  // In memory; null when the transaction sees another catalogue, or other units.
  std::shared_ptr<const Snapshot> rules = nullptr;
};

// The calendar in memory, unless the tables hold another one. Due dates cannot be computed without
// a calendar.
absl::StatusOr<Clocked> LoadClocked(const Env& env, db::Tx& tx, absl::string_view name) {
  const auto [province_code, code] = SplitDossierName(name);
  ASSIGN_OR_RETURN(std::optional<store::ClockedDossier> loaded,
                   store::LoadClockedDossier(tx, province_code, code));
  if (!loaded) return DossierNotFound(name);
  const std::shared_ptr<const Snapshot> memory = env.snapshots->Get();
  Clocked clocked{.dossier = std::move(loaded->dossier), .calendar = memory->calendar};
  const bool same_rules = loaded->catalogue_version == memory->catalogue_version &&
                          loaded->units_change == memory->units_change;
  if (same_rules) clocked.rules = memory;
  if (loaded->calendar_version != memory->calendar_version) {
    ASSIGN_OR_RETURN(clocked.calendar, LoadCalendar(tx));
  }
  if (clocked.calendar != nullptr) return clocked;
  return error::WithRetryAfter(error::WithReason(absl::StatusCode::kUnavailable,
                                                 "no calendar is loaded yet", "SNAPSHOT_NOT_READY"),
                               absl::Seconds(1));
}

// A step that asks no calendar.
template <typename Response, typename Request>
absl::StatusOr<Response> Plainly(const Env& env, const Call& call, const Request& request,
                                 db::Tx& tx, const Entry& entry,
                                 absl::FunctionRef<absl::Status(Dossier&)> change) {
  ASSIGN_OR_RETURN(Dossier stored, Load(tx, request.name()));
  return Take<Response>(env, call, request, tx, std::move(stored), entry, change);
}

// A step that may compute a due time.
template <typename Response, typename Request>
absl::StatusOr<Response> OnCalendar(
    const Env& env, const Call& call, const Request& request, db::Tx& tx, const Entry& entry,
    absl::FunctionRef<absl::Status(Dossier&, const calendar::Calendar&)> change) {
  ASSIGN_OR_RETURN(Clocked clocked, LoadClocked(env, tx, request.name()));
  return Take<Response>(env, call, request, tx, std::move(clocked.dossier), entry,
                        [&](Dossier& dossier) { return change(dossier, *clocked.calendar); });
}

// What `found` says of a dossier that `step` goes on with: where it lies, the transaction knows.
Alarm SilenceOf(const Dossier& dossier, Step step, Alarm found) {
  found.kind = step == Step::kForward ? AlarmKind::kAgencySilent : AlarmKind::kUnanswered;
  found.center = dossier.center;
  return found;
}

// Takes the step that StepUnanswered names.
absl::Status GoOn(Dossier& dossier, Step step, absl::Time now, const calendar::Calendar& calendar) {
  switch (step) {
    case Step::kForward:
      return TakeBack(dossier, now, calendar);
    case Step::kRefuse:
      return Refuse(dossier, now);
    case Step::kCancelPaymentRequest:
      return routing::CancelPaymentRequest(dossier, now, calendar);
    default:
      return Stop(dossier, now);
  }
}

// A post belongs to the province whose center has the dossier: there its inbox is asked for. Until
// a re-routing that is the province of its code, wherever its unit lies by then.
absl::Status CheckAssignee(const Dossier& dossier, absl::string_view assignee) {
  if (rpc::ProvinceOf(assignee) == rpc::ProvinceOf(dossier.center)) return absl::OkStatus();
  error::Violations violations;
  violations.Add("assignee", "must be a post of the province whose center has the dossier");
  return violations.ToStatus();
}

template <typename Request>
std::optional<absl::Time> AnswerBy(const Request& request) {
  if (!request.has_answer_by_time()) return std::nullopt;
  return FromProto(request.answer_by_time());
}

}  // namespace

db::BoundStatement FirstOfClocked(absl::string_view name) {
  const auto [province_code, code] = SplitDossierName(name);
  return store::LoadClockedDossierQuery(province_code, code);
}

absl::StatusOr<v1::AcceptDossierResponse> AcceptDossier(const Env& env, const Call& call,
                                                        const v1::AcceptDossierRequest& request,
                                                        db::Tx& tx) {
  ASSIGN_OR_RETURN(Clocked clocked, LoadClocked(env, tx, request.name()));
  return Take<v1::AcceptDossierResponse>(
      env, call, request, tx, std::move(clocked.dossier), {Step::kAccept, request.note()},
      [&](Dossier& dossier) -> absl::Status {
        RETURN_IF_ERROR(CheckStep(dossier, Step::kAccept));
        RETURN_IF_ERROR(Pin(env, tx, VietnamDay(call.now), clocked.rules, dossier));
        return Accept(dossier, call.now, *clocked.calendar);
      });
}

absl::StatusOr<v1::RefuseDossierResponse> RefuseDossier(const Env& env, const Call& call,
                                                        const v1::RefuseDossierRequest& request,
                                                        db::Tx& tx) {
  return Plainly<v1::RefuseDossierResponse>(
      env, call, request, tx, {Step::kRefuse, request.reason()},
      [&](Dossier& dossier) { return Refuse(dossier, call.now); });
}

absl::StatusOr<v1::AssignDossierResponse> AssignDossier(const Env& env, const Call& call,
                                                        const v1::AssignDossierRequest& request,
                                                        db::Tx& tx) {
  return Plainly<v1::AssignDossierResponse>(
      env, call, request, tx, {Step::kAssign, request.note()},
      [&](Dossier& dossier) -> absl::Status {
        RETURN_IF_ERROR(CheckAssignee(dossier, request.assignee()));
        return Assign(dossier, request.assignee());
      });
}

absl::StatusOr<v1::ForwardDossierResponse> ForwardDossier(const Env& env, const Call& call,
                                                          const v1::ForwardDossierRequest& request,
                                                          db::Tx& tx) {
  // What the transaction sees of units: a refusal is remembered.
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> basis,
                   CurrentSnapshot(*env.snapshots, tx));
  ASSIGN_OR_RETURN(
      const CompetentBody body,
      BodyOfUnit(*basis->units, request.unit(), request.body_title(), VietnamDay(call.now)));
  return OnCalendar<v1::ForwardDossierResponse>(
      env, call, request, tx, {Step::kForward, request.reason()},
      [&](Dossier& dossier, const calendar::Calendar& calendar) {
        return Forward(dossier, call.now, body, AnswerBy(request), calendar);
      });
}

absl::StatusOr<v1::RequestSupplementResponse> RequestSupplement(
    const Env& env, const Call& call, const v1::RequestSupplementRequest& request, db::Tx& tx) {
  return Plainly<v1::RequestSupplementResponse>(
      env, call, request, tx, {Step::kRequestSupplement, request.reason()}, [&](Dossier& dossier) {
        return routing::RequestSupplement(dossier, call.now, AnswerBy(request));
      });
}

absl::StatusOr<v1::ProvideSupplementResponse> ProvideSupplement(
    const Env& env, const Call& call, const v1::ProvideSupplementRequest& request, db::Tx& tx) {
  return OnCalendar<v1::ProvideSupplementResponse>(
      env, call, request, tx, {Step::kProvideSupplement, request.note()},
      [&](Dossier& dossier, const calendar::Calendar& calendar) {
        RETURN_IF_ERROR(routing::ProvideSupplement(dossier, call.now, calendar));
        dossier.components = AddComponents(dossier.components, request.components());
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::RequestPaymentResponse> RequestPayment(const Env& env, const Call& call,
                                                          const v1::RequestPaymentRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> basis,
                   CurrentSnapshot(*env.snapshots, tx));
  return Plainly<v1::RequestPaymentResponse>(
      env, call, request, tx, {Step::kRequestPayment, request.note()},
      [&](Dossier& dossier) -> absl::Status {
        RETURN_IF_ERROR(CheckStep(dossier, Step::kRequestPayment));
        const CatalogueEntry* entry = basis->catalogue->Find(dossier.procedure_code);
        if (entry != nullptr) {
          RETURN_IF_ERROR(CheckFee(entry->FeeOf(dossier.procedure_version, dossier.case_key),
                                   dossier.payment.paid_total_vnd, request.due_vnd()));
        }
        return routing::RequestPayment(dossier, call.now, request.due_vnd(), AnswerBy(request));
      });
}

void ValidateRequestPayment(const v1::RequestPaymentRequest& request,
                            error::Violations& violations) {
  if (request.due_vnd() < 1 || request.due_vnd() > kFeeMaxVnd) {
    violations.Add("due_vnd", "must be 1 to 10^12");
  }
}

absl::StatusOr<v1::ConfirmPaymentResponse> ConfirmPayment(const Env& env, const Call& call,
                                                          const v1::ConfirmPaymentRequest& request,
                                                          db::Tx& tx) {
  Payment paid;
  paid.paid_vnd = request.paid_vnd();
  paid.gateway = static_cast<PaymentGateway>(request.gateway());
  paid.reference = request.reference();
  return OnCalendar<v1::ConfirmPaymentResponse>(
      env, call, request, tx, {Step::kConfirmPayment, request.note()},
      [&](Dossier& dossier, const calendar::Calendar& calendar) {
        return routing::ConfirmPayment(dossier, call.now, paid, calendar);
      });
}

absl::StatusOr<v1::CancelPaymentRequestResponse> CancelPaymentRequest(
    const Env& env, const Call& call, const v1::CancelPaymentRequestRequest& request, db::Tx& tx) {
  return OnCalendar<v1::CancelPaymentRequestResponse>(
      env, call, request, tx, {Step::kCancelPaymentRequest, request.reason()},
      [&](Dossier& dossier, const calendar::Calendar& calendar) {
        return routing::CancelPaymentRequest(dossier, call.now, calendar);
      });
}

absl::StatusOr<v1::ExtendDueDateResponse> ExtendDueDate(const Env& env, const Call& call,
                                                        const v1::ExtendDueDateRequest& request,
                                                        db::Tx& tx) {
  return OnCalendar<v1::ExtendDueDateResponse>(
      env, call, request, tx, {Step::kExtendDueDate, request.reason(), request.apology_number()},
      [&](Dossier& dossier, const calendar::Calendar& calendar) {
        return routing::ExtendDueDate(dossier, call.now, FromProto(request.new_due_date()),
                                      calendar);
      });
}

absl::StatusOr<v1::CompleteProcessingResponse> CompleteProcessing(
    const Env& env, const Call& call, const v1::CompleteProcessingRequest& request, db::Tx& tx) {
  return Plainly<v1::CompleteProcessingResponse>(
      env, call, request, tx, {Step::kCompleteProcessing, request.note()}, [&](Dossier& dossier) {
        return routing::CompleteProcessing(dossier, call.now, request.result_id());
      });
}

absl::StatusOr<v1::ReturnResultResponse> ReturnResult(const Env& env, const Call& call,
                                                      const v1::ReturnResultRequest& request,
                                                      db::Tx& tx) {
  return Plainly<v1::ReturnResultResponse>(
      env, call, request, tx, {Step::kReturnResult, request.note()},
      [&](Dossier& dossier) { return routing::ReturnResult(dossier, call.now); });
}

absl::StatusOr<v1::WithdrawDossierResponse> WithdrawDossier(
    const Env& env, const Call& call, const v1::WithdrawDossierRequest& request, db::Tx& tx) {
  return Plainly<v1::WithdrawDossierResponse>(
      env, call, request, tx, {Step::kWithdraw, request.reason()},
      [&](Dossier& dossier) { return Withdraw(dossier, call.now); });
}

absl::StatusOr<v1::StopDossierResponse> StopDossier(const Env& env, const Call& call,
                                                    const v1::StopDossierRequest& request,
                                                    db::Tx& tx) {
  return Plainly<v1::StopDossierResponse>(
      env, call, request, tx, {Step::kStop, request.reason()},
      [&](Dossier& dossier) { return Stop(dossier, call.now); });
}

absl::StatusOr<v1::RateDossierResponse> RateDossier(const Env& env, const Call& call,
                                                    const v1::RateDossierRequest& request,
                                                    db::Tx& tx) {
  return Plainly<v1::RateDossierResponse>(
      env, call, request, tx, {Step::kRate, ""}, [&](Dossier& dossier) {
        return Rate(dossier, static_cast<Satisfaction>(request.satisfaction()));
      });
}

absl::StatusOr<CompetentBody> BodyOfUnit(const Register& units, const std::string& unit,
                                         const std::string& title, absl::CivilDay day) {
  const UnitRecord* record = units.FindUnit(unit);
  if (record == nullptr) return UnitNotFound(unit);
  const UnitVersion* version = record->On(day);
  if (version == nullptr) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(unit, " does not exist on ", absl::FormatCivilTime(day)),
                             "UNIT_ENDED", {{"unit", unit}, {"as_of", absl::FormatCivilTime(day)}});
  }
  CompetentBody body;
  body.unit = unit;
  body.unit_full_name = version->full_name;
  body.level = version->tier == Tier::kProvince ? Level::kProvince : Level::kCommune;
  body.title = title;
  return body;
}

absl::Status GoOnUnanswered(const Env& env, const Call& call, const Alarm& alarm, db::Tx& tx,
                            std::optional<AlarmKind>& set_off) {
  set_off.reset();
  ASSIGN_OR_RETURN(Clocked clocked, LoadClocked(env, tx, alarm.DossierName()));
  Dossier& dossier = clocked.dossier;
  const std::optional<Step> step = StepUnanswered(dossier);
  if (!step || dossier.answer_by != alarm.due) return absl::OkStatus();  // Answered meanwhile.
  const int64_t version_before = dossier.version;
  RETURN_IF_ERROR(GoOn(dossier, *step, call.now, *clocked.calendar));
  RETURN_IF_ERROR(StoreStep(tx, call, dossier, version_before, {*step, "no answer in time"}));
  const Alarm silence = SilenceOf(dossier, *step, alarm);
  RETURN_IF_ERROR(store::InsertAlarm(tx, silence).status());
  if (const auto follows = AlarmAtOnce(dossier, call.now)) {
    RETURN_IF_ERROR(store::InsertAlarm(tx, *follows).status());
  }
  env.appended();
  set_off = silence.kind;
  return absl::OkStatus();
}

absl::Status TellUnanswered(const Alarm& alarm, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Dossier dossier, Load(tx, alarm.DossierName()));
  const std::optional<Step> step = StepUnanswered(dossier);
  if (!step || dossier.answer_by != alarm.due) return absl::OkStatus();
  return store::InsertAlarm(tx, SilenceOf(dossier, *step, alarm)).status();
}

}  // namespace twotier::routing::handlers
