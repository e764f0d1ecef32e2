// Any bytes can be folded: the result is clean, folding it again changes nothing, and text without
// diacritics has the same folded form.

#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "common/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string folded = twotier::text::Fold(text);
  if (!twotier::text::IsCleanUtf8(folded)) std::abort();
  if (twotier::text::Fold(folded) != folded) std::abort();
  if (twotier::text::IsCleanUtf8(text) &&
      twotier::text::Fold(twotier::text::WithoutDiacritics(text)) != folded) {
    std::abort();
  }
  return 0;
}
