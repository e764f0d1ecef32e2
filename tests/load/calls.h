// What the callers of the benches do: replay prepared requests, or carry dossiers from submission
// to return.
#ifndef TWOTIER_TESTS_LOAD_CALLS_H_
#define TWOTIER_TESTS_LOAD_CALLS_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "google/type/date.pb.h"
#include "tests/load/driver.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::load {

// Stands in a prepared request where each call puts an id of its own.
inline constexpr char kIdPlaceholder[] = "00000000-0000-4000-8000-000000000000";

// The UUID of form 4 with these bits, but for those that say the form.
std::string UuidOf(uint64_t high, uint64_t low);

// Gives out UUIDs: random once, then counted. Not thread-safe.
class RequestIds {
 public:
  RequestIds();
  std::string Next();

 private:
  uint64_t random_high_;
  uint64_t random_low_;
  uint64_t next_ = 0;
};

// Today in Vietnam.
google::type::Date Today();

// `request` with `id` wherever kIdPlaceholder stands.
std::string WithIds(const std::string& request, const std::string& id);

// Requests of one method, serialised.
struct PreparedCalls {
  std::string method;                 // "/package.Service/Method".
  std::vector<std::string> requests;  // May contain kIdPlaceholder. Never empty.
  const google::protobuf::Message* answer_type = nullptr;  // A default instance.
};

// Sends the requests in turn, beginning with number `first`. Answers must have their first field
// set; one in many is parsed completely.
class ReplayCaller final : public Caller {
 public:
  ReplayCaller(std::shared_ptr<const PreparedCalls> calls, size_t first);
  NextCall Next() override;
  absl::Status Check(const grpc::ByteBuffer& answer) override;

 private:
  const std::shared_ptr<const PreparedCalls> calls_;
  size_t next_;
  size_t checked_ = 0;
  RequestIds ids_;
};

// Carries dossiers through their whole life, one after the other: submit, accept, request a
// supplement, provide it, ask for a fee, confirm it, complete, return. Against a server that always
// answers the same
// (`judge_state` false), states are not judged.
class LifeCaller final : public Caller {
 public:
  LifeCaller(std::shared_ptr<const PreparedCalls> submissions, size_t first, bool judge_state);
  NextCall Next() override;
  absl::Status Check(const grpc::ByteBuffer& answer) override;

 private:
  ReplayCaller submit_;
  const bool judge_state_;
  size_t step_ = 0;
  RequestIds ids_;
  routing::v1::SubmitDossierResponse last_;  // Every answer of a life is wire-compatible with it.
};

// "/twotier.routing.v1.RoutingService/" and `method`.
std::string RoutingMethod(const std::string& method);
// "/twotier.registry.v1.RegistryService/" and `method`.
std::string RegistryMethod(const std::string& method);

// The methods of a life, in order.
const std::vector<std::string>& LifeMethods();

// Bytes as gRPC wants them, and back.
grpc::ByteBuffer ToBuffer(const std::string& bytes);
std::string ToBytes(const grpc::ByteBuffer& buffer);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_CALLS_H_
