// Proposes posts for the people of a plan: whom they fit, what they ask for, how far it is.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/signing.h"
#include "services/personnel/handlers/draft_lines.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/plan_facts.h"
#include "services/personnel/handlers/plans.h"
#include "services/personnel/matching.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::Plan;
using store::PlanLine;

// Posts of a unit that demand the same are one kind of place.
struct Place {
  Post like;
  std::vector<std::string> posts;  // In order of their names.
};

// In units of 100 m along the earth's surface; the longest when a point is not known.
int64_t Distance(const units::UnitVersion* from, const units::UnitVersion* to) {
  if (from == nullptr || to == nullptr || !from->point || !to->point) return kDistanceMax;
  constexpr double kEarthRadius = 63'710;
  const auto radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
  const double latitude = radians(to->point->latitude - from->point->latitude);
  const double longitude = radians(to->point->longitude - from->point->longitude);
  const double haversine =
      std::pow(std::sin(latitude / 2), 2) + std::cos(radians(from->point->latitude)) *
                                                std::cos(radians(to->point->latitude)) *
                                                std::pow(std::sin(longitude / 2), 2);
  const double distance = 2 * kEarthRadius * std::asin(std::sqrt(haversine));
  return std::min(kDistanceMax, static_cast<int64_t>(std::llround(distance)));
}

class Proposal {
 public:
  Proposal(const Plan& plan, const units::Units& units, db::Tx& tx)
      : plan_(plan), units_(units), tx_(tx) {}

  absl::StatusOr<v1::ProposeReorganisationPlanResponse> Run() {
    ASSIGN_OR_RETURN(const std::vector<PlanLine> lines, CurrentLines(plan_, tx_));
    for (const PlanLine& line : lines) {
      leaving_.insert(line.appointment_id);
      if (!line.post.empty()) chosen_.insert(line.post);
    }
    ASSIGN_OR_RETURN(facts_, PlanFacts::Load(plan_, lines, tx_));
    RETURN_IF_ERROR(LoadPlaces());
    for (const PlanLine& line : lines) {
      if (line.post.empty()) AddPerson(line);
    }
    ASSIGN_OR_RETURN(const Matching matching, Match(problem_));
    return Answer(matching);
  }

 private:
  absl::Status LoadPlaces();
  bool IsProposed(const Post& post) const;
  absl::StatusOr<std::set<std::string>> TakenPosts(const std::string& unit);
  void AddPerson(const PlanLine& line);
  int64_t DistanceTo(const std::string& from, const std::string& to);
  v1::ProposeReorganisationPlanResponse Answer(const Matching& matching);

  const Plan& plan_;
  const units::Units& units_;
  db::Tx& tx_;
  PlanFacts facts_;
  std::set<std::string> leaving_;  // Ids of appointments.
  std::set<std::string> chosen_;   // Posts.
  std::vector<Place> places_;
  std::map<std::pair<std::string, std::string>, int64_t> distances_;
  MatchProblem problem_;
  std::vector<std::vector<std::string>> people_;  // By group.
  using Key = std::vector<std::tuple<int, int, int64_t>>;
  std::map<Key, size_t> groups_;
};

// Who leads is chosen by hand, and what a plan may not fill by orders of their own. Posts of the
// Party and of the military command are nobody's to propose.
bool Proposal::IsProposed(const Post& post) const {
  if (IsKeyPost(post.kind) || post.kind == PostKind::kDeputyHead) return false;
  if (QuotaOf(post.kind) == QuotaKind::kNone && post.kind != PostKind::kContract) return false;
  return MayFillByPlan(AuthorityFor(PlaceOf(post, units_, plan_.effective_day)));
}

// Posts of a unit that somebody whom the plan does not move has on its day, or is signed to have.
absl::StatusOr<std::set<std::string>> Proposal::TakenPosts(const std::string& unit) {
  ASSIGN_OR_RETURN(const std::vector<store::StaffOfUnit> staff,
                   store::ListStaff(tx_, plan_.province_code, unit, plan_.effective_day));
  std::set<std::string> taken;
  for (const store::StaffOfUnit& one : staff) {
    if (HoldsPost(one.kind) && !leaving_.contains(one.appointment_id)) taken.insert(one.post);
  }
  return taken;
}

absl::Status Proposal::LoadPlaces() {
  using Demands = std::tuple<std::string, int, int, int, int, int, int>;
  std::map<Demands, size_t> index;
  for (const std::string& unit :
       std::set<std::string>(plan_.to_units.begin(), plan_.to_units.end())) {
    ASSIGN_OR_RETURN(const std::vector<Post> posts,
                     store::ListPosts(tx_, plan_.province_code, unit, plan_.effective_day, {},
                                      kMatchedPeopleMax));
    ASSIGN_OR_RETURN(const std::set<std::string> taken, TakenPosts(unit));
    for (const Post& post : posts) {
      if (!IsProposed(post)) continue;
      if (taken.contains(post.Name()) || chosen_.contains(post.Name())) continue;
      if (post.valid.end != kNoEnd) continue;
      const std::string* other = facts_.FindPlanOf(post.Name());
      if (other != nullptr && *other != plan_.id) continue;
      const Standards& s = post.standards;
      const Demands demands{unit,
                            static_cast<int>(post.kind),
                            post.grade,
                            static_cast<int>(s.education_min),
                            static_cast<int>(s.theory_min),
                            s.service_months_min,
                            s.months_to_pension_min};
      const auto [it, is_new] = index.try_emplace(demands, places_.size());
      if (is_new) places_.push_back({post, {}});
      places_[it->second].posts.push_back(post.Name());
    }
  }
  for (const Place& place : places_) {
    problem_.places.push_back(static_cast<int>(place.posts.size()));
  }
  return absl::OkStatus();
}

int64_t Proposal::DistanceTo(const std::string& from, const std::string& to) {
  const auto [it, is_new] = distances_.try_emplace({from, to}, 0);
  if (is_new) {
    const units::UnitRecord* old_unit = units_.FindUnit(from);
    const units::UnitRecord* new_unit = units_.FindUnit(to);
    it->second = Distance(old_unit == nullptr ? nullptr : &old_unit->versions.back(),
                          new_unit == nullptr ? nullptr : &new_unit->versions.back());
  }
  return it->second;
}

// Somebody fits a post that takes appointments of his kind, on the same line of quota, of no higher
// grade than the one he leaves, whose standards he meets.
void Proposal::AddPerson(const PlanLine& line) {
  const Person* person = facts_.FindPerson(line);
  const store::StoredAppointment* left = facts_.FindLeft(line);
  const Post* old_post = left == nullptr ? nullptr : facts_.FindPost(left->appointment.post);
  MatchGroup group{1, {}};
  Key key;
  if (person != nullptr && old_post != nullptr) {
    for (size_t i = 0; i < places_.size(); ++i) {
      const Post& post = places_[i].like;
      const bool fits =
          GoesWith(left->appointment.kind, post.kind) &&
          QuotaOf(post.kind) == QuotaOf(old_post->kind) && post.grade <= old_post->grade &&
          UnmetStandards(post.standards, person->qualifications, plan_.effective_day).empty();
      if (!fits) continue;
      const auto wish = std::find(line.wishes.begin(), line.wishes.end(), post.unit);
      const int preference = static_cast<int>(wish - line.wishes.begin());
      const int64_t distance = DistanceTo(old_post->unit, post.unit);
      group.choices.push_back({static_cast<int>(i), preference, distance});
      key.emplace_back(static_cast<int>(i), preference, distance);
    }
  }
  const auto [it, is_new] = groups_.try_emplace(std::move(key), problem_.groups.size());
  if (is_new) {
    problem_.groups.push_back(std::move(group));
    people_.emplace_back();
  } else {
    ++problem_.groups[it->second].people;
  }
  people_[it->second].push_back(line.person);
}

v1::ProposeReorganisationPlanResponse Proposal::Answer(const Matching& matching) {
  std::map<std::string, std::string> chosen;  // By person.
  std::vector<size_t> taken(places_.size());
  for (size_t group = 0; group < people_.size(); ++group) {
    size_t next = 0;
    for (const Placement& placement : matching.groups[group]) {
      for (int i = 0; i < placement.people; ++i) {
        std::string& post = chosen[people_[group][next++]];
        if (placement.place == kUnplaced) continue;
        const auto place = static_cast<size_t>(placement.place);
        post = places_[place].posts[taken[place]++];
      }
    }
  }
  v1::ProposeReorganisationPlanResponse response;
  for (const auto& [person, post] : chosen) {
    v1::PlanChoice* choice = response.add_choices();
    choice->set_person(person);
    choice->set_post(post);
  }
  response.set_unplaced(matching.unplaced);
  response.set_wish_sum(matching.preference);
  response.set_distance_sum(matching.distance);
  return response;
}

}  // namespace

absl::StatusOr<v1::ProposeReorganisationPlanResponse> ProposeReorganisationPlan(
    const Env& env, const Call&, const v1::ProposeReorganisationPlanRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  ASSIGN_OR_RETURN(const Plan plan, RequirePlan(tx, request.name()));
  return Proposal(plan, *units, tx).Run();
}

}  // namespace twotier::personnel::handlers
