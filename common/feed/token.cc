#include "common/feed/token.h"

#include <openssl/crypto.h>

#include "absl/status/status.h"
#include "common/crypto.h"
#include "common/errors.h"

namespace twotier::feed {
namespace {

constexpr char kVersion = 1;
constexpr size_t kPayloadBytes = 1 + 8 + 8;
constexpr size_t kMacBytes = 16;

void AppendNumber(uint64_t number, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

uint64_t NumberAt(absl::string_view bytes, size_t offset) {
  uint64_t number = 0;
  for (const char byte : bytes.substr(offset, 8)) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

std::string MacOf(const std::string& key, absl::string_view payload) {
  return Hmac(key, payload).substr(0, kMacBytes);
}

absl::Status Wrong() {
  return error::WithReason(absl::StatusCode::kInvalidArgument,
                           "the resume token is not one of this feed", "WRONG_RESUME_TOKEN");
}

}  // namespace

std::string TokenSealer::Seal(int64_t position) const {
  std::string token(1, kVersion);
  AppendNumber(static_cast<uint64_t>(epoch_), token);
  AppendNumber(static_cast<uint64_t>(position), token);
  token += MacOf(key_, token);
  return token;
}

absl::StatusOr<int64_t> TokenSealer::Open(absl::string_view token) const {
  if (token.size() != kPayloadBytes + kMacBytes || token[0] != kVersion) return Wrong();
  const absl::string_view payload = token.substr(0, kPayloadBytes);
  const std::string mac = MacOf(key_, payload);
  if (CRYPTO_memcmp(mac.data(), token.data() + kPayloadBytes, kMacBytes) != 0) return Wrong();
  if (static_cast<int64_t>(NumberAt(payload, 1)) != epoch_) return Wrong();
  return static_cast<int64_t>(NumberAt(payload, 9));
}

}  // namespace twotier::feed
