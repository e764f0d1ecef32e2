// What more than one room has OpenSSL do. All end the process when OpenSSL fails: it
// fails only without memory or without the operating system's randomness, and then no secret, seal
// or id could be trusted.
#ifndef TWOTIER_COMMON_CRYPTO_H_
#define TWOTIER_COMMON_CRYPTO_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace twotier {

// HMAC-SHA256 of `bytes` (RFC 2104), 32 bytes.
std::string Hmac(absl::string_view key, absl::string_view bytes);

// `count` bytes of the operating system's generator.
std::string RandomBytes(size_t count);

// A random UUID (RFC 4122, version 4) in its text form: what a caller identifies a change with.
std::string RandomUuid();

}  // namespace twotier

#endif  // TWOTIER_COMMON_CRYPTO_H_
