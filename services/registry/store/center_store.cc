#include "services/registry/store/center_store.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "common/status_macros.h"
#include "services/registry/store/fallen_store.h"
#include "services/registry/store/rows.h"

namespace twotier::registry::store {
namespace {

// Each list of columns is read in two ways: what is believed now, and what was at a position.
#define TWOTIER_CENTER_VERSION_ROWS                                                          \
  "SELECT province_code, center_id, since_version, first_day, end_day, kind, state,"         \
  " display_name, unit_id, parent_id, organisation_id, organisation_id_provisional, origin," \
  " act, successor_id, change_kind FROM center_version"
#define TWOTIER_CENTER_VERSION_ORDER " ORDER BY province_code, center_id, first_day"
#define TWOTIER_CENTER_UNIT_ROWS \
  "SELECT province_code, center_id, first_day, unit_id FROM center_unit"
#define TWOTIER_CENTER_UNIT_ORDER " ORDER BY province_code, center_id, first_day, unit_id"
#define TWOTIER_READINESS_ROWS \
  "SELECT province_code, center_id, item, done_day, note FROM center_readiness"
#define TWOTIER_READINESS_ORDER " ORDER BY province_code, center_id, item"
#define TWOTIER_OVERRIDE_ROWS \
  "SELECT province_code, center_id, rule, reason, effective_day FROM center_override"
#define TWOTIER_OVERRIDE_ORDER " ORDER BY province_code, center_id, version, rule"
#define TWOTIER_TIER_MODEL_ROWS                                                           \
  "SELECT province_code, since_version, first_day, end_day, model, commune_site, source," \
  " origin FROM tier_model"
#define TWOTIER_TIER_MODEL_ORDER " ORDER BY province_code, first_day"
#define TWOTIER_CENTER_BELIEVED_AT(table)     \
  TWOTIER_BELIEVED_AT(table ".province_code", \
                      "'provinces/' || " table ".province_code || '/centers/' || center_id")

constexpr db::Statement kLoadCenters{
    "registry_load_center_versions",
    TWOTIER_CENTER_VERSION_ROWS TWOTIER_HELD_IN_PROVINCES TWOTIER_CENTER_VERSION_ORDER};

constexpr db::Statement kLoadCentersAt{"registry_load_center_versions_at",
                                       TWOTIER_CENTER_VERSION_ROWS TWOTIER_CENTER_BELIEVED_AT(
                                           "center_version") TWOTIER_CENTER_VERSION_ORDER};

constexpr db::Statement kLoadServed{
    "registry_load_center_units",
    TWOTIER_CENTER_UNIT_ROWS TWOTIER_HELD_IN_PROVINCES TWOTIER_CENTER_UNIT_ORDER};

constexpr db::Statement kLoadServedAt{
    "registry_load_center_units_at",
    TWOTIER_CENTER_UNIT_ROWS TWOTIER_CENTER_BELIEVED_AT("center_unit") TWOTIER_CENTER_UNIT_ORDER};

constexpr db::Statement kLoadReadiness{
    "registry_load_center_readiness",
    TWOTIER_READINESS_ROWS TWOTIER_HELD_IN_PROVINCES TWOTIER_READINESS_ORDER};

constexpr db::Statement kLoadReadinessAt{
    "registry_load_center_readiness_at",
    TWOTIER_READINESS_ROWS TWOTIER_CENTER_BELIEVED_AT("center_readiness") TWOTIER_READINESS_ORDER};

// Overrides are only added to.
constexpr db::Statement kLoadOverrides{
    "registry_load_center_overrides",
    TWOTIER_OVERRIDE_ROWS " WHERE $1 = '' OR province_code = $1" TWOTIER_OVERRIDE_ORDER};

constexpr db::Statement kLoadOverridesAt{
    "registry_load_center_overrides_at", TWOTIER_OVERRIDE_ROWS
    " WHERE EXISTS (SELECT 1 FROM event WHERE event.province_code = center_override.province_code"
    " AND event.subject = 'provinces/' || center_override.province_code || '/centers/' || center_id"
    " AND event.version = center_override.version AND event.position <= "
    "$1)" TWOTIER_OVERRIDE_ORDER};

constexpr db::Statement kInsertReadiness{
    "registry_insert_center_readiness",
    "INSERT INTO center_readiness (province_code, center_id, item, since_version, until_version,"
    " done_day, note) VALUES ($1, $2, $3, $4, $5, $6, $7)"};

constexpr db::Statement kEndReadiness{
    "registry_end_center_readiness",
    "UPDATE center_readiness SET until_version = $1"
    " WHERE province_code = $2 AND center_id = $3 AND until_version = $4"};

// Those of earlier versions are there already.
constexpr db::Statement kInsertOverride{
    "registry_insert_center_override",
    "INSERT INTO center_override (province_code, center_id, version, rule, reason, effective_day)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};

constexpr db::Statement kCountOverrides{
    "registry_count_center_overrides",
    "SELECT COUNT(*) FROM center_override WHERE province_code = $1 AND center_id = $2"};

constexpr db::Statement kInsertCenter{
    "registry_insert_center_version",
    "INSERT INTO center_version (province_code, center_id, since_version, until_version, first_day,"
    " end_day, kind, state, display_name, unit_id, parent_id, organisation_id,"
    " organisation_id_provisional, origin, act, successor_id, change_kind)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"};

constexpr db::Statement kInsertServed{
    "registry_insert_center_unit",
    "INSERT INTO center_unit (province_code, center_id, first_day, unit_id, since_version,"
    " until_version) VALUES ($1, $2, $3, $4, $5, $6)"};

constexpr db::Statement kEndCenters{
    "registry_end_center_versions",
    "UPDATE center_version SET until_version = $1"
    " WHERE province_code = $2 AND center_id = $3 AND until_version = $4"};

constexpr db::Statement kEndServed{
    "registry_end_center_units",
    "UPDATE center_unit SET until_version = $1"
    " WHERE province_code = $2 AND center_id = $3 AND until_version = $4"};

constexpr db::Statement kLoadModels{
    "registry_load_tier_models",
    TWOTIER_TIER_MODEL_ROWS TWOTIER_HELD_IN_PROVINCES TWOTIER_TIER_MODEL_ORDER};

constexpr db::Statement kLoadModelsAt{
    "registry_load_tier_models_at",
    TWOTIER_TIER_MODEL_ROWS TWOTIER_BELIEVED_AT(
        "tier_model.province_code", "'provinces/' || tier_model.province_code || '/tierModel'")
        TWOTIER_TIER_MODEL_ORDER};

constexpr db::Statement kInsertModel{
    "registry_insert_tier_model",
    "INSERT INTO tier_model (province_code, first_day, since_version, until_version, end_day,"
    " model, commune_site, source, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};

constexpr db::Statement kEndModels{
    "registry_end_tier_models",
    "UPDATE tier_model SET until_version = $1 WHERE province_code = $2 AND until_version = $3"};

constexpr db::Statement kLoadCounts{
    "registry_load_published_counts",
    "SELECT count_day, what, number, binding, source FROM published_count"
    " ORDER BY count_day, what"};

constexpr db::Statement kCountsEventAt{
    "registry_published_counts_event_at",
    "SELECT body FROM event WHERE province_code = '' AND subject = $1 AND position <= $2"
    " ORDER BY version DESC LIMIT 1"};

constexpr db::Statement kWriteCount{
    "registry_write_published_count",
    "INSERT INTO published_count (count_day, what, number, binding, source)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (count_day, what)"
    " DO UPDATE SET number = excluded.number, binding = excluded.binding,"
    " source = excluded.source"};

CenterVersion ReadCenter(const db::Row& row) {
  CenterVersion version;
  version.valid = {ToDay(row.Int(3)), ToDay(row.Int(4))};
  version.kind = static_cast<CenterKind>(row.Int(5));
  version.state = static_cast<CenterState>(row.Int(6));
  version.display_name = row.Text(7);
  version.unit_id = row.Text(8);
  version.parent_id = row.Text(9);
  version.organisation_id = row.Text(10);
  version.organisation_id_provisional = row.Bool(11);
  version.origin = static_cast<Origin>(row.Int(12));
  version.act = row.Text(13);
  version.successor_id = row.Text(14);
  return version;
}

// Hands each row, whose first columns are province and center, to `add` with its center. Rows and
// centers have one order.
template <typename Add>
void AddToCenters(std::vector<CenterHistory>& centers, const db::Rows& rows, Add add) {
  size_t next = 0;
  for (const db::Row& row : rows) {
    while (next < centers.size() && std::tie(centers[next].province_code, centers[next].id) <
                                        std::tie(row.Text(0), row.Text(1))) {
      ++next;
    }
    if (next < centers.size() && centers[next].province_code == row.Text(0) &&
        centers[next].id == row.Text(1)) {
      add(centers[next], row);
    }
  }
}

// Adds the overrides of this version: the stored ones come first.
absl::Status WriteOverrides(db::Tx& tx, const CenterHistory& center) {
  if (center.overrides.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const db::Rows stored,
                   tx.Query(kCountOverrides, {center.province_code, center.id}));
  for (size_t i = static_cast<size_t>(stored[0].Int(0)); i < center.overrides.size(); ++i) {
    const CenterOverride& made = center.overrides[i];
    RETURN_IF_ERROR(tx.Write(kInsertOverride, {center.province_code, center.id, center.version,
                                               made.rule, made.reason, ToColumn(made.effective)}));
  }
  return absl::OkStatus();
}

// The rows of some centers. All have one order, so that what belongs to a version follows as its
// rows do.
struct CenterRows {
  db::Rows versions;
  db::Rows served;
  db::Rows readiness;
  db::Rows overrides;
  db::Rows fallen;
};

std::vector<CenterHistory> Join(const CenterRows& rows) {
  const db::Rows& centers = rows.versions;
  const db::Rows& served = rows.served;
  std::vector<CenterHistory> histories;
  size_t next = 0;
  for (const db::Row& row : centers) {
    if (histories.empty() || histories.back().id != row.Text(1) ||
        histories.back().province_code != row.Text(0)) {
      histories.push_back({row.Text(0), row.Text(1), row.Int(2), {}});
      histories.back().last_change = row.Text(15);
    }
    histories.back().versions.push_back(ReadCenter(row));
    while (next < served.size() && served[next].Text(0) == row.Text(0) &&
           served[next].Text(1) == row.Text(1) && served[next].Int(2) == row.Int(3)) {
      histories.back().versions.back().served_unit_ids.push_back(served[next].Text(3));
      ++next;
    }
  }
  AddToCenters(histories, rows.readiness, [](CenterHistory& center, const db::Row& row) {
    center.readiness.push_back(
        {static_cast<ReadinessItem>(row.Int(2)), ToDay(row.Int(3)), row.Text(4)});
  });
  AddToCenters(histories, rows.overrides, [](CenterHistory& center, const db::Row& row) {
    center.overrides.push_back({row.Text(2), row.Text(3), ToDay(row.Int(4))});
  });
  AddToCenters(histories, rows.fallen, AddFallen);
  return histories;
}

std::vector<TierModelHistory> ReadModels(const db::Rows& rows) {
  std::vector<TierModelHistory> histories;
  for (const db::Row& row : rows) {
    if (histories.empty() || histories.back().province_code != row.Text(0)) {
      histories.push_back({row.Text(0), row.Int(1), {}});
    }
    TierModelRow model;
    model.province_code = row.Text(0);
    model.valid = {ToDay(row.Int(2)), ToDay(row.Int(3))};
    model.model = static_cast<TierModel>(row.Int(4));
    model.commune_site = static_cast<CenterKind>(row.Int(5));
    model.source = row.Text(6);
    model.origin = static_cast<Origin>(row.Int(7));
    histories.back().models.push_back(std::move(model));
  }
  return histories;
}

}  // namespace

absl::StatusOr<std::vector<CenterHistory>> LoadCenters(db::Tx& tx,
                                                       absl::string_view province_code) {
  CenterRows rows;
  const std::initializer_list<db::Value> which = {kStillHolds, province_code,
                                                  LastProvince(province_code)};
  ASSIGN_OR_RETURN(rows.versions, tx.Query(kLoadCenters, which));
  ASSIGN_OR_RETURN(rows.served, tx.Query(kLoadServed, which));
  ASSIGN_OR_RETURN(rows.readiness, tx.Query(kLoadReadiness, which));
  ASSIGN_OR_RETURN(rows.overrides, tx.Query(kLoadOverrides, {province_code}));
  ASSIGN_OR_RETURN(rows.fallen, LoadFallen(tx, province_code));
  return Join(rows);
}

absl::StatusOr<std::vector<CenterHistory>> LoadCentersAt(db::Tx& tx, int64_t position) {
  CenterRows rows;
  ASSIGN_OR_RETURN(rows.versions, tx.Query(kLoadCentersAt, {position}));
  ASSIGN_OR_RETURN(rows.served, tx.Query(kLoadServedAt, {position}));
  ASSIGN_OR_RETURN(rows.readiness, tx.Query(kLoadReadinessAt, {position}));
  ASSIGN_OR_RETURN(rows.overrides, tx.Query(kLoadOverridesAt, {position}));
  ASSIGN_OR_RETURN(rows.fallen, LoadFallenAt(tx, position));
  return Join(rows);
}

absl::Status WriteCenter(db::Tx& tx, const CenterHistory& center) {
  if (center.version > 1) {
    const std::initializer_list<db::Value> which = {center.version, center.province_code, center.id,
                                                    kStillHolds};
    RETURN_IF_ERROR(tx.Exec(kEndCenters, which).status());
    RETURN_IF_ERROR(tx.Exec(kEndServed, which).status());
    RETURN_IF_ERROR(tx.Exec(kEndReadiness, which).status());
  }
  for (const CenterVersion& version : center.versions) {
    RETURN_IF_ERROR(
        tx.Write(kInsertCenter,
                 {center.province_code, center.id, center.version, kStillHolds,
                  ToColumn(version.valid.first), ToColumn(version.valid.end),
                  static_cast<int64_t>(version.kind), static_cast<int64_t>(version.state),
                  version.display_name, version.unit_id, version.parent_id, version.organisation_id,
                  version.organisation_id_provisional, static_cast<int64_t>(version.origin),
                  version.act, version.successor_id, center.last_change}));
    for (const std::string& unit_id : version.served_unit_ids) {
      RETURN_IF_ERROR(
          tx.Write(kInsertServed, {center.province_code, center.id, ToColumn(version.valid.first),
                                   unit_id, center.version, kStillHolds}));
    }
  }
  for (const Readiness& item : center.readiness) {
    RETURN_IF_ERROR(tx.Write(kInsertReadiness,
                             {center.province_code, center.id, static_cast<int64_t>(item.item),
                              center.version, kStillHolds, ToColumn(item.done), item.note}));
  }
  RETURN_IF_ERROR(WriteFallen(tx, center));
  return WriteOverrides(tx, center);
}

absl::StatusOr<std::vector<TierModelHistory>> LoadTierModels(db::Tx& tx,
                                                             absl::string_view province_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadModels, {kStillHolds, province_code,
                                                               LastProvince(province_code)}));
  return ReadModels(rows);
}

absl::StatusOr<std::vector<TierModelHistory>> LoadTierModelsAt(db::Tx& tx, int64_t position) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadModelsAt, {position}));
  return ReadModels(rows);
}

absl::Status WriteTierModels(db::Tx& tx, const TierModelHistory& history) {
  if (history.version > 1) {
    RETURN_IF_ERROR(
        tx.Exec(kEndModels, {history.version, history.province_code, kStillHolds}).status());
  }
  for (const TierModelRow& model : history.models) {
    RETURN_IF_ERROR(tx.Write(
        kInsertModel, {history.province_code, ToColumn(model.valid.first), history.version,
                       kStillHolds, ToColumn(model.valid.end), static_cast<int64_t>(model.model),
                       static_cast<int64_t>(model.commune_site), model.source,
                       static_cast<int64_t>(model.origin)}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PublishedCount>> LoadCounts(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadCounts, db::Values()));
  std::vector<PublishedCount> counts;
  for (const db::Row& row : rows) {
    PublishedCount count;
    count.day = ToDay(row.Int(0));
    count.what = row.Text(1);
    count.count = row.Int(2);
    count.binding = row.Bool(3);
    count.source = row.Text(4);
    counts.push_back(std::move(count));
  }
  return counts;
}

absl::StatusOr<std::optional<std::string>> CountsEventAt(db::Tx& tx, absl::string_view subject,
                                                         int64_t position) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kCountsEventAt, {subject, position}));
  if (rows.empty()) return std::nullopt;
  return rows.front().Bytes(0);
}

absl::Status WriteCount(db::Tx& tx, const PublishedCount& count) {
  return tx.Write(kWriteCount,
                  {ToColumn(count.day), count.what, count.count, count.binding, count.source});
}

}  // namespace twotier::registry::store
