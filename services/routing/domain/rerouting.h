// How an open dossier goes on when its center stops or its unit is replaced.
//
// What is kept, what is decided again:
//   unit           goes on          stays
//                  has ended        the one successor; of several the chosen one, else the
//                  caretaker
//   body           its unit goes on stays, in the unit's province
//                  it has ended     who decides procedure and case in the successor today; where
//                                   nobody does (a procedure that is routed no longer), the body of
//                                   the same kind there
//   center         operates         stays, if it may receive for the unit, in the unit's province
//                  does not         the first place of reception of the unit
// A processed dossier only waits to be returned: its unit and its body are those that decided.
// Code, term, due date and history of a dossier are never touched, and neither is its name: where
// its unit goes on in another province, body and places lie there, and it is still found under the
// province of its code (ADR 0026).
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_REROUTING_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_REROUTING_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/routing/domain/catalogue.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/domain/register.h"

namespace twotier::routing {

// Kind of the timeline entry of a re-routing.
inline constexpr absl::string_view kEntryKindRerouted = "dossier.rerouted";

// Where a dossier lies.
struct Placement {
  std::string unit;
  std::string center;
  std::string return_center;
  CompetentBody body;
  CompetentBody agency;  // Without a unit: the competent body has it.

  friend bool operator==(const Placement&, const Placement&) = default;
};
Placement PlacementOf(const Dossier& dossier);

// Numbers of routing/v1/rerouting.proto.
enum class SuccessorBasis {
  kNone = 0,  // The unit goes on.
  kOnly = 1,
  kChosenForDossier = 2,
  kChosenForUnit = 3,
  kCaretaker = 4,
};

// What an operator decided for units that were divided.
struct SuccessorChoices {
  absl::flat_hash_map<std::string, std::string> of_dossier;  // Successor by dossier.
  absl::flat_hash_map<std::string, std::string> of_unit;     // Successor by unit that ended.
};

struct Rerouting {
  Placement from;
  Placement to;
  SuccessorBasis basis = SuccessorBasis::kNone;
  // Change events that ended what `from` names and `to` does no more, as far as they are known: of
  // the unit first, then of the body, then of the other agency; or the one that put its unit into
  // another province.
  std::vector<std::string> change_events;
  std::string released_assignee;  // Post that works on it no more; empty: none, or it stays.
  std::string province_code;      // In which its unit goes on.
};

// Somebody still works on it or waits for it: until it is returned, refused, withdrawn or stopped.
bool IsOpen(DossierState state);
// What a dossier rests on, as far as it can be looked at without the rest of it.
struct DossierBasis {
  DossierState state = DossierState::kUnknown;
  bool processed = false;  // Also while its result waits for a fee.
  std::string unit;
  std::string center;
  std::string return_center;
  std::string body_unit;
  std::string agency_unit;  // Empty: the competent body has it.
};

// It is open and not decided yet, so that it rests on its unit and its body.
bool IsUndecided(const DossierBasis& basis);

// The units that it rests on until it is decided: its own, its body's, and the other agency's,
// which is empty where there is none. They are looked at as long as `basis`.
inline std::array<absl::string_view, 3> UnitsOf(const DossierBasis& basis) {
  return {basis.unit, basis.body_unit, basis.agency_unit};
}

// Its unit lies in another province on `day` than the center that has it, or than the one that
// returns it.
bool IsLeftBehind(const Register& units, const DossierBasis& basis, absl::CivilDay day);

// An open dossier rests on a center that does not operate on `day`, or on a unit that does not
// exist then or lies in another province than its center.
bool IsAffected(const Register& units, const DossierBasis& basis, absl::CivilDay day);

// OK when `successor` exists on `day` and `unit` became it. FAILED_PRECONDITION `NOT_A_SUCCESSOR`
// (`unit`, `successors`).
absl::Status CheckSuccessor(const Register& units, const UnitRecord& unit,
                            absl::string_view successor, absl::CivilDay day);

// How `dossier` goes on from `day`; nullopt when nothing of it changes. Errors, all
// FAILED_PRECONDITION: `SUCCESSOR_REQUIRED` (`unit`, `successors`) when its unit has ended and
// neither a single successor nor a choice nor a caretaker says where to; `NOT_A_SUCCESSOR`;
// `NO_RECEPTION_PLACE` (`unit`).
absl::StatusOr<std::optional<Rerouting>> Reroute(const Catalogue& catalogue, const Register& units,
                                                 const Dossier& dossier,
                                                 const SuccessorChoices& choices,
                                                 absl::CivilDay day);

// One body, whatever its unit was called.
bool SameBody(const CompetentBody& a, const CompetentBody& b);

// Code of the province that the dossier's unit lies in on `day`; that of its code where the unit
// has ended.
std::string ProvinceOn(const Register& units, const Dossier& dossier, absl::CivilDay day);

// Puts the dossier where `rerouting` says. State and clock stay; with another competent body no
// post is named any more that works on it.
void Apply(const Rerouting& rerouting, Dossier& dossier);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_REROUTING_H_
