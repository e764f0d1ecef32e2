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
  int64_t version = 0;  // From 1 for each code.
  std::vector<DraftReason> draft_reasons;
  std::string folded_name;     // text::Fold of the name, for search.
  DecidingBody deciding_body;  // Set by Catalogue::Of.

  bool published() const { return draft_reasons.empty(); }
  // A draft for no other reason than that its level depends on the case: assignments can say which
  // body decides which case.
  bool depends_on_case() const {
    return draft_reasons.size() == 1 && draft_reasons[0] == DraftReason::kLevelDependsOnCase;
  }
};

// All versions of one procedure, and who was assigned the competence for it.
struct CatalogueEntry {
  std::string code;
  std::vector<ProcedureVersion> versions;  // By version number.
  std::vector<Assignment> assignments;     // In order of their names.

  // The version that holds on `day`: the latest one known by then. Null when nothing was known.
  const ProcedureVersion* On(absl::CivilDay day) const;
  // Dates for which `version` holds; empty (first == end) for one that a later version corrected
  // altogether.
  DayRange ValidOf(const ProcedureVersion& version) const;
  // First date on which anything is known of it.
  absl::CivilDay KnownFrom() const;
  // `version`, which holds on `day`, is routed: it is published, or assignments decide its cases.
  bool Routed(const ProcedureVersion& version, absl::CivilDay day) const;
  // Cases that assignments of `day` tell apart, each once, in order.
  std::vector<std::string> CasesOn(absl::CivilDay day) const;
};

// What a search looks for. Words are compared without diacritics; each must begin a word of the
// name, or the query must be the code.
struct CatalogueQuery {
  std::string folded_words;  // text::Fold of what the caller typed; empty finds everything.
  std::string code;          // What the caller typed, as a code.
  std::optional<Level> level;
  std::optional<bool> published;
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
  // Both in any order. Assignments of procedures that are not there are left out.
  static std::shared_ptr<const Catalogue> Of(std::vector<ProcedureVersion> versions,
                                             std::vector<Assignment> assignments = {});

  size_t size() const { return entries_.size(); }
  const CatalogueEntry* Find(absl::string_view code) const;
  // Entries in order of code.
  const std::vector<const CatalogueEntry*>& entries() const { return ordered_; }

  // The version that holds on `as_of`. Errors: NOT_FOUND `PROCEDURE_NOT_FOUND`; OUT_OF_RANGE
  // `NOT_KNOWN_THEN` with `known_from`.
  absl::StatusOr<const ProcedureVersion*> VersionOn(absl::string_view code,
                                                    absl::CivilDay as_of) const;

  // Hits after `after` in order of rank and code, at most `limit`.
  std::vector<CatalogueHit> Search(const CatalogueQuery& query,
                                   const std::optional<CatalogueCursor>& after, size_t limit) const;

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<CatalogueEntry>> entries_;
  std::vector<const CatalogueEntry*> ordered_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_CATALOGUE_H_
