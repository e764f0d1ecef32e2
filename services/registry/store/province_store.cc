#include "services/registry/store/province_store.h"

#include <algorithm>
#include <utility>

#include "common/status_macros.h"
#include "services/registry/store/center_store.h"
#include "services/registry/store/change_store.h"
#include "services/registry/store/rows.h"

namespace twotier::registry::store {
namespace {

constexpr db::Statement kUnitsOfProvince{
    "registry_units_of_province",
    "SELECT unit_id, tier, type, code, full_name, province_code, first_day, end_day"
    " FROM unit_version WHERE until_version = $1 AND unit_id IN"
    " (SELECT unit_id FROM unit_version WHERE province_code = $2 AND until_version = $1)"};

constexpr db::Statement kVersionsOfUnit{
    "registry_versions_of_unit",
    "SELECT unit_id, tier, type, code, full_name, province_code, first_day, end_day"
    " FROM unit_version WHERE until_version = $1 AND unit_id = $2"};

constexpr db::Statement kFindProvince{
    "registry_find_province",
    "SELECT unit_id FROM unit_version"
    " WHERE province_code = $1 AND until_version = $2 AND tier = $3 LIMIT 1"};

void AddUnits(const db::Rows& rows, Province& province) {
  for (const db::Row& row : rows) {
    PlacedUnit unit;
    unit.id = row.Text(0);
    unit.tier = static_cast<Tier>(row.Int(1));
    unit.type = static_cast<UnitType>(row.Int(2));
    unit.code = row.Text(3);
    unit.full_name = row.Text(4);
    unit.province_code = row.Text(5);
    unit.valid = {ToDay(row.Int(6)), ToDay(row.Int(7))};
    province.units.push_back(std::move(unit));
  }
}

}  // namespace

absl::StatusOr<Province> LoadProvince(db::Tx& tx, absl::string_view province_code,
                                      const std::vector<std::string>& unit_ids) {
  Province province;
  province.code = std::string(province_code);
  ASSIGN_OR_RETURN(province.centers, LoadCenters(tx, province_code));
  ASSIGN_OR_RETURN(province.changes, LoadChangeEvents(tx));
  std::erase_if(province.changes, [](const ChangeEvent& change) { return change.cancelled; });
  ASSIGN_OR_RETURN(std::vector<TierModelHistory> models, LoadTierModels(tx, province_code));
  if (!models.empty()) province.models = std::move(models.front());
  ASSIGN_OR_RETURN(const db::Rows units, tx.Query(kUnitsOfProvince, {kStillHolds, province_code}));
  AddUnits(units, province);
  for (const std::string& unit_id : unit_ids) {
    const bool there = std::any_of(province.units.begin(), province.units.end(),
                                   [&](const PlacedUnit& unit) { return unit.id == unit_id; });
    if (there) continue;
    ASSIGN_OR_RETURN(const db::Rows versions, tx.Query(kVersionsOfUnit, {kStillHolds, unit_id}));
    AddUnits(versions, province);
  }
  return province;
}

absl::StatusOr<bool> IsProvince(db::Tx& tx, absl::string_view province_code) {
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      tx.Query(kFindProvince, {province_code, kStillHolds, static_cast<int64_t>(Tier::kProvince)}));
  return !rows.empty();
}

}  // namespace twotier::registry::store
