#include "services/routing/store/catalogue_store.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "services/routing/procedure_convert.h"

namespace twotier::routing::store {
namespace {

constexpr int64_t kHeadId = 1;

const absl::CivilDay kEpoch(1970, 1, 1);

// Columns in the order in which VersionOf takes them. Only a publication has the last three.
#define TWOTIER_PROCEDURE_ROWS                                                                    \
  "SELECT v.code, v.version, v.display_name, v.field, v.ministry, v.level, v.line, v.body_title," \
  " v.former_level, v.proven, v.term_value, v.term_half, v.term_unit, v.cutoff_minute,"           \
  " v.term_cases, v.fee_vnd, v.online_level, v.boundary, v.acts, v.decentralisation_acts,"        \
  " v.known_from_day, v.province_code, p.end_day, p.act, p.content"                               \
  " FROM procedure_version v LEFT JOIN procedure_publication p ON p.province_code ="              \
  " v.province_code AND p.code = v.code AND p.version = v.version"

constexpr db::Statement kLoadProcedures{"routing_load_procedures",
                                        TWOTIER_PROCEDURE_ROWS " ORDER BY v.code, v.version"};

constexpr db::Statement kLoadProcedure{
    "routing_load_procedure", TWOTIER_PROCEDURE_ROWS " WHERE v.code = $1 ORDER BY v.version"};

constexpr db::Statement kLoadEnds{
    "routing_load_procedure_ends",
    "SELECT province_code, code, version, first_day, act FROM procedure_end"};

constexpr db::Statement kLoadEndsOf{
    "routing_load_procedure_ends_of",
    "SELECT province_code, code, version, first_day, act FROM procedure_end WHERE code = $1"};

constexpr db::Statement kInsertEnd{
    "routing_insert_procedure_end",
    "INSERT INTO procedure_end (province_code, code, version, first_day, act, written_us)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};

constexpr db::Statement kInsertPublication{
    "routing_insert_procedure_publication",
    "INSERT INTO procedure_publication (province_code, code, version, end_day, act, content,"
    " published_us) VALUES ($1, $2, $3, $4, $5, $6, $7)"};

constexpr db::Statement kInsertProcedure{
    "routing_insert_procedure",
    "INSERT INTO procedure_version (province_code, code, version, display_name, field, ministry,"
    " level, line, body_title, former_level, proven, term_value, term_half, term_unit,"
    " cutoff_minute, term_cases, fee_vnd, online_level, boundary, acts, decentralisation_acts,"
    " known_from_day, imported_us)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
    " $19, $20, $21, $22, $23)"};

constexpr db::Statement kLoadHead{"routing_load_catalogue_head",
                                  "SELECT version, chain_hash FROM catalogue_head WHERE id = $1"};

constexpr db::Statement kStoreHead{
    "routing_store_catalogue_head",
    "INSERT INTO catalogue_head (id, version, chain_hash) VALUES ($1, $2, $3)"
    " ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
    " chain_hash = excluded.chain_hash"};

constexpr db::Statement kLoadCalendar{
    "routing_load_calendar",
    "SELECT version, content FROM calendar_version ORDER BY version DESC LIMIT 1"};

constexpr db::Statement kInsertCalendar{
    "routing_insert_calendar",
    "INSERT INTO calendar_version (version, content, imported_us) VALUES ($1, $2, $3)"};

constexpr db::Statement kFindImport{"routing_find_import",
                                    "SELECT imported_us FROM imported_file WHERE sha256 = $1"};

constexpr db::Statement kInsertImport{
    "routing_insert_import",
    "INSERT INTO imported_file (sha256, imported_us) VALUES ($1, $2)"
    " ON CONFLICT (sha256) DO NOTHING"};

std::vector<std::string> Acts(const std::string& text) {
  return absl::StrSplit(text, ';', absl::SkipEmpty());
}

std::optional<Term> TermOf(const db::Row& row) {
  if (row.IsNull(10)) return std::nullopt;
  Term term;
  term.value = static_cast<int>(row.Int(10));
  term.half = row.Bool(11);
  term.unit = static_cast<TermUnit>(row.Int(12));
  if (const auto cutoff = row.OptInt(13)) term.cutoff_minute = static_cast<int>(*cutoff);
  return term;
}

absl::StatusOr<ProcedureVersion> VersionOf(const db::Row& row) {
  ProcedureVersion result;
  Procedure& procedure = result.procedure;
  procedure.code = row.Text(0);
  result.version = row.Int(1);
  procedure.display_name = row.Text(2);
  procedure.field = row.Text(3);
  procedure.ministry = row.Text(4);
  procedure.level = static_cast<Level>(row.Int(5));
  procedure.line = static_cast<Line>(row.Int(6));
  procedure.body_title = row.Text(7);
  procedure.former_level = row.Text(8);
  procedure.proven = row.Bool(9);
  procedure.term = TermOf(row);
  procedure.term_cases = row.Text(14);
  procedure.fee_vnd = row.OptInt(15);
  procedure.online_level = row.Text(16);
  procedure.boundary = static_cast<Boundary>(row.Int(17));
  procedure.acts = Acts(row.Text(18));
  procedure.decentralisation_acts = Acts(row.Text(19));
  procedure.known_from = kEpoch + row.Int(20);
  result.province_code = row.Text(21);
  if (!row.IsNull(22)) {
    result.end = kEpoch + row.Int(22);
    result.act = row.Text(23);
    RETURN_IF_ERROR(UnpackContent(row.Bytes(24), procedure));
  }
  result.draft_reasons = DraftReasonsOf(procedure);
  result.folded_name = text::Fold(procedure.display_name);
  return result;
}

absl::StatusOr<StoredProcedures> Read(const db::Rows& versions, const db::Rows& ends) {
  StoredProcedures stored;
  stored.versions.reserve(versions.size());
  for (const db::Row& row : versions) {
    ASSIGN_OR_RETURN(ProcedureVersion version, VersionOf(row));
    stored.versions.push_back(std::move(version));
  }
  for (const db::Row& row : ends) {
    stored.ends.push_back({row.Text(0), row.Text(1), row.Int(2), kEpoch + row.Int(3), row.Text(4)});
  }
  return stored;
}

}  // namespace

absl::StatusOr<StoredProcedures> LoadProcedures(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows versions, tx.Query(kLoadProcedures, {}));
  ASSIGN_OR_RETURN(const db::Rows ends, tx.Query(kLoadEnds, {}));
  return Read(versions, ends);
}

absl::StatusOr<StoredProcedures> LoadProcedure(db::Tx& tx, absl::string_view code) {
  ASSIGN_OR_RETURN(const db::Rows versions, tx.Query(kLoadProcedure, {code}));
  ASSIGN_OR_RETURN(const db::Rows ends, tx.Query(kLoadEndsOf, {code}));
  return Read(versions, ends);
}

absl::Status InsertProcedureVersion(db::Tx& tx, const ProcedureVersion& version, absl::Time now) {
  const Procedure& procedure = version.procedure;
  const std::string acts = absl::StrJoin(procedure.acts, ";");
  const std::string decentralisation_acts = absl::StrJoin(procedure.decentralisation_acts, ";");
  const Term term = procedure.term.value_or(Term{});
  const db::Value term_value = procedure.term ? db::Value(term.value) : db::Value(std::nullopt);
  const db::Value cutoff =
      term.cutoff_minute ? db::Value(*term.cutoff_minute) : db::Value(std::nullopt);
  RETURN_IF_ERROR(tx.Write(kInsertProcedure, {version.province_code,
                                              procedure.code,
                                              version.version,
                                              procedure.display_name,
                                              procedure.field,
                                              procedure.ministry,
                                              static_cast<int>(procedure.level),
                                              static_cast<int>(procedure.line),
                                              procedure.body_title,
                                              procedure.former_level,
                                              procedure.proven,
                                              term_value,
                                              term.half,
                                              static_cast<int>(term.unit),
                                              cutoff,
                                              procedure.term_cases,
                                              procedure.fee_vnd,
                                              procedure.online_level,
                                              static_cast<int>(procedure.boundary),
                                              acts,
                                              decentralisation_acts,
                                              static_cast<int64_t>(procedure.known_from - kEpoch),
                                              absl::ToUnixMicros(now)}));
  if (version.act.empty()) return absl::OkStatus();
  return tx.Write(kInsertPublication, {version.province_code, procedure.code, version.version,
                                       static_cast<int64_t>(version.end - kEpoch), version.act,
                                       db::Blob{PackContent(procedure)}, absl::ToUnixMicros(now)});
}

absl::Status InsertProcedureEnd(db::Tx& tx, const ProcedureEnd& end, absl::Time now) {
  return tx.Write(kInsertEnd,
                  {end.province_code, end.code, end.version,
                   static_cast<int64_t>(end.first - kEpoch), end.act, absl::ToUnixMicros(now)});
}

absl::StatusOr<CatalogueHead> LoadCatalogueHead(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadHead, {kHeadId}));
  if (rows.empty()) return CatalogueHead{};
  return CatalogueHead{rows[0].Int(0), rows[0].Bytes(1)};
}

absl::Status StoreCatalogueHead(db::Tx& tx, const CatalogueHead& head) {
  return tx.Write(kStoreHead, {kHeadId, head.version, db::Blob{head.chain_hash}});
}

absl::StatusOr<CalendarFile> LoadCalendarFile(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadCalendar, {}));
  if (rows.empty()) return CalendarFile{};
  return CalendarFile{rows[0].Int(0), rows[0].Text(1)};
}

absl::Status InsertCalendarFile(db::Tx& tx, const CalendarFile& file, absl::Time now) {
  return tx.Write(kInsertCalendar, {file.version, file.content, absl::ToUnixMicros(now)});
}

absl::StatusOr<bool> IsImported(db::Tx& tx, absl::string_view sha256_hex) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFindImport, {sha256_hex}));
  return !rows.empty();
}

absl::Status RecordImport(db::Tx& tx, absl::string_view sha256_hex, absl::Time now) {
  return tx.Exec(kInsertImport, {sha256_hex, absl::ToUnixMicros(now)}).status();
}

}  // namespace twotier::routing::store
