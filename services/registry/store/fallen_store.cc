#include "services/registry/store/fallen_store.h"

#include <string>
#include <utility>

#include "common/status_macros.h"
#include "services/registry/store/rows.h"

namespace twotier::registry::store {
namespace {

#define TWOTIER_FALLEN_ROWS                                                                       \
  "SELECT province_code, center_id, event_id, first_day, end_day, kind, state, display_name,"     \
  " unit_id, parent_id, organisation_id, organisation_id_provisional, origin, act, successor_id," \
  " served_ids FROM center_fallen"
#define TWOTIER_FALLEN_ORDER " ORDER BY province_code, center_id, first_day"

constexpr db::Statement kLoad{"registry_load_center_fallen",
                              TWOTIER_FALLEN_ROWS TWOTIER_HELD_IN_PROVINCES TWOTIER_FALLEN_ORDER};

constexpr db::Statement kLoadAt{
    "registry_load_center_fallen_at",
    TWOTIER_FALLEN_ROWS TWOTIER_BELIEVED_AT(
        "center_fallen.province_code",
        "'provinces/' || center_fallen.province_code || '/centers/' || center_id")
        TWOTIER_FALLEN_ORDER};

constexpr db::Statement kEnd{"registry_end_center_fallen",
                             "UPDATE center_fallen SET until_version = $1 WHERE province_code = $2"
                             " AND center_id = $3 AND until_version = $4"};

constexpr db::Statement kInsert{
    "registry_insert_center_fallen",
    "INSERT INTO center_fallen (province_code, center_id, since_version, until_version, event_id,"
    " first_day, end_day, kind, state, display_name, unit_id, parent_id, organisation_id,"
    " organisation_id_provisional, origin, act, successor_id, served_ids)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"};

}  // namespace

absl::StatusOr<db::Rows> LoadFallen(db::Tx& tx, absl::string_view province_code) {
  return tx.Query(kLoad, {kStillHolds, province_code, LastProvince(province_code)});
}

absl::StatusOr<db::Rows> LoadFallenAt(db::Tx& tx, int64_t position) {
  return tx.Query(kLoadAt, {position});
}

void AddFallen(CenterHistory& center, const db::Row& row) {
  CenterVersion version;
  center.fallen_by = row.Text(2);
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
  version.served_unit_ids = LinesOf(row.Text(15));
  center.fallen.push_back(std::move(version));
}

absl::Status WriteFallen(db::Tx& tx, const CenterHistory& center) {
  if (center.version > 1) {
    RETURN_IF_ERROR(
        tx.Exec(kEnd, {center.version, center.province_code, center.id, kStillHolds}).status());
  }
  for (const CenterVersion& version : center.fallen) {
    const std::string served = TextOf(version.served_unit_ids);
    RETURN_IF_ERROR(tx.Write(
        kInsert, {center.province_code, center.id, center.version, kStillHolds, center.fallen_by,
                  ToColumn(version.valid.first), ToColumn(version.valid.end),
                  static_cast<int64_t>(version.kind), static_cast<int64_t>(version.state),
                  version.display_name, version.unit_id, version.parent_id, version.organisation_id,
                  version.organisation_id_provisional, static_cast<int64_t>(version.origin),
                  version.act, version.successor_id, served}));
  }
  return absl::OkStatus();
}

}  // namespace twotier::registry::store
