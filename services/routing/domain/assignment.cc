#include "services/routing/domain/assignment.h"

#include <algorithm>
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

absl::string_view WhyNot(const Assignment& assignment, const AssignmentQuestion& question) {
  if (!assignment.valid.Contains(question.day)) return "does not hold on the date";
  if (!assignment.province_code.empty() && assignment.province_code != question.province_code) {
    return "holds in another province";
  }
  if (!assignment.territory.empty() && assignment.territory != question.unit) {
    return "holds in another unit";
  }
  if (!assignment.case_key.empty() && assignment.case_key != question.case_key) {
    return "holds for another case";
  }
  return "";
}

int PrecedenceOf(const Assignment& assignment) {
  const int territory = !assignment.territory.empty() ? 2 : int{!assignment.province_code.empty()};
  return static_cast<int>(assignment.basis) * 6 + territory * 2 + int{!assignment.case_key.empty()};
}

std::vector<const Assignment*> Deciding(absl::Span<const Assignment* const> assignments,
                                        const AssignmentQuestion& question) {
  std::vector<const Assignment*> best;
  for (const Assignment* assignment : assignments) {
    if (!WhyNot(*assignment, question).empty()) continue;
    if (!best.empty() && PrecedenceOf(*assignment) < PrecedenceOf(*best.front())) continue;
    if (!best.empty() && PrecedenceOf(*best.front()) < PrecedenceOf(*assignment)) best.clear();
    best.push_back(assignment);
  }
  return best;
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

std::vector<AssignmentGap> GapsOf(const Assignment& assignment,
                                  absl::Span<const Assignment> others) {
  std::vector<const Assignment*> covering = {&assignment};
  for (const Assignment& other : others) {
    const bool covers =
        other.id != assignment.id && other.procedure_code == assignment.procedure_code &&
        (other.province_code.empty() || other.province_code == assignment.province_code) &&
        (other.territory.empty() || other.territory == assignment.territory) &&
        (other.case_key.empty() || other.case_key == assignment.case_key);
    if (covers) covering.push_back(&other);
  }
  std::sort(covering.begin(), covering.end(), [](const Assignment* a, const Assignment* b) {
    return std::tie(a->valid.first, a->valid.end) < std::tie(b->valid.first, b->valid.end);
  });
  std::vector<AssignmentGap> gaps;
  const Assignment* last = covering.front();  // Of those so far, the one that ends last.
  for (const Assignment* next : covering) {
    const bool touches = last == &assignment || next == &assignment;
    if (touches && last->valid.end < next->valid.first) {
      gaps.push_back({last, next, {last->valid.end, next->valid.first}});
    }
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
