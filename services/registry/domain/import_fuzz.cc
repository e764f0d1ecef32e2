// Any bytes as the files of an import: refused with rows that are named, or accepted with counts
// that are met. The input is cut at bytes 0xff, which UTF-8 never has, into the files.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "services/registry/domain/import.h"

namespace registry = twotier::registry;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<absl::string_view> contents = absl::StrSplit(input, '\xff');
  std::vector<registry::DataFile> files;
  for (size_t i = 0; i < std::size(registry::kReferenceFiles) && i < contents.size(); ++i) {
    files.push_back({registry::kReferenceFiles[i], contents[i]});
  }
  const auto prepared = registry::PrepareImport(files);
  if (prepared.ok()) {
    // Importing the same again changes nothing.
    const auto plan = registry::PlanImport(prepared->state, prepared->state);
    if (!plan.empty()) std::abort();
    return 0;
  }
  if (!twotier::error::ReasonOf(prepared.status()).has_value()) std::abort();
  return 0;
}
