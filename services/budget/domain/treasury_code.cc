#include "services/budget/domain/treasury_code.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget {
namespace {

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

int TreasuryLayout::digits() const {
  int digits = 0;
  for (const TreasurySegment& segment : segments_) digits += segment.digits;
  return digits;
}

absl::StatusOr<TreasuryCode> TreasuryLayout::Parse(absl::string_view text) const {
  error::Violations violations;
  TreasuryCode code;
  if (absl::StrContains(text, '.')) {
    code = absl::StrSplit(text, '.');
  } else if (text.size() == static_cast<size_t>(digits())) {
    size_t begin = 0;
    for (const TreasurySegment& segment : segments_) {
      code.emplace_back(text.substr(begin, segment.digits));
      begin += segment.digits;
    }
  }
  if (code.size() != segments_.size()) {
    violations.Add("code", absl::StrCat("must be ", digits(), " digits, or ", segments_.size(),
                                        " segments separated by dots"));
    return violations.ToStatus();
  }
  for (size_t i = 0; i < code.size(); ++i) {
    const TreasurySegment& segment = segments_[i];
    if (code[i].size() == static_cast<size_t>(segment.digits) && AllDigits(code[i])) continue;
    violations.Add(absl::StrCat("code.", segment.name),
                   absl::StrCat("must be ", segment.digits, " digits"));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return code;
}

std::string TreasuryLayout::Format(const TreasuryCode& code) { return absl::StrJoin(code, "."); }

absl::string_view TreasuryLayout::Get(const TreasuryCode& code, absl::string_view name) const {
  for (size_t i = 0; i < segments_.size() && i < code.size(); ++i) {
    if (segments_[i].name == name) return code[i];
  }
  return "";
}

}  // namespace twotier::budget
