// The date a request is for, and with it the pages that follow.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_AS_OF_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_AS_OF_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/page.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"

namespace twotier::routing::handlers {

// The date asked for, or today in Vietnam.
template <typename Request>
absl::CivilDay AsOf(const Request& request, const Call& call) {
  return request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now);
}

// Where a page of a list begins that is of one day. A list of today goes on with the day of its
// first page when midnight passes.
struct PageOfDay {
  absl::CivilDay day;
  std::string after;  // The cursor; empty: the first page.
};

// INVALID_ARGUMENT `WRONG_PAGE_TOKEN`, also for a token of a release that did not put days into it.
template <typename Request>
absl::StatusOr<PageOfDay> OpenPage(const page::Sealer& pages, absl::string_view method,
                                   absl::string_view query, const Request& request,
                                   const Call& call) {
  ASSIGN_OR_RETURN(const std::string text, pages.Open(method, query, request.page_token()));
  if (text.empty()) return PageOfDay{AsOf(request, call), ""};
  const std::pair<absl::string_view, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits('|', 1));
  absl::CivilDay day;
  if (absl::ParseCivilTime(parts.first, &day)) return PageOfDay{day, parts.second};
  return error::WithReason(absl::StatusCode::kInvalidArgument,
                           "the page token is one of an earlier release", "WRONG_PAGE_TOKEN");
}

// Token of the page of `day` after `after`.
inline std::string SealPage(const page::Sealer& pages, absl::string_view method,
                            absl::string_view query, absl::CivilDay day, absl::string_view after) {
  return pages.Seal(method, query, absl::StrCat(absl::FormatCivilTime(day), "|", after));
}

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_AS_OF_H_
