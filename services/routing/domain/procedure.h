// A procedure of the catalogue, and the rule that decides whether it may be routed.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_PROCEDURE_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_PROCEDURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace twotier::routing {

// The enumerations of this room have the numbers of routing/v1/*.proto; the same numbers are
// stored.

// Level at which a procedure is decided.
enum class Level {
  kUnknown = 0,
  kMinistry = 1,
  kProvince = 2,
  kCommune = 3,
  kProvinceOrCommune = 4,
  kMinistryOrLocal = 5,
};

// Line of authority of the deciding body.
enum class Line { kUnknown = 0, kLocal = 1, kPolice = 2, kMilitary = 3, kCentralVertical = 4 };

enum class TermUnit {
  kUnknown = 0,
  kWorkingDay = 1,
  kCalendarDay = 2,
  kHour = 3,
  kImmediate = 4,
};

enum class Boundary { kUnknown = 0, kFree = 1 };

// Why a procedure is catalogued but never routed.
enum class DraftReason {
  kCompetenceNotProven = 1,
  kTermUnknown = 2,
  kLevelDependsOnCase = 3,
  kMinistryOnly = 4,
};

// Lawful term. The catalogue has terms of a day and a half, so a half is part of the value.
struct Term {
  int value = 0;      // Whole units; 0 for an immediate term.
  bool half = false;  // Half a unit more.
  TermUnit unit = TermUnit::kUnknown;
  // Minute of the day from which a dossier counts as received on the next working day: 900 is
  // 15:00.
  std::optional<int> cutoff_minute;

  friend bool operator==(const Term&, const Term&) = default;
};

// One version of a procedure. An absent fee or term is not known, which is neither zero nor
// immediate.
struct Procedure {
  std::string code;
  std::string display_name;
  std::string field;
  std::string ministry;
  Level level = Level::kUnknown;
  Line line = Line::kUnknown;
  std::string body_title;    // Of the deciding body, as published; may list several.
  std::string former_level;  // Where it was decided before 1 July 2025, when the table says so.
  bool proven = false;       // Code, name and level rest on a source that can be believed.
  std::optional<Term> term;  // The longest one.
  std::string term_cases;    // All terms as published, when there are several.
  std::optional<int64_t> fee_vnd;
  std::string online_level;
  Boundary boundary = Boundary::kUnknown;
  std::vector<std::string> acts;
  std::vector<std::string> decentralisation_acts;
  absl::CivilDay known_from;  // Before this date nothing is known of it.

  friend bool operator==(const Procedure&, const Procedure&) = default;
};

// Every reason why `procedure` is a draft, in the order of the enumeration; empty when it is
// published. It is published when its competence is proven, one local level decides it, and its
// term is known or immediate.
std::vector<DraftReason> DraftReasonsOf(const Procedure& procedure);

// The names of the contract without prefix, for metadata and explanations.
absl::string_view NameOf(DraftReason reason);
absl::string_view NameOf(Level level);
absl::string_view NameOf(Line line);

// Reads a term as reference data write it: a decimal number whose fraction, if any, is .5. nullopt
// when it is malformed, negative, or longer than kTermValueMax.
inline constexpr int kTermValueMax =
    3650;  // Ten years: above every published term, below any overflow.
struct TermValue {
  int value = 0;
  bool half = false;
};
std::optional<TermValue> ParseTermValue(absl::string_view text);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_PROCEDURE_H_
