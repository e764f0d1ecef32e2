// Any bytes as the details of an error that another server sent: they are read without harm, and
// what is understood survives the way out and back.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/errors.h"
#include "common/rpc/status.h"
#include "google/protobuf/stubs/logging.h"

namespace {

// What a caller can see of a status.
std::string Seen(const absl::Status& status) {
  std::string seen = std::to_string(static_cast<int>(status.code()));
  if (const auto reason = twotier::error::ReasonOf(status)) {
    seen += reason->reason;
    for (const auto& [key, value] : reason->metadata) seen += key + value;
  }
  for (const auto& violation : twotier::error::FieldViolationsOf(status)) seen += violation.field;
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // protobuf would say of every wrong byte that it is wrong.
  [[maybe_unused]] static const auto kSaidBefore = google::protobuf::SetLogHandler(nullptr);
  google::rpc::Status wire;
  if (!wire.ParseFromArray(data, static_cast<int>(size))) return 0;
  const absl::Status status = twotier::rpc::FromRpcStatus(wire);
  const google::rpc::Status sent = twotier::rpc::ToRpcStatus(status);
  const absl::Status back = twotier::rpc::FromRpcStatus(sent);
  // Cut to what a trailer may hold the first time; from then on nothing changes any more.
  if (back.code() != status.code()) std::abort();
  if (Seen(twotier::rpc::FromRpcStatus(twotier::rpc::ToRpcStatus(back))) != Seen(back))
    std::abort();
  return 0;
}
