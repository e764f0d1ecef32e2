// Follows the pages of a List or Search method.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_PAGES_H_
#define TWOTIER_TOOLS_TWOTIERCTL_PAGES_H_

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/session.h"

namespace twotier::ctl {

// Rows that a listing shows unless --limit says otherwise.
constexpr int kLimitDefault = 50;
// Largest page a service gives.
constexpr int kPageMax = 1000;

// All pages of `method` in one response, until `limit` rows are there; `rows` is the response's
// repeated field. next_page_token is empty when there is nothing more.
template <class Response, class Request, class Rows>
absl::StatusOr<Response> AllPages(Session& session, absl::string_view method, Request request,
                                  Rows* (Response::*rows)(), int limit) {
  Response all;
  do {
    request.set_page_size(std::min(kPageMax, limit - (all.*rows)()->size()));
    request.set_page_token(all.next_page_token());
    ASSIGN_OR_RETURN(const Response page, session.Call<Response>(method, request));
    all.clear_next_page_token();  // Merging an empty token would keep the old one.
    all.MergeFrom(page);
  } while (!all.next_page_token().empty() && (all.*rows)()->size() < limit);
  return all;
}

// Says that a listing stopped at --limit, beside the listing itself.
inline void TellOfMore(const Context& context, const std::string& next_page_token) {
  if (!next_page_token.empty()) *context.err << "there are more; raise --limit\n";
}

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_PAGES_H_
