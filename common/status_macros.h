// Early return on error, for functions that return absl::Status or absl::StatusOr.
#ifndef TWOTIER_COMMON_STATUS_MACROS_H_
#define TWOTIER_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define TWOTIER_CONCAT_INNER(a, b) a##b
#define TWOTIER_CONCAT(a, b) TWOTIER_CONCAT_INNER(a, b)

// Evaluates `expr`, an absl::Status; returns it from the enclosing function unless it is OK.
#define RETURN_IF_ERROR(expr)                                           \
  do {                                                                  \
    if (::absl::Status twotier_status = (expr); !twotier_status.ok()) { \
      return twotier_status;                                            \
    }                                                                   \
  } while (false)

// Evaluates `expr`, an absl::StatusOr<T>; assigns its value to `lhs` or returns its status.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_INNER(TWOTIER_CONCAT(twotier_statusor_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_INNER(var, lhs, expr)   \
  auto var = (expr);                             \
  if (!var.ok()) return std::move(var).status(); \
  lhs = std::move(var).value()

#endif  // TWOTIER_COMMON_STATUS_MACROS_H_
