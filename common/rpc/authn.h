// Who calls. The authenticator is a seam: this file holds the one for development only.
#ifndef TWOTIER_COMMON_RPC_AUTHN_H_
#define TWOTIER_COMMON_RPC_AUTHN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "grpcpp/server_context.h"

namespace twotier::rpc {

// Establishes the identity of a call. Thread-safe; runs on a gRPC thread and must not block.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Errors: UNAUTHENTICATED `NO_IDENTITY`.
  virtual absl::StatusOr<Principal> Authenticate(const grpc::ServerContextBase& context) const = 0;
};

// Metadata that the development authenticator believes.
inline constexpr absl::string_view kPrincipalMetadata = "x-twotier-principal";
inline constexpr absl::string_view kPermissionsMetadata = "x-twotier-permissions";
inline constexpr absl::string_view kProvincesMetadata = "x-twotier-provinces";

// Most permissions or provinces it reads from one header; more is refused.
inline constexpr int kMetadataItemsMax = 100;

// Believes what the caller says: `x-twotier-principal: NAME`, optionally `x-twotier-permissions:
// a,b` (absent: all) and `x-twotier-provinces: 48,01` (absent: nationwide).
//
// FAILED_PRECONDITION unless `listen_address` is a loopback address: nobody else can then reach the
// server.
absl::StatusOr<std::unique_ptr<Authenticator>> CreateDevelopmentAuthenticator(
    absl::string_view listen_address);

// True for "127.x.y.z:port", "[::1]:port", "localhost:port" and "unix:path".
bool IsLoopback(absl::string_view listen_address);

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_AUTHN_H_
