#include "services/personnel/handlers/plan_check.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/carried_end.h"
#include "services/personnel/domain/signing.h"
#include "services/personnel/domain/standards.h"
#include "services/personnel/handlers/draft_lines.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/plan_places.h"
#include "services/personnel/handlers/plans.h"
#include "services/personnel/store/appointment_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::Plan;
using store::PlanLine;

// Of one answer.
constexpr int kConflictsMax = 1'000;

// Names of appointments whose places somebody waits for.
absl::StatusOr<std::set<std::string>> PromisedPlaces(const Plan& plan, db::Tx& tx) {
  std::set<std::string> promised;
  if (!plan.carries_places) return promised;
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> followers,
                   store::LoadAllFollowers(tx));
  for (const store::StoredAppointment& stored : followers) promised.insert(stored.hold.journal);
  return promised;
}

// Looks at the lines of a plan together: a post that one leaves may be taken by another.
class Checker {
 public:
  Checker(const Plan& plan, const std::vector<PlanLine>& lines, const PlanFacts& facts,
          const units::Units& units, const std::set<std::string>& promised,
          const std::map<std::string, std::string>& planned)
      : plan_(plan),
        lines_(lines),
        facts_(facts),
        units_(units),
        promised_(promised),
        planned_(planned),
        to_units_(plan.to_units.begin(), plan.to_units.end()) {
    for (const PlanLine& line : lines) {
      leaving_.insert(line.appointment_id);
      if (!line.post.empty()) ++chosen_[line.post];
    }
  }

  std::vector<PlanConflict> Run() {
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
    if (!ExistsOn(units_, post->unit, plan_.effective_day)) Add(line, "UNIT_ENDED", post->unit);
    if (!Covers(post->valid, {plan_.effective_day, kNoEnd})) Add(line, "POST_ENDED", line.post);
    if (chosen_[line.post] > 1) Add(line, "POST_OCCUPIED", "chosen for several people");
    const Authority authority = AuthorityFor(PlaceOf(*post, units_, plan_.effective_day));
    if (!MayFillByPlan(authority)) Add(line, "SIGNER_NOT_COMPETENT", personnel::NameOf(authority));
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
    std::vector<Appointment> others;
    for (const store::StoredAppointment& stored : facts_.OfPerson(line)) {
      const Appointment& appointment = stored.appointment;
      if (appointment.id == line.appointment_id) {
        leaves = appointment.valid.Contains(plan_.effective_day - 1) &&
                 appointment.valid.end > plan_.effective_day;
      } else {
        others.push_back(appointment);
      }
    }
    if (!leaves) Add(line, "APPOINTMENT_ENDED", line.appointment_id);
    const auto planned = planned_.find(line.appointment_id);
    if (planned != planned_.end()) Add(line, "PERSON_IN_OTHER_PLAN", planned->second);
    for (const store::StoredAppointment& stored : facts_.OfPost(line.post)) {
      if (!leaving_.contains(stored.appointment.id)) others.push_back(stored.appointment);
    }
    const store::StoredAppointment* left = facts_.FindLeft(line);
    const Appointment taken = NewAppointment(plan_, line, post, left);
    if (left != nullptr && promised_.contains(left->appointment.Name())) {
      Add(line, "PLACE_PROMISED", line.appointment_id);
    }
    if (!GoesWith(taken.kind, post.kind)) {
      Add(line, "APPOINTMENT_KIND_NOT_ALLOWED", personnel::NameOf(post.kind));
    }
    std::erase_if(others, [&](const Appointment& other) { return GivesWay(other, taken); });
    for (const Conflict& conflict : ConflictsOf(taken, others)) {
      Add(line, conflict.reason, conflict.other->Name());
    }
  }

  const Plan& plan_;
  const std::vector<PlanLine>& lines_;
  const PlanFacts& facts_;
  const units::Units& units_;
  const std::set<std::string>& promised_;              // As PromisedPlaces gives them.
  const std::map<std::string, std::string>& planned_;  // By appointment, the id of another plan.
  const std::set<std::string> to_units_;
  std::set<std::string> leaving_;      // Ids of appointments.
  std::map<std::string, int> chosen_;  // By post.
  std::vector<PlanConflict> conflicts_;
};

}  // namespace

Appointment NewAppointment(const Plan& plan, const PlanLine& line, const Post& post,
                           const store::StoredAppointment* left, absl::string_view id) {
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
  if (left == nullptr) return appointment;
  const Appointment& before = left->appointment;
  appointment.kind = before.kind;
  if (before.valid.end > plan.effective_day) CarryEnd(before, appointment);
  return appointment;
}

std::vector<const store::StoredAppointment*> ActingBefore(const Plan& plan, const PlanLine& line,
                                                          const PlanFacts& facts) {
  std::vector<const store::StoredAppointment*> acting;
  const Post* post = facts.FindPost(line.post);
  if (post == nullptr) return acting;
  const Appointment taken = NewAppointment(plan, line, *post, facts.FindLeft(line));
  for (const store::StoredAppointment& stored : facts.OfPost(line.post)) {
    if (GivesWay(stored.appointment, taken)) acting.push_back(&stored);
  }
  return acting;
}

absl::StatusOr<std::vector<PlanConflict>> FindConflicts(const Plan& plan,
                                                        const std::vector<PlanLine>& lines,
                                                        const PlanFacts& facts,
                                                        const units::Units& units, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::set<std::string> promised, PromisedPlaces(plan, tx));
  ASSIGN_OR_RETURN(const auto planned, store::LoadPlannedElsewhere(tx, plan));
  return Checker(plan, lines, facts, units, promised, planned).Run();
}

absl::Status RefusedBy(const std::vector<PlanConflict>& conflicts) {
  std::vector<error::PreconditionViolation> violations;
  bool all_unplaced = true;
  for (const PlanConflict& conflict : conflicts) {
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

absl::StatusOr<std::vector<std::string>> EndingWith(const Plan& plan, db::Tx& tx) {
  std::vector<std::string> ids;
  for (const std::string& unit : plan.emptied_units) {
    ASSIGN_OR_RETURN(const std::vector<store::StaffOfUnit> staff,
                     store::ListStaff(tx, plan.province_code, unit, plan.effective_day));
    for (const store::StaffOfUnit& one : staff) {
      if (!IsMain(one.kind) && one.first <= plan.effective_day) ids.push_back(one.appointment_id);
    }
  }
  return ids;
}

absl::StatusOr<v1::CheckReorganisationPlanResponse> CheckReorganisationPlan(
    const Env& env, const Call&, const v1::CheckReorganisationPlanRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  ASSIGN_OR_RETURN(const Plan plan, RequirePlan(tx, request.name()));
  ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, CurrentLines(plan, tx));
  ASSIGN_OR_RETURN(const PlanFacts facts, PlanFacts::Load(plan, lines, tx));
  ASSIGN_OR_RETURN(std::vector<PlanConflict> conflicts,
                   FindConflicts(plan, lines, facts, *units, tx));
  // What slices would be refused. A signature is not: grants may come until the plan's day.
  ASSIGN_OR_RETURN(const std::vector<PlanConflict> lacking,
                   FindLackingPlaces(plan, lines, facts, tx));
  conflicts.insert(conflicts.end(), lacking.begin(), lacking.end());
  v1::CheckReorganisationPlanResponse response;
  response.set_total(static_cast<int64_t>(conflicts.size()));
  for (const PlanConflict& conflict : conflicts) {
    if (response.conflicts_size() == kConflictsMax) break;
    v1::PlanConflict* added = response.add_conflicts();
    added->set_person(conflict.person);
    added->set_reason(conflict.reason);
    added->set_description(conflict.description);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> others, EndingWith(plan, tx));
  for (const std::string& id : others) {
    if (response.ending_size() == kConflictsMax) break;
    response.add_ending(AppointmentOf(plan, id));
  }
  for (const PlanLine& line : lines) {
    for (const store::StoredAppointment* acting : ActingBefore(plan, line, facts)) {
      if (response.ending_size() == kConflictsMax) break;
      response.add_ending(acting->appointment.Name());
    }
  }
  return response;
}

}  // namespace twotier::personnel::handlers
