// Any text as the rows of a file of facts: what is read without an error has a key, a certainty and
// a source, no unit has two values of one input, and reading it again gives the same.

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/twotierctl/allocation_csv.h"

namespace ctl = twotier::ctl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string content =
      absl::StrCat("input,unit_code,value,certainty,source\n",
                   absl::string_view(reinterpret_cast<const char*>(data), size));
  twotier::RowErrors errors;
  const ctl::AllocationFacts facts = ctl::ReadAllocationFacts("fuzz.csv", content, errors);
  if (!errors.empty()) return 0;
  const ctl::AllocationFacts again = ctl::ReadAllocationFacts("fuzz.csv", content, errors);
  if (!errors.empty() || again.inputs.size() != facts.inputs.size()) std::abort();
  std::set<std::pair<std::string, std::string>> seen;
  for (size_t i = 0; i < facts.inputs.size(); ++i) {
    const auto& input = facts.inputs[i];
    if (input.key().empty() || input.source().empty() || input.certainty() == 0) std::abort();
    for (const auto& value : input.values()) {
      if (!seen.insert({input.key(), value.unit_code()}).second) std::abort();
    }
    if (input.SerializeAsString() != again.inputs[i].SerializeAsString()) std::abort();
  }
  return 0;
}
