// A data set from its files to everything the register holds, and its difference to what is stored.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_IMPORT_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_IMPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/counts.h"
#include "services/registry/domain/information_system.h"
#include "services/registry/domain/opening.h"
#include "services/registry/domain/reference_data.h"
#include "services/registry/domain/unit.h"

namespace twotier::registry {

// All the register holds, as a data set states it or as it is stored.
struct RegisterState {
  std::vector<UnitHistory> units;                    // In order of their ids.
  std::vector<CenterHistory> centers;                // In order of (province code, id).
  std::vector<TierModelHistory> tier_models;         // In order of the province code.
  std::vector<PublishedCount> counts;                // In order of (day, what).
  std::vector<InformationSystem> systems;            // In order of (province code, id).
  std::vector<Incident> incidents;                   // In order of (province code, system, id).
  std::vector<OpeningHours> opening_hours;           // In order of (province code, center).
  std::vector<ChangeEvent> change_events;            // Recorded ones, in order of (date, id).
  std::vector<SuccessionReport> succession_reports;  // In order of (event, service).
  std::vector<WithdrawnUnit> withdrawn;              // In order of their ids.
};

struct PreparedImport {
  RegisterState state;
  std::vector<CheckedCount> counts;  // Of the data set alone. All met.
};

// Reads, joins, checks, reconciles and derives. INVALID_ARGUMENT `IMPORT_ROW_INVALID` names every
// wrong row (at most 100); FAILED_PRECONDITION `COUNTS_DIFFER` names every published count that is
// not met. Centers are derived from the tier models of `stored_models` that a call recorded, where
// there are such, and else from those of the data set.
absl::StatusOr<PreparedImport> PrepareImport(
    absl::Span<const DataFile> files, const std::vector<TierModelHistory>& stored_models = {});

// How many records of one kind an import adds, changes and leaves alone.
struct Difference {
  absl::string_view kind;
  int64_t added = 0;
  int64_t changed = 0;
  int64_t unchanged = 0;
  int64_t kept = 0;  // Recorded by a call: the import leaves them as they are.
};

// What has to be written. Records of the data set whose subject is stored take its version; what is
// changed or new gets the next one. Stored records that the data set does not name stay as they
// are, and so do units, centers, tier models and systems that a call changed.
struct ImportPlan {
  std::vector<Difference> differences;  // unit, unit_version, succession, center, tier_model,
                                        // information_system, published_count.
  std::vector<UnitHistory> units;       // New and changed ones, with their new version.
  std::vector<CenterHistory> centers;
  std::vector<TierModelHistory> tier_models;
  std::vector<PublishedCount> counts;
  std::vector<InformationSystem> systems;

  bool empty() const {
    return units.empty() && centers.empty() && tier_models.empty() && counts.empty() &&
           systems.empty();
  }
};

ImportPlan PlanImport(RegisterState imported, const RegisterState& stored);

// The tree of the stored units with the changed ones in their place. Those without versions are not
// in it. FAILED_PRECONDITION `CONFLICTS_WITH_STORED` names the first unit that would break a rule
// of UnitTree::Build.
absl::StatusOr<UnitTree> TreeWith(std::vector<UnitHistory> stored,
                                  absl::Span<const UnitHistory> changed);

// FAILED_PRECONDITION `COUNTS_DIFFER` names every binding count of `day` or later that the tree
// does not meet.
absl::Status RequireCountsFrom(const UnitTree& tree, absl::Span<const PublishedCount> counts,
                               absl::CivilDay day);

// Judges what the register will hold once `plan` is written over `stored`: data that are right in
// themselves may contradict what the data set does not name. Returns the binding counts, stored and
// imported, all met. FAILED_PRECONDITION `CONFLICTS_WITH_STORED` names the first unit that would
// break a rule of UnitTree::Build; `COUNTS_DIFFER` names every binding count that would not be met,
// and every stored one that the plan would release: a data set does not switch its own check off.
absl::StatusOr<std::vector<CheckedCount>> CheckPlan(const ImportPlan& plan, RegisterState stored);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_IMPORT_H_
