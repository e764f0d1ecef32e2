// The part of the pipeline that sends one statement several times as one.
#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "common/db/held_rows.h"
#include "common/db/pipeline.h"
#include "common/db/together.h"

namespace twotier::db {
namespace {

// Rows of one statement. Width 64 would gain little over 32 and add a statement for each table.
constexpr size_t kRowsMax = 32;

}  // namespace

Pipeline::Trouble Pipeline::SendTogether(absl::Span<const BoundStatement* const> queries) {
  const BoundStatement& first = *queries.front();
  // Few widths, so that few statements are prepared; the places left over ask for nothing.
  const size_t times = absl::bit_ceil(queries.size());
  std::unique_ptr<Joint>& joint = joints_[{std::string(first.statement.name), times}];
  if (joint == nullptr) {
    joint = std::make_unique<Joint>(
        Joint{absl::StrCat(first.statement.name, "*", times), std::string(first.statement.sql),
              Together(first.statement.sql, first.values.size(), times)});
  }
  if (joint->source != first.statement.sql) {
    return Broken(first.statement.name, "two statements have this name");
  }
  std::vector<Value> values;
  values.reserve(times * first.values.size());
  for (const BoundStatement* query : queries)
    absl::c_move(ValuesOf(*query), std::back_inserter(values));
  values.resize(times * first.values.size(), Value(std::nullopt));
  Prepared& prepared = prepared_[joint->name];
  if (prepared.sql.empty()) {
    prepared.sql = joint->sql;
    // What is left over now may not be the next time.
    for (size_t i = 0; i < values.size(); ++i) {
      prepared.types.push_back(TypeOf(values[i % first.values.size()]));
    }
  }
  if (Trouble trouble = Send(Want::kRows, {joint->name, joint->sql}, values)) return trouble;
  pending_.back().name = first.statement.name;
  pending_.back().askers = queries.size();
  return std::nullopt;
}

Pipeline::Trouble Pipeline::SendRow(const Statement& statement, Values values,
                                    int64_t rows_expected) {
  if (held_.Hold(statement, values, rows_expected)) return std::nullopt;
  return Send(Want::kExactly, statement, values, rows_expected);
}

Pipeline::Trouble Pipeline::SendHeld() {
  for (const HeldRows::Group& group : held_.Take()) {
    absl::Span<const BoundStatement> rows = group.rows;
    while (!rows.empty()) {
      // Few widths, so that few statements are prepared.
      const size_t times = std::min(absl::bit_floor(rows.size()), kRowsMax);
      if (Trouble trouble = SendRows(rows.first(times))) return trouble;
      rows.remove_prefix(times);
    }
  }
  return std::nullopt;
}

Pipeline::Trouble Pipeline::SendRows(absl::Span<const BoundStatement> rows) {
  const Statement& statement = rows.front().statement;
  const size_t parameters = rows.front().values.size();
  if (rows.size() == 1) return Send(Want::kExactly, statement, ValuesOf(rows.front()), 1);
  std::unique_ptr<Joint>& joint = joints_[{std::string(statement.name), rows.size()}];
  if (joint == nullptr) {
    joint = std::make_unique<Joint>(
        Joint{absl::StrCat(statement.name, "*", rows.size()), std::string(statement.sql),
              Repeated(*ParseRowInsert(statement.sql), parameters, rows.size())});
  }
  std::vector<Value> values;
  values.reserve(rows.size() * parameters);
  for (const BoundStatement& row : rows) absl::c_move(ValuesOf(row), std::back_inserter(values));
  // A column has one type in every row: what one says of it holds for those that are NULL there.
  Prepared& prepared = prepared_[joint->name];
  prepared.sql = joint->sql;
  prepared.types.resize(values.size(), kUnknownType);
  for (size_t i = 0; i < values.size(); ++i) {
    const Oid type = TypeOf(values[i]);
    if (type == kUnknownType || prepared.types[i] != kUnknownType) continue;
    for (size_t j = i % parameters; j < values.size(); j += parameters) prepared.types[j] = type;
    prepared.server_name.clear();
  }
  if (Trouble trouble = Send(Want::kExactly, {joint->name, joint->sql}, values,
                             static_cast<int64_t>(rows.size()))) {
    return trouble;
  }
  pending_.back().name = statement.name;
  return std::nullopt;
}

}  // namespace twotier::db
