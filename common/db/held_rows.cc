#include "common/db/held_rows.h"

#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/db/together.h"

namespace twotier::db {
namespace {

constexpr absl::string_view kInsertInto = "INSERT INTO ";
constexpr absl::string_view kValues = " VALUES ";
constexpr absl::string_view kNothing = " ON CONFLICT DO NOTHING";

bool IsWordCharacter(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// Length of the parenthesis that `text` begins with; 0: it begins with none, or it has no end. The
// subset has no parentheses within literals.
size_t ParenthesisLength(absl::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth == 0) return text[i] == ')' ? i + 1 : 0;
  }
  return 0;
}

// Whoever reads or writes rows does it with one of these. Anything else begins or ends something.
bool TouchesRowsOnly(absl::string_view sql) {
  return absl::StartsWith(sql, "SELECT ") || absl::StartsWith(sql, "INSERT ") ||
         absl::StartsWith(sql, "UPDATE ") || absl::StartsWith(sql, "DELETE ") ||
         absl::StartsWith(sql, "WITH ");
}

}  // namespace

std::optional<RowInsert> ParseRowInsert(absl::string_view sql) {
  RowInsert insert;
  absl::string_view rest = sql;
  if (!absl::ConsumePrefix(&rest, kInsertInto)) return std::nullopt;
  insert.table = rest.substr(0, rest.find(' '));
  const size_t values = sql.find(kValues);
  if (values == absl::string_view::npos) return std::nullopt;
  insert.before = sql.substr(0, values + kValues.size());
  rest = sql.substr(insert.before.size());
  insert.row = rest.substr(0, ParenthesisLength(rest));
  insert.after = rest.substr(insert.row.size());
  const bool plain = insert.after.empty() || insert.after == kNothing;
  if (insert.row.empty() || !plain) return std::nullopt;
  // A row that is read from tables may be another one later.
  if (absl::StrContains(insert.row, "SELECT")) return std::nullopt;
  return insert;
}

std::string Repeated(const RowInsert& insert, size_t parameters, size_t times) {
  std::string repeated(insert.before);
  for (size_t i = 0; i < times; ++i) {
    if (i > 0) absl::StrAppend(&repeated, ", ");
    AppendShifted(insert.row, i * parameters, repeated);
  }
  absl::StrAppend(&repeated, insert.after);
  return repeated;
}

bool Names(absl::string_view sql, absl::string_view table) {
  for (size_t at = sql.find(table); at != absl::string_view::npos; at = sql.find(table, at + 1)) {
    const size_t end = at + table.size();
    const bool begins = at == 0 || !IsWordCharacter(sql[at - 1]);
    const bool ends = end == sql.size() || !IsWordCharacter(sql[end]);
    if (begins && ends) return true;
  }
  return false;
}

BoundStatement Bind(const Statement& statement, Values values) {
  BoundStatement bound{statement, {}, {}};
  bound.values.reserve(values.size());
  bound.is_blob.reserve(values.size());
  for (const Value& value : values) {
    const auto* blob = std::get_if<Blob>(&value.get());
    bound.is_blob.push_back(blob != nullptr);
    if (const auto* integer = std::get_if<int64_t>(&value.get())) {
      bound.values.emplace_back(*integer);
    } else if (const auto* text = std::get_if<absl::string_view>(&value.get())) {
      bound.values.emplace_back(std::in_place_type<std::string>, text->data(), text->size());
    } else if (blob != nullptr) {
      bound.values.emplace_back(std::in_place_type<std::string>, blob->bytes.data(),
                                blob->bytes.size());
    } else {
      bound.values.emplace_back();
    }
  }
  return bound;
}

bool HeldRows::Hold(const Statement& statement, Values values, int64_t rows_expected) {
  auto parsed = parsed_.find(statement.name);
  if (parsed == parsed_.end()) {
    parsed = parsed_.emplace(statement.name, ParseRowInsert(statement.sql)).first;
  }
  if (!parsed->second.has_value() || rows_expected != 1) return false;
  const auto same = [&](const Group& group) {
    return group.statement.name == statement.name && group.statement.sql == statement.sql;
  };
  auto group = absl::c_find_if(groups_, same);
  if (group == groups_.end()) {
    // Two statements that fill one table keep their order.
    if (Concern(statement)) return false;
    group = groups_.insert(groups_.end(), Group{statement, {}});
  }
  group->rows.push_back(Bind(statement, values));
  ++size_;
  return true;
}

bool HeldRows::Concern(const Statement& statement) const {
  if (groups_.empty()) return false;
  if (!TouchesRowsOnly(statement.sql)) return true;
  return absl::c_any_of(groups_, [&](const Group& group) {
    return Names(statement.sql, parsed_.at(group.statement.name)->table);
  });
}

std::vector<HeldRows::Group> HeldRows::Take() {
  size_ = 0;
  return std::exchange(groups_, {});
}

void HeldRows::Clear() {
  size_ = 0;
  groups_.clear();
}

}  // namespace twotier::db
