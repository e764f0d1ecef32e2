#include "common/text.h"

#include <utf8proc.h>

namespace twotier::text {
namespace {

constexpr utf8proc_int32_t kCapitalDStroke = 0x0110;  // Đ: a letter of its own, not D with a mark.
constexpr utf8proc_int32_t kSmallDStroke = 0x0111;
// A Vietnamese letter has at most two marks; anything longer than this is cut by utf8proc, which is
// harmless.
constexpr int kDecomposedMax = 16;

// Calls `visit` with each base character of `text`, marks left out; -1 for a byte that is not
// UTF-8.
template <typename Visit>
void ForEachBase(absl::string_view text, Visit visit) {
  const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = -1;
    utf8proc_ssize_t used = utf8proc_iterate(data, left, &point);
    if (used <= 0 || point < 0) {
      visit(-1);
      used = 1;
    } else {
      utf8proc_int32_t parts[kDecomposedMax];
      int boundary_class = 0;
      const utf8proc_ssize_t count = utf8proc_decompose_char(point, parts, kDecomposedMax,
                                                             UTF8PROC_DECOMPOSE, &boundary_class);
      for (utf8proc_ssize_t i = 0; i < count && i < kDecomposedMax; ++i) {
        const utf8proc_category_t category = utf8proc_category(parts[i]);
        if (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME) continue;
        if (parts[i] == kCapitalDStroke) {
          visit('D');
        } else if (parts[i] == kSmallDStroke) {
          visit('d');
        } else {
          visit(parts[i]);
        }
      }
    }
    data += used;
    left -= used;
  }
}

void Append(utf8proc_int32_t point, std::string& out) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t count = utf8proc_encode_char(point, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
}

bool IsLetterOrDigit(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string Fold(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  ForEachBase(text, [&](utf8proc_int32_t point) {
    if (point < 0 || !IsLetterOrDigit(point)) {
      gap = true;
      return;
    }
    if (gap && !out.empty()) out.push_back(' ');
    gap = false;
    Append(utf8proc_tolower(point), out);
  });
  return out;
}

std::string WithoutDiacritics(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  ForEachBase(text, [&](utf8proc_int32_t point) {
    if (point >= 0) Append(point, out);
  });
  return out;
}

bool IsCleanUtf8(absl::string_view text) {
  const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = -1;
    const utf8proc_ssize_t used = utf8proc_iterate(data, left, &point);
    if (used <= 0 || point <= 0) return false;
    data += used;
    left -= used;
  }
  return true;
}

}  // namespace twotier::text
