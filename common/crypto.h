// What more than one room has OpenSSL do. All end the process when OpenSSL fails: it
// fails only without memory or without the operating system's randomness, and then no secret, seal
// or id could be trusted.
#ifndef TWOTIER_COMMON_CRYPTO_H_
#define TWOTIER_COMMON_CRYPTO_H_

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace twotier {

// A SHA-256 in progress.
class Sha256 {
 public:
  Sha256();

  void Bytes(absl::string_view bytes);
  // Eight bytes, the most significant one first.
  void Number(uint64_t number);
  // The number of bytes, then the bytes: no two lists of texts are one digest.
  void Prefixed(absl::string_view bytes);
  // 32 bytes. Called once, last.
  std::string Finish();

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
  bool ok_;
};

// HMAC-SHA256 of `bytes` (RFC 2104), 32 bytes.
std::string Hmac(absl::string_view key, absl::string_view bytes);

// `count` bytes of the operating system's generator.
std::string RandomBytes(size_t count);

// A random UUID (RFC 4122, version 4) in its text form: what a caller identifies a change with.
std::string RandomUuid();

}  // namespace twotier

#endif  // TWOTIER_COMMON_CRYPTO_H_
