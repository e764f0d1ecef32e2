// The catalogue of procedures in memory: versions by code, and search.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_CATALOGUE_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_CATALOGUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/routing/domain/assignment.h"
#include "services/routing/domain/deciding_body.h"
#include "services/routing/domain/procedure.h"
#include "services/routing/domain/register.h"

namespace twotier::routing {

// A version of a procedure as the catalogue keeps it. Immutable once published; a draft is replaced
// by a further version too, so that what was known when can be read back.
struct ProcedureVersion {
  Procedure procedure;
  int64_t version = 0;  // From 1 for each code, the country's and all provinces' together.
  std::vector<DraftReason> draft_reasons;
  std::string folded_name;                // text::Fold of the name, for search.
  std::string province_code;              // Empty: of the country.
  std::string act;                        // Published it; empty: imported from the national table.
  absl::CivilDay end = kNoEnd;            // It was published up to before this date.
  DecidingBody deciding_body;             // Set by Catalogue::Of.
  std::vector<DecidingBody> case_bodies;  // The same for each case, in their order.

  bool published() const { return draft_reasons.empty(); }
  // A draft for no other reason than that its level depends on the case: assignments can say which
  // body decides which case.
  bool depends_on_case() const {
    return draft_reasons.size() == 1 && draft_reasons[0] == DraftReason::kLevelDependsOnCase;
  }
};

// That no version of a procedure holds from a date on, in the country or in one province, until a
// later publication.
struct ProcedureEnd {
  std::string province_code;  // Empty: in the country.
  std::string code;
  int64_t version = 0;  // Counted with the versions.
  absl::CivilDay first;
  std::string act;
};

// What holds on some dates.
struct ProcedurePeriod {
  DayRange days;
  const ProcedureVersion* version = nullptr;  // Null: none holds any more.
  const ProcedureEnd* end = nullptr;          // Why none does; null: its dates are over.
  // Version of the province that goes beyond what the country allows on these dates.
  const ProcedureVersion* set_aside = nullptr;
};
// Without gap from the first known date to kNoEnd; empty when nothing is known.
using ProcedurePeriods = std::vector<ProcedurePeriod>;

// The period of `day`; null before the first one.
const ProcedurePeriod* PeriodOn(const ProcedurePeriods& periods, absl::CivilDay day);

// A version and its term for a case; both live as long as the entry.
struct PinnedVersion {
  const ProcedureVersion* version = nullptr;
  const Term* term = nullptr;
};

// All versions of one procedure, and who was assigned the competence for it.
//
// On a date the publication with the highest number decides among those whose dates contain it: a
// later one supersedes from its first date, and when it was published for a time, what was before
// holds again behind it. Imported versions stand below every publication, and the country below the
// province, unless the province's goes beyond what it may (divergence.h): a change of the national
// version can bring that about. What the country has ended holds nowhere.
struct CatalogueEntry {
  std::string code;
  std::vector<ProcedureVersion> versions;  // By version number.
  std::vector<ProcedureEnd> ends;          // The same.
  std::vector<Assignment> assignments;     // The country's first, then by province; by id.
  ProcedurePeriods national;               // Set by Catalogue::Of, like the next.
  // Of provinces that have versions of their own: what holds there.
  absl::flat_hash_map<std::string, ProcedurePeriods> provincial;

  // The fee that version number `number` states for the case; nothing when it states none, or was
  // imported: of the national table only codes, names and levels are proven.
  std::optional<int64_t> FeeOf(int64_t number, absl::string_view case_key) const;
  // What holds in a province; in the country where the province has nothing of its own, or for an
  // empty code.
  const ProcedurePeriods& PeriodsIn(absl::string_view province_code) const;
  // The version that holds in the country, or in a province, on `day`. Null when nothing does.
  const ProcedureVersion* On(absl::CivilDay day) const { return In("", day); }
  const ProcedureVersion* In(absl::string_view province_code, absl::CivilDay day) const;
  // What a dossier received on `day` is pinned to: the version that holds in the province, when it
  // is routed and has a proven term for the case.
  std::optional<PinnedVersion> PinOn(absl::string_view province_code, absl::CivilDay day,
                                     absl::string_view case_key) const;
  // As In(); where only one province has the procedure, its version stands for the country.
  const ProcedureVersion* Shown(absl::string_view province_code, absl::CivilDay day) const;
  // Dates for which `version` holds in its own scope; empty (first == end) for one that a later
  // version corrected altogether.
  DayRange ValidOf(const ProcedureVersion& version) const;
  // Number of the last version or ending in the country or a province; 0 when there is none.
  int64_t LastNumber(absl::string_view province_code) const;
  // Assignments that can decide in a province: the country's, then its own. Empty code: only those.
  std::vector<const Assignment*> AssignmentsIn(absl::string_view province_code) const;
  // `version`, which holds in the province on `day`, is routed there: it is published, or
  // assignments decide its cases.
  bool Routed(const ProcedureVersion& version, absl::string_view province_code,
              absl::CivilDay day) const;
  // Cases of `version`, which is routed in the province on `day`: its own, or those that
  // assignments tell apart; the empty one where it has an answer for no case in particular.
  std::vector<std::string> CasesOf(const ProcedureVersion& version, absl::string_view province_code,
                                   absl::CivilDay day) const;
  // Cases that assignments of `day` tell apart in the province, each once, in order.
  std::vector<std::string> CasesOn(absl::string_view province_code, absl::CivilDay day) const;
};

// What a search looks for. Words are compared without diacritics; each must begin a word of the
// name, or the query must be the code.
struct CatalogueQuery {
  std::string folded_words;  // text::Fold of what the caller typed; empty finds everything.
  std::string code;          // What the caller typed, as a code.
  std::optional<Level> level;
  std::optional<bool> published;
  std::string province_code;  // Empty: the country.
  bool with_minted = false;   // For the country: also what a single province has of its own.
  bool own_only = false;      // Only versions of the province itself.
  std::string field;          // As published; empty: any. So is the next.
  std::string ministry;
  absl::CivilDay as_of;
};

// A place in the order of answers: rank first (0 the code itself, 1 the name begins with the query,
// 2 the name has its words side by side, 3 the name has every word), code second.
struct CatalogueCursor {
  int rank = 0;
  std::string code;
};

struct CatalogueHit {
  int rank = 0;
  const CatalogueEntry* entry = nullptr;
  const ProcedureVersion* version = nullptr;
};

// Immutable. Thread-safe.
class Catalogue {
 public:
  Catalogue() = default;
  // All in any order. Assignments and endings of procedures that are not there are left out.
  static std::shared_ptr<const Catalogue> Of(std::vector<ProcedureVersion> versions,
                                             std::vector<Assignment> assignments = {},
                                             std::vector<ProcedureEnd> ends = {});

  size_t size() const { return entries_.size(); }
  const CatalogueEntry* Find(absl::string_view code) const;
  // Entries in order of code.
  const std::vector<const CatalogueEntry*>& entries() const { return ordered_; }

  // The period of `as_of`, in the country or in a province, in which a version holds. Errors:
  // NOT_FOUND `PROCEDURE_NOT_FOUND`, with the provinces that alone have it in `province_codes`;
  // OUT_OF_RANGE `NOT_KNOWN_THEN` with `known_from`; FAILED_PRECONDITION `PROCEDURE_ENDED` with
  // `end_date`.
  absl::StatusOr<const ProcedurePeriod*> PeriodOn(absl::string_view code,
                                                  absl::string_view province_code,
                                                  absl::CivilDay as_of) const;

  // NOT_FOUND `PROCEDURE_NOT_FOUND`.
  absl::StatusOr<const CatalogueEntry*> Require(absl::string_view code) const;

  // Hits after `after` in order of rank and code, at most `limit`.
  std::vector<CatalogueHit> Search(const CatalogueQuery& query,
                                   const std::optional<CatalogueCursor>& after, size_t limit) const;

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<CatalogueEntry>> entries_;
  std::vector<const CatalogueEntry*> ordered_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_CATALOGUE_H_
