// What stands against a plan, its signature, its slices, and the one write that puts it in force.
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/carried_end.h"
#include "services/personnel/domain/signing.h"
#include "services/personnel/handlers/effects.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/plan_facts.h"
#include "services/personnel/handlers/plans.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::Plan;
using store::PlanLine;
using store::PlanState;

constexpr int kConflictsMax = 1'000;
constexpr int kSliceDefault = 500;
constexpr int kSliceMax = 1'000;
struct Conflict {
  std::string person;
  std::string reason;
  std::string description;
};

Appointment NewAppointment(const Plan& plan, const PlanLine& line, const Post& post,
                           absl::string_view id) {
  Appointment appointment;
  appointment.province_code = plan.province_code;
  appointment.id = std::string(id);
  appointment.person = line.person;
  appointment.post = line.post;
  appointment.unit = post.unit;
  appointment.post_kind = post.kind;
  appointment.quota_kind = QuotaOf(post.kind);
  appointment.vice_chair = post.vice_chair;
  appointment.kind = AppointmentKind::kPermanent;
  appointment.valid.first = plan.effective_day;
  return appointment;
}

// Looks at the lines of a plan together: a post that one leaves may be taken by another.
class Checker {
 public:
  Checker(const Plan& plan, const std::vector<PlanLine>& lines, const PlanFacts& facts)
      : plan_(plan),
        lines_(lines),
        facts_(facts),
        to_units_(plan.to_units.begin(), plan.to_units.end()) {
    for (const PlanLine& line : lines) {
      leaving_.insert(line.appointment_id);
      if (!line.post.empty()) ++chosen_[line.post];
    }
  }

  std::vector<Conflict> Run() {
    for (const PlanLine& line : lines_) {
      if (line.post.empty()) {
        Add(line, "PLAN_UNPLACED", "no post is chosen");
      } else {
        CheckLine(line);
      }
    }
    return std::move(conflicts_);
  }

 private:
  void Add(const PlanLine& line, absl::string_view reason, absl::string_view description) {
    conflicts_.push_back({line.person, std::string(reason), std::string(description)});
  }

  void CheckLine(const PlanLine& line) {
    const Post* post = facts_.FindPost(line.post);
    if (post == nullptr) {
      Add(line, "POST_NOT_FOUND", line.post);
      return;
    }
    if (post->province_code != plan_.province_code || !to_units_.contains(post->unit)) {
      Add(line, "POST_OF_OTHER_UNIT", absl::StrCat(line.post, " is of ", post->unit));
    }
    if (!Covers(post->valid, {plan_.effective_day, kNoEnd})) Add(line, "POST_ENDED", line.post);
    if (chosen_[line.post] > 1) Add(line, "POST_OCCUPIED", "chosen for several people");
    const std::string* other = facts_.FindPlanOf(line.post);
    if (other != nullptr && *other != plan_.id) Add(line, "POST_RESERVED", line.post);
    CheckPerson(line, *post);
  }

  void CheckPerson(const PlanLine& line, const Post& post) {
    const Person* person = facts_.FindPerson(line);
    if (person == nullptr || person->state != PersonState::kActive) {
      Add(line, "PERSON_NOT_ACTIVE",
          personnel::NameOf(person == nullptr ? PersonState::kUnknown : person->state));
      return;
    }
    for (const Unmet& unmet :
         UnmetStandards(post.standards, person->qualifications, plan_.effective_day)) {
      Add(line, "STANDARDS_NOT_MET", absl::StrCat(unmet.standard, ": ", unmet.description));
    }
    bool leaves = false;
    Appointment taken = NewAppointment(plan_, line, post, "new");
    std::vector<Appointment> others;
    for (const store::StoredAppointment& stored : facts_.OfPerson(line)) {
      const Appointment& appointment = stored.appointment;
      if (appointment.id == line.appointment_id) {
        leaves = appointment.valid.Contains(plan_.effective_day - 1) &&
                 appointment.valid.end > plan_.effective_day;
        CarryEnd(appointment, taken);
      } else {
        others.push_back(appointment);
      }
    }
    if (!leaves) Add(line, "APPOINTMENT_ENDED", line.appointment_id);
    for (const store::StoredAppointment& stored : facts_.OfPost(line.post)) {
      if (!leaving_.contains(stored.appointment.id)) others.push_back(stored.appointment);
    }
    for (const personnel::Conflict& conflict : ConflictsOf(taken, others)) {
      Add(line, conflict.reason, conflict.other->Name());
    }
  }

  const Plan& plan_;
  const std::vector<PlanLine>& lines_;
  const PlanFacts& facts_;
  const std::set<std::string> to_units_;
  std::set<std::string> leaving_;      // Ids of appointments.
  std::map<std::string, int> chosen_;  // By post.
  std::vector<Conflict> conflicts_;
};

absl::Status Refused(const std::vector<Conflict>& conflicts) {
  std::vector<error::PreconditionViolation> violations;
  bool all_unplaced = true;
  for (const Conflict& conflict : conflicts) {
    all_unplaced = all_unplaced && conflict.reason == "PLAN_UNPLACED";
    // As many as a message bears; CheckReorganisationPlan tells more.
    if (violations.size() < 50) {
      violations.push_back({conflict.reason, conflict.person, conflict.description});
    }
  }
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(conflicts.size(), " conflicts stand against the plan"),
                        all_unplaced ? "PLAN_UNPLACED" : "PLAN_CONFLICTS",
                        {{"conflicts", absl::StrCat(conflicts.size())}}),
      violations);
}

// The chair of the provincial People's Committee, who holds the post on the date of signing.
absl::Status CheckSigned(const Env& env, const v1::OrderForm& form, Plan& plan, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  plan.number = form.number();
  plan.sign_day = FromProto(form.sign_date());
  plan.signer_post = form.signer_post();
  // Between units: two places of one province that stand for all of them.
  PostPlace from{PostKind::kOfficial, BodyKind::kOffice, "", "from",
                 UnitTier::kCommune,  plan.province_code};
  PostPlace to = from;
  to.unit = "to";
  if (plan.signer_post.empty()) return CheckSigner(nullptr, {from, to});
  ASSIGN_OR_RETURN(const Post signer, RequirePost(tx, plan.signer_post));
  const PostPlace place = PlaceOf(signer, *units, plan.sign_day);
  RETURN_IF_ERROR(CheckSigner(&place, {from, to}));
  ASSIGN_OR_RETURN(plan.signer, HolderOn(tx, plan.signer_post, plan.sign_day));
  if (!plan.signer.empty()) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("nobody held ", plan.signer_post, " on ", Text(plan.sign_day)),
      "SIGNER_POST_VACANT", {{"post", plan.signer_post}, {"sign_date", Text(plan.sign_day)}});
}

absl::Status ReservedByOther(absl::string_view post) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("another plan has ", post), "POST_RESERVED",
                           {{"post", std::string(post)}});
}

// One slice: takes the posts, and holds places where they do not move along.
absl::Status HoldSlice(const Call& call, Plan& plan, std::vector<PlanLine>& lines, db::Tx& tx) {
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(plan, lines, tx));
  QuotaMoves moves;
  std::vector<std::optional<size_t>> holds(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    PlanLine& line = lines[i];
    const std::string* taken = facts.FindPlanOf(line.post);
    if (taken != nullptr && *taken != plan.id) return ReservedByOther(line.post);
    const Post* post = facts.FindPost(line.post);
    if (post == nullptr) return PostNotFound(line.post);
    if (taken == nullptr) RETURN_IF_ERROR(store::TakePost(tx, plan, line.post));
    const store::StoredAppointment* left = facts.FindLeft(line);
    const std::vector<store::QuotaSlot> slots = SlotsOf(NewAppointment(plan, line, *post, ""));
    if (left != nullptr && SlotsOf(left->appointment) == slots) continue;
    for (const store::QuotaSlot& slot : slots) {
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

// Both ends of one line. Who has left meanwhile stays out, and gives back what was held.
absl::Status MoveLine(const Plan& plan, const PlanLine& line, const std::string& new_id,
                      const PlanFacts& facts, Effects& effects,
                      std::deque<store::StoredAppointment>& changed) {
  const Post* post = facts.FindPost(line.post);
  if (post == nullptr) return PostNotFound(line.post);
  store::StoredAppointment& taken = changed.emplace_back();
  taken.appointment = NewAppointment(plan, line, *post, new_id);
  taken.appointment.order = plan.order;
  if (line.hold.line > 0) {
    taken.appointment.quota_state = QuotaState::kHeld;
    taken.hold_book = plan.province_code;
    taken.hold = line.hold;
  }
  const store::StoredAppointment* found = facts.FindLeft(line);
  if (found == nullptr || found->appointment.valid.end <= plan.effective_day) {
    effects.NeverBegins(taken);
    changed.pop_back();
    return absl::OkStatus();
  }
  CarryEnd(found->appointment, taken.appointment);
  const Post* old_post = facts.FindPost(found->appointment.post);
  if (old_post == nullptr) return PostNotFound(found->appointment.post);
  RETURN_IF_ERROR(effects.Begins(taken, *post));
  store::StoredAppointment& left = changed.emplace_back(*found);
  left.appointment.valid.end = plan.effective_day;
  left.appointment.end_reason = EndReason::kReorganisation;
  left.appointment.end_order = plan.order;
  ++left.appointment.version;
  return effects.Ends(left, *old_post);
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

absl::StatusOr<v1::CheckReorganisationPlanResponse> CheckReorganisationPlan(
    const Env&, const Call&, const v1::CheckReorganisationPlanRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Plan plan, RequirePlan(tx, request.name()));
  ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, AllLines(tx, plan));
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(plan, lines, tx));
  const std::vector<Conflict> conflicts = Checker(plan, lines, facts).Run();
  v1::CheckReorganisationPlanResponse response;
  response.set_total(static_cast<int64_t>(conflicts.size()));
  for (const Conflict& conflict : conflicts) {
    if (response.conflicts_size() == kConflictsMax) break;
    v1::PlanConflict* added = response.add_conflicts();
    added->set_person(conflict.person);
    added->set_reason(conflict.reason);
    added->set_description(conflict.description);
  }
  return response;
}

absl::StatusOr<v1::SignReorganisationPlanResponse> SignReorganisationPlan(
    const Env& env, const Call& call, const v1::SignReorganisationPlanRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(Plan plan, RequirePlan(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), plan.version));
  RETURN_IF_ERROR(RequireState(plan, PlanState::kDraft));
  RETURN_IF_ERROR(CheckNotPast(plan.effective_day, call));
  RETURN_IF_ERROR(CheckSigned(env, request.form(), plan, tx));
  ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, AllLines(tx, plan));
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(plan, lines, tx));
  const std::vector<Conflict> conflicts = Checker(plan, lines, facts).Run();
  if (!conflicts.empty()) return Refused(conflicts);
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
  ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, AllLines(tx, *plan));
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(*plan, lines, tx));
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> followers,
                   store::LoadAllFollowers(tx));
  for (size_t begin = 0; begin < lines.size(); begin += kJournalPeople) {
    Effects effects(call, tx, followers);
    std::deque<store::StoredAppointment> changed;
    for (size_t i = begin; i < std::min(lines.size(), begin + kJournalPeople); ++i) {
      RETURN_IF_ERROR(
          MoveLine(*plan, lines[i], absl::StrCat(plan_id, "-", i), facts, effects, changed));
    }
    RETURN_IF_ERROR(effects
                        .Finish({.book = plan->province_code,
                                 .id = call.NewId(static_cast<int>(begin)),
                                 .subject = plan->Name(),
                                 .version = plan->version + 1,
                                 .act = plan->number})
                        .status());
    for (const store::StoredAppointment& stored : changed) {
      RETURN_IF_ERROR(store::WriteAppointment(tx, stored));
      const Appointment& appointment = stored.appointment;
      const bool ends_later =
          appointment.valid.first == plan->effective_day && appointment.valid.end != kNoEnd;
      if (!ends_later) continue;
      RETURN_IF_ERROR(store::InsertDue(tx, {appointment.province_code, appointment.valid.end,
                                            store::DueKind::kEnd, appointment.id}));
    }
  }
  RETURN_IF_ERROR(store::ReleasePosts(tx, *plan));
  RETURN_IF_ERROR(WriteOrder(call, *plan, tx));
  plan->state = PlanState::kInForce;
  return WritePlan(env, call, *plan, "plan.in_force", tx);
}

}  // namespace twotier::personnel::handlers
