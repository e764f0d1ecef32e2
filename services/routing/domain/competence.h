// Who is competent for a procedure in a unit on a date, and where the dossier may be handed in.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/routing/domain/catalogue.h"
#include "services/routing/domain/register.h"

namespace twotier::routing {

// Most reception places of one answer; a commune has one center, or a branch and a few points.
inline constexpr size_t kReceptionPlacesMax = 16;

struct CompetenceQuery {
  absl::string_view procedure_code;
  absl::string_view unit;  // `units/{unit_id}`; exactly one of `unit` and `unit_code` is not empty.
  absl::string_view unit_code;  // Official code on `as_of`.
  absl::CivilDay as_of;
  bool explain = false;
  absl::string_view case_key{};  // Empty: no particular case.
  // Units are those of this day; nullopt: of `as_of`. For what was received under rules of before
  // and lies now where they never were asked about.
  std::optional<absl::CivilDay> units_as_of{};

  absl::CivilDay UnitsDay() const { return units_as_of.value_or(as_of); }
};

// A body that decides: one unit, one line.
struct CompetentBody {
  std::string unit;
  std::string unit_full_name;
  Level level = Level::kUnknown;
  Line line = Line::kUnknown;
  std::string title;

  friend bool operator==(const CompetentBody&, const CompetentBody&) = default;
};

struct ReceptionPlace {
  const CenterRecord* center = nullptr;
  const CenterVersion* version = nullptr;
  bool serves_unit = false;
};

struct ExplanationStep {
  std::string considered;
  bool kept = false;
  std::string because;
  std::string act;  // Number of the act it rests on; may be empty.
};

// Points into the catalogue and the register it was resolved from.
struct Competence {
  const CatalogueEntry* entry = nullptr;
  const ProcedureVersion* procedure = nullptr;
  // Why it is that version; null where no province has one of its own.
  const ProcedurePeriod* period = nullptr;
  const ProcedureCase* procedure_case = nullptr;  // Null: the version tells no cases apart.
  const UnitRecord* unit = nullptr;
  const UnitVersion* unit_version = nullptr;
  CompetentBody body;
  const Assignment* assignment = nullptr;  // That decides; null: the published catalogue does.
  std::vector<CompetentBody> co_bodies;    // Take part without deciding.
  // The unit's own centers first; the first one is the place of support and of return.
  absl::InlinedVector<ReceptionPlace, 4> places;
  bool boundary_free = false;
  std::vector<ExplanationStep> explanation;  // Only when asked for.

  // Of the case, or of the procedure; what is routed has one.
  const Term& term() const;
  // Of the assignment, or of the case or procedure.
  Level level() const;
  const DecidingBody& deciding_body() const;
};

// UNAVAILABLE `SNAPSHOT_NOT_READY` before any unit is known: nothing is said of none then.
absl::Status RequireUnits(const Register& units);

// NOT_FOUND `UNIT_NOT_FOUND` when no province has the code on `day`.
absl::Status RequireProvince(const Register& units, absl::string_view province_code,
                             absl::CivilDay day);

// Returns exactly one competent body, or why there is none:
//   NOT_FOUND `PROCEDURE_NOT_FOUND`, `UNIT_NOT_FOUND`; OUT_OF_RANGE `NOT_KNOWN_THEN`
//   (`known_from`); FAILED_PRECONDITION `PROCEDURE_NOT_PUBLISHED` (`draft_reasons`),
//   `PROCEDURE_ENDED` (`end_date`), `CASE_REQUIRED` and `CASE_UNKNOWN` (`cases`),
//   `NO_COMPETENT_BODY`, `ASSIGNMENTS_CONFLICT`, `UNIT_ENDED`
//   (`successors`), `WRONG_UNIT_TIER` (`level`), `NO_RECEPTION_PLACE`; UNAVAILABLE
//   `SNAPSHOT_NOT_READY` before any unit is known.
//
// The version is the one that holds in the unit's province (catalogue.h). The assignment of the
// highest precedence decides (assignment.h); without one, what the version says, for the case where
// it has cases.
//
// A commune decides for itself; a commune's or province's matter of the provincial level is decided
// by the province. The body of that unit is the one the catalogue publishes, when it names exactly
// one; else the one of general competence (deciding_body.h).
absl::StatusOr<Competence> ResolveCompetence(const Catalogue& catalogue, const Register& units,
                                             const CompetenceQuery& query);

// FAILED_PRECONDITION `PROCEDURE_NOT_PUBLISHED` of a draft, with its `draft_reasons`.
absl::Status NotPublished(const ProcedureVersion& procedure);

// The body alone, without places and explanation; the same errors but for `NO_RECEPTION_PLACE`.
absl::StatusOr<Competence> ResolveBody(const Catalogue& catalogue, const Register& units,
                                       const CompetenceQuery& query);

// Where dossiers of `unit`, which exists on `day`, are received then: its own centers in order of
// name, provincial ones after them. Empty when none operates.
absl::InlinedVector<ReceptionPlace, 4> PlacesOf(const Register& units, const UnitRecord& unit,
                                                absl::CivilDay day);

// The body of the same kind in another unit: level, line and title stay, the unit is `unit` itself
// or, at the provincial level, the province it lies in. nullopt when that is not known. For a body
// whose unit was replaced and whose competence cannot be asked for again.
std::optional<CompetentBody> SameBodyIn(const Register& units, const CompetentBody& body,
                                        const UnitRecord& unit, absl::CivilDay day);

// The center operates on `day` and receives for `unit`, which exists then: it serves it, or it is a
// provincial one of its province. More of them may do so than an answer has room for.
bool IsReceptionPlace(const Register& units, absl::string_view center, const UnitRecord& unit,
                      absl::CivilDay day);

// OK when the center may receive this dossier: it is a place of reception, or the procedure is
// boundary-free and it operates in the same province (Decree 118/2025/NĐ-CP: regardless of boundary
// within the province). Errors: NOT_FOUND `CENTER_NOT_FOUND`; FAILED_PRECONDITION
// `CENTER_NOT_ACCEPTING` (`state`), `CENTER_NOT_RECEIVING`
// (`reception_places`).
absl::Status CheckReception(const Register& units, const Competence& competence,
                            absl::string_view center, absl::CivilDay day);

// OK when `center` exists and operates on `day`. Errors: NOT_FOUND `CENTER_NOT_FOUND`;
// FAILED_PRECONDITION `CENTER_NOT_ACCEPTING` (`state`).
absl::StatusOr<const CenterVersion*> OperatingCenter(const CenterRecord* center,
                                                     absl::string_view name, absl::CivilDay day);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_H_
