#include "services/registry/domain/province_centers.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_versions.h"

namespace twotier::registry {
namespace {

constexpr size_t kViolationsMax = 100;

std::string CenterNameOf(absl::string_view province_code, absl::string_view id) {
  return absl::StrCat("provinces/", province_code, "/centers/", id);
}

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::Status ParentMissing(absl::string_view message, absl::string_view parent) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition, message, "PARENT_CENTER_MISSING",
                           {{"parent", std::string(parent)}});
}

// Communes of the province that an operating center serves on `day`.
absl::flat_hash_set<absl::string_view> ServedOn(const Province& province, absl::CivilDay day) {
  absl::flat_hash_set<absl::string_view> served;
  for (const CenterHistory& center : province.centers) {
    const CenterVersion* version = VersionOn(center, day);
    if (version == nullptr || version->state != CenterState::kOperating) continue;
    served.insert(version->served_unit_ids.begin(), version->served_unit_ids.end());
  }
  return served;
}

// Dates from `day` on at which a center of the province changes.
void AddDates(const Province& province, absl::CivilDay day, std::set<absl::CivilDay>& dates) {
  for (const CenterHistory& center : province.centers) {
    for (const CenterVersion& version : center.versions) {
      if (day < version.valid.first) dates.insert(version.valid.first);
      if (day < version.valid.end && version.valid.end != kNoEnd) dates.insert(version.valid.end);
    }
  }
}

}  // namespace

const CenterHistory* FindCenter(const Province& province, absl::string_view id) {
  const auto it = std::find_if(province.centers.begin(), province.centers.end(),
                               [&](const CenterHistory& center) { return center.id == id; });
  return it == province.centers.end() ? nullptr : &*it;
}

CenterHistory* FindCenter(Province& province, absl::string_view id) {
  return const_cast<CenterHistory*>(FindCenter(std::as_const(province), id));
}

absl::Status CenterNotFound(absl::string_view name, absl::CivilDay day) {
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no center \"", name, "\" on ", Text(day)),
                           "CENTER_NOT_FOUND", {{"as_of", Text(day)}});
}

absl::StatusOr<const CenterVersion*> RequireCenter(const Province& province, absl::string_view id,
                                                   absl::CivilDay day) {
  for (const CenterHistory& center : province.centers) {
    if (center.id != id) continue;
    if (const CenterVersion* version = VersionOn(center, day); version != nullptr) return version;
  }
  return CenterNotFound(CenterNameOf(province.code, id), day);
}

absl::StatusOr<const PlacedUnit*> RequireUnit(const Province& province, absl::string_view unit_id,
                                              absl::CivilDay day) {
  const PlacedUnit* last = nullptr;
  absl::CivilDay begins = kNoEnd;
  for (const PlacedUnit& unit : province.units) {
    if (unit.id != unit_id) continue;
    begins = std::min(begins, unit.valid.first);
    if (last == nullptr || last->valid.first < unit.valid.first) last = &unit;
    if (!unit.valid.Contains(day)) continue;
    if (unit.province_code == province.code) return &unit;
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("units/", unit_id, " lies in province ", unit.province_code, " on ",
                     Text(day)),
        "UNIT_OUTSIDE_PROVINCE",
        {{"unit", absl::StrCat("units/", unit_id)}, {"province_code", unit.province_code}});
  }
  if (last == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no unit \"units/", unit_id, "\""), "UNIT_NOT_FOUND",
                             {{"as_of", Text(day)}});
  }
  error::Metadata metadata = {{"unit", absl::StrCat("units/", unit_id)}, {"begins", Text(begins)}};
  if (last->valid.end != kNoEnd) metadata.emplace_back("ends", Text(last->valid.end));
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(last->full_name, " (units/", unit_id, ") does not exist on ", Text(day)),
      "UNIT_ENDED", std::move(metadata));
}

void ChangeFrom(CenterHistory& center, const ChangeTerms& terms,
                absl::FunctionRef<void(CenterVersion&)> change) {
  std::vector<CenterVersion> versions;
  for (CenterVersion& version : center.versions) {
    if (version.valid.end <= terms.day) {
      versions.push_back(std::move(version));
      continue;
    }
    if (version.valid.first < terms.day) {
      versions.push_back(version);
      versions.back().valid.end = terms.day;
      version.valid.first = terms.day;
    }
    change(version);
    version.origin = Origin::kRecorded;
    if (!terms.act.empty()) version.act = terms.act;
    versions.push_back(std::move(version));
  }
  JoinEqualNeighbours(versions);
  center.versions = std::move(versions);
}

absl::Status RequireNoLaterChange(
    const CenterHistory& center, absl::CivilDay day,
    absl::FunctionRef<bool(const CenterVersion&, const CenterVersion&)> same) {
  const CenterVersion* now = VersionOn(center, day);
  for (const CenterVersion& version : center.versions) {
    if (version.valid.first <= day || now == nullptr || same(*now, version)) continue;
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("a change of ", CenterNameOf(center.province_code, center.id),
                     " is planned already for ", Text(version.valid.first)),
        "LATER_CHANGE_PLANNED", {{"planned_date", Text(version.valid.first)}});
  }
  return absl::OkStatus();
}

absl::Status RequireCommuneCenters(const Province& province, absl::CivilDay day) {
  for (const TierModelRow& model : province.models.models) {
    if (model.model != TierModel::kSingleLevel || model.valid.end <= day) continue;
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("province ", province.code, " has the single-level model from ",
                     Text(model.valid.first), ": branches and points, no commune centers"),
        "COMMUNE_CENTER_IN_SINGLE_LEVEL",
        {{"province_code", province.code}, {"from_date", Text(model.valid.first)}});
  }
  return absl::OkStatus();
}

absl::Status RequireParent(const Province& province, CenterKind kind, absl::string_view parent_id,
                           absl::CivilDay day) {
  if (kind != CenterKind::kBranch && kind != CenterKind::kReceptionPoint) return absl::OkStatus();
  const std::string parent = parent_id.empty() ? "" : CenterNameOf(province.code, parent_id);
  if (parent_id.empty()) {
    return ParentMissing("a branch or reception point belongs to a center of its province", parent);
  }
  for (const CenterHistory& center : province.centers) {
    if (center.id != parent_id) continue;
    const CenterVersion* version = VersionOn(center, day);
    if (version == nullptr || version->state == CenterState::kClosed) {
      return ParentMissing(absl::StrCat(parent, " does not stand on ", Text(day)), parent);
    }
    if (version->kind == CenterKind::kReceptionPoint ||
        (version->kind == CenterKind::kBranch && kind == CenterKind::kBranch)) {
      return ParentMissing(absl::StrCat(parent, " is itself a branch or reception point"), parent);
    }
    return absl::OkStatus();
  }
  return ParentMissing(absl::StrCat("province ", province.code, " has no center ", parent), parent);
}

absl::Status RequireReceiving(const Province& province, const CenterVersion& version,
                              absl::CivilDay day) {
  RETURN_IF_ERROR(RequireUnit(province, version.unit_id, day).status());
  if (version.kind == CenterKind::kCommune) RETURN_IF_ERROR(RequireCommuneCenters(province, day));
  return RequireParent(province, version.kind, version.parent_id, day);
}

absl::Status RequireFreeOrganisationId(const Province& province, absl::string_view id,
                                       absl::string_view organisation_id, absl::CivilDay day) {
  for (const CenterHistory& center : province.centers) {
    if (center.id == id) continue;
    for (const CenterVersion& version : center.versions) {
      if (version.valid.end <= day || version.organisation_id != organisation_id) continue;
      return error::WithReason(absl::StatusCode::kFailedPrecondition,
                               absl::StrCat(organisation_id, " is the organisation id of ",
                                            CenterNameOf(province.code, center.id)),
                               "ORGANISATION_ID_TAKEN",
                               {{"center", CenterNameOf(province.code, center.id)}});
    }
  }
  return absl::OkStatus();
}

absl::Status SuccessorMissing(absl::string_view center, absl::string_view message) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition, message,
                           "SUCCESSOR_CENTER_MISSING", {{"center", std::string(center)}});
}

std::vector<std::string> NewlyUncovered(const Province& before, const Province& after,
                                        absl::CivilDay day) {
  std::set<absl::CivilDay> dates = {day};
  AddDates(before, day, dates);
  AddDates(after, day, dates);
  std::set<std::string> uncovered;
  for (const absl::CivilDay date : dates) {
    const auto served_before = ServedOn(before, date);
    const auto served_after = ServedOn(after, date);
    for (const PlacedUnit& unit : after.units) {
      if (unit.tier == Tier::kCommune && unit.province_code == after.code &&
          unit.valid.Contains(date) && served_before.contains(unit.id) &&
          !served_after.contains(unit.id)) {
        uncovered.insert(unit.id);
      }
    }
  }
  return {uncovered.begin(), uncovered.end()};
}

absl::Status RequireCoverage(const Province& before, Province& after, absl::string_view center_id,
                             const ChangeTerms& terms) {
  const std::vector<std::string> uncovered = NewlyUncovered(before, after, terms.day);
  if (uncovered.empty()) return absl::OkStatus();
  if (CenterHistory* center = FindCenter(after, center_id);
      center != nullptr && !terms.override_reason.empty()) {
    center->overrides.push_back({"UNITS_LEFT_UNCOVERED", terms.override_reason, terms.day});
    return absl::OkStatus();
  }
  std::vector<error::PreconditionViolation> violations;
  for (const std::string& unit_id : uncovered) {
    if (violations.size() == kViolationsMax) break;
    violations.push_back({"OPERATING_CENTER", absl::StrCat("units/", unit_id),
                          "no operating center would serve it"});
  }
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(uncovered.size(), " units would have no operating center"),
                        "UNITS_LEFT_UNCOVERED", {{"units", absl::StrCat(uncovered.size())}}),
      violations);
}

std::vector<CenterHistory*> ChangedCenters(const Province& before, Province& after) {
  std::vector<CenterHistory*> changed;
  for (CenterHistory& center : after.centers) {
    const CenterHistory* old = FindCenter(before, center.id);
    if (old == nullptr || old->versions != center.versions || old->fallen != center.fallen ||
        old->readiness != center.readiness || old->overrides != center.overrides) {
      changed.push_back(&center);
    }
  }
  return changed;
}

}  // namespace twotier::registry
