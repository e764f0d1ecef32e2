// Searching units by their names, also by those they have no more.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_SEARCH_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_SEARCH_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/name_index.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

struct SearchQuery {
  absl::string_view text{};           // As place_text.h reads it.
  Tier tier = Tier::kUnspecified;     // kUnspecified: any.
  absl::string_view province_code{};  // Empty: any. Of the unit while it had the name.
  bool only_current = false;          // Only names that are valid on `as_of`.
  absl::CivilDay as_of{};             // Names that begin later are not found.
};

// One unit under one of its names.
struct SearchHit {
  VersionRef unit;  // The last version with the name that has begun.
  DateRange named;  // When it had the name, over consecutive versions.
  NameMatch match = NameMatch::kUnspecified;
  bool without_type = false;  // The short name matched.
  int edits = 0;              // kNear: letters that differ.
  bool current = false;       // The name is valid on the date of the query.
};

// All hits, in no order. Names of units above that stand in the text after commas are met by each
// hit on some day on which it had its name.
std::vector<SearchHit> Search(const UnitTree& tree, const NameIndex& names,
                              const SearchQuery& query);

// Best first: by match and letters that differ, names of today before old ones, short ones before
// long ones, then by code, unit and date. A total order.
bool RanksBefore(const UnitTree& tree, const SearchHit& a, const SearchHit& b);

// The same order as text; the separator sorts before everything that codes and ids are made of.
std::string RankKey(const UnitTree& tree, const SearchHit& hit);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_SEARCH_H_
