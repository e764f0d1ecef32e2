#include "common/db/together.h"

#include <algorithm>
#include <variant>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace twotier::db {
namespace {

// Calls `parameter(number)` for each `$number` of `sql` and `text(piece)` for what lies between.
template <typename Parameter, typename Text>
void ForEachPiece(absl::string_view sql, Parameter parameter, Text text) {
  while (!sql.empty()) {
    const size_t dollar = sql.find('$');
    text(sql.substr(0, dollar));
    if (dollar == absl::string_view::npos) return;
    sql.remove_prefix(dollar + 1);
    size_t number = 0;
    while (!sql.empty() && absl::ascii_isdigit(sql.front())) {
      number = number * 10 + (sql.front() - '0');
      sql.remove_prefix(1);
    }
    parameter(number);
  }
}

// A join keeps the rows of each query together but promises nothing about their order.
bool OnlySelects(absl::string_view sql) {
  return absl::StartsWith(sql, "SELECT ") && !absl::StrContains(sql, "ORDER BY");
}

bool HasAll(const BoundStatement& query) {
  return absl::c_none_of(query.values, [](const Row::Cell& cell) {
    return std::holds_alternative<std::monostate>(cell);
  });
}

bool SameShape(const BoundStatement& a, const BoundStatement& b) {
  return a.statement.name == b.statement.name && a.statement.sql == b.statement.sql &&
         a.is_blob == b.is_blob &&
         absl::c_equal(a.values, b.values, [](const Row::Cell& left, const Row::Cell& right) {
           return left.index() == right.index();
         });
}

}  // namespace

std::vector<std::vector<size_t>> AskableTogether(absl::Span<const BoundStatement* const> queries,
                                                 size_t size_max) {
  std::vector<std::vector<size_t>> groups;
  std::vector<bool> open;  // Parallel to `groups`: whether another query may join.
  for (size_t i = 0; i < queries.size(); ++i) {
    const BoundStatement& query = *queries[i];
    const bool may_join = HasAll(query) && OnlySelects(query.statement.sql);
    size_t at = 0;
    while (at < groups.size() &&
           !(may_join && open[at] && SameShape(*queries[groups[at].front()], query))) {
      ++at;
    }
    if (at == groups.size()) {
      groups.emplace_back();
      open.push_back(may_join);
    }
    groups[at].push_back(i);
    if (groups[at].size() == size_max) open[at] = false;
  }
  return groups;
}

std::string Together(absl::string_view sql, size_t parameters, size_t times) {
  std::string together = "SELECT asked.number, found.* FROM (VALUES ";
  for (size_t i = 0; i < times; ++i) {
    absl::StrAppend(&together, i == 0 ? "(" : ", (", i);
    for (size_t j = 1; j <= parameters; ++j) {
      absl::StrAppend(&together, ", $", i * parameters + j);
    }
    absl::StrAppend(&together, ")");
  }
  absl::StrAppend(&together, ") AS asked (number");
  for (size_t j = 1; j <= parameters; ++j) absl::StrAppend(&together, ", value", j);
  absl::StrAppend(&together, ") CROSS JOIN LATERAL (");
  ForEachPiece(
      sql, [&](size_t number) { absl::StrAppend(&together, "asked.value", number); },
      [&](absl::string_view text) { absl::StrAppend(&together, text); });
  // With OFFSET the planner leaves the query as it is and runs it once for each row: its plan is
  // the one it has alone. A plan for the join as a whole might read all of a table that was small
  // when it was made.
  absl::StrAppend(&together, " OFFSET 0) AS found");
  return together;
}

void AppendShifted(absl::string_view sql, size_t by, std::string& out) {
  ForEachPiece(
      sql, [&](size_t number) { absl::StrAppend(&out, "$", number + by); },
      [&](absl::string_view text) { absl::StrAppend(&out, text); });
}

size_t ParameterCount(absl::string_view sql) {
  size_t count = 0;
  ForEachPiece(
      sql, [&](size_t number) { count = std::max(count, number); }, [](absl::string_view) {});
  return count;
}

}  // namespace twotier::db
