#include "services/registry/store/unit_store.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/store/rows.h"

namespace twotier::registry::store {
namespace {

// Each list of columns is read in two ways: what is believed now, and what was at a position.
#define TWOTIER_UNIT_VERSION_ROWS                                                              \
  "SELECT unit_id, tier, since_version, first_day, end_day, change_relation, type, code,"      \
  " full_name, short_name, parent_id, province_code, area_hectares, area_quality, population," \
  " population_quality, population_estimate, latitude_micros, longitude_micros, act,"          \
  " change_kind FROM unit_version"
#define TWOTIER_UNIT_VERSION_ORDER " ORDER BY unit_id, first_day"
#define TWOTIER_SUCCESSION_ROWS                                                        \
  "SELECT source_id, target_id, effective_day, relation, act, origin, population_ppm," \
  " area_ppm, hamlets FROM unit_succession"
#define TWOTIER_SUCCESSION_ORDER " ORDER BY source_id, effective_day, target_id"

constexpr db::Statement kLoadVersions{"registry_load_unit_versions", TWOTIER_UNIT_VERSION_ROWS
                                      " WHERE until_version = $1" TWOTIER_UNIT_VERSION_ORDER};

constexpr db::Statement kLoadVersionsAt{
    "registry_load_unit_versions_at", TWOTIER_UNIT_VERSION_ROWS TWOTIER_BELIEVED_AT(
                                          "''", "'units/' || unit_id") TWOTIER_UNIT_VERSION_ORDER};

constexpr db::Statement kLoadSuccessions{"registry_load_unit_successions", TWOTIER_SUCCESSION_ROWS
                                         " WHERE until_version = $1" TWOTIER_SUCCESSION_ORDER};

constexpr db::Statement kLoadSuccessionsAt{
    "registry_load_unit_successions_at",
    TWOTIER_SUCCESSION_ROWS TWOTIER_BELIEVED_AT("''", "'units/' || source_id")
        TWOTIER_SUCCESSION_ORDER};

constexpr db::Statement kInsertVersion{
    "registry_insert_unit_version",
    "INSERT INTO unit_version (unit_id, tier, since_version, until_version, first_day, end_day,"
    " change_relation, type, code, full_name, short_name, parent_id, province_code, area_hectares,"
    " area_quality, population, population_quality, population_estimate, latitude_micros,"
    " longitude_micros, act, change_kind) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
    " $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"};

constexpr db::Statement kInsertSuccession{
    "registry_insert_unit_succession",
    "INSERT INTO unit_succession (source_id, target_id, effective_day, since_version,"
    " until_version, relation, act, origin, population_ppm, area_ppm, hamlets)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};

constexpr db::Statement kEndVersions{
    "registry_end_unit_versions",
    "UPDATE unit_version SET until_version = $1 WHERE unit_id = $2 AND until_version = $3"};

constexpr db::Statement kEndSuccessions{
    "registry_end_unit_successions",
    "UPDATE unit_succession SET until_version = $1 WHERE source_id = $2 AND until_version = $3"};

// Only what an event was to found can have no row that holds.
constexpr db::Statement kLoadWithdrawn{
    "registry_load_withdrawn_units",
    "SELECT unit_id, MAX(until_version) FROM unit_version WHERE unit_id IN"
    " (SELECT target_id FROM change_edge WHERE target_founded = 1)"
    " GROUP BY unit_id HAVING MAX(until_version) < $1 ORDER BY unit_id"};

constexpr db::Statement kFindImport{"registry_find_import",
                                    "SELECT imported_us FROM data_import WHERE sha256 = $1"};

constexpr db::Statement kInsertImport{
    "registry_insert_import",
    "INSERT INTO data_import (sha256, imported_us) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

UnitVersion ReadVersion(const db::Row& row) {
  UnitVersion version;
  version.valid = {ToDay(row.Int(3)), ToDay(row.Int(4))};
  version.change = static_cast<Relation>(row.Int(5));
  version.type = static_cast<UnitType>(row.Int(6));
  version.code = row.Text(7);
  version.full_name = row.Text(8);
  version.short_name = row.Text(9);
  version.parent_id = row.Text(10);
  version.province_code = row.Text(11);
  version.area_hectares = row.Int(12);
  version.area_quality = static_cast<FigureQuality>(row.Int(13));
  version.population = row.OptInt(14);
  version.population_quality = static_cast<FigureQuality>(row.Int(15));
  version.population_estimate = row.Int(16);
  if (!row.IsNull(17) && !row.IsNull(18)) version.point = Point{row.Int(17), row.Int(18)};
  version.act = row.Text(19);
  return version;
}

absl::Status InsertVersion(db::Tx& tx, const UnitHistory& unit, const UnitVersion& version) {
  std::optional<int64_t> latitude;
  std::optional<int64_t> longitude;
  if (version.point.has_value()) {
    latitude = version.point->latitude_micros;
    longitude = version.point->longitude_micros;
  }
  return tx.Write(kInsertVersion, {unit.id,
                                   static_cast<int64_t>(unit.tier),
                                   unit.version,
                                   kStillHolds,
                                   ToColumn(version.valid.first),
                                   ToColumn(version.valid.end),
                                   static_cast<int64_t>(version.change),
                                   static_cast<int64_t>(version.type),
                                   version.code,
                                   version.full_name,
                                   version.short_name,
                                   version.parent_id,
                                   version.province_code,
                                   version.area_hectares,
                                   static_cast<int64_t>(version.area_quality),
                                   version.population,
                                   static_cast<int64_t>(version.population_quality),
                                   version.population_estimate,
                                   latitude,
                                   longitude,
                                   version.act,
                                   unit.last_change});
}

absl::StatusOr<std::vector<UnitHistory>> Join(const db::Rows& versions, const db::Rows& steps) {
  std::vector<UnitHistory> units;
  absl::flat_hash_map<std::string, size_t> positions;
  for (const db::Row& row : versions) {
    if (units.empty() || units.back().id != row.Text(0)) {
      positions.emplace(row.Text(0), units.size());
      units.push_back(
          {row.Text(0), static_cast<Tier>(row.Int(1)), row.Int(2), {}, {}, row.Text(20)});
    }
    units.back().versions.push_back(ReadVersion(row));
  }
  for (const db::Row& row : steps) {
    const auto it = positions.find(row.Text(0));
    if (it == positions.end()) {
      return error::WithReason(absl::StatusCode::kDataLoss, "a step leads out of no unit",
                               "UNREADABLE_ROW", {{"unit", row.Text(0)}});
    }
    units[it->second].successions.push_back(
        {row.Text(1), ToDay(row.Int(2)), static_cast<Relation>(row.Int(3)), row.Text(4),
         static_cast<Origin>(row.Int(5)), row.OptInt(6), row.OptInt(7), LinesOf(row.Text(8))});
  }
  return units;
}

}  // namespace

absl::StatusOr<std::vector<UnitHistory>> LoadUnits(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows versions, tx.Query(kLoadVersions, {kStillHolds}));
  ASSIGN_OR_RETURN(const db::Rows steps, tx.Query(kLoadSuccessions, {kStillHolds}));
  return Join(versions, steps);
}

absl::StatusOr<std::vector<UnitHistory>> LoadUnitsAt(db::Tx& tx, int64_t position) {
  ASSIGN_OR_RETURN(const db::Rows versions, tx.Query(kLoadVersionsAt, {position}));
  ASSIGN_OR_RETURN(const db::Rows steps, tx.Query(kLoadSuccessionsAt, {position}));
  return Join(versions, steps);
}

absl::StatusOr<std::vector<WithdrawnUnit>> LoadWithdrawn(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadWithdrawn, {kStillHolds}));
  std::vector<WithdrawnUnit> withdrawn;
  for (const db::Row& row : rows) withdrawn.push_back({row.Text(0), row.Int(1)});
  return withdrawn;
}

absl::Status WriteUnit(db::Tx& tx, const UnitHistory& unit) {
  if (unit.version > 1) {
    RETURN_IF_ERROR(tx.Exec(kEndVersions, {unit.version, unit.id, kStillHolds}).status());
    RETURN_IF_ERROR(tx.Exec(kEndSuccessions, {unit.version, unit.id, kStillHolds}).status());
  }
  for (const UnitVersion& version : unit.versions) {
    RETURN_IF_ERROR(InsertVersion(tx, unit, version));
  }
  for (const Succession& step : unit.successions) {
    const std::string hamlets = TextOf(step.hamlets);
    RETURN_IF_ERROR(
        tx.Write(kInsertSuccession,
                 {unit.id, step.target_id, ToColumn(step.effective), unit.version, kStillHolds,
                  static_cast<int64_t>(step.relation), step.act, static_cast<int64_t>(step.origin),
                  step.population_ppm, step.area_ppm, hamlets}));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsImported(db::Tx& tx, absl::string_view sha256_hex) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFindImport, {sha256_hex}));
  return !rows.empty();
}

absl::Status RecordImport(db::Tx& tx, absl::string_view sha256_hex, absl::Time now) {
  return tx.Exec(kInsertImport, {sha256_hex, absl::ToUnixMicros(now)}).status();
}

}  // namespace twotier::registry::store
