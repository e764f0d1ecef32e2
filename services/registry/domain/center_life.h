// The life of a center: PLANNED → READY → OPERATING → SUSPENDED → CLOSED, and what else a call can
// change of it. Every function alters `province` and leaves it in an undefined state when it fails.
//
// Errors of all functions that name a center: NOT_FOUND `CENTER_NOT_FOUND`; OUT_OF_RANGE
// `DATE_BEFORE_DATA`. Those that change a fact: FAILED_PRECONDITION `LATER_CHANGE_PLANNED`.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_LIFE_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_LIFE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/registry/domain/province_centers.h"
#include "services/registry/domain/readiness.h"

namespace twotier::registry {

enum class CenterStep { kMarkReady, kOpen, kSuspend, kResume, kClose };

// What a new center is.
struct NewCenter {
  std::string id;
  CenterKind kind = CenterKind::kUnspecified;
  std::string display_name;  // Empty: made of kind and unit.
  std::string unit_id;
  std::string parent_id;
  std::vector<std::string> served_unit_ids;  // Empty: its own unit.
  std::string organisation_id;               // Left to right; empty: a provisional one.
};

// Adds it in state PLANNED. ALREADY_EXISTS `CENTER_EXISTS`; NOT_FOUND `UNIT_NOT_FOUND`;
// FAILED_PRECONDITION `UNIT_ENDED`, `UNIT_OUTSIDE_PROVINCE`, `COMMUNE_CENTER_IN_SINGLE_LEVEL`,
// `PARENT_CENTER_MISSING`, `ORGANISATION_ID_TAKEN` (two centers with one id on one date would give
// one dossier code twice).
absl::Status PlanCenter(Province& province, const NewCenter& center, const ChangeTerms& terms);

// New values; what is absent stays.
struct CenterAmendment {
  std::optional<std::string> display_name;
  std::optional<std::string> unit_id;
  std::optional<std::string> parent_id;
  std::optional<std::string> organisation_id;  // Left to right.
};

// Errors: those of PlanCenter that concern what is amended.
absl::Status AmendCenter(Province& province, absl::string_view id, const CenterAmendment& amendment,
                         const ChangeTerms& terms);

// Takes the step on the terms' date. FAILED_PRECONDITION `TRANSITION_NOT_ALLOWED` (metadata
// `state`, `allowed`, and a precondition violation); `READINESS_INCOMPLETE` with a violation for
// each missing item; on opening and resuming `UNIT_ENDED`, `COMMUNE_CENTER_IN_SINGLE_LEVEL`,
// `PARENT_CENTER_MISSING`; on suspending and closing what operates `SUCCESSOR_CENTER_MISSING`,
// unless overridden, and `PARENT_CENTER_MISSING` when branches or points of a center that closes go
// on. Coverage is the caller's to check (RequireCoverage).
//
// A successor serves what the center served from the date on; when a suspension ends, it gives back
// what it did not serve the day before it.
absl::Status TakeCenterStep(Province& province, absl::string_view id, CenterStep step,
                            absl::string_view successor_id, const ChangeTerms& terms);

// Replaces the units a center serves. NOT_FOUND `UNIT_NOT_FOUND`; FAILED_PRECONDITION `UNIT_ENDED`,
// `UNIT_OUTSIDE_PROVINCE`.
absl::Status ServeUnits(Province& province, absl::string_view id, std::vector<std::string> unit_ids,
                        const ChangeTerms& terms);

// Names in messages and metadata: "operating", "suspend".
absl::string_view NameOf(CenterState state);
absl::string_view NameOf(CenterStep step);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_LIFE_H_
