#include "services/personnel/handlers/plan_facts.h"

#include <optional>
#include <utility>

#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/look_ahead.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

// Lines whose facts are asked for in one flight.
constexpr size_t kLinesOfFlight = 1'000;

template <typename Map>
const typename Map::mapped_type* Find(const Map& map, absl::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

absl::StatusOr<PlanFacts> PlanFacts::Load(const store::Plan& plan,
                                          absl::Span<const store::PlanLine> lines, db::Tx& tx) {
  PlanFacts facts;
  ASSIGN_OR_RETURN(facts.taken_, store::LoadTakenPosts(tx, plan.province_code));
  for (size_t begin = 0; begin < lines.size(); begin += kLinesOfFlight) {
    const absl::Span<const store::PlanLine> slice = lines.subspan(begin, kLinesOfFlight);
    RETURN_IF_ERROR(facts.LoadSlice(plan, slice, tx));
    RETURN_IF_ERROR(facts.LoadLeftPosts(slice, tx));
  }
  return facts;
}

absl::Status PlanFacts::LoadSlice(const store::Plan& plan, absl::Span<const store::PlanLine> lines,
                                  db::Tx& tx) {
  // What is over the day before is nobody's concern.
  const absl::CivilDay day = plan.effective_day - 1;
  std::vector<db::BoundStatement> queries;
  for (const store::PlanLine& line : lines) {
    const auto [province_code, post_id] = SplitName(line.post);
    queries.push_back(store::LoadPersonQuery(line.person));
    queries.push_back(store::LoadOfPersonQuery(line.person, day));
    queries.push_back(store::LoadPostQuery(province_code, post_id));
    queries.push_back(store::LoadOfPostQuery(province_code, line.post, day));
  }
  LookAheadTx ahead(tx);
  RETURN_IF_ERROR(ahead.Ask(std::move(queries)));
  for (const store::PlanLine& line : lines) {
    const auto [province_code, post_id] = SplitName(line.post);
    ASSIGN_OR_RETURN(std::optional<Person> person, store::LoadPerson(ahead, line.person));
    if (person) persons_[line.person] = *std::move(person);
    ASSIGN_OR_RETURN(of_person_[line.person], store::LoadOfPerson(ahead, line.person, day));
    ASSIGN_OR_RETURN(std::optional<Post> post, store::LoadPost(ahead, province_code, post_id));
    if (post) posts_[line.post] = *std::move(post);
    ASSIGN_OR_RETURN(of_post_[line.post], store::LoadOfPost(ahead, province_code, line.post, day));
  }
  return absl::OkStatus();
}

absl::Status PlanFacts::LoadLeftPosts(absl::Span<const store::PlanLine> lines, db::Tx& tx) {
  std::vector<std::pair<std::string, std::string>> names;
  std::vector<db::BoundStatement> queries;
  for (const store::PlanLine& line : lines) {
    const store::StoredAppointment* left = FindLeft(line);
    if (left == nullptr) continue;
    names.push_back(SplitName(left->appointment.post));
    queries.push_back(store::LoadPostQuery(names.back().first, names.back().second));
  }
  LookAheadTx ahead(tx);
  RETURN_IF_ERROR(ahead.Ask(std::move(queries)));
  for (const auto& [province_code, post_id] : names) {
    ASSIGN_OR_RETURN(std::optional<Post> post, store::LoadPost(ahead, province_code, post_id));
    if (post) posts_[post->Name()] = *std::move(post);
  }
  return absl::OkStatus();
}

const Person* PlanFacts::FindPerson(const store::PlanLine& line) const {
  return Find(persons_, line.person);
}

const PlanFacts::Appointments& PlanFacts::OfPerson(const store::PlanLine& line) const {
  static const auto* const kNone = new Appointments;
  const Appointments* found = Find(of_person_, line.person);
  return found == nullptr ? *kNone : *found;
}

const store::StoredAppointment* PlanFacts::FindLeft(const store::PlanLine& line) const {
  for (const store::StoredAppointment& stored : OfPerson(line)) {
    if (stored.appointment.id == line.appointment_id) return &stored;
  }
  return nullptr;
}

const Post* PlanFacts::FindPost(absl::string_view name) const { return Find(posts_, name); }

const PlanFacts::Appointments& PlanFacts::OfPost(absl::string_view name) const {
  static const auto* const kNone = new Appointments;
  const Appointments* found = Find(of_post_, name);
  return found == nullptr ? *kNone : *found;
}

const std::string* PlanFacts::FindPlanOf(absl::string_view post) const {
  return Find(taken_, post);
}

}  // namespace twotier::personnel::handlers
