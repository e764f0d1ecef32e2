#include "services/personnel/handlers/plans.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/draft_lines.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/plan_places.h"
#include "services/personnel/handlers/quota_moves.h"
#include "services/personnel/store/appointment_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::Plan;
using store::PlanLine;
using store::PlanState;

absl::string_view NameOf(PlanState state) {
  switch (state) {
    case PlanState::kUnknown:
      return "UNSPECIFIED";
    case PlanState::kDraft:
      return "DRAFT";
    case PlanState::kSigned:
      return "SIGNED";
    case PlanState::kInForce:
      return "IN_FORCE";
    case PlanState::kCancelled:
      return "CANCELLED";
  }
  return "UNSPECIFIED";
}

absl::Status AppendPlan(const Call& call, Plan& plan, absl::string_view kind, db::Tx& tx) {
  v1::ReorganisationPlan message;
  ToProto(plan, &message);
  feed::Event event;
  event.province_code = plan.province_code;
  event.subject = plan.Name();
  event.version = plan.version;
  event.kind = std::string(kind);
  event.body = message.SerializeAsString();
  return AppendEvent(tx, call, std::move(event), plan.chain_hash);
}

absl::Status TooManyPeople(absl::string_view field) {
  error::Violations violations;
  violations.Add(field, absl::StrCat("must have at most ", kPlanPeopleMax, " people"));
  return violations.ToStatus();
}

// The day as of which the staff of a unit is asked for: of one that has ended, people may be left.
absl::CivilDay DayOfUnit(const units::UnitRecord* unit, absl::CivilDay today) {
  if (unit == nullptr || unit->versions.empty()) return today;
  return std::min(today, unit->versions.back().valid.end - 1);
}

absl::StatusOr<std::vector<PlanLine>> LinesOf(const v1::CreateReorganisationPlanRequest& request,
                                              const units::Units& units, const Plan& plan,
                                              absl::CivilDay today, db::Tx& tx) {
  std::map<std::string, std::vector<std::string>> wishes;
  for (const v1::PlanWish& wish : request.wishes()) {
    wishes[wish.person()] = {wish.units().begin(), wish.units().end()};
  }
  std::vector<PlanLine> lines;
  const std::set<std::string> from(request.from_units().begin(), request.from_units().end());
  for (const std::string& unit : from) {
    const absl::CivilDay day = DayOfUnit(units.FindUnit(unit), today);
    RETURN_IF_ERROR(RequireUnit(units, unit, plan.province_code, day).status());
    ASSIGN_OR_RETURN(const std::vector<store::StaffOfUnit> staff, StaffToMove(plan, unit, tx));
    for (const store::StaffOfUnit& one : staff) {
      PlanLine& line = lines.emplace_back();
      line.person = one.person;
      line.appointment_id = one.appointment_id;
      if (const auto wish = wishes.find(one.person); wish != wishes.end()) {
        line.wishes = wish->second;
      }
    }
    if (lines.size() > static_cast<size_t>(kPlanPeopleMax)) return TooManyPeople("from_units");
  }
  return lines;
}

// A unit whose people stay within it goes on.
std::vector<std::string> EmptiedUnits(const v1::CreateReorganisationPlanRequest& request) {
  std::set<std::string> units(request.from_units().begin(), request.from_units().end());
  for (const std::string& unit : request.to_units()) units.erase(unit);
  return {units.begin(), units.end()};
}

// Makes the line of somebody who came to a unit of the draft since that was made. `current`: what
// CurrentLines gives, once it was asked for.
absl::StatusOr<PlanLine> TakeIn(Plan& plan, const std::string& person,
                                std::vector<PlanLine>& current, db::Tx& tx) {
  if (current.empty()) {
    ASSIGN_OR_RETURN(current, CurrentLines(plan, tx));
  }
  const auto found = std::find_if(current.begin(), current.end(),
                                  [&](const PlanLine& line) { return line.person == person; });
  if (found == current.end()) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat(person, " is not in the plan"), "PERSON_NOT_IN_PLAN",
                             {{"person", person}});
  }
  if (plan.people == kPlanPeopleMax) return TooManyPeople("choices");
  ++plan.people;
  RETURN_IF_ERROR(store::InsertLine(tx, plan, *found));
  return *found;
}

// Lets go of what one line holds.
absl::Status VoidLine(const Plan& plan, PlanLine& line, QuotaMoves& moves, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<store::QuotaSlot> held, SlotsHeld(plan, line, tx));
  int64_t number = line.hold.line;
  for (const store::QuotaSlot& slot : held) {
    moves.Void(slot, plan.province_code, {line.hold.journal, number++});
  }
  line.held = false;
  line.hold = {};
  return store::UpdateLine(tx, plan, line);
}

// Lets go of what a plan holds, in journals that the ledger takes.
absl::Status VoidHolds(const Call& call, const Plan& plan, db::Tx& tx) {
  ASSIGN_OR_RETURN(std::vector<PlanLine> lines, AllLines(tx, plan));
  for (size_t begin = 0; begin < lines.size(); begin += kJournalPeople) {
    QuotaMoves moves;
    for (size_t i = begin; i < std::min(lines.size(), begin + kJournalPeople); ++i) {
      if (lines[i].held) RETURN_IF_ERROR(VoidLine(plan, lines[i], moves, tx));
    }
    RETURN_IF_ERROR(moves
                        .Post(call,
                              {.book = plan.province_code,
                               .id = call.NewId(static_cast<int>(begin)),
                               .subject = plan.Name(),
                               .version = plan.version + 1,
                               .act = plan.act},
                              tx)
                        .status());
  }
  return absl::OkStatus();
}

}  // namespace

void ToProto(const Plan& plan, v1::ReorganisationPlan* out) {
  out->set_name(plan.Name());
  out->set_display_name(plan.display_name);
  out->mutable_act()->set_number(plan.act);
  personnel::ToProto(plan.effective_day, out->mutable_effective_date());
  out->set_state(static_cast<v1::PlanState>(plan.state));
  for (const std::string& unit : plan.to_units) out->add_to_units(unit);
  for (const std::string& unit : plan.emptied_units) out->add_emptied_units(unit);
  out->set_carries_places(plan.carries_places);
  out->set_people(plan.people);
  out->set_placed(plan.placed);
  out->set_held(plan.held);
  out->set_order(plan.order);
  out->set_version(plan.version);
  out->set_etag(EtagOf(plan.version));
}

absl::StatusOr<Plan> RequirePlan(db::Tx& tx, absl::string_view name) {
  const auto [province_code, id] = SplitName(name);
  ASSIGN_OR_RETURN(std::optional<Plan> plan, store::LoadPlan(tx, province_code, id));
  if (plan) return *std::move(plan);
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no plan is ", name),
                           "PLAN_NOT_FOUND", {{"plan", std::string(name)}});
}

absl::Status RequireState(const Plan& plan, PlanState state) {
  if (plan.state == state) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("the plan is ", NameOf(plan.state)),
                           "PLAN_STATE_NOT_ALLOWED", {{"state", std::string(NameOf(plan.state))}});
}

store::DueEffect DueOf(const Plan& plan) {
  return {plan.province_code, plan.effective_day, store::DueKind::kPlan, plan.id};
}

absl::StatusOr<std::vector<PlanLine>> AllLines(db::Tx& tx, const Plan& plan) {
  return store::ListLines(tx, plan, "", /*open_only=*/false, kPlanPeopleMax);
}

absl::Status WritePlan(const Env& env, const Call& call, Plan& plan, absl::string_view kind,
                       db::Tx& tx) {
  ++plan.version;
  RETURN_IF_ERROR(AppendPlan(call, plan, kind, tx));
  RETURN_IF_ERROR(store::UpdatePlan(tx, plan));
  env.appended();
  return absl::OkStatus();
}

absl::StatusOr<std::string> ProvinceOf(const units::Units& units, const Plan& plan) {
  std::vector<std::string> names = plan.to_units;
  names.insert(names.end(), plan.emptied_units.begin(), plan.emptied_units.end());
  std::string province_code = plan.province_code;
  for (size_t i = 0; i < names.size(); ++i) {
    const units::UnitRecord* unit = units.FindUnit(names[i]);
    if (unit == nullptr || unit->versions.empty()) continue;
    const std::string& lies_in = LiesIn(*unit, plan.effective_day);
    if (i == 0) province_code = lies_in;
    if (lies_in != province_code) return OutsideProvince(names[i], province_code, lies_in);
  }
  return province_code;
}

absl::StatusOr<v1::CreateReorganisationPlanResponse> CreateReorganisationPlan(
    const Env& env, const Call& call, const v1::CreateReorganisationPlanRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const absl::CivilDay today = VietnamDay(call.now);
  Plan plan;
  plan.province_code = ProvinceCodeOf(request.parent());
  plan.id = call.new_id;
  plan.display_name = request.display_name();
  plan.act = request.act().number();
  plan.effective_day = FromProto(request.effective_date());
  RETURN_IF_ERROR(CheckNotPast(plan.effective_day - 1, call));
  for (const std::string& unit : request.to_units()) {
    RETURN_IF_ERROR(RequireUnit(*units, unit, plan.province_code, plan.effective_day).status());
    plan.to_units.push_back(unit);
  }
  plan.emptied_units = EmptiedUnits(request);
  plan.carries_places = request.carries_places();
  RETURN_IF_ERROR(ProvinceOf(*units, plan).status());
  ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, LinesOf(request, *units, plan, today, tx));
  plan.people = static_cast<int64_t>(lines.size());
  RETURN_IF_ERROR(AppendPlan(call, plan, "plan.created", tx));
  RETURN_IF_ERROR(store::InsertPlan(tx, plan));
  for (const PlanLine& line : lines) RETURN_IF_ERROR(store::InsertLine(tx, plan, line));
  env.appended();
  v1::CreateReorganisationPlanResponse response;
  ToProto(plan, response.mutable_plan());
  return response;
}

void ValidateCreateReorganisationPlan(const v1::CreateReorganisationPlanRequest& request,
                                      error::Violations& violations) {
  if (request.act().number().empty()) violations.Add("act.number", "must name the act");
  std::set<std::string> seen;
  for (int i = 0; i < request.wishes_size(); ++i) {
    if (!seen.insert(request.wishes(i).person()).second) {
      violations.Add(absl::StrCat("wishes[", i, "].person"), "stands in the request already");
    }
  }
}

absl::StatusOr<v1::GetReorganisationPlanResponse> GetReorganisationPlan(
    const Env&, const Call&, const v1::GetReorganisationPlanRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Plan plan, RequirePlan(tx, request.name()));
  v1::GetReorganisationPlanResponse response;
  ToProto(plan, response.mutable_plan());
  return response;
}

absl::StatusOr<v1::ListPlanLinesResponse> ListPlanLines(const Env& env, const Call&,
                                                        const v1::ListPlanLinesRequest& request,
                                                        db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open("ListPlanLines", query, request.page_token()));
  ASSIGN_OR_RETURN(const Plan plan, RequirePlan(tx, request.parent()));
  ASSIGN_OR_RETURN(std::vector<PlanLine> lines,
                   store::ListLines(tx, plan, cursor, /*open_only=*/false, size + 1));
  v1::ListPlanLinesResponse response;
  if (lines.size() > static_cast<size_t>(size)) {
    lines.resize(static_cast<size_t>(size));
    response.set_next_page_token(env.pages->Seal("ListPlanLines", query, lines.back().person));
  }
  for (const PlanLine& line : lines) {
    v1::PlanLine* added = response.add_lines();
    added->set_person(line.person);
    added->set_appointment(AppointmentOf(plan, line.appointment_id));
    added->set_post(line.post);
    for (const std::string& unit : line.wishes) added->add_wished_units(unit);
    added->set_held(line.held);
  }
  return response;
}

void ValidateListPlanLines(const v1::ListPlanLinesRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::EditReorganisationPlanResponse> EditReorganisationPlan(
    const Env& env, const Call& call, const v1::EditReorganisationPlanRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(Plan plan, RequirePlan(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), plan.version));
  RETURN_IF_ERROR(RequireState(plan, PlanState::kDraft));
  std::vector<PlanLine> current;
  for (const v1::PlanChoice& choice : request.choices()) {
    ASSIGN_OR_RETURN(std::optional<PlanLine> line, store::LoadLine(tx, plan, choice.person()));
    if (!line) {
      ASSIGN_OR_RETURN(line, TakeIn(plan, choice.person(), current, tx));
    }
    plan.placed += (choice.post().empty() ? 0 : 1) - (line->post.empty() ? 0 : 1);
    line->post = choice.post();
    RETURN_IF_ERROR(store::UpdateLine(tx, plan, *line));
  }
  RETURN_IF_ERROR(WritePlan(env, call, plan, "plan.edited", tx));
  v1::EditReorganisationPlanResponse response;
  ToProto(plan, response.mutable_plan());
  return response;
}

absl::StatusOr<v1::CancelReorganisationPlanResponse> CancelReorganisationPlan(
    const Env& env, const Call& call, const v1::CancelReorganisationPlanRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(Plan plan, RequirePlan(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), plan.version));
  if (plan.state != PlanState::kDraft) RETURN_IF_ERROR(RequireState(plan, PlanState::kSigned));
  RETURN_IF_ERROR(VoidHolds(call, plan, tx));
  RETURN_IF_ERROR(store::ReleasePosts(tx, plan));
  RETURN_IF_ERROR(store::DeleteDue(tx, DueOf(plan)));
  plan.state = PlanState::kCancelled;
  plan.held = 0;
  RETURN_IF_ERROR(WritePlan(env, call, plan, "plan.cancelled", tx));
  v1::CancelReorganisationPlanResponse response;
  ToProto(plan, response.mutable_plan());
  return response;
}

}  // namespace twotier::personnel::handlers
