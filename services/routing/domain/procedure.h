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

// Highest fee in đồng, a thousand billion: above every fee there is, so that a misplaced figure is
// seen, and below any overflow of sums.
inline constexpr int64_t kFeeMaxVnd = 1'000'000'000'000;

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

// A step of a term: who has the dossier, and for how long.
struct TermStep {
  std::string body;  // Body or role, as published.
  Term term;

  friend bool operator==(const TermStep&, const TermStep&) = default;
};

// A case that a procedure tells apart: level, term and fee are its own.
struct ProcedureCase {
  std::string key;
  std::string title;
  std::string applies_when;
  Level level = Level::kUnknown;
  std::optional<Term> term;
  std::optional<int64_t> fee_vnd;
  std::vector<TermStep> steps;  // Empty: not stated.

  friend bool operator==(const ProcedureCase&, const ProcedureCase&) = default;
};

// A component that a dossier consists of.
struct RequiredComponent {
  std::string title;
  std::string folded_title;  // text::Fold of the title: what documents handed in are found by.
  int kind = 0;              // Numbers of routing/v1/dossier.proto; nothing is decided by them.
  int originals = 0;
  int copies = 0;
  bool required = false;
  bool data_reusable = false;
  std::string case_key;  // Empty: in every case.

  friend bool operator==(const RequiredComponent&, const RequiredComponent&) = default;
};

struct ProcedureResult {
  std::string title;
  int kind = 0;  // Numbers of routing/v1/procedure_publication.proto.

  friend bool operator==(const ProcedureResult&, const ProcedureResult&) = default;
};

// What a version demands and gives. What is empty is not stated: nothing is demanded then.
struct Requirements {
  std::vector<RequiredComponent> components;
  std::vector<ProcedureResult> results;
  std::vector<int> channels;  // Numbers of routing/v1/dossier.proto.

  friend bool operator==(const Requirements&, const Requirements&) = default;
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
  // The rest is stated by publications only. Where there are cases, they say level, term and fee.
  std::vector<ProcedureCase> cases;
  std::vector<TermStep> steps;  // Of `term`.
  Requirements requirements;

  const ProcedureCase* FindCase(absl::string_view key) const;  // Null: there is none.
  // Of the case where there are cases, else of the procedure. Null: not known.
  const Term* TermOf(absl::string_view case_key) const;

  friend bool operator==(const Procedure&, const Procedure&) = default;
};

// Every reason why `procedure` is a draft, in the order of the enumeration; empty when it is
// published. It is published when its competence is proven, one local level decides it, and its
// term is known or immediate; or when it has cases, each with a term, of which at least one is
// decided at a local level.
std::vector<DraftReason> DraftReasonsOf(const Procedure& procedure);

// The level that `cases`, which are not empty, have together: their own where it is the same, else
// that it depends on the case.
Level LevelOf(const std::vector<ProcedureCase>& cases);

// Lower-case letters, digits and `_`.
bool IsCaseKey(absl::string_view key);
// National form `d.dddddd`.
bool IsNationalForm(absl::string_view code);

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
