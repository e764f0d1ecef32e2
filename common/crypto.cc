#include "common/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace twotier {

// The algorithm is fetched once; fetching it for each digest would cost more than the digest
// itself.
Sha256::Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  ok_ = context_ != nullptr && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1;
}

void Sha256::Bytes(absl::string_view bytes) {
  ok_ = ok_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
}

void Sha256::Number(uint64_t number) {
  char big_endian[8];
  for (int i = 7; i >= 0; --i, number >>= 8) big_endian[i] = static_cast<char>(number & 0xff);
  Bytes(absl::string_view(big_endian, sizeof(big_endian)));
}

void Sha256::Prefixed(absl::string_view bytes) {
  Number(bytes.size());
  Bytes(bytes);
}

std::string Sha256::Finish() {
  std::string hash(32, '\0');
  ok_ = ok_ && EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                  nullptr) == 1;
  if (!ok_) std::abort();
  return hash;
}

std::string Hmac(absl::string_view key, absl::string_view bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size);
  if (made == nullptr) std::abort();
  digest.resize(size);
  return digest;
}

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    std::abort();
  }
  return bytes;
}

std::string RandomUuid() {
  std::string b = RandomBytes(16);
  b[6] = static_cast<char>((b[6] & 0x0F) | 0x40);  // Version 4: random.
  b[8] = static_cast<char>((b[8] & 0x3F) | 0x80);  // RFC 4122 variant.
  const std::string hex = absl::BytesToHexString(b);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

}  // namespace twotier
