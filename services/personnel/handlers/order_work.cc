#include "services/personnel/handlers/order_work.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/carried_end.h"
#include "services/personnel/domain/salary.h"
#include "services/personnel/domain/severance.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/persons.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/plan_store.h"
#include "services/personnel/store/post_store.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {
namespace {

constexpr absl::string_view kSigned = "order.signed";

absl::Status Refused(const std::vector<Conflict>& conflicts) {
  std::vector<error::PreconditionViolation> violations;
  for (const Conflict& conflict : conflicts) {
    const Appointment& other = *conflict.other;
    violations.push_back({"APPOINTMENT", other.Name(),
                          absl::StrCat(NameOf(other.kind), " from ", Text(other.valid.first),
                                       " to before ", Text(other.valid.end))});
  }
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(conflicts[0].other->Name(), " stands against it"),
                        conflicts[0].reason, {{"appointment", conflicts[0].other->Name()}}),
      violations);
}

// A permanent vice chair leaves the place of the pool to a concurrent one too.
bool HasAll(const std::vector<store::QuotaSlot>& left, const std::vector<store::QuotaSlot>& taken) {
  return std::all_of(taken.begin(), taken.end(), [&](const store::QuotaSlot& slot) {
    return std::find(left.begin(), left.end(), slot) != left.end();
  });
}

}  // namespace

OrderWork::OrderWork(const Env& env, const Call& call, db::Tx& tx, OrderKind kind,
                     absl::string_view province_code, const v1::OrderForm& form,
                     absl::CivilDay effective_day)
    : env_(env),
      call_(call),
      tx_(tx),
      today_(VietnamDay(call.now)),
      // Who retired may still be told active: what the day brings is written a moment later.
      over_(kind == OrderKind::kCorrect || kind == OrderKind::kAppoint ? store::kEver : today_),
      effects_(call, tx_) {
  order_.province_code = std::string(province_code);
  order_.id = call.new_id;
  order_.kind = kind;
  order_.number = form.number();
  order_.sign_day = FromProto(form.sign_date());
  order_.signer_post = form.signer_post();
  order_.effective_day = effective_day;
  order_.created = call.now;
}

absl::Status OrderWork::Load(absl::string_view person, bool leavers_too) {
  RETURN_IF_ERROR(LoadPerson(person, leavers_too));
  return LoadAppointments();
}

absl::Status OrderWork::LoadPerson(absl::string_view person, bool leavers_too) {
  ASSIGN_OR_RETURN(units_, CurrentUnits(*env_.snapshots, tx_));
  ASSIGN_OR_RETURN(person_, RequirePerson(tx_, person));
  return leavers_too ? absl::OkStatus() : CheckActive(person_);
}

absl::Status OrderWork::LoadAppointments() {
  ASSIGN_OR_RETURN(of_person_, store::LoadOfPerson(tx_, person_.Name(), over_));
  return absl::OkStatus();
}

absl::Status OrderWork::LookAhead(const store::StoredAppointment& left, const Post& post) {
  const Appointment& appointment = left.appointment;
  Appointment taken = NewAppointment(appointment.kind, post, appointment.valid);
  std::vector<db::BoundStatement> queries = {
      store::LoadOfPersonQuery(person_.Name(), over_),
      store::LoadPostQuery(appointment.province_code, SplitName(appointment.post).second)};
  if (!SlotsOf(appointment).empty()) {
    queries.push_back(store::LoadFollowersQuery(appointment.Name()));
  }
  queries.push_back(store::PlanOfPostQuery(post.province_code, post.Name()));
  queries.push_back(store::LoadOfPostQuery(post.province_code, post.Name(), over_));
  QuotaMoves moves;
  for (const store::QuotaSlot& slot : SlotsOf(appointment)) moves.Release(slot);
  for (const store::QuotaSlot& slot : SlotsOf(taken)) moves.Take(slot);
  for (db::BoundStatement& query : moves.Queries(call_, JournalOfOrder())) {
    queries.push_back(std::move(query));
  }
  return tx_.Ask(std::move(queries));
}

std::vector<store::StoredAppointment> OrderWork::OfPerson() const { return Changed(of_person_); }

std::vector<Appointment> OrderWork::PlainOfPerson() const {
  std::vector<Appointment> appointments;
  for (store::StoredAppointment& stored : OfPerson()) {
    appointments.push_back(std::move(stored.appointment));
  }
  return appointments;
}

std::vector<store::StoredAppointment> OrderWork::Changed(
    std::vector<store::StoredAppointment> now) const {
  for (const Change& change : changes_) {
    const std::string name = change.stored.appointment.Name();
    const auto same = std::find_if(now.begin(), now.end(), [&](const auto& stored) {
      return stored.appointment.Name() == name;
    });
    if (same == now.end()) {
      now.push_back(change.stored);
    } else {
      *same = change.stored;
    }
  }
  return now;
}

absl::Status OrderWork::LoadSigner() {
  if (order_.signer_post.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(signer_, RequirePost(tx_, order_.signer_post));
  ASSIGN_OR_RETURN(order_.signer, HolderOn(tx_, order_.signer_post, order_.sign_day));
  return absl::OkStatus();
}

absl::Status OrderWork::CheckSigned(const std::vector<Post>& posts) {
  RETURN_IF_ERROR(CheckSignDay(order_.sign_day, call_));
  std::vector<PostPlace> places;
  for (const Post& post : posts) places.push_back(PlaceOf(post, *units_, order_.sign_day));
  if (order_.signer_post.empty()) return CheckSigner(nullptr, places);
  if (!signer_) RETURN_IF_ERROR(LoadSigner());
  const PostPlace place = PlaceOf(*signer_, *units_, order_.sign_day);
  RETURN_IF_ERROR(CheckSigner(&place, places));
  if (!order_.signer.empty()) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("nobody held ", order_.signer_post, " on ", Text(order_.sign_day)),
      "SIGNER_POST_VACANT", {{"post", order_.signer_post}, {"sign_date", Text(order_.sign_day)}});
}

absl::Status OrderWork::EndActing(const Appointment& taken, const Post& post,
                                  const std::vector<store::StoredAppointment>& of_post) {
  for (const store::StoredAppointment& stored : Changed(of_post)) {
    if (!GivesWay(stored.appointment, taken)) continue;
    RETURN_IF_ERROR(End(stored, post, taken.valid.first, EndReason::kTermEnd));
  }
  return absl::OkStatus();
}

absl::Status OrderWork::CheckConflicts(const Appointment& candidate,
                                       const std::vector<store::StoredAppointment>& of_post) const {
  std::vector<Appointment> others = PlainOfPerson();
  RETURN_IF_ERROR(CheckMainCovers(candidate, others));
  for (const store::StoredAppointment& stored : of_post) {
    // Those of the person stand there already, as the order leaves them.
    if (stored.appointment.person != candidate.person) others.push_back(stored.appointment);
  }
  const std::vector<Conflict> conflicts = ConflictsOf(candidate, others);
  return conflicts.empty() ? absl::OkStatus() : Refused(conflicts);
}

absl::Status OrderWork::CheckPost(const Post& post, const DayRange& valid) {
  if (!Covers(post.valid, valid)) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(post.Name(), " does not exist on all of the dates"),
                             "POST_ENDED",
                             {{"post", post.Name()},
                              {"first_date", Text(post.valid.first)},
                              {"end_date", Text(post.valid.end)}});
  }
  RETURN_IF_ERROR(CheckNotReserved(tx_, post));
  return RequireUnit(*units_, post.unit, post.province_code, valid.first).status();
}

absl::Status OrderWork::CheckStandards(const Post& post, absl::CivilDay first) {
  std::vector<error::PreconditionViolation> violations;
  for (const Unmet& unmet : UnmetStandards(post.standards, person_.qualifications, first)) {
    violations.push_back({"STANDARD", unmet.standard, unmet.description});
  }
  if (violations.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(post.Name(), " demands more"), "STANDARDS_NOT_MET",
                        {{"post", post.Name()}, {"person", person_.Name()}}),
      violations);
}

absl::Status OrderWork::AddDue(const Appointment& appointment, store::DueKind kind,
                               absl::CivilDay day) {
  if (day == order_.effective_day) ++order_.open_effects;
  return store::InsertDue(tx_, {appointment.province_code, day, kind, appointment.id});
}

// Whether a place of the appointment's lines that comes free on its first day is given up: an
// allowance is overdue then.
absl::StatusOr<bool> OrderWork::PlaceIsGivenUp(const Appointment& appointment) {
  for (const store::QuotaSlot& slot : SlotsOf(appointment)) {
    ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx_, slot));
    if (quota && quota->Overdue(appointment.valid.first) > 0) return true;
  }
  return false;
}

// The appointment whose place of the quota comes free for this one: what the person leaves by this
// order, or what the holder of the post leaves by then. Nothing when somebody else waits for it, a
// signed plan carries the place elsewhere, or it is somebody else's and given up.
absl::StatusOr<std::optional<std::string>> OrderWork::PlaceLeftFor(const Appointment& appointment) {
  ASSIGN_OR_RETURN(const bool given_up, PlaceIsGivenUp(appointment));
  ASSIGN_OR_RETURN(std::vector<store::StoredAppointment> before,
                   store::LoadOfPost(tx_, appointment.province_code, appointment.post));
  // With what is over: its place may not have come free yet.
  ASSIGN_OR_RETURN(std::vector<store::StoredAppointment> of_person,
                   store::LoadOfPerson(tx_, appointment.person));
  for (store::StoredAppointment& stored : Changed(std::move(of_person))) {
    before.push_back(std::move(stored));
  }
  for (const store::StoredAppointment& stored : before) {
    const Appointment& other = stored.appointment;
    const bool leaves = other.quota_state == QuotaState::kUsed &&
                        other.valid.end <= appointment.valid.first &&
                        HasAll(SlotsOf(other), SlotsOf(appointment));
    if (!leaves || (given_up && other.person != appointment.person)) continue;
    ASSIGN_OR_RETURN(const bool carried, store::PlanCarries(tx_, other));
    if (carried) continue;
    ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> rivals,
                     store::LoadFollowers(tx_, other.Name()));
    if (rivals.empty()) return std::optional<std::string>(other.Name());
  }
  return std::optional<std::string>();
}

absl::Status OrderWork::WaitForPlace(store::StoredAppointment& stored) {
  if (SlotsOf(stored.appointment).empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<std::string> left, PlaceLeftFor(stored.appointment));
  if (!left) {
    effects_.Holds(stored);
    return absl::OkStatus();
  }
  stored.appointment.quota_state = QuotaState::kFollows;
  stored.hold.journal = *left;
  return absl::OkStatus();
}

Appointment OrderWork::NewAppointment(AppointmentKind kind, const Post& post,
                                      const DayRange& valid) const {
  Appointment appointment;
  appointment.province_code = post.province_code;
  appointment.id = call_.NewId(static_cast<int>(changes_.size()));
  appointment.person = person_.Name();
  appointment.post = post.Name();
  appointment.unit = post.unit;
  appointment.post_kind = post.kind;
  appointment.quota_kind = QuotaOf(post.kind);
  appointment.vice_chair = post.vice_chair;
  appointment.kind = kind;
  appointment.valid = valid;
  appointment.order = order_.Name();
  if (valid.end != kNoEnd) appointment.end_reason = EndReason::kTermEnd;
  return appointment;
}

absl::Status OrderWork::Begin(AppointmentKind kind, const Post& post, const DayRange& valid) {
  return Begin(NewAppointment(kind, post, valid), post);
}

absl::Status OrderWork::BeginInstead(const Appointment& left, const Post& post,
                                     absl::CivilDay day) {
  Appointment taken = NewAppointment(left.kind, post, {day, left.valid.end});
  CarryEnd(left, taken);
  return Begin(std::move(taken), post);
}

absl::Status OrderWork::Begin(Appointment appointment, const Post& post) {
  const DayRange valid = appointment.valid;
  RETURN_IF_ERROR(CheckGoesWith(appointment.kind, post.kind));
  RETURN_IF_ERROR(CheckPost(post, valid));
  RETURN_IF_ERROR(CheckStandards(post, valid.first));
  RETURN_IF_ERROR(CheckServes(appointment, PlainOfPerson()));
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> of_post,
                   store::LoadOfPost(tx_, appointment.province_code, appointment.post, over_));
  RETURN_IF_ERROR(EndActing(appointment, post, of_post));
  RETURN_IF_ERROR(CheckConflicts(appointment, of_post));
  Change& change =
      changes_.emplace_back(Change{{.appointment = std::move(appointment)}, post, true});
  if (valid.first <= today_) {
    RETURN_IF_ERROR(effects_.Begins(change.stored, post));
    RETURN_IF_ERROR(ManageWhereAppointed(person_, change.stored.appointment, tx_));
  } else {
    RETURN_IF_ERROR(WaitForPlace(change.stored));
    RETURN_IF_ERROR(AddDue(change.stored.appointment, store::DueKind::kBegin, valid.first));
  }
  if (valid.end == kNoEnd) return absl::OkStatus();
  return AddDue(change.stored.appointment, store::DueKind::kEnd, valid.end);
}

absl::Status OrderWork::End(const store::StoredAppointment& stored, absl::CivilDay day,
                            EndReason reason) {
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx_, stored.appointment.post));
  return End(stored, post, day, reason);
}

absl::Status OrderWork::End(const store::StoredAppointment& stored, const Post& post,
                            absl::CivilDay day, EndReason reason) {
  Change& change = changes_.emplace_back(Change{stored, post, false});
  Appointment& appointment = change.stored.appointment;
  const DayRange before = appointment.valid;
  const bool begun = before.first <= today_;
  const bool never_begins = !begun && day <= before.first;
  appointment.valid.end = never_begins ? before.first : day;
  appointment.end_reason = never_begins ? EndReason::kNeverBegan : reason;
  appointment.end_order = order_.Name();
  ++appointment.version;
  if (before.end != kNoEnd) {
    RETURN_IF_ERROR(store::DeleteDue(
        tx_, {appointment.province_code, before.end, store::DueKind::kEnd, appointment.id}));
  }
  if (never_begins) {
    effects_.NeverBegins(change.stored);
    return store::DeleteDue(
        tx_, {appointment.province_code, before.first, store::DueKind::kBegin, appointment.id});
  }
  if (day > today_) return AddDue(appointment, store::DueKind::kEnd, day);
  // What should have begun, and waits aside for it, does not come any more.
  if (!TookEffect(appointment, post)) {
    RETURN_IF_ERROR(store::DeleteDue(
        tx_, {appointment.province_code, before.first, store::DueKind::kBegin, appointment.id}));
  }
  return effects_.Ends(change.stored, post);
}

absl::Status OrderWork::Leave(absl::CivilDay day, EndReason reason) {
  if (StateAfter(reason) == PersonState::kActive) return absl::OkStatus();
  for (const store::StoredAppointment& stored : OfPerson()) {
    const Appointment& appointment = stored.appointment;
    if (IsMain(appointment.kind) && appointment.end_reason == reason) return absl::OkStatus();
  }
  return effects_.LeaveService(person_.Name(), day, reason);
}

void OrderWork::FillSalary(v1::OrderEffect& effect) const {
  v1::SalaryEstimate* salary = effect.mutable_salary();
  const absl::CivilDay day = order_.effective_day;
  salary->set_base_vnd(BaseSalaryVnd(day).value_or(0));
  for (const Change& change : changes_) {
    if (!IsMain(change.stored.appointment.kind)) continue;
    const int64_t monthly =
        MonthlySalaryVnd(person_.rank_hundredths, change.post.allowance_hundredths, day)
            .value_or(0);
    if (change.begins) {
      salary->set_after_vnd(monthly);
    } else {
      salary->set_before_vnd(monthly);
    }
  }
}

void OrderWork::FillEffect(v1::OrderEffect& effect) const {
  for (const Change& change : changes_) {
    const Appointment& appointment = change.stored.appointment;
    v1::AppointmentChange* added = effect.add_appointments();
    personnel::ToProto(appointment, added->mutable_appointment());
    added->set_begins(change.begins);
    if (order_.kind == OrderKind::kCorrect && !change.goes_on) continue;
    const bool vacates = !change.begins && !change.goes_on && HoldsPost(appointment.kind) &&
                         appointment.end_reason != EndReason::kNeverBegan;
    if (vacates) effect.add_vacated_posts(appointment.post);
    for (const absl::string_view right : RightsOf(change.post.kind)) {
      v1::RightChange* moved = effect.add_rights();
      moved->set_post(appointment.post);
      moved->set_right(std::string(right));
      moved->set_granted(change.begins || change.goes_on);
    }
    if (change.begins && person_.left && MustRepay(*person_.left, appointment.valid.first)) {
      effect.add_notes("SEVERANCE_REPAID");
    }
  }
  FillSalary(effect);
}

absl::Status OrderWork::WriteOrder(const std::vector<v1::QuotaChange>& quotas, Result& result) {
  personnel::ToProto(order_, &result.order);
  FillEffect(result.effect);
  for (const v1::QuotaChange& change : quotas) *result.effect.add_quotas() = change;
  v1::OrderEvent body;
  *body.mutable_order() = result.order;
  for (const v1::AppointmentChange& change : result.effect.appointments()) {
    *body.add_appointments() = change.appointment();
  }
  feed::Event event;
  event.province_code = order_.province_code;
  event.subject = order_.Name();
  event.version = order_.version;
  event.kind = std::string(kSigned);
  event.body = body.SerializeAsString();
  RETURN_IF_ERROR(AppendEvent(tx_, call_, std::move(event), order_.chain_hash));
  return store::InsertOrder(tx_, order_);
}

QuotaMoves::Journal OrderWork::JournalOfOrder() const {
  return {.book = order_.province_code,
          .id = order_.id,
          .subject = order_.Name(),
          .version = order_.version,
          .act = order_.number};
}

absl::StatusOr<OrderWork::Result> OrderWork::Finish() {
  ASSIGN_OR_RETURN(const std::vector<v1::QuotaChange> quotas, effects_.Finish(JournalOfOrder()));
  for (const Change& change : changes_) {
    RETURN_IF_ERROR(store::WriteAppointment(tx_, change.stored));
  }
  Result result;
  RETURN_IF_ERROR(WriteOrder(quotas, result));
  env_.appended();
  return result;
}

}  // namespace twotier::personnel::handlers
