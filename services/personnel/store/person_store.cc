#include "services/personnel/store/person_store.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"
#include "services/personnel/store/days.h"

namespace twotier::personnel::store {
namespace {

const absl::CivilMonth kFirstMonth(1970, 1);

#define TWOTIER_PERSON_COLUMNS                                                               \
  "person_id, province_code, education, theory, service_first_day, grade, rank_coefficient," \
  " pension_month, state, left_day, synthetic, version"

constexpr db::Statement kClaim{
    "personnel_claim_national_id",
    "INSERT INTO national_id_claim (claim, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
constexpr db::Statement kFindClaim{"personnel_find_claim",
                                   "SELECT person_id FROM national_id_claim WHERE claim = $1"};
constexpr db::Statement kInsert{
    "personnel_insert_person",
    "INSERT INTO person (" TWOTIER_PERSON_COLUMNS
    ", full_name, birth_day, sex, national_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
    " $11, $12, $13, $14, $15, $16)"};
constexpr db::Statement kUpdate{
    "personnel_update_person",
    "UPDATE person SET education = $2, theory = $3, service_first_day = $4, grade = $5,"
    " rank_coefficient = $6, state = $7, left_day = $8, version = $9, province_code = $10"
    " WHERE person_id = $1 AND version = $9 - 1"};
constexpr db::Statement kDeleteClaim{
    "personnel_delete_claim", "DELETE FROM national_id_claim WHERE claim = $1 AND person_id = $2"};
constexpr db::Statement kCorrect{
    "personnel_correct_person",
    "UPDATE person SET full_name = $2, birth_day = $3, sex = $4, national_id = $5,"
    " pension_month = $6, state = $7, left_day = $8, version = $9"
    " WHERE person_id = $1 AND version = $9 - 1"};
constexpr db::Statement kInsertCorrection{
    "personnel_insert_correction",
    "INSERT INTO person_correction (person_id, version, fields, reason, corrected_us)"
    " VALUES ($1, $2, $3, $4, $5)"};
constexpr db::Statement kLoadCorrections{
    "personnel_load_corrections",
    "SELECT version, fields, reason, corrected_us FROM person_correction WHERE person_id = $1"
    " ORDER BY version LIMIT $2"};
constexpr db::Statement kLoad{"personnel_load_person",
                              "SELECT " TWOTIER_PERSON_COLUMNS " FROM person WHERE person_id = $1"};
constexpr db::Statement kLoadRow{"personnel_load_person_row",
                                 "SELECT " TWOTIER_PERSON_COLUMNS
                                 ", full_name, birth_day, sex, national_id"
                                 " FROM person WHERE person_id = $1"};
// Kinds 1 and 5 are main, all but 2 hold their post; kinds of key posts are those of IsKeyPost, and
// reasons those that LeavesService names. No month of pension: born before the ages rose.
constexpr db::Statement kCountRetirements{
    "personnel_count_retirements",
    "WITH r AS (SELECT COALESCE(p.pension_month, 0) AS pension_month,"
    " CASE WHEN a.end_reason IN (2, 3, 4, 5) THEN a.end_day ELSE NULL END AS leaves,"
    " CASE WHEN a.end_reason = 2 THEN 1 ELSE 0 END AS retires,"
    " CASE WHEN EXISTS (SELECT 1 FROM appointment k WHERE k.person = a.person"
    " AND k.until_version = 9223372036854775807 AND k.kind IN (1, 3, 4, 5)"
    " AND k.post_kind IN (1, 2, 4, 5, 6) AND k.first_day <= $2 AND k.end_day > $2)"
    " THEN 1 ELSE 0 END AS key_post"
    " FROM appointment a JOIN person p ON a.person = 'persons/' || p.person_id"
    " WHERE a.until_version = 9223372036854775807 AND ($1 = '' OR a.province_code = $1)"
    " AND a.kind IN (1, 5) AND a.first_day <= $2 AND a.end_day > $2"
    " AND (COALESCE(p.pension_month, 0) <= $3 OR a.end_reason = 2))"
    " SELECT r.pension_month, r.leaves, r.retires, COUNT(*), CAST(SUM(r.key_post) AS BIGINT)"
    " FROM r GROUP BY r.pension_month, r.leaves, r.retires ORDER BY r.pension_month"};
// Posts 12 and 13, of the Party and of the military command, are not the unit's to pay. Names are
// cut to ids (`persons/{id}`, `provinces/48/posts/{id}`): what is looked up in an index is a whole
// column.
constexpr db::Statement kSumCoefficients{
    "personnel_sum_coefficients",
    "SELECT a.unit, COUNT(*), CAST(SUM(p.rank_coefficient + t.allowance) AS BIGINT)"
    " FROM appointment a JOIN person p ON p.person_id = SUBSTR(a.person, 9)"
    " JOIN post t ON t.province_code = a.province_code AND t.post_id = SUBSTR(a.post, 20)"
    " WHERE a.until_version = 9223372036854775807 AND a.province_code = $1"
    " AND a.kind = 1 AND a.first_day <= $2 AND a.end_day > $2 AND t.kind NOT IN (12, 13)"
    " GROUP BY a.unit ORDER BY a.unit"};

Person PersonOf(const db::Row& row) {
  Person person;
  person.id = row.Text(0);
  person.managing_province = row.Text(1);
  person.qualifications.education = static_cast<Education>(row.Int(2));
  person.qualifications.theory = static_cast<PoliticalTheory>(row.Int(3));
  person.qualifications.service_first = DayOf(row.OptInt(4));
  person.grade = static_cast<int>(row.Int(5));
  person.rank_hundredths = static_cast<int>(row.Int(6));
  if (const auto month = row.OptInt(7)) person.qualifications.pension_from = kFirstMonth + *month;
  person.state = static_cast<PersonState>(row.Int(8));
  person.left = DayOf(row.OptInt(9));
  person.synthetic = row.Bool(10);
  person.version = row.Int(11);
  return person;
}

std::optional<int64_t> PensionMonthOf(const Person& person) {
  const std::optional<absl::CivilMonth>& from = person.qualifications.pension_from;
  if (!from) return std::nullopt;
  return *from - kFirstMonth;
}

absl::string_view IdOf(absl::string_view name) { return absl::StripPrefix(name, "persons/"); }

}  // namespace

absl::StatusOr<std::string> ClaimNationalId(db::Tx& tx, absl::string_view claim,
                                            absl::string_view person_id) {
  ASSIGN_OR_RETURN(const int64_t taken, tx.Exec(kClaim, {db::Blob{claim}, person_id}));
  if (taken == 1) return std::string(person_id);
  ASSIGN_OR_RETURN(const std::optional<std::string> holder, FindClaim(tx, claim));
  return holder.value_or("");
}

absl::StatusOr<std::optional<std::string>> FindClaim(db::Tx& tx, absl::string_view claim) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFindClaim, {db::Blob{claim}}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(rows[0].Text(0));
}

absl::Status DeleteClaim(db::Tx& tx, absl::string_view claim, absl::string_view person_id) {
  return tx.Write(kDeleteClaim, {db::Blob{claim}, person_id});
}

absl::Status InsertPerson(db::Tx& tx, const PersonRow& row) {
  const Person& person = row.person;
  const Qualifications& learned = person.qualifications;
  return tx.Write(kInsert,
                  {person.id, person.managing_province, static_cast<int>(learned.education),
                   static_cast<int>(learned.theory), NumberOf(learned.service_first), person.grade,
                   person.rank_hundredths, PensionMonthOf(person), static_cast<int>(person.state),
                   NumberOf(person.left), person.synthetic, person.version, row.data.full_name,
                   NumberOf(row.data.birth), static_cast<int>(row.data.sex), row.data.national_id});
}

absl::Status UpdatePerson(db::Tx& tx, const Person& person) {
  const Qualifications& learned = person.qualifications;
  return tx.Write(kUpdate, {person.id, static_cast<int>(learned.education),
                            static_cast<int>(learned.theory), NumberOf(learned.service_first),
                            person.grade, person.rank_hundredths, static_cast<int>(person.state),
                            NumberOf(person.left), person.version, person.managing_province});
}

absl::Status CorrectPerson(db::Tx& tx, const PersonRow& row) {
  return tx.Write(kCorrect, {row.person.id, row.data.full_name, NumberOf(row.data.birth),
                             static_cast<int>(row.data.sex), row.data.national_id,
                             PensionMonthOf(row.person), static_cast<int>(row.person.state),
                             NumberOf(row.person.left), row.person.version});
}

absl::Status InsertCorrection(db::Tx& tx, const Person& person,
                              const PersonCorrection& correction) {
  return tx.Write(kInsertCorrection,
                  {person.id, correction.version, absl::StrJoin(correction.fields, ","),
                   correction.reason, absl::ToUnixMicros(correction.corrected)});
}

absl::StatusOr<std::vector<PersonCorrection>> LoadCorrections(db::Tx& tx, const Person& person,
                                                              int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadCorrections, {person.id, limit}));
  std::vector<PersonCorrection> corrections;
  for (const db::Row& row : rows) {
    corrections.push_back({row.Int(0), absl::StrSplit(row.Text(1), ','), row.Text(2),
                           absl::FromUnixMicros(row.Int(3))});
  }
  return corrections;
}

db::BoundStatement LoadPersonQuery(absl::string_view name) {
  return {kLoad, {std::string(IdOf(name))}, {}};
}

absl::StatusOr<std::optional<Person>> LoadPerson(db::Tx& tx, absl::string_view name) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoad, {IdOf(name)}));
  if (rows.empty()) return std::optional<Person>();
  return std::optional<Person>(PersonOf(rows[0]));
}

absl::StatusOr<std::optional<PersonRow>> LoadPersonRow(db::Tx& tx, absl::string_view name) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadRow, {IdOf(name)}));
  if (rows.empty()) return std::optional<PersonRow>();
  const db::Row& row = rows[0];
  PersonRow result{PersonOf(row), {}};
  result.data.full_name = row.Text(12);
  result.data.birth = DayOf(row.Int(13));
  result.data.sex = static_cast<Sex>(row.Int(14));
  result.data.national_id = row.Text(15);
  return std::optional<PersonRow>(std::move(result));
}

absl::StatusOr<std::vector<RetirementCount>> CountRetirements(db::Tx& tx,
                                                              absl::string_view province_code,
                                                              absl::CivilDay today,
                                                              absl::CivilMonth until) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kCountRetirements, {province_code, NumberOf(today),
                                                static_cast<int64_t>(until - kFirstMonth)}));
  std::vector<RetirementCount> counts;
  for (const db::Row& row : rows) {
    counts.push_back(
        {kFirstMonth + row.Int(0), DayOf(row.OptInt(1)), row.Bool(2), row.Int(3), row.Int(4)});
  }
  return counts;
}

absl::StatusOr<std::vector<CoefficientSum>> SumCoefficients(db::Tx& tx,
                                                            absl::string_view province_code,
                                                            absl::CivilDay today) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kSumCoefficients, {province_code, NumberOf(today)}));
  std::vector<CoefficientSum> sums;
  for (const db::Row& row : rows) sums.push_back({row.Text(0), row.Int(1), row.Int(2)});
  return sums;
}

}  // namespace twotier::personnel::store
