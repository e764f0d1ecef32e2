// Pages over the snapshot. The date is part of the cursor: a list that was begun today ends as of
// today.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_PAGING_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_PAGING_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/registry/handlers/env.h"

namespace twotier::registry::handlers {

// Where a page begins.
struct PageStart {
  int size = 0;
  absl::CivilDay day;  // Date of the whole list.
  std::string query;   // What the token is sealed to.
  std::string after;   // Key of the last row of the page before; empty for the first page.
};

// Reads the page fields of a list request. INVALID_ARGUMENT `WRONG_PAGE_TOKEN`; OUT_OF_RANGE
// `DATE_BEFORE_DATA`.
template <typename Request>
absl::StatusOr<PageStart> ReadPage(const Env& env, const Call& call, absl::string_view method,
                                   const Request& request) {
  PageStart start;
  ASSIGN_OR_RETURN(start.size, page::Size(request.page_size()));
  start.query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open(method, start.query, request.page_token()));
  if (cursor.empty()) {
    ASSIGN_OR_RETURN(start.day, AsOf(call, request));
    return start;
  }
  // "2026-11-22 KEY"; the seal says that this server wrote it.
  constexpr size_t kDateSize = 10;
  if (cursor.size() <= kDateSize ||
      !absl::ParseCivilTime(absl::string_view(cursor).substr(0, kDateSize), &start.day)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  start.after = cursor.substr(kDateSize + 1);
  return start;
}

// Token of the page after the row `key`.
inline std::string NextToken(const Env& env, absl::string_view method, const PageStart& start,
                             absl::string_view key) {
  return env.pages->Seal(method, start.query,
                         absl::StrCat(absl::FormatCivilTime(start.day), " ", key));
}

// Where a page of an undated list begins: behind the row with the name `after`.
struct NamedPage {
  size_t size = 0;
  std::string query;
  std::string after;
};

// INVALID_ARGUMENT `WRONG_PAGE_TOKEN`.
template <typename Request>
absl::StatusOr<NamedPage> ReadNamedPage(const Env& env, absl::string_view method,
                                        const Request& request) {
  NamedPage page;
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  page.size = static_cast<size_t>(size);
  page.query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(page.after, env.pages->Open(method, page.query, request.page_token()));
  return page;
}

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_PAGING_H_
