#include "services/routing/domain/assignment.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace twotier::routing {
namespace {

DecidingBody BodyOf(Level level, Line line, const std::string& body_title) {
  Procedure procedure;
  procedure.level = level;
  procedure.line = line;
  procedure.body_title = body_title;
  return DecidingBodyOf(procedure);
}

bool Overlap(const DayRange& a, const DayRange& b) { return a.first < b.end && b.first < a.end; }

// They give the same body the same.
bool GiveAlike(const Assignment& a, const Assignment& b) {
  return std::tie(a.level, a.line, a.body_title, a.co_bodies) ==
         std::tie(b.level, b.line, b.body_title, b.co_bodies);
}

// Why an assignment of another territory does not hold in the unit; empty when it does.
absl::string_view WhyNotHere(const Assignment& assignment, const AssignmentQuestion& question) {
  constexpr absl::string_view kElsewhere = "holds in another unit";
  if (question.units == nullptr) return kElsewhere;
  const UnitRecord* now = TerritoryOn(assignment, *question.units, question.units_day);
  if (now != nullptr) return now->name == question.unit ? "" : kElsewhere;
  return "its unit was divided or is not known; an act has to say where it goes on";
}

// Those that apply, of the highest precedence below `limit`.
std::vector<const Assignment*> HighestBelow(int limit,
                                            absl::Span<const Assignment* const> assignments,
                                            const AssignmentQuestion& question) {
  std::vector<const Assignment*> best;
  int highest = 0;
  for (const Assignment* assignment : assignments) {
    if (!WhyNot(*assignment, question).empty()) continue;
    const int precedence = PrecedenceOf(*assignment, question);
    if (precedence >= limit || (!best.empty() && precedence < highest)) continue;
    if (precedence > highest) best.clear();
    highest = precedence;
    best.push_back(assignment);
  }
  return best;
}

}  // namespace

std::string Assignment::Name() const {
  return province_code.empty() ? absl::StrCat("assignments/", id)
                               : absl::StrCat("provinces/", province_code, "/assignments/", id);
}

void DeriveBodies(Assignment& assignment) {
  assignment.deciding_body = BodyOf(assignment.level, assignment.line, assignment.body_title);
  assignment.co_deciding_bodies.clear();
  for (const CoProcessingBody& body : assignment.co_bodies) {
    assignment.co_deciding_bodies.push_back(BodyOf(body.level, Line::kUnknown, body.body_title));
  }
}

const UnitRecord* TerritoryOn(const Assignment& assignment, const Register& units,
                              absl::CivilDay day) {
  const UnitRecord* unit = units.FindUnit(assignment.territory);
  if (unit == nullptr || unit->On(day) != nullptr) return unit;
  const std::vector<std::string> successors = units.SuccessorsOn(*unit, day);
  return successors.size() == 1 ? units.FindUnit(successors.front()) : nullptr;
}

bool IsFollowed(const Assignment& assignment, const AssignmentQuestion& question) {
  return !assignment.territory.empty() && assignment.territory != question.unit;
}

absl::string_view WhyNot(const Assignment& assignment, const AssignmentQuestion& question) {
  if (!assignment.valid.Contains(question.day)) return "does not hold on the date";
  if (!assignment.province_code.empty() && assignment.province_code != question.province_code) {
    return "holds in another province";
  }
  if (IsFollowed(assignment, question)) {
    const absl::string_view why_not = WhyNotHere(assignment, question);
    if (!why_not.empty()) return why_not;
  }
  if (!assignment.case_key.empty() && assignment.case_key != question.case_key) {
    return "holds for another case";
  }
  return "";
}

int PrecedenceOf(const Assignment& assignment, const AssignmentQuestion& question) {
  const int territory = !assignment.territory.empty() ? 2 : int{!assignment.province_code.empty()};
  return static_cast<int>(assignment.basis) * 12 + territory * 4 +
         int{!assignment.case_key.empty()} * 2 + int{!IsFollowed(assignment, question)};
}

std::vector<const Assignment*> Deciding(absl::Span<const Assignment* const> assignments,
                                        const AssignmentQuestion& question) {
  int limit = std::numeric_limits<int>::max();
  while (true) {
    std::vector<const Assignment*> best = HighestBelow(limit, assignments, question);
    if (best.size() < 2 || !IsFollowed(*best.front(), question)) return best;
    const bool alike = std::all_of(best.begin(), best.end(), [&](const Assignment* assignment) {
      return GiveAlike(*assignment, *best.front());
    });
    if (alike) return {best.front()};
    limit = PrecedenceOf(*best.front(), question);
  }
}

bool IsLapsed(const Assignment& assignment, absl::Span<const Assignment* const> assignments,
              const Register& units, absl::CivilDay day) {
  if (!assignment.valid.Contains(day)) return false;
  // No unit lies in its province any more; it does not follow into another one.
  const bool known = !units.UnitsOfCode(assignment.province_code).empty();
  if (known && units.FindUnitByCode(assignment.province_code, day) == nullptr) return true;
  const UnitRecord* before = units.FindUnit(assignment.territory);
  if (before == nullptr) return false;
  if (const UnitVersion* there = before->On(day)) {
    return !assignment.province_code.empty() && there->province_code != assignment.province_code;
  }
  const UnitRecord* now = TerritoryOn(assignment, units, day);
  if (now == nullptr) return true;
  const AssignmentQuestion question = {.unit = now->name,
                                       .province_code = now->On(day)->province_code,
                                       .case_key = assignment.case_key,
                                       .day = day,
                                       .units = &units,
                                       .units_day = day};
  const std::vector<const Assignment*> deciding = Deciding(assignments, question);
  return deciding.empty() ||
         PrecedenceOf(*deciding.front(), question) < PrecedenceOf(assignment, question);
}

std::vector<const Assignment*> ConflictsOf(const Assignment& assignment,
                                           absl::Span<const Assignment> others) {
  std::vector<const Assignment*> conflicts;
  for (const Assignment& other : others) {
    const bool same = other.procedure_code == assignment.procedure_code &&
                      other.basis == assignment.basis && other.territory == assignment.territory &&
                      other.province_code == assignment.province_code &&
                      other.case_key == assignment.case_key;
    if (same && other.id != assignment.id && Overlap(other.valid, assignment.valid)) {
      conflicts.push_back(&other);
    }
  }
  return conflicts;
}

std::vector<AssignmentGap> GapsOf(const Assignment& assignment, absl::Span<const Assignment> others,
                                  const std::optional<DayRange>& freed) {
  // One that ends before it begins decides on no date.
  const auto decides = [](const Assignment& one) { return one.valid.first < one.valid.end; };
  std::vector<const Assignment*> covering;
  if (decides(assignment)) covering.push_back(&assignment);
  for (const Assignment& other : others) {
    const bool covers =
        other.id != assignment.id && decides(other) &&
        other.procedure_code == assignment.procedure_code &&
        (other.province_code.empty() || other.province_code == assignment.province_code) &&
        (other.territory.empty() || other.territory == assignment.territory) &&
        (other.case_key.empty() || other.case_key == assignment.case_key);
    if (covers) covering.push_back(&other);
  }
  std::sort(covering.begin(), covering.end(), [](const Assignment* a, const Assignment* b) {
    return std::tie(a->valid.first, a->valid.end) < std::tie(b->valid.first, b->valid.end);
  });
  std::vector<AssignmentGap> gaps;
  if (covering.empty()) return gaps;
  const Assignment* last = covering.front();  // Of those so far, the one that ends last.
  for (const Assignment* next : covering) {
    const DayRange days = {last->valid.end, next->valid.first};
    const bool touches = last == &assignment || next == &assignment ||
                         (freed && days.first < freed->end && freed->first < days.end);
    if (touches && days.first < days.end) gaps.push_back({last, next, days});
    if (last->valid.end < next->valid.end) last = next;
  }
  return gaps;
}

absl::string_view NameOf(AssignmentBasis basis) {
  switch (basis) {
    case AssignmentBasis::kUnknown:
      return "UNSPECIFIED";
    case AssignmentBasis::kLaw:
      return "LAW";
    case AssignmentBasis::kDecentralised:
      return "DECENTRALISED";
    case AssignmentBasis::kDelegated:
      return "DELEGATED";
    case AssignmentBasis::kAuthorised:
      return "AUTHORISED";
  }
  return "UNSPECIFIED";
}

}  // namespace twotier::routing
