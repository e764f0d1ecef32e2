// Any text as a place: its parts are names the index could hold, and resolving it in a register
// never fails without saying why.

#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "common/errors.h"
#include "common/text.h"
#include "services/registry/domain/place_text.h"
#include "services/registry/domain/resolution.h"

namespace registry = twotier::registry;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  for (const registry::PlacePart& part : registry::ParsePlaceText(text)) {
    if (part.names.empty()) std::abort();
    for (const std::string& name : part.names) {
      if (name.empty() || !twotier::text::IsCleanUtf8(name)) std::abort();
    }
  }
  static const auto* const kEmpty = new registry::UnitTree;
  registry::UnitQuery query;
  query.text = text;
  const registry::Resolution resolution =
      registry::Resolve(*kEmpty, query, registry::kDataBegins + 1);
  if (resolution.status.ok()) std::abort();  // Nothing is in an empty register.
  if (!twotier::error::ReasonOf(resolution.status).has_value()) std::abort();
  return 0;
}
