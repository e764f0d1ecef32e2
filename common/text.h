// Vietnamese text in the form in which it is compared and searched.
#ifndef TWOTIER_COMMON_TEXT_H_
#define TWOTIER_COMMON_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace twotier::text {

// Returns `text` in the form two spellings of the same Vietnamese words share: lower case, without
// diacritics (đ becomes d), every run of characters that are neither letter nor digit one space,
// none at the ends. "Phường Trúc Bạch, Quận Ba Đình" becomes "phuong truc bach quan ba dinh".
// Composed and decomposed input give the same result. Bytes that are not UTF-8 count as separators.
// Thread-safe.
std::string Fold(absl::string_view text);

// Returns `text` without diacritics, in its own case and with its own punctuation: "Ba Đình"
// becomes "Ba Dinh". Bytes that are not UTF-8 are dropped. Thread-safe.
std::string WithoutDiacritics(absl::string_view text);

// True when `text` is well-formed UTF-8 without U+0000.
bool IsCleanUtf8(absl::string_view text);

}  // namespace twotier::text

#endif  // TWOTIER_COMMON_TEXT_H_
