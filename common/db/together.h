// One statement that asks what several queries ask.
//
// A server spends more on taking a prepared query apart, describing its columns and ending it than
// on the row that a key leads to. Queries that differ in nothing but their values are therefore
// asked as one. See docs/adr/0009.
#ifndef TWOTIER_COMMON_DB_TOGETHER_H_
#define TWOTIER_COMMON_DB_TOGETHER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "common/db/database.h"

namespace twotier::db {

// Places of `queries`, in groups of which each may be asked as one statement: of one statement that
// only selects and promises no order, with values of the same types and none absent. Every place is
// in one group; groups of one are those that stay alone. A group has at most `size_max` places.
std::vector<std::vector<size_t>> AskableTogether(absl::Span<const BoundStatement* const> queries,
                                                 size_t size_max);

// PostgreSQL's statement that runs `sql`, which has `parameters` parameters, `times` times. Its
// first column is the number of the query, from 0; its parameters are those of the first query,
// then those of the second, and so on. A query whose values are all NULL has no rows when `sql`
// compares one of them.
std::string Together(absl::string_view sql, size_t parameters, size_t times);

// Appends `sql` with `by` added to the n of each `$n`.
void AppendShifted(absl::string_view sql, size_t by, std::string& out);

// The highest n of `$n` in `sql`. The subset has no dollars elsewhere.
size_t ParameterCount(absl::string_view sql);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_TOGETHER_H_
