// A dated assignment of competence, and which of several decides.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_ASSIGNMENT_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_ASSIGNMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/routing/domain/deciding_body.h"
#include "services/routing/domain/procedure.h"
#include "services/routing/domain/register.h"

namespace twotier::routing {

// What an assignment rests on, weakest first.
enum class AssignmentBasis {
  kUnknown = 0,
  kLaw = 1,
  kDecentralised = 2,
  kDelegated = 3,
  kAuthorised = 4,
};

// A body that takes part without deciding.
struct CoProcessingBody {
  Level level = Level::kUnknown;
  std::string body_title;

  friend bool operator==(const CoProcessingBody&, const CoProcessingBody&) = default;
};

struct Assignment {
  std::string province_code;  // Empty: of the country.
  std::string id;
  int64_t version = 0;
  std::string procedure_code;
  AssignmentBasis basis = AssignmentBasis::kUnknown;
  Level level = Level::kUnknown;
  Line line = Line::kUnknown;
  std::string body_title;  // As catalogues publish bodies; empty: the one of general competence.
  // Unit in which alone it holds, and all of which it follows when that ends; empty: everywhere in
  // its scope.
  std::string territory;
  std::string case_key;  // Empty: every case.
  DayRange valid;
  std::string act;
  std::string end_act;  // Ended it earlier than it was published with.
  std::vector<CoProcessingBody> co_bodies;
  // Derived from the above (DeriveBodies): the deciding body, and those that take part.
  DecidingBody deciding_body;
  std::vector<DecidingBody> co_deciding_bodies;

  std::string Name() const;  // Resource name.
};

// Sets what is derived.
void DeriveBodies(Assignment& assignment);

// What an assignment is asked about.
struct AssignmentQuestion {
  absl::string_view unit;           // Resource name.
  absl::string_view province_code;  // In which the unit lies on `day`.
  absl::string_view case_key;
  absl::CivilDay day;
  // What became of territories that have ended by `units_day`. Null: nothing is followed.
  const Register* units = nullptr;
  absl::CivilDay units_day{};
};

// The one unit that all of the assignment's territory is on `day`: itself, or what it became by
// mergers. Null when it was divided, or is not known.
const UnitRecord* TerritoryOn(const Assignment& assignment, const Register& units,
                              absl::CivilDay day);

// Why an assignment does not apply; empty when it does. A constant.
absl::string_view WhyNot(const Assignment& assignment, const AssignmentQuestion& question);

// It was given in a unit that the unit asked about followed.
bool IsFollowed(const Assignment& assignment, const AssignmentQuestion& question);

// Higher decides: first by basis, then by the smaller territory, then by the case; then what was
// given in the unit itself stands above what followed it there.
int PrecedenceOf(const Assignment& assignment, const AssignmentQuestion& question);

// The assignments that apply and have the highest precedence. None: nothing applies. One: it
// decides. Several: they conflict, which publishing refuses. Where several units became one, what
// was given alike in them is one; what was given differently decides nothing: nobody has said which
// of it goes on.
std::vector<const Assignment*> Deciding(absl::Span<const Assignment* const> assignments,
                                        const AssignmentQuestion& question);

// `assignment`, one of `assignments`, holds on `day` and decides nothing, because its territory was
// divided, went over to another province, or became one with another in which something else was
// given; or because its province has ended. An act has to say what goes on.
bool IsLapsed(const Assignment& assignment, absl::Span<const Assignment* const> assignments,
              const Register& units, absl::CivilDay day);

// Those of `others` that could not be told apart from `assignment` for some unit, case and date.
std::vector<const Assignment*> ConflictsOf(const Assignment& assignment,
                                           absl::Span<const Assignment> others);

// Assignments that decide wherever one does, one before and one behind some dates without any.
struct AssignmentGap {
  const Assignment* before = nullptr;
  const Assignment* behind = nullptr;
  DayRange days;  // For which nothing decides.
};

// The gaps that touch `assignment`, or any of the days `freed` on which it decides no more, when it
// stands beside `others`, which may hold an older version of it. Dates before the first assignment
// and behind the last one are no gap: they are what a beginning and an end of a competence look
// like.
std::vector<AssignmentGap> GapsOf(const Assignment& assignment, absl::Span<const Assignment> others,
                                  const std::optional<DayRange>& freed = std::nullopt);

// Names of the contract without prefix.
absl::string_view NameOf(AssignmentBasis basis);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_ASSIGNMENT_H_
