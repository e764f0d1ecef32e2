#include "services/registry/domain/center_life.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/resolution.h"

namespace twotier::registry {
namespace {

struct Transition {
  CenterStep step;
  CenterState from;
  CenterState to;
};

constexpr Transition kTransitions[] = {
    {CenterStep::kMarkReady, CenterState::kPlanned, CenterState::kReady},
    {CenterStep::kOpen, CenterState::kReady, CenterState::kOperating},
    {CenterStep::kSuspend, CenterState::kOperating, CenterState::kSuspended},
    {CenterStep::kResume, CenterState::kSuspended, CenterState::kOperating},
    {CenterStep::kClose, CenterState::kPlanned, CenterState::kClosed},
    {CenterStep::kClose, CenterState::kReady, CenterState::kClosed},
    {CenterStep::kClose, CenterState::kOperating, CenterState::kClosed},
    {CenterStep::kClose, CenterState::kSuspended, CenterState::kClosed},
};

std::string NameOf(const Province& province, absl::string_view id) {
  return absl::StrCat("provinces/", province.code, "/centers/", id);
}

absl::StatusOr<CenterState> StateAfter(const CenterVersion& version, CenterStep step,
                                       absl::string_view name) {
  std::vector<absl::string_view> allowed;
  for (const Transition& transition : kTransitions) {
    if (transition.from != version.state) continue;
    if (transition.step == step) return transition.to;
    allowed.push_back(NameOf(transition.step));
  }
  const std::string steps = absl::StrJoin(allowed, ",");
  const std::string message = absl::StrCat(NameOf(step), " is not allowed in state ",
                                           NameOf(version.state), "; allowed: ", steps);
  absl::Status refused =
      error::WithReason(absl::StatusCode::kFailedPrecondition, message, "TRANSITION_NOT_ALLOWED",
                        {{"state", std::string(NameOf(version.state))}, {"allowed", steps}});
  return error::WithPreconditions(std::move(refused),
                                  {{"CENTER_STATE", std::string(name), message}});
}

absl::Status RequireReadiness(const CenterHistory& center, CenterKind kind, absl::CivilDay day,
                              absl::string_view name) {
  std::vector<error::PreconditionViolation> violations;
  for (const ReadinessItem item : MissingReadiness(center, kind, day)) {
    violations.push_back({"READINESS_ITEM", absl::AsciiStrToUpper(NameOf(item)),
                          absl::StrCat("not done by ", absl::FormatCivilTime(day))});
  }
  if (violations.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(name, " lacks ", violations.size(), " items of its checklist"),
                        "READINESS_INCOMPLETE", {{"missing", absl::StrCat(violations.size())}}),
      violations);
}

// The successor operates from the day on, and is another center.
absl::Status RequireSuccessor(const Province& province, absl::string_view id,
                              absl::string_view successor_id, absl::CivilDay day) {
  const std::string name = NameOf(province, id);
  const std::string successor = NameOf(province, successor_id);
  const CenterHistory* center = FindCenter(province, successor_id);
  if (center == nullptr || successor_id == id) {
    return SuccessorMissing(name, absl::StrCat(successor, " cannot take over from ", name));
  }
  const CenterVersion* version = VersionOn(*center, day);
  const bool operates =
      version != nullptr &&
      std::all_of(center->versions.begin(), center->versions.end(), [&](const CenterVersion& v) {
        return v.valid.end <= day || v.state == CenterState::kOperating;
      });
  if (operates) return absl::OkStatus();
  return SuccessorMissing(
      name, absl::StrCat(successor, " does not operate from ", absl::FormatCivilTime(day), " on"));
}

// How a version of a successor, which begins on `day` or before, is changed by what a center
// serves.
using ServedChange = absl::FunctionRef<void(CenterVersion& version, absl::CivilDay day,
                                            const std::vector<std::string>& served)>;

void TakeServed(CenterVersion& version, absl::CivilDay, const std::vector<std::string>& served) {
  for (const std::string& unit_id : served) AddServed(version, unit_id);
}

// Changes `successor` from the day on by what the center serves at each date: a change of units
// that is planned already gives it other units later.
void FollowServed(CenterHistory& successor, const std::vector<CenterVersion>& center,
                  const ChangeTerms& terms, ServedChange change) {
  for (const CenterVersion& version : center) {
    if (version.valid.end <= terms.day) continue;
    const DateRange range{std::max(version.valid.first, terms.day), version.valid.end};
    ChangeDuring(successor.versions, range, terms.act, [&](CenterVersion& changed) {
      change(changed, std::max(changed.valid.first, range.first), version.served_unit_ids);
    });
  }
  JoinEqualNeighbours(successor.versions);
}

// Finds who takes over on suspending or closing, and lets it serve. Sets `successor_id` to the
// center that did; empty when the rule was overridden or nothing has to be taken over.
absl::Status TakeOver(Province& province, const std::string& id, const CenterVersion& version,
                      std::string& successor_id, const ChangeTerms& terms) {
  if (successor_id.empty()) successor_id = version.successor_id;
  const bool receives = version.state == CenterState::kOperating;
  if (successor_id.empty()) {
    if (!receives) return absl::OkStatus();
    if (terms.override_reason.empty()) {
      return SuccessorMissing(NameOf(province, id),
                              "name the center that takes over, or say why none does");
    }
    FindCenter(province, id)
        ->overrides.push_back({"SUCCESSOR_CENTER_MISSING", terms.override_reason, terms.day});
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(RequireSuccessor(province, id, successor_id, terms.day));
  CenterHistory& successor = *FindCenter(province, successor_id);
  // Also one that serves all of it already has this act in its history: it was decided on.
  ChangeFrom(successor, terms, [](CenterVersion&) {});
  FollowServed(successor, FindCenter(province, id)->versions, terms, TakeServed);
  return absl::OkStatus();
}

// A suspension ends: its successor gives back what it took over, but not what its own units have
// become since.
void GiveBack(Province& province, const CenterHistory& center, const CenterVersion& suspended,
              const ChangeTerms& terms) {
  CenterHistory* successor = FindCenter(province, suspended.successor_id);
  if (successor == nullptr || VersionOn(*successor, terms.day) == nullptr) return;
  const absl::CivilDay begun = SuspendedSince(center, suspended);
  const CenterVersion* before = VersionOn(*successor, begun - 1);
  UnitIds kept;
  if (before != nullptr)
    kept.insert(before->served_unit_ids.begin(), before->served_unit_ids.end());
  const auto give_back = [&](CenterVersion& version, absl::CivilDay day,
                             const std::vector<std::string>& served) {
    UnitIds own = kept;
    for (const ChangeEvent& change : province.changes) {
      if (begun <= change.effective && change.effective <= day) own = UnitsAfter(change, own);
    }
    std::erase_if(version.served_unit_ids, [&](const std::string& unit_id) {
      return std::binary_search(served.begin(), served.end(), unit_id) && !own.contains(unit_id);
    });
  };
  FollowServed(*successor, center.versions, terms, give_back);
}

// Branches and points of a center that closes must not go on without it.
absl::Status RequireNoBranches(const Province& province, absl::string_view id, absl::CivilDay day) {
  std::vector<error::PreconditionViolation> violations;
  for (const CenterHistory& center : province.centers) {
    const bool goes_on =
        std::any_of(center.versions.begin(), center.versions.end(), [&](const CenterVersion& v) {
          return day < v.valid.end && v.parent_id == id && v.state != CenterState::kClosed;
        });
    if (!goes_on || violations.size() == error::Violations::kViolationsMax) continue;
    violations.push_back({"PARENT_CENTER", NameOf(province, center.id),
                          "is a branch or point of the center that closes"});
  }
  if (violations.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat(violations.size(), " branches and points belong to ", NameOf(province, id)),
          "PARENT_CENTER_MISSING", {{"parent", NameOf(province, id)}}),
      violations);
}

// A provisional id that no other center has: what the provincial center has, the unit's code and,
// from the second center of a unit on, a number.
std::string ProvisionalId(const Province& province, const PlacedUnit& unit, absl::CivilDay day) {
  std::string base = absl::StrCat("H", province.code);
  for (const CenterHistory& center : province.centers) {
    const CenterVersion* version = VersionOn(center, day);
    if (version != nullptr && version->kind == CenterKind::kProvincial) {
      base = version->organisation_id;
    }
  }
  absl::StrAppend(&base, ".", unit.code);
  std::string id = base;
  for (size_t n = 2; n <= province.centers.size() + 1; ++n) {
    if (RequireFreeOrganisationId(province, "", id, day).ok()) break;
    id = absl::StrCat(base, ".", absl::Dec(n, absl::kZeroPad2));
  }
  return id;
}

absl::Status RequireUnits(const Province& province, std::vector<std::string>& unit_ids,
                          absl::CivilDay day) {
  std::sort(unit_ids.begin(), unit_ids.end());
  unit_ids.erase(std::unique(unit_ids.begin(), unit_ids.end()), unit_ids.end());
  for (const std::string& unit_id : unit_ids) {
    RETURN_IF_ERROR(RequireUnit(province, unit_id, day).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PlanCenter(Province& province, const NewCenter& center, const ChangeTerms& terms) {
  RETURN_IF_ERROR(CheckDay(terms.day));
  if (FindCenter(province, center.id) != nullptr) {
    return error::WithReason(absl::StatusCode::kAlreadyExists,
                             absl::StrCat("there is a center ", NameOf(province, center.id)),
                             "CENTER_EXISTS", {{"center", NameOf(province, center.id)}});
  }
  ASSIGN_OR_RETURN(const PlacedUnit* unit, RequireUnit(province, center.unit_id, terms.day));
  CenterVersion version;
  version.valid = {terms.day, kNoEnd};
  version.kind = center.kind;
  version.state = CenterState::kPlanned;
  version.display_name =
      center.display_name.empty() ? DisplayName(center.kind, unit->full_name) : center.display_name;
  version.unit_id = center.unit_id;
  version.parent_id = center.parent_id;
  version.served_unit_ids = center.served_unit_ids;
  if (version.served_unit_ids.empty()) version.served_unit_ids = {center.unit_id};
  version.organisation_id_provisional = center.organisation_id.empty();
  version.organisation_id = version.organisation_id_provisional
                                ? ProvisionalId(province, *unit, terms.day)
                                : center.organisation_id;
  version.origin = Origin::kRecorded;
  version.act = terms.act;
  RETURN_IF_ERROR(RequireReceiving(province, version, terms.day));
  RETURN_IF_ERROR(RequireUnits(province, version.served_unit_ids, terms.day));
  RETURN_IF_ERROR(
      RequireFreeOrganisationId(province, center.id, version.organisation_id, terms.day));
  CenterHistory history;
  history.province_code = province.code;
  history.id = center.id;
  history.versions = {std::move(version)};
  const auto at = std::upper_bound(province.centers.begin(), province.centers.end(), history.id,
                                   [](const std::string& a, const auto& b) { return a < b.id; });
  province.centers.insert(at, std::move(history));
  return absl::OkStatus();
}

absl::Status AmendCenter(Province& province, absl::string_view id, const CenterAmendment& amendment,
                         const ChangeTerms& terms) {
  RETURN_IF_ERROR(CheckDay(terms.day));
  ASSIGN_OR_RETURN(const CenterVersion* version, RequireCenter(province, id, terms.day));
  CenterHistory& center = *FindCenter(province, id);
  if (amendment.unit_id) {
    RETURN_IF_ERROR(RequireUnit(province, *amendment.unit_id, terms.day).status());
  }
  if (amendment.parent_id) {
    RETURN_IF_ERROR(RequireParent(province, version->kind, *amendment.parent_id, terms.day));
  }
  if (amendment.organisation_id) {
    RETURN_IF_ERROR(RequireFreeOrganisationId(province, id, *amendment.organisation_id, terms.day));
  }
  RETURN_IF_ERROR(RequireNoLaterChange(center, terms.day, [&](const auto& a, const auto& b) {
    return (!amendment.display_name || a.display_name == b.display_name) &&
           (!amendment.unit_id || a.unit_id == b.unit_id) &&
           (!amendment.parent_id || a.parent_id == b.parent_id) &&
           (!amendment.organisation_id || a.organisation_id == b.organisation_id);
  }));
  ChangeFrom(center, terms, [&](CenterVersion& v) {
    if (amendment.display_name) v.display_name = *amendment.display_name;
    if (amendment.unit_id) v.unit_id = *amendment.unit_id;
    if (amendment.parent_id) v.parent_id = *amendment.parent_id;
    if (!amendment.organisation_id) return;
    v.organisation_id = *amendment.organisation_id;
    v.organisation_id_provisional = false;
  });
  return absl::OkStatus();
}

absl::Status TakeCenterStep(Province& province, absl::string_view id, CenterStep step,
                            absl::string_view successor_id, const ChangeTerms& terms) {
  RETURN_IF_ERROR(CheckDay(terms.day));
  ASSIGN_OR_RETURN(const CenterVersion* found, RequireCenter(province, id, terms.day));
  const CenterVersion before = *found;
  const std::string name = NameOf(province, id);
  const std::string center_id(id);
  ASSIGN_OR_RETURN(const CenterState after, StateAfter(before, step, name));
  CenterHistory& center = *FindCenter(province, id);
  RETURN_IF_ERROR(RequireNoLaterChange(
      center, terms.day, [](const auto& a, const auto& b) { return a.state == b.state; }));

  std::string successor(successor_id);
  if (step == CenterStep::kMarkReady) {
    RETURN_IF_ERROR(RequireReadiness(center, before.kind, terms.day, name));
  } else if (step == CenterStep::kOpen || step == CenterStep::kResume) {
    RETURN_IF_ERROR(RequireReceiving(province, before, terms.day));
    if (step == CenterStep::kResume) GiveBack(province, center, before, terms);
    successor.clear();
  } else {
    if (step == CenterStep::kClose) RETURN_IF_ERROR(RequireNoBranches(province, id, terms.day));
    RETURN_IF_ERROR(TakeOver(province, center_id, before, successor, terms));
  }
  ChangeFrom(center, terms, [&](CenterVersion& version) {
    version.state = after;
    version.successor_id = successor;
    if (after == CenterState::kClosed) version.served_unit_ids.clear();
  });
  return absl::OkStatus();
}

absl::Status ServeUnits(Province& province, absl::string_view id, std::vector<std::string> unit_ids,
                        const ChangeTerms& terms) {
  RETURN_IF_ERROR(CheckDay(terms.day));
  RETURN_IF_ERROR(RequireCenter(province, id, terms.day).status());
  RETURN_IF_ERROR(RequireUnits(province, unit_ids, terms.day));
  CenterHistory& center = *FindCenter(province, id);
  RETURN_IF_ERROR(RequireNoLaterChange(center, terms.day, [](const auto& a, const auto& b) {
    return a.served_unit_ids == b.served_unit_ids;
  }));
  ChangeFrom(center, terms, [&](CenterVersion& version) { version.served_unit_ids = unit_ids; });
  return absl::OkStatus();
}

absl::string_view NameOf(CenterState state) {
  switch (state) {
    case CenterState::kPlanned:
      return "planned";
    case CenterState::kReady:
      return "ready";
    case CenterState::kOperating:
      return "operating";
    case CenterState::kSuspended:
      return "suspended";
    case CenterState::kClosed:
      return "closed";
    case CenterState::kUnspecified:
      break;
  }
  return "unspecified";
}

absl::string_view NameOf(CenterStep step) {
  switch (step) {
    case CenterStep::kMarkReady:
      return "mark_ready";
    case CenterStep::kOpen:
      return "open";
    case CenterStep::kSuspend:
      return "suspend";
    case CenterStep::kResume:
      return "resume";
    case CenterStep::kClose:
      return "close";
  }
  return "";
}

}  // namespace twotier::registry
