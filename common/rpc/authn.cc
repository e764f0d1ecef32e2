#include "common/rpc/authn.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::rpc {
namespace {

// Longest principal name; it becomes part of the request log's key.
constexpr size_t kPrincipalBytesMax = 128;

absl::Status NoIdentity(absl::string_view why) {
  return error::WithReason(absl::StatusCode::kUnauthenticated, why, "NO_IDENTITY");
}

std::optional<absl::string_view> Header(const grpc::ServerContextBase& context,
                                        absl::string_view name) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(grpc::string_ref(name.data(), name.size()));
  if (found == metadata.end()) return std::nullopt;
  return absl::string_view(found->second.data(), found->second.size());
}

absl::StatusOr<std::vector<std::string>> Items(absl::string_view name, absl::string_view text) {
  std::vector<std::string> items = absl::StrSplit(text, ',', absl::SkipEmpty());
  if (items.size() > static_cast<size_t>(kMetadataItemsMax)) {
    return NoIdentity(
        absl::StrCat("metadata ", name, " has more than ", kMetadataItemsMax, " items"));
  }
  return items;
}

class DevelopmentAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const grpc::ServerContextBase& context) const override {
    const std::optional<absl::string_view> name = Header(context, kPrincipalMetadata);
    if (!name.has_value() || name->empty() || name->size() > kPrincipalBytesMax) {
      return NoIdentity(absl::StrCat("metadata ", kPrincipalMetadata, " must hold 1 to ",
                                     kPrincipalBytesMax, " bytes"));
    }
    Principal principal;
    principal.name = std::string(*name);
    const std::optional<absl::string_view> permissions = Header(context, kPermissionsMetadata);
    principal.all_permissions = !permissions.has_value();
    if (permissions.has_value()) {
      ASSIGN_OR_RETURN(principal.permissions, Items(kPermissionsMetadata, *permissions));
    }
    if (const auto provinces = Header(context, kProvincesMetadata); provinces.has_value()) {
      ASSIGN_OR_RETURN(principal.province_codes, Items(kProvincesMetadata, *provinces));
      // An empty list would mean "nationwide" to the rest of the program, and "none" to the caller.
      if (principal.province_codes.empty()) {
        return NoIdentity(absl::StrCat("metadata ", kProvincesMetadata, " is empty"));
      }
    }
    return principal;
  }
};

// True for four decimal parts below 256, the first being 127: "127.0.0.1.example.org" is not one.
bool IsLoopbackIpv4(absl::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const absl::string_view part : parts) {
    uint32_t number = 0;
    if (part.size() > 3 || !absl::SimpleAtoi(part, &number) || number > 255) return false;
  }
  return true;
}

}  // namespace

bool IsLoopback(absl::string_view listen_address) {
  if (absl::StartsWith(listen_address, "unix:")) return true;
  const size_t colon = listen_address.rfind(':');
  if (colon == absl::string_view::npos) return false;
  const absl::string_view host = listen_address.substr(0, colon);
  return host == "localhost" || host == "[::1]" || IsLoopbackIpv4(host);
}

absl::StatusOr<std::unique_ptr<Authenticator>> CreateDevelopmentAuthenticator(
    absl::string_view listen_address) {
  if (!IsLoopback(listen_address)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the development authenticator believes every caller; it needs a loopback "
                     "address, not ",
                     listen_address));
  }
  return absl::make_unique<DevelopmentAuthenticator>();
}

}  // namespace twotier::rpc
