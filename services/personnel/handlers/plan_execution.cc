// The signature of a plan, its slices, and the one write that puts it in force.
#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/signing.h"
#include "services/personnel/handlers/draft_lines.h"
#include "services/personnel/handlers/effects.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/plan_check.h"
#include "services/personnel/handlers/plan_facts.h"
#include "services/personnel/handlers/plan_places.h"
#include "services/personnel/handlers/plans.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::Plan;
using store::PlanLine;
using store::PlanState;

constexpr int kSliceDefault = 500;
constexpr int kSliceMax = 1'000;
// Events of the write that puts a plan in force: the plan, its order, then the quotas whose places
// are carried. One person changes at most two lines of quota of two units.
constexpr int kFirstQuotaEvent = 2;
constexpr int kQuotasOfLine = 4;

// The chair of the People's Committee of the province in which the units lie, who holds the post on
// the date of signing.
absl::Status CheckSigned(const units::Units& units, const Call& call, const v1::OrderForm& form,
                         Plan& plan, db::Tx& tx) {
  plan.number = form.number();
  plan.sign_day = FromProto(form.sign_date());
  RETURN_IF_ERROR(CheckSignDay(plan.sign_day, call));
  plan.signer_post = form.signer_post();
  // Between units: two places of one province that stand for all of them.
  ASSIGN_OR_RETURN(const std::string province_code, ProvinceOf(units, plan));
  PostPlace from{PostKind::kOfficial, BodyKind::kOffice, "", "from",
                 UnitTier::kCommune,  province_code};
  PostPlace to = from;
  to.unit = "to";
  if (plan.signer_post.empty()) return CheckSigner(nullptr, {from, to});
  ASSIGN_OR_RETURN(const Post signer, RequirePost(tx, plan.signer_post));
  const PostPlace place = PlaceOf(signer, units, plan.sign_day);
  RETURN_IF_ERROR(CheckSigner(&place, {from, to}));
  ASSIGN_OR_RETURN(plan.signer, HolderOn(tx, plan.signer_post, plan.sign_day));
  if (!plan.signer.empty()) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("nobody held ", plan.signer_post, " on ", Text(plan.sign_day)),
      "SIGNER_POST_VACANT", {{"post", plan.signer_post}, {"sign_date", Text(plan.sign_day)}});
}

// One slice: holds places where they do not move along. The posts are the plan's since its signing.
absl::Status HoldSlice(const Call& call, Plan& plan, std::vector<PlanLine>& lines, db::Tx& tx) {
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(plan, lines, tx));
  QuotaMoves moves;
  std::vector<std::optional<size_t>> holds(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    PlanLine& line = lines[i];
    const Post* post = facts.FindPost(line.post);
    if (post == nullptr) return PostNotFound(line.post);
    const store::StoredAppointment* left = facts.FindLeft(line);
    if (left == nullptr) continue;  // Who has left already stays out.
    const Appointment begun = NewAppointment(plan, line, *post, left);
    for (const store::QuotaSlot& slot : SlotsToHold(plan, left->appointment, begun)) {
      const size_t hold = moves.Hold(slot);
      if (!holds[i]) holds[i] = hold;
    }
  }
  ASSIGN_OR_RETURN(const QuotaMoves::Posted posted, moves.Post(call,
                                                               {.book = plan.province_code,
                                                                .id = call.new_id,
                                                                .subject = plan.Name(),
                                                                .version = plan.version + 1,
                                                                .act = plan.act},
                                                               tx));
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i].held = true;
    if (holds[i]) lines[i].hold = posted.holds[*holds[i]];
    RETURN_IF_ERROR(store::UpdateLine(tx, plan, lines[i]));
  }
  plan.held += static_cast<int64_t>(lines.size());
  return absl::OkStatus();
}

// Ends `stored`, which runs, with the plan.
absl::Status EndWith(const Plan& plan, store::StoredAppointment& stored, const Post& post,
                     Effects& effects, db::Tx& tx) {
  Appointment& appointment = stored.appointment;
  if (appointment.valid.end != kNoEnd) {
    RETURN_IF_ERROR(store::DeleteDue(tx, {appointment.province_code, appointment.valid.end,
                                          store::DueKind::kEnd, appointment.id}));
  }
  appointment.valid.end = plan.effective_day;
  appointment.end_reason = EndReason::kReorganisation;
  appointment.end_order = plan.order;
  ++appointment.version;
  return effects.Ends(stored, post);
}

// Before anybody comes.
absl::Status EndOthers(const Call& call, const Plan& plan, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, EndingWith(plan, tx));
  Effects effects(call, tx);
  std::deque<store::StoredAppointment> ended;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(std::optional<store::StoredAppointment> found,
                     store::LoadAppointment(tx, plan.province_code, id));
    // A plan that is late may find it over.
    if (!found || found->appointment.valid.end <= VietnamDay(call.now)) continue;
    ASSIGN_OR_RETURN(const Post post, RequirePost(tx, found->appointment.post));
    store::StoredAppointment& stored = ended.emplace_back(*std::move(found));
    RETURN_IF_ERROR(EndWith(plan, stored, post, effects, tx));
  }
  RETURN_IF_ERROR(effects
                      .Finish({.book = plan.province_code,
                               .id = call.new_id,
                               .subject = plan.Name(),
                               .version = plan.version + 1,
                               .act = plan.number})
                      .status());
  for (const store::StoredAppointment& stored : ended) {
    RETURN_IF_ERROR(store::WriteAppointment(tx, stored));
  }
  return absl::OkStatus();
}

// Ids of the appointments that are left. Whose last day is over stays out: what his end brings is
// written, or will be by its own effect, also where the plan is late.
std::set<absl::string_view> MovedOn(absl::CivilDay day, const std::vector<PlanLine>& lines,
                                    const PlanFacts& facts) {
  std::set<absl::string_view> moved;
  for (const PlanLine& line : lines) {
    const store::StoredAppointment* left = facts.FindLeft(line);
    if (left != nullptr && left->appointment.valid.end > day) moved.insert(line.appointment_id);
  }
  return moved;
}

// What stands against a post of the plan on its day: its unit does not exist, because the change
// that was to found it is cancelled, it has ended with its unit, or somebody is in it whom the plan
// does not move. From the signing on nobody is let in by any door; the write that thousands rest on
// looks again all the same.
absl::Status CheckPosts(const Plan& plan, const std::vector<PlanLine>& lines,
                        const PlanFacts& facts, const std::set<absl::string_view>& moved,
                        const units::Units& units) {
  std::vector<PlanConflict> conflicts;
  for (const PlanLine& line : lines) {
    if (!moved.contains(line.appointment_id)) continue;
    const Post* post = facts.FindPost(line.post);
    if (post == nullptr) return PostNotFound(line.post);
    const Appointment taken = NewAppointment(plan, line, *post, facts.FindLeft(line));
    if (!ExistsOn(units, post->unit, plan.effective_day)) {
      conflicts.push_back({line.person, "UNIT_ENDED", post->unit});
    }
    if (!Covers(post->valid, taken.valid)) {
      conflicts.push_back({line.person, "POST_ENDED", line.post});
    }
    for (const store::StoredAppointment& stored : facts.OfPost(line.post)) {
      if (moved.contains(stored.appointment.id) || GivesWay(stored.appointment, taken)) continue;
      for (const Conflict& conflict : ConflictsOf(taken, absl::MakeSpan(&stored.appointment, 1))) {
        conflicts.push_back({line.person, std::string(conflict.reason), conflict.other->Name()});
      }
    }
  }
  return conflicts.empty() ? absl::OkStatus() : RefusedBy(conflicts);
}

// Who has left meanwhile gives back what was held.
absl::Status LeaveOut(const Plan& plan, const PlanLine& line, Effects& effects, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<store::QuotaSlot> held, SlotsHeld(plan, line, tx));
  effects.LetsGo(held, plan.province_code, line.hold);
  return absl::OkStatus();
}

// Both ends of one line, and of who acts in its post. Of the places that are taken some were held;
// the others stay with the person, and are carried where they reach another unit.
absl::Status MoveLine(const Plan& plan, const PlanLine& line, const std::string& new_id,
                      const PlanFacts& facts, Effects& effects,
                      std::deque<store::StoredAppointment>& changed, db::Tx& tx) {
  const store::StoredAppointment* found = facts.FindLeft(line);
  const Post* post = facts.FindPost(line.post);
  if (post == nullptr) return PostNotFound(line.post);
  const Post* old_post = facts.FindPost(found->appointment.post);
  if (old_post == nullptr) return PostNotFound(found->appointment.post);
  store::StoredAppointment& taken = changed.emplace_back();
  taken.appointment = NewAppointment(plan, line, *post, found, new_id);
  taken.appointment.order = plan.order;
  std::vector<store::QuotaSlot> held;
  if (line.hold.line > 0) {
    held = SlotsToHold(plan, found->appointment, taken.appointment);
    taken.hold_book = plan.province_code;
    taken.hold = line.hold;
  }
  RETURN_IF_ERROR(effects.Begins(taken, *post, held));
  if (plan.carries_places) effects.Carries(found->appointment, taken.appointment);
  if (SlotsOf(found->appointment) == SlotsOf(taken.appointment)) {
    effects.Stays(found->appointment, taken.appointment);
  }
  if (taken.appointment.valid.end != kNoEnd) {
    RETURN_IF_ERROR(store::InsertDue(tx, {plan.province_code, taken.appointment.valid.end,
                                          store::DueKind::kEnd, taken.appointment.id}));
  }
  for (const store::StoredAppointment* acting : ActingBefore(plan, line, facts)) {
    RETURN_IF_ERROR(EndWith(plan, changed.emplace_back(*acting), *post, effects, tx));
  }
  return EndWith(plan, changed.emplace_back(*found), *old_post, effects, tx);
}

absl::Status WriteOrder(const Call& call, const Plan& plan, db::Tx& tx) {
  Order order;
  order.province_code = plan.province_code;
  order.id = call.new_id;
  order.kind = OrderKind::kReorganisation;
  order.number = plan.number;
  order.sign_day = plan.sign_day;
  order.signer_post = plan.signer_post;
  order.signer = plan.signer;
  order.effective_day = plan.effective_day;
  order.reason = plan.Name();
  order.created = call.now;
  v1::OrderEvent body;  // A plan is too long for its appointments to stand in it.
  personnel::ToProto(order, body.mutable_order());
  feed::Event event;
  event.province_code = order.province_code;
  event.subject = order.Name();
  event.version = order.version;
  event.kind = "order.signed";
  event.body = body.SerializeAsString();
  RETURN_IF_ERROR(AppendEvent(tx, call, std::move(event), order.chain_hash, 1));
  return store::InsertOrder(tx, order);
}

}  // namespace

absl::StatusOr<v1::SignReorganisationPlanResponse> SignReorganisationPlan(
    const Env& env, const Call& call, const v1::SignReorganisationPlanRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(Plan plan, RequirePlan(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), plan.version));
  RETURN_IF_ERROR(RequireState(plan, PlanState::kDraft));
  RETURN_IF_ERROR(CheckNotPast(plan.effective_day, call));
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  RETURN_IF_ERROR(CheckSigned(*units, call, request.form(), plan, tx));
  ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, CurrentLines(plan, tx));
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(plan, lines, tx));
  ASSIGN_OR_RETURN(const std::vector<PlanConflict> conflicts,
                   FindConflicts(plan, lines, facts, *units, tx));
  if (!conflicts.empty()) return RefusedBy(conflicts);
  RETURN_IF_ERROR(KeepLines(plan, lines, tx));
  RETURN_IF_ERROR(store::ReservePosts(tx, plan));
  plan.state = PlanState::kSigned;
  RETURN_IF_ERROR(store::InsertDue(tx, DueOf(plan)));
  RETURN_IF_ERROR(WritePlan(env, call, plan, "plan.signed", tx));
  v1::SignReorganisationPlanResponse response;
  ToProto(plan, response.mutable_plan());
  return response;
}

absl::StatusOr<v1::ExecuteReorganisationPlanResponse> ExecuteReorganisationPlan(
    const Env& env, const Call& call, const v1::ExecuteReorganisationPlanRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(Plan plan, RequirePlan(tx, request.name()));
  RETURN_IF_ERROR(RequireState(plan, PlanState::kSigned));
  const int most = request.people_max() == 0 ? kSliceDefault : request.people_max();
  ASSIGN_OR_RETURN(std::vector<PlanLine> lines,
                   store::ListLines(tx, plan, "", /*open_only=*/true, most));
  if (!lines.empty()) {
    RETURN_IF_ERROR(HoldSlice(call, plan, lines, tx));
    // Its day may have come meanwhile.
    if (plan.held == plan.people) RETURN_IF_ERROR(store::TryAgain(tx, DueOf(plan)));
    RETURN_IF_ERROR(WritePlan(env, call, plan, "plan.held", tx));
  }
  v1::ExecuteReorganisationPlanResponse response;
  ToProto(plan, response.mutable_plan());
  return response;
}

void ValidateExecuteReorganisationPlan(const v1::ExecuteReorganisationPlanRequest& request,
                                       error::Violations& violations) {
  if (request.people_max() < 0 || request.people_max() > kSliceMax) {
    violations.Add("people_max", absl::StrCat("must lie between 0 and ", kSliceMax));
  }
}

absl::Status PutPlanInForce(const Env& env, const Call& call, absl::string_view province_code,
                            absl::string_view plan_id, db::Tx& tx) {
  ASSIGN_OR_RETURN(std::optional<Plan> plan, store::LoadPlan(tx, province_code, plan_id));
  if (!plan || plan->state != PlanState::kSigned) return absl::OkStatus();
  if (plan->held < plan->people) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(plan->people - plan->held, " people are not held yet"),
                             "PLAN_NOT_HELD", {{"held", absl::StrCat(plan->held)}});
  }
  plan->order = absl::StrCat("provinces/", province_code, "/orders/", call.new_id);
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const units::UnitRecord* province = units->FindUnitByCode(province_code, plan->effective_day);
  RETURN_IF_ERROR(EndOthers(call, *plan, tx));
  ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, AllLines(tx, *plan));
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(*plan, lines, tx));
  const absl::CivilDay day = std::max(plan->effective_day, VietnamDay(call.now));
  const std::set<absl::string_view> moved = MovedOn(day, lines, facts);
  RETURN_IF_ERROR(CheckPosts(*plan, lines, facts, moved, *units));
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> followers,
                   store::LoadAllFollowers(tx));
  RETURN_IF_ERROR(store::LeavePosts(tx, *plan, day));
  for (size_t begin = 0; begin < lines.size(); begin += kJournalPeople) {
    const int first = static_cast<int>(begin);
    Effects effects(call, tx, followers);
    std::deque<store::StoredAppointment> changed;
    for (size_t i = begin; i < std::min(lines.size(), begin + kJournalPeople); ++i) {
      const PlanLine& line = lines[i];
      RETURN_IF_ERROR(
          moved.contains(line.appointment_id)
              ? MoveLine(*plan, line, absl::StrCat(plan_id, "-", i), facts, effects, changed, tx)
              : LeaveOut(*plan, line, effects, tx));
    }
    RETURN_IF_ERROR(effects
                        .Finish({.book = plan->province_code,
                                 .id = call.NewId(first),
                                 .subject = plan->Name(),
                                 .version = plan->version + 1,
                                 .act = plan->number,
                                 .distributor = province == nullptr ? "" : province->name,
                                 .first_event = kFirstQuotaEvent + kQuotasOfLine * first})
                        .status());
    RETURN_IF_ERROR(store::WriteAppointments(tx, changed));
  }
  RETURN_IF_ERROR(store::SeatTaken(tx, *plan, static_cast<int64_t>(moved.size())));
  RETURN_IF_ERROR(store::ReleasePosts(tx, *plan));
  RETURN_IF_ERROR(WriteOrder(call, *plan, tx));
  plan->state = PlanState::kInForce;
  return WritePlan(env, call, *plan, "plan.in_force", tx);
}

}  // namespace twotier::personnel::handlers
