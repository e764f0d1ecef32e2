// Any text as a dossier code: what is read as one is written back as the same text, and what
// stands for a code of another system stands for itself.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/organisation_id.h"
#include "services/routing/domain/dossier_code.h"

namespace routing = twotier::routing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string key = twotier::CodeLeftToRight(text);
  if (twotier::CodeLeftToRight(key) != key) std::abort();
  const std::optional<routing::DossierCode> code = routing::ParseDossierCode(text);
  if (!code.has_value()) return 0;
  if (code->number < 1 || code->organisation_id.empty()) std::abort();
  if (routing::FormatDossierCode(code->organisation_id, code->day, code->number) != text)
    std::abort();
  return 0;
}
