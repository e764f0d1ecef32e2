// Resume tokens: a position that its holder cannot read, alter or carry to another database.
#ifndef TWOTIER_COMMON_FEED_TOKEN_H_
#define TWOTIER_COMMON_FEED_TOKEN_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace twotier::feed {

// Thread-safe.
class TokenSealer {
 public:
  // `key`: 32 secret bytes of the database.
  TokenSealer(std::string key, int64_t epoch) : key_(std::move(key)), epoch_(epoch) {}

  // version (1 byte) ‖ epoch (8) ‖ position (8) ‖ first 16 bytes of HMAC-SHA256 over what stands
  // before.
  std::string Seal(int64_t position) const;

  // INVALID_ARGUMENT `WRONG_RESUME_TOKEN`.
  absl::StatusOr<int64_t> Open(absl::string_view token) const;

 private:
  std::string key_;
  int64_t epoch_;
};

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_TOKEN_H_
