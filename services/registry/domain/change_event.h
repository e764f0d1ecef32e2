// Changes of units by law: what a call asks for, and what is recorded of it.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CHANGE_EVENT_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CHANGE_EVENT_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/registry/domain/unit.h"

namespace twotier::registry {

// What an event does. Numbers as in twotier/registry/v1.
enum class ChangeKind {
  kUnspecified = 0,
  kMerge = 1,
  kSplit = 2,
  kPartialTransfer = 3,
  kRename = 4,
  kRetype = 5,
  kReparent = 6,
  kRecode = 7,
};

// From a unit before to a unit after; to itself where it goes on.
struct ChangeEdge {
  std::string source_id;
  std::string target_id;
  Relation relation = Relation::kUnspecified;  // Derived by PlanChange.
  // Shares of the source in parts per million; absent: not known.
  std::optional<int64_t> population_ppm{};
  std::optional<int64_t> area_ppm{};
  std::vector<std::string> hamlets{};

  friend bool operator==(const ChangeEdge& a, const ChangeEdge& b) = default;
};

// A unit after the event. What is absent of one that goes on stays as it is.
struct ChangeTarget {
  std::string unit_id;   // Of a founded unit: one that was never used.
  bool founded = false;  // Then everything up to `parent_id` is there.
  std::string code;
  UnitType type = UnitType::kUnspecified;
  std::string full_name;
  std::string short_name;
  std::string parent_id;
  std::optional<int64_t> area_hectares;
  std::optional<int64_t> population;
  std::optional<Point> point;
};

// What ApplyChangeEvent asks for.
struct ChangeRequest {
  std::string event_id;
  std::string act;
  absl::CivilDay effective;
  std::vector<std::string> source_ids;
  std::vector<ChangeTarget> targets;
  std::vector<ChangeEdge> edges;
  std::string caretaker_id;  // Empty only where no unit ends.
};

// Kinds of the feed's events of change events.
inline constexpr absl::string_view kEventPlanned = "change_event.planned";
inline constexpr absl::string_view kEventCorrected = "change_event.corrected";
inline constexpr absl::string_view kEventCancelled = "change_event.cancelled";

inline constexpr absl::string_view kSuccessionReported = "succession.reported";

// What is recorded of an event.
struct ChangeEvent {
  std::string id;
  int64_t version = 0;  // 1 when planned; 0 when derived from imported history.
  absl::CivilDay effective;
  std::string act;
  std::vector<ChangeKind> kinds;  // In order, each once.
  std::vector<ChangeEdge> edges;  // In the order of the request.
  std::vector<std::string> founded_ids;
  std::string caretaker_id;
  bool cancelled = false;
  std::string cancel_reason;
  Origin origin = Origin::kRecorded;

  friend bool operator==(const ChangeEvent& a, const ChangeEvent& b) = default;
};

// True when the event has an edge from the unit to itself.
bool GoesOn(const ChangeEvent& event, absl::string_view unit_id);
bool IsFounded(const ChangeEvent& event, absl::string_view unit_id);
// Units before and after it, each once, in order of their first edge.
std::vector<std::string> SourcesOf(const ChangeEvent& event);
std::vector<std::string> TargetsOf(const ChangeEvent& event);
// What the event makes of a set of units: of one that ends all that it went to, of one that goes on
// itself and what was founded out of it.
std::set<std::string> UnitsAfter(const ChangeEvent& event, const std::set<std::string>& unit_ids);
// Sources that do not go on.
std::vector<std::string> EndedBy(const ChangeEvent& event);

// A unit as it is at one side of an event; null when it is not there.
using VersionOfUnit = absl::FunctionRef<const UnitVersion*(const std::string& unit_id)>;

// What the event does, from its edges and from what the units are the day before and on the day.
std::vector<ChangeKind> KindsOf(const ChangeEvent& event, VersionOfUnit before,
                                VersionOfUnit after);

// How far a service is with what an event leaves to it.
struct SuccessionReport {
  std::string event_id;
  std::string service;
  int64_t version = 0;
  int64_t open = 0;     // Things that rest on a unit that ends.
  int64_t planned = 0;  // Of those, the ones whose successor is decided.
  std::vector<std::string> unplanned_items;
  std::string principal;
  absl::Time reported;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CHANGE_EVENT_H_
