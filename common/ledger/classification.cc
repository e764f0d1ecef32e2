#include "common/ledger/classification.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "common/ledger/tables.h"
#include "common/status_macros.h"

namespace twotier::ledger {
namespace {

constexpr db::Statement kLastRevision{
    "ledger_last_revision",
    "SELECT COALESCE(MAX(revision), 0) FROM ledger_classification WHERE province_code = $1"
    " AND account_id = $2 AND class_key = $3 AND from_day = $4"};

constexpr db::Statement kInsert{
    "ledger_insert_classification",
    "INSERT INTO ledger_classification (province_code, account_id, class_key, from_day, revision,"
    " class_value, subject, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT DO NOTHING"};

// `c` says what holds on day `day`: nothing of the same key begins later, or corrects it.
#define TWOTIER_LEDGER_CLASS_HOLDS(day, known, later_known)                  \
  " AND c.from_day <= " day known                                            \
  " AND NOT EXISTS (SELECT 1 FROM ledger_classification l"                   \
  " WHERE l.province_code = c.province_code AND l.account_id = c.account_id" \
  " AND l.class_key = c.class_key AND l.from_day <= " day                    \
  " AND (l.from_day, l.revision) > (c.from_day, c.revision)" later_known ")"

#define TWOTIER_LEDGER_CLASSES                                                 \
  "SELECT c.class_key, c.class_value, c.from_day FROM ledger_classification c" \
  " WHERE c.province_code = $1 AND c.account_id = $2 AND c.class_value <> ''"

constexpr db::Statement kClasses{"ledger_classes",
                                 TWOTIER_LEDGER_CLASSES TWOTIER_LEDGER_CLASS_HOLDS("$3", "", "")};

constexpr db::Statement kClassesAsKnown{
    "ledger_classes_as_known",
    TWOTIER_LEDGER_CLASSES TWOTIER_LEDGER_CLASS_HOLDS("$3", TWOTIER_LEDGER_KNOWN("c", "$4"),
                                                      TWOTIER_LEDGER_KNOWN("l", "$4"))};

#define TWOTIER_LEDGER_CLASSIFIED                                               \
  "SELECT c.account_id FROM ledger_classification c WHERE c.province_code = $1" \
  " AND c.class_key = $2 AND c.class_value = $3 AND c.account_id > $4"
#define TWOTIER_LEDGER_CLASSIFIED_ORDER " ORDER BY c.account_id LIMIT $6"

constexpr db::Statement kClassified{
    "ledger_classified", TWOTIER_LEDGER_CLASSIFIED TWOTIER_LEDGER_CLASS_HOLDS("$5", "", "")
                             TWOTIER_LEDGER_CLASSIFIED_ORDER};

constexpr db::Statement kClassifiedAsKnown{
    "ledger_classified_as_known",
    TWOTIER_LEDGER_CLASSIFIED TWOTIER_LEDGER_CLASS_HOLDS("$5", TWOTIER_LEDGER_KNOWN("c", "$7"),
                                                         TWOTIER_LEDGER_KNOWN("l", "$7"))
        TWOTIER_LEDGER_CLASSIFIED_ORDER};

}  // namespace

absl::Status Classify(db::Tx& tx, absl::Span<const Classified> classified,
                      absl::string_view subject, int64_t version) {
  std::vector<db::BoundStatement> queries;
  for (const auto& [account, values] : classified) {
    for (const Classification& value : values) {
      queries.push_back({kLastRevision,
                         {account.province_code, account.id, value.key, ToColumn(value.from_day)},
                         {}});
    }
  }
  ASSIGN_OR_RETURN(const std::vector<db::Rows> last, tx.QueryAll(queries));
  // Several of one call may correct one another.
  std::map<std::tuple<AccountId, std::string, absl::CivilDay>, int64_t> revisions;
  size_t next = 0;
  for (const auto& [account, values] : classified) {
    for (const Classification& value : values) {
      int64_t& revision = revisions[{account, value.key, value.from_day}];
      revision = std::max(revision, last[next++][0].Int(0)) + 1;
      RETURN_IF_ERROR(
          tx.Write(kInsert, {account.province_code, account.id, value.key, ToColumn(value.from_day),
                             revision, value.value, subject, version}));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::vector<Classification>>> ClassificationsAt(
    db::Tx& tx, absl::Span<const AccountId> ids, const AsOf& as_of) {
  std::vector<db::BoundStatement> queries;
  for (const AccountId& id : ids) {
    db::BoundStatement query{kClasses, {id.province_code, id.id, ToColumn(as_of.day)}, {}};
    if (as_of.known_position.has_value()) {
      query.statement = kClassesAsKnown;
      query.values.emplace_back(*as_of.known_position);
    }
    queries.push_back(std::move(query));
  }
  ASSIGN_OR_RETURN(const std::vector<db::Rows> answers, tx.QueryAll(queries));
  std::vector<std::vector<Classification>> all;
  all.reserve(answers.size());
  for (const db::Rows& rows : answers) {
    std::vector<Classification>& values = all.emplace_back();
    for (const db::Row& row : rows) {
      values.push_back({row.Text(0), row.Text(1), ToDay(row.Int(2))});
    }
    std::sort(values.begin(), values.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
  }
  return all;
}

absl::StatusOr<std::vector<AccountId>> AccountsClassified(
    db::Tx& tx, absl::string_view province_code, absl::string_view key, absl::string_view value,
    const AsOf& as_of, absl::string_view after, int limit) {
  std::vector<db::Value> values{province_code, key, value, after, ToColumn(as_of.day), limit};
  if (as_of.known_position.has_value()) values.emplace_back(*as_of.known_position);
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      tx.Query(as_of.known_position.has_value() ? kClassifiedAsKnown : kClassified, values));
  std::vector<AccountId> accounts;
  accounts.reserve(rows.size());
  for (const db::Row& row : rows) {
    accounts.push_back({std::string(province_code), row.Text(0)});
  }
  return accounts;
}

}  // namespace twotier::ledger
