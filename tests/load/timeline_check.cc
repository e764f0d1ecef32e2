#include "tests/load/timeline_check.h"

#include <openssl/sha.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace twotier::load {
namespace {

std::string Number(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
  return bytes;
}

std::string Prefixed(const std::string& text) { return Number(text.size()) + text; }

std::string Sha256(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace

absl::Status CheckTimeline(const std::string& dossier_name,
                           const routing::v1::ListDossierEntriesResponse& timeline) {
  const std::vector<std::string> segments = absl::StrSplit(dossier_name, '/');
  if (segments.size() != 4 || timeline.entries().empty()) {
    return absl::DataLossError(absl::StrCat("no timeline of ", dossier_name));
  }
  std::string before(SHA256_DIGEST_LENGTH, '\0');
  int64_t version = 0;
  for (const auto& entry : timeline.entries()) {
    const std::string where = absl::StrCat(dossier_name, ", entry ", ++version, ": ");
    if (entry.version() != version) {
      return absl::DataLossError(absl::StrCat(where, "has version ", entry.version()));
    }
    if (entry.previous_hash() != before) {
      return absl::DataLossError(absl::StrCat(where, "does not name the hash before it"));
    }
    const std::string expected = Sha256(before + Prefixed(segments[1]) + Prefixed(dossier_name) +
                                        Number(static_cast<uint64_t>(version)) +
                                        Prefixed(entry.kind()) + Prefixed(entry.body()));
    if (entry.hash() != expected)
      return absl::DataLossError(absl::StrCat(where, "its content does not give its hash"));
    before = expected;
  }
  return absl::OkStatus();
}

}  // namespace twotier::load
