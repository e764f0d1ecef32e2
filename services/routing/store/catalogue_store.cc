#include "services/routing/store/catalogue_store.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace twotier::routing::store {
namespace {

constexpr char kNational[] = "";  // Province code of national procedures.
constexpr int64_t kHeadId = 1;

const absl::CivilDay kEpoch(1970, 1, 1);

// Columns in the order in which VersionOf takes them.
#define TWOTIER_PROCEDURE_COLUMNS                                                                \
  "code, version, display_name, field, ministry, level, line, body_title, former_level, proven," \
  " term_value, term_half, term_unit, cutoff_minute, term_cases, fee_vnd, online_level,"         \
  " boundary, acts, decentralisation_acts, known_from_day"

constexpr db::Statement kLoadProcedures{
    "routing_load_procedures",
    "SELECT " TWOTIER_PROCEDURE_COLUMNS
    " FROM procedure_version WHERE province_code = $1 ORDER BY code, version"};

constexpr db::Statement kLoadProcedure{
    "routing_load_procedure",
    "SELECT " TWOTIER_PROCEDURE_COLUMNS
    " FROM procedure_version WHERE province_code = $1 AND code = $2 ORDER BY version"};

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

ProcedureVersion VersionOf(const db::Row& row) {
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
  result.draft_reasons = DraftReasonsOf(procedure);
  result.folded_name = text::Fold(procedure.display_name);
  return result;
}

std::vector<ProcedureVersion> VersionsOf(const db::Rows& rows) {
  std::vector<ProcedureVersion> versions;
  versions.reserve(rows.size());
  for (const db::Row& row : rows) versions.push_back(VersionOf(row));
  return versions;
}

}  // namespace

absl::StatusOr<std::vector<ProcedureVersion>> LoadProcedures(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadProcedures, {kNational}));
  return VersionsOf(rows);
}

absl::StatusOr<std::vector<ProcedureVersion>> LoadProcedure(db::Tx& tx, absl::string_view code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadProcedure, {kNational, code}));
  return VersionsOf(rows);
}

absl::Status InsertProcedureVersion(db::Tx& tx, const Procedure& procedure, int64_t version,
                                    absl::Time now) {
  const std::string acts = absl::StrJoin(procedure.acts, ";");
  const std::string decentralisation_acts = absl::StrJoin(procedure.decentralisation_acts, ";");
  const Term term = procedure.term.value_or(Term{});
  const db::Value term_value = procedure.term ? db::Value(term.value) : db::Value(std::nullopt);
  const db::Value cutoff =
      term.cutoff_minute ? db::Value(*term.cutoff_minute) : db::Value(std::nullopt);
  return tx.Write(kInsertProcedure, {kNational,
                                     procedure.code,
                                     version,
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
                                     absl::ToUnixMicros(now)});
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
