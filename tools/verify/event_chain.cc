#include "tools/verify/event_chain.h"

#include <openssl/evp.h>

#include <cstddef>

#include "absl/strings/str_cat.h"

namespace twotier::verify {
namespace {

std::string BigEndian(int64_t number) {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
  return bytes;
}

// The hash as common/feed/feed.h describes it: over the hash before (32 zero bytes for the first
// one), then province, subject, version, kind and body, each text after its length.
std::string HashOf(const EventRow& event) {
  const auto text = [](const std::string& bytes) {
    return BigEndian(static_cast<int64_t>(bytes.size())) + bytes;
  };
  const std::string before =
      event.previous_hash.empty() ? std::string(32, '\0') : event.previous_hash;
  return Sha256(before + text(event.province_code) + text(event.subject) +
                BigEndian(event.version) + text(event.kind) + text(event.body));
}

}  // namespace

std::string Sha256(const std::string& bytes) {
  std::string digest(32, '\0');
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha256(), nullptr);
  return digest;
}

EventRow EventOf(const db::Row& row) {
  return {row.Text(0),  row.Text(1), row.Int(2),    row.Text(3),   row.Bytes(4), row.Bytes(5),
          row.Bytes(6), row.Text(7), row.OptInt(8), row.OptInt(9), row.Bool(10)};
}

std::string ChainProblem(const EventRow& event, const EventRow* before) {
  const int64_t expected = before == nullptr ? 1 : before->version + 1;
  if (event.version != expected) return absl::StrCat("lacks version ", expected);
  if (event.previous_hash != (before == nullptr ? "" : before->hash)) {
    return absl::StrCat("is not chained at version ", event.version);
  }
  if (HashOf(event) != event.hash) {
    return absl::StrCat("has another content than its hash says at version ", event.version);
  }
  return "";
}

}  // namespace twotier::verify
