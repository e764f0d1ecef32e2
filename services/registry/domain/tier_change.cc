#include "services/registry/domain/tier_change.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/resolution.h"

namespace twotier::registry {
namespace {

absl::Status RequireProvince(const Province& province, absl::CivilDay day) {
  const bool exists =
      std::any_of(province.units.begin(), province.units.end(), [&](const PlacedUnit& unit) {
        return unit.tier == Tier::kProvince && unit.code == province.code &&
               unit.valid.Contains(day);
      });
  return exists ? absl::OkStatus() : UnitNotFound(province.code, day);
}

absl::Status WriteModel(Province& province, const TierChange& change, const ChangeTerms& terms) {
  std::vector<TierModelRow>& models = province.models.models;
  const TierModelRow* now = ModelOn(province.models, terms.day);
  if (now != nullptr && now->model == change.model) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("province ", province.code, " has this model since ",
                                          absl::FormatCivilTime(now->valid.first)),
                             "TIER_MODEL_IN_FORCE",
                             {{"since_date", absl::FormatCivilTime(now->valid.first)}});
  }
  if (!models.empty() && terms.day < models.back().valid.first) {
    const std::string date = absl::FormatCivilTime(models.back().valid.first);
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("another model of province ", province.code, " is planned for ", date),
        "LATER_CHANGE_PLANNED", {{"planned_date", date}});
  }
  if (!models.empty() && terms.day < models.back().valid.end) models.back().valid.end = terms.day;
  models.erase(std::remove_if(models.begin(), models.end(),
                              [](const auto& m) { return m.valid.end <= m.valid.first; }),
               models.end());
  TierModelRow row;
  row.province_code = province.code;
  row.model = change.model;
  row.commune_site = CenterKind::kCommune;
  if (change.model == TierModel::kSingleLevel) {
    // What an import gives a commune that is founded later.
    row.commune_site = change.others_become == CenterKind::kBranch ? CenterKind::kBranch
                                                                   : CenterKind::kReceptionPoint;
  }
  row.valid = {terms.day, kNoEnd};
  row.source = terms.act;
  row.origin = Origin::kRecorded;
  models.push_back(std::move(row));
  province.models.province_code = province.code;
  return absl::OkStatus();
}

// Id of the provincial center that operates on `day`.
absl::StatusOr<std::string> ProvincialCenter(const Province& province, absl::CivilDay day) {
  for (const CenterHistory& center : province.centers) {
    const CenterVersion* version = VersionOn(center, day);
    if (version != nullptr && version->kind == CenterKind::kProvincial &&
        version->state == CenterState::kOperating) {
      return center.id;
    }
  }
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("province ", province.code, " has no operating provincial center on ",
                   absl::FormatCivilTime(day)),
      "PARENT_CENTER_MISSING", {{"parent", ""}});
}

absl::Status Convert(Province& province, const SiteChange& site, const ChangeTerms& terms) {
  ASSIGN_OR_RETURN(const CenterVersion* version,
                   RequireCenter(province, site.center_id, terms.day));
  ASSIGN_OR_RETURN(const PlacedUnit* unit, RequireUnit(province, version->unit_id, terms.day));
  std::string parent_id;
  if (site.becomes == CenterKind::kCommune) {
    RETURN_IF_ERROR(RequireCommuneCenters(province, terms.day));
  } else {
    ASSIGN_OR_RETURN(parent_id, ProvincialCenter(province, terms.day));
  }
  CenterHistory& center = *FindCenter(province, site.center_id);
  RETURN_IF_ERROR(RequireNoLaterChange(
      center, terms.day, [](const auto& a, const auto& b) { return a.kind == b.kind; }));
  ChangeFrom(center, terms, [&](CenterVersion& v) {
    v.kind = site.becomes;
    v.parent_id = parent_id;
    v.display_name = DisplayName(site.becomes, unit->full_name);
  });
  return absl::OkStatus();
}

bool GoesOnAsCommuneCenter(const CenterHistory& center, absl::CivilDay day) {
  return std::any_of(center.versions.begin(), center.versions.end(), [&](const CenterVersion& v) {
    return day < v.valid.end && v.kind == CenterKind::kCommune && v.state != CenterState::kClosed;
  });
}

absl::Status RequireNoCommuneCenters(const Province& province, absl::CivilDay day) {
  std::vector<error::PreconditionViolation> violations;
  size_t all = 0;
  for (const CenterHistory& center : province.centers) {
    if (!GoesOnAsCommuneCenter(center, day)) continue;
    ++all;
    if (violations.size() == error::Violations::kViolationsMax) continue;
    violations.push_back({"COMMUNE_CENTER",
                          absl::StrCat("provinces/", province.code, "/centers/", center.id),
                          "is neither closed nor converted"});
  }
  if (all == 0) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat(all, " commune centers would go on in a single-level province"),
          "COMMUNE_CENTERS_OPERATE", {{"centers", absl::StrCat(all)}}),
      violations);
}

}  // namespace

absl::Status ChangeTierModel(Province& province, const TierChange& change,
                             const ChangeTerms& terms) {
  RETURN_IF_ERROR(CheckDay(terms.day));
  RETURN_IF_ERROR(RequireProvince(province, terms.day));
  RETURN_IF_ERROR(WriteModel(province, change, terms));
  std::vector<SiteChange> sites = change.sites;
  if (change.others_become != CenterKind::kUnspecified) {
    for (const CenterHistory& center : province.centers) {
      const bool named = std::any_of(sites.begin(), sites.end(), [&](const SiteChange& site) {
        return site.center_id == center.id;
      });
      // One that begins later than the change is not converted by it: it is refused below.
      if (!named && GoesOnAsCommuneCenter(center, terms.day) &&
          VersionOn(center, terms.day) != nullptr) {
        sites.push_back({center.id, change.others_become, ""});
      }
    }
  }
  // Conversions first: a converted center may take over from one that closes.
  for (const SiteChange& site : sites) {
    if (site.becomes != CenterKind::kUnspecified) RETURN_IF_ERROR(Convert(province, site, terms));
  }
  for (const SiteChange& site : sites) {
    if (site.becomes != CenterKind::kUnspecified) continue;
    RETURN_IF_ERROR(
        TakeCenterStep(province, site.center_id, CenterStep::kClose, site.successor_id, terms));
  }
  if (change.model != TierModel::kSingleLevel) return absl::OkStatus();
  return RequireNoCommuneCenters(province, terms.day);
}

}  // namespace twotier::registry
