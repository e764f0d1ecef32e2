#include "common/page.h"

#include <openssl/crypto.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto.h"

namespace twotier::page {
namespace {

// 128 of the 256 bits: enough against guessing, and a shorter token.
constexpr size_t kSealBytes = 16;

// Seal over the three texts, each with its length before it, so that none can borrow from the next.
std::string SealOf(absl::string_view key, absl::string_view method, absl::string_view query,
                   absl::string_view cursor) {
  const std::string bytes = absl::StrCat(method.size(), ":", method, query.size(), ":", query,
                                         cursor.size(), ":", cursor);
  return Hmac(key, bytes).substr(0, kSealBytes);
}

constexpr absl::string_view kNegative = "must not be negative";

}  // namespace

void CheckSize(int32_t asked, error::Violations& violations) {
  if (asked < 0) violations.Add("page_size", kNegative);
}

absl::StatusOr<int> Size(int32_t asked) {
  if (asked < 0) {
    error::Violations violations;
    violations.Add("page_size", kNegative);
    return violations.ToStatus();
  }
  if (asked == 0) return kSizeDefault;
  return asked > kSizeMax ? kSizeMax : asked;
}

std::string Sealer::Seal(absl::string_view method, absl::string_view query,
                         absl::string_view cursor) const {
  return absl::WebSafeBase64Escape(absl::StrCat(SealOf(key_, method, query, cursor), cursor));
}

absl::StatusOr<std::string> Sealer::Open(absl::string_view method, absl::string_view query,
                                         absl::string_view token) const {
  if (token.empty()) return std::string();
  std::string bytes;
  if (absl::WebSafeBase64Unescape(token, &bytes) && bytes.size() >= kSealBytes) {
    std::string cursor = bytes.substr(kSealBytes);
    const std::string expected = SealOf(key_, method, query, cursor);
    if (CRYPTO_memcmp(bytes.data(), expected.data(), kSealBytes) == 0) return cursor;
  }
  return error::WithReason(absl::StatusCode::kInvalidArgument,
                           "the page token is not one of this query, or was altered",
                           "WRONG_PAGE_TOKEN");
}

}  // namespace twotier::page
