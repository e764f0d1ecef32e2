// The connection of one run of twotierctl to the services of the suite: finds a method by any of
// its names and calls it, with compiled-in descriptors, so that one path serves every RPC.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_SESSION_H_
#define TWOTIER_TOOLS_TWOTIERCTL_SESSION_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

namespace twotier::ctl {

// A service of the suite and where it listens.
struct Service {
  std::string short_name;  // "registry"
  std::string full_name;   // "twotier.registry.v1.RegistryService"
  std::string target;      // "127.0.0.1:7401"

  const google::protobuf::ServiceDescriptor& descriptor() const;
};

struct SessionOptions {
  std::vector<Service> services;
  std::string principal;
  // Of one unary call. A stream ends when the service or the user ends it.
  absl::Duration timeout = absl::Seconds(10);
};

// Not thread-safe.
class Session {
 public:
  explicit Session(SessionOptions options) : options_(std::move(options)) {}

  const std::vector<Service>& services() const { return options_.services; }
  // Called about ten times a second while an answer is awaited.
  void set_on_wait(std::function<void()> on_wait) { on_wait_ = std::move(on_wait); }
  void set_timeout(absl::Duration timeout) { options_.timeout = timeout; }

  // Finds a method by "registry.GetUnit", "registry/GetUnit", "RegistryService/GetUnit", the full
  // name, or by the method's name alone where only one service has it. NOT_FOUND else.
  absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(
      absl::string_view name) const;

  // Calls a unary method. A failure that the service answered carries its details: see failure.h.
  absl::Status Call(const google::protobuf::MethodDescriptor& method,
                    const google::protobuf::Message& request, google::protobuf::Message& response);

  // The same by the method's name.
  template <class Response>
  absl::StatusOr<Response> Call(absl::string_view method,
                                const google::protobuf::Message& request) {
    const auto descriptor = FindMethod(method);
    if (!descriptor.ok()) return descriptor.status();
    Response response;
    if (absl::Status s = Call(**descriptor, request, response); !s.ok()) return s;
    return response;
  }

  // Calls a method with one request and hands each answer to `each`, until it returns an error,
  // which is returned, or the stream ends. `prototype` is an empty message of the answer's type.
  // `timeout` may be infinite; with `wait_for_ready` a service that does not listen yet is waited
  // for.
  absl::Status Stream(const std::string& target, const std::string& path,
                      const google::protobuf::Message& request,
                      const google::protobuf::Message& prototype, absl::Duration timeout,
                      bool wait_for_ready,
                      const std::function<absl::Status(const google::protobuf::Message&)>& each);

  // The address of a method's service.
  const std::string& TargetOf(const google::protobuf::MethodDescriptor& method) const;

 private:
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& target);

  SessionOptions options_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::function<void()> on_wait_;
};

// "/package.Service/Method"
std::string PathOf(const google::protobuf::MethodDescriptor& method);

// Sets an empty field `request_id` to a new random UUID and returns it; returns "" when the message
// has no such field or it is set.
std::string FillRequestId(google::protobuf::Message& request);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_SESSION_H_
