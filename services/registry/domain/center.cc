#include "services/registry/domain/center.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "services/registry/domain/center_versions.h"

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

std::string ProvincialId(absl::string_view province_code) {
  return absl::StrCat("H", province_code);
}

// A part of a range of dates during which the province's organisation id is one.
struct IdentifiedRange {
  DateRange valid;
  const OrganisationIdRow* known = nullptr;  // Null: none is known for these dates.
};

std::vector<IdentifiedRange> Identify(absl::string_view province_code, DateRange valid,
                                      absl::Span<const OrganisationIdRow> rows) {
  std::vector<IdentifiedRange> ranges;
  absl::CivilDay next = valid.first;
  for (const OrganisationIdRow& row : rows) {
    if (row.province_code != province_code || !row.valid.Overlaps(valid)) continue;
    const absl::CivilDay first = std::max(row.valid.first, valid.first);
    if (next < first) ranges.push_back({{next, first}, nullptr});
    next = std::min(row.valid.end, valid.end);
    ranges.push_back({{first, next}, &row});
  }
  if (next < valid.end) ranges.push_back({{next, valid.end}, nullptr});
  return ranges;
}

CenterVersion Derive(CenterKind kind, const IdentifiedRange& range, const UnitHistory& unit,
                     const UnitVersion& version) {
  CenterVersion center;
  center.valid = range.valid;
  center.kind = kind;
  center.state = CenterState::kOperating;
  center.display_name = DisplayName(kind, version.full_name);
  center.unit_id = unit.id;
  if (kind == CenterKind::kBranch || kind == CenterKind::kReceptionPoint) {
    center.parent_id = ProvincialId(version.province_code);
  }
  center.served_unit_ids = {unit.id};
  const std::string province_id =
      range.known != nullptr ? range.known->organisation_id : ProvincialId(version.province_code);
  center.organisation_id =
      kind == CenterKind::kProvincial ? province_id : absl::StrCat(province_id, ".", version.code);
  center.organisation_id_provisional = kind != CenterKind::kProvincial || range.known == nullptr;
  center.origin = Origin::kDerived;
  return center;
}

}  // namespace

void JoinEqualNeighbours(std::vector<CenterVersion>& versions) {
  std::vector<CenterVersion> joined;
  for (CenterVersion& version : versions) {
    if (!joined.empty() && joined.back().valid.end == version.valid.first) {
      const DateRange valid = version.valid;
      version.valid = joined.back().valid;
      if (version == joined.back()) {
        joined.back().valid.end = valid.end;
        continue;
      }
      version.valid = valid;
    }
    joined.push_back(std::move(version));
  }
  versions = std::move(joined);
}

bool IsRecorded(const CenterHistory& center) {
  if (center.last_change == kCenterCorrected) return true;
  return std::any_of(center.versions.begin(), center.versions.end(),
                     [](const auto& version) { return version.origin == Origin::kRecorded; });
}

bool IsRecorded(const TierModelHistory& history) {
  return std::any_of(history.models.begin(), history.models.end(),
                     [](const auto& model) { return model.origin == Origin::kRecorded; });
}

const CenterVersion* VersionOn(const CenterHistory& center, absl::CivilDay day) {
  for (const CenterVersion& version : center.versions) {
    if (version.valid.Contains(day)) return &version;
  }
  return nullptr;
}

const TierModelRow* ModelOn(const TierModelHistory& history, absl::CivilDay day) {
  for (const TierModelRow& model : history.models) {
    if (model.valid.Contains(day)) return &model;
  }
  return nullptr;
}

std::string DisplayName(CenterKind kind, absl::string_view unit_full_name) {
  const std::string unit_name = Inside(unit_full_name);
  switch (kind) {
    case CenterKind::kBranch:
      return absl::StrCat("Chi nhánh ", kCenter, " tại ", unit_name);
    case CenterKind::kReceptionPoint:
      return absl::StrCat("Điểm tiếp nhận của ", kCenter, " tại ", unit_name);
    default:
      return absl::StrCat(kCenter, " ", unit_name);
  }
}

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
                                         const std::vector<TierModelHistory>& models,
                                         const std::vector<OrganisationIdRow>& organisation_ids) {
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
        const CenterKind kind = provincial ? CenterKind::kProvincial : model.commune_site;
        for (const IdentifiedRange& range :
             Identify(version.province_code, valid, organisation_ids)) {
          center.versions.push_back(Derive(kind, range, unit, version));
        }
      }
    }
  }
  std::vector<CenterHistory> derived;
  derived.reserve(centers.size());
  for (auto& [key, center] : centers) {
    std::sort(center.versions.begin(), center.versions.end(),
              [](const auto& a, const auto& b) { return a.valid.first < b.valid.first; });
    JoinEqualNeighbours(center.versions);
    derived.push_back(std::move(center));
  }
  return derived;
}

namespace {

// Counts operating centers by kind; returns the units that one of them serves.
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
          break;
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
  std::map<std::string, ProvinceCoverage> provinces;
  for (const VersionRef ref : tree.InCodeOrder()) {
    const UnitVersion& version = tree.version(ref);
    const UnitHistory& unit = tree.unit(ref.unit);
    if (!version.valid.Contains(day) || version.type == UnitType::kUnassignedArea) continue;
    ProvinceCoverage& province = provinces[version.province_code];
    if (unit.tier == Tier::kProvince) {
      ++coverage.provinces;
      province.unit_id = unit.id;
    }
    if (unit.tier != Tier::kCommune) continue;
    ++coverage.communes;
    ++province.communes;
    if (served.contains(unit.id)) {
      ++coverage.communes_covered;
      ++province.communes_covered;
    } else if (coverage.uncovered_unit_ids.size() < kUncoveredMax) {
      coverage.uncovered_unit_ids.push_back(unit.id);
    }
  }
  for (const TierModelHistory& history : models) {
    const TierModelRow* model = ModelOn(history, day);
    if (model == nullptr) continue;
    if (const auto it = provinces.find(history.province_code); it != provinces.end()) {
      it->second.model = model->model;
    }
    if (!with_center.contains(history.province_code)) continue;
    ++(model->model == TierModel::kTwoLevel ? coverage.two_level_provinces_covered
                                            : coverage.single_level_provinces_covered);
  }
  for (auto& [code, province] : provinces) {
    province.province_code = code;
    province.provincial_center_operating = with_center.contains(code);
    coverage.by_province.push_back(std::move(province));
  }
  FindPublished(counts, day, coverage);
  return coverage;
}

}  // namespace twotier::registry
