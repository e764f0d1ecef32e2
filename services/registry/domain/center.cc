#include "services/registry/domain/center.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace twotier::registry {
namespace {

constexpr absl::string_view kCenter = "Trung tâm Phục vụ hành chính công";

// Type words as they stand inside a name: in lower case.
constexpr std::pair<absl::string_view, absl::string_view> kTypeWords[] = {
    {"Thành phố", "thành phố"}, {"Tỉnh", "tỉnh"}, {"Phường", "phường"}, {"Xã", "xã"},
    {"Đặc khu", "đặc khu"},
};

std::string Inside(absl::string_view full_name) {
  for (const auto& [capital, small] : kTypeWords) {
    if (absl::ConsumePrefix(&full_name, capital)) return absl::StrCat(small, full_name);
  }
  return std::string(full_name);
}

std::string DisplayName(CenterKind kind, const UnitVersion& unit) {
  const std::string unit_name = Inside(unit.full_name);
  switch (kind) {
    case CenterKind::kBranch:
      return absl::StrCat("Chi nhánh ", kCenter, " tại ", unit_name);
    case CenterKind::kReceptionPoint:
      return absl::StrCat("Điểm tiếp nhận của ", kCenter, " tại ", unit_name);
    default:
      return absl::StrCat(kCenter, " ", unit_name);
  }
}

std::string ProvincialId(absl::string_view province_code) {
  return absl::StrCat("H", province_code);
}

CenterVersion Derive(CenterKind kind, DateRange valid, const UnitHistory& unit,
                     const UnitVersion& version, const std::string& id) {
  CenterVersion center;
  center.valid = valid;
  center.kind = kind;
  center.state = CenterState::kOperating;
  center.display_name = DisplayName(kind, version);
  center.unit_id = unit.id;
  if (kind == CenterKind::kBranch || kind == CenterKind::kReceptionPoint) {
    center.parent_id = ProvincialId(version.province_code);
  }
  center.served_unit_ids = {unit.id};
  center.organisation_id = id;
  center.organisation_id_provisional = true;
  center.origin = Origin::kDerived;
  return center;
}

}  // namespace

std::vector<TierModelHistory> TierModels(const std::vector<TierModelRow>& rows) {
  std::map<std::string, TierModelHistory> by_province;
  for (const TierModelRow& row : rows) {
    TierModelHistory& history = by_province[row.province_code];
    history.province_code = row.province_code;
    history.models.push_back(row);
    history.models.back().place = {};
  }
  std::vector<TierModelHistory> histories;
  for (auto& [code, history] : by_province) histories.push_back(std::move(history));
  return histories;
}

std::vector<CenterHistory> DeriveCenters(const UnitTree& tree,
                                         const std::vector<TierModelHistory>& models) {
  absl::flat_hash_map<absl::string_view, const TierModelHistory*> by_province;
  for (const TierModelHistory& history : models) by_province[history.province_code] = &history;

  std::map<std::pair<std::string, std::string>, CenterHistory> centers;
  for (const UnitHistory& unit : tree.units()) {
    if (unit.tier == Tier::kDistrict) continue;
    for (const UnitVersion& version : unit.versions) {
      const auto models_here = by_province.find(version.province_code);
      if (models_here == by_province.end() || version.type == UnitType::kUnassignedArea) continue;
      for (const TierModelRow& model : models_here->second->models) {
        if (!model.valid.Overlaps(version.valid)) continue;
        const DateRange valid{std::max(model.valid.first, version.valid.first),
                              std::min(model.valid.end, version.valid.end)};
        const bool provincial = unit.tier == Tier::kProvince;
        const std::string id =
            provincial ? ProvincialId(version.province_code)
                       : absl::StrCat(ProvincialId(version.province_code), ".", version.code);
        CenterHistory& center = centers[{version.province_code, id}];
        center.province_code = version.province_code;
        center.id = id;
        center.versions.push_back(Derive(provincial ? CenterKind::kProvincial : model.commune_site,
                                         valid, unit, version, id));
      }
    }
  }
  std::vector<CenterHistory> derived;
  derived.reserve(centers.size());
  for (auto& [key, center] : centers) {
    std::sort(center.versions.begin(), center.versions.end(),
              [](const auto& a, const auto& b) { return a.valid.first < b.valid.first; });
    derived.push_back(std::move(center));
  }
  return derived;
}

namespace {

// Counts operating centers by kind; returns the units that a center, branch or point in a commune
// serves.
absl::flat_hash_set<absl::string_view> CountCenters(
    absl::Span<const CenterHistory> centers, absl::CivilDay day, Coverage& coverage,
    absl::flat_hash_set<absl::string_view>& provinces_with_center) {
  absl::flat_hash_set<absl::string_view> served;
  for (const CenterHistory& center : centers) {
    for (const CenterVersion& version : center.versions) {
      if (!version.valid.Contains(day) || version.state != CenterState::kOperating) continue;
      switch (version.kind) {
        case CenterKind::kProvincial:
          ++coverage.provincial_centers;
          provinces_with_center.insert(center.province_code);
          continue;
        case CenterKind::kCommune:
          ++coverage.commune_centers;
          break;
        case CenterKind::kBranch:
          ++coverage.branches;
          break;
        case CenterKind::kReceptionPoint:
          ++coverage.reception_points;
          break;
        case CenterKind::kUnspecified:
          continue;
      }
      served.insert(version.served_unit_ids.begin(), version.served_unit_ids.end());
    }
  }
  return served;
}

void FindPublished(absl::Span<const PublishedCount> counts, absl::CivilDay day,
                   Coverage& coverage) {
  for (const PublishedCount& count : counts) {
    if (count.what != "commune_centers" || day < count.day) continue;
    if (coverage.published_commune_centers.has_value() && count.day < coverage.published_day) {
      continue;
    }
    coverage.published_commune_centers = count.count;
    coverage.published_day = count.day;
  }
}

}  // namespace

Coverage ComputeCoverage(const UnitTree& tree, absl::Span<const CenterHistory> centers,
                         absl::Span<const TierModelHistory> models,
                         absl::Span<const PublishedCount> counts, absl::CivilDay day) {
  Coverage coverage;
  absl::flat_hash_set<absl::string_view> with_center;
  const absl::flat_hash_set<absl::string_view> served =
      CountCenters(centers, day, coverage, with_center);
  for (const VersionRef ref : tree.InCodeOrder()) {
    const UnitVersion& version = tree.version(ref);
    const UnitHistory& unit = tree.unit(ref.unit);
    if (!version.valid.Contains(day) || version.type == UnitType::kUnassignedArea) continue;
    if (unit.tier == Tier::kProvince) ++coverage.provinces;
    if (unit.tier != Tier::kCommune) continue;
    ++coverage.communes;
    if (served.contains(unit.id)) {
      ++coverage.communes_covered;
    } else if (coverage.uncovered_unit_ids.size() < kUncoveredMax) {
      coverage.uncovered_unit_ids.push_back(unit.id);
    }
  }
  for (const TierModelHistory& history : models) {
    for (const TierModelRow& model : history.models) {
      if (!model.valid.Contains(day) || !with_center.contains(history.province_code)) continue;
      ++(model.model == TierModel::kTwoLevel ? coverage.two_level_provinces_covered
                                             : coverage.single_level_provinces_covered);
    }
  }
  FindPublished(counts, day, coverage);
  return coverage;
}

}  // namespace twotier::registry
