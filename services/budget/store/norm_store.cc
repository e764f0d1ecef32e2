#include "services/budget/store/norm_store.h"

#include "common/status_macros.h"

namespace twotier::budget::store {
namespace {

#define NORM_SET_COLUMNS "province_code, norm_set_id, version, publisher, publish_us, chain_hash"

constexpr db::Statement kFind{"budget_find_norm_set",
                              "SELECT " NORM_SET_COLUMNS
                              ", content FROM norm_set"
                              " WHERE province_code = $1 AND norm_set_id = $2 AND version = $3"};
constexpr db::Statement kFindLast{"budget_find_last_norm_set",
                                  "SELECT " NORM_SET_COLUMNS
                                  ", content FROM norm_set"
                                  " WHERE province_code = $1 AND norm_set_id = $2"
                                  " ORDER BY version DESC LIMIT 1"};
constexpr db::Statement kList{"budget_list_norm_sets",
                              "SELECT " NORM_SET_COLUMNS
                              ", head FROM norm_set"
                              " WHERE province_code = $1 AND (norm_set_id, version) > ($2, $3)"
                              " ORDER BY norm_set_id, version LIMIT $4"};
constexpr db::Statement kInsert{"budget_insert_norm_set",
                                "INSERT INTO norm_set (" NORM_SET_COLUMNS
                                ", content, head) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

NormSetRow NormSetOf(const db::Row& row) {
  return {row.Text(0),  row.Text(1), row.Int(2),
          row.Bytes(6), row.Text(3), absl::FromUnixMicros(row.Int(4)),
          row.Bytes(5)};
}

}  // namespace

absl::StatusOr<std::optional<NormSetRow>> FindNormSet(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view norm_set_id,
                                                      int64_t version) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   version == 0 ? tx.Query(kFindLast, {province_code, norm_set_id})
                                : tx.Query(kFind, {province_code, norm_set_id, version}));
  if (rows.empty()) return std::nullopt;
  return NormSetOf(rows[0]);
}

absl::Status InsertNormSet(db::Tx& tx, const NormSetRow& row, absl::string_view head) {
  return tx.Write(kInsert, {row.province_code, row.norm_set_id, row.version, row.publisher,
                            absl::ToUnixMicros(row.publish_time), db::Blob{row.chain_hash},
                            db::Blob{row.content}, db::Blob{head}});
}

absl::StatusOr<std::vector<NormSetRow>> ListNormSets(db::Tx& tx, absl::string_view province_code,
                                                     absl::string_view after_id,
                                                     int64_t after_version, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kList, {province_code, after_id, after_version, limit}));
  std::vector<NormSetRow> all;
  for (const db::Row& row : rows) all.push_back(NormSetOf(row));
  return all;
}

}  // namespace twotier::budget::store
