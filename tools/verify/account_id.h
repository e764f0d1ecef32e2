// What the id of a budget account says.
#ifndef TWOTIER_TOOLS_VERIFY_ACCOUNT_ID_H_
#define TWOTIER_TOOLS_VERIFY_ACCOUNT_ID_H_

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace twotier::verify {

// Year, stage, unit, four segments of the classification, purpose. All empty: it is no such id.
struct AccountId {
  explicit AccountId(absl::string_view id) {
    const std::vector<std::string> parts = absl::StrSplit(id, absl::MaxSplits('.', 7));
    if (parts.size() != 8) return;
    year = parts[0];
    stage = parts[1];
    unit = parts[2];
    line = absl::StrJoin(parts.begin() + 3, parts.end() - 1, ".");
    if (parts[7] != "x") purpose = parts[7];
  }

  std::string year, stage, unit;
  std::string line;     // The segments.
  std::string purpose;  // Empty: none.
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_ACCOUNT_ID_H_
