// What a handler knows of the call besides the request: time, identity and a new id, all as values,
// so that a handler can be replayed and gives the same answer.
#ifndef TWOTIER_COMMON_CALL_H_
#define TWOTIER_COMMON_CALL_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace twotier {

// Who calls, as the authenticator established it.
struct Principal {
  std::string name;                         // Never empty once authenticated.
  bool all_permissions = false;             // Holds every permission.
  std::vector<std::string> permissions;     // Else these.
  std::vector<std::string> province_codes;  // May act only in these; empty: nationwide.
};

struct Call {
  absl::Time now;  // One instant for the whole call, in whole microseconds.
  Principal principal;
  std::string request_id;  // Of a mutation; empty otherwise.
  std::string new_id;  // 26 characters, unique, ordered by time; the id of what this call creates.
  bool validate_only = false;
  absl::Time deadline = absl::InfiniteFuture();
  std::string trace_id;  // From `traceparent`; empty when none came.

  // The n-th further id of this call, for calls that create several things.
  std::string NewId(int n) const { return absl::StrCat(new_id, "-", n); }
};

}  // namespace twotier

#endif  // TWOTIER_COMMON_CALL_H_
