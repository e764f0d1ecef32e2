// Answers in their wire form, for methods of memory whose answers are large and stand ready: what
// was serialised when the memory was made is joined, not copied message by message.
#ifndef TWOTIER_COMMON_RPC_ENCODED_H_
#define TWOTIER_COMMON_RPC_ENCODED_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "google/protobuf/io/coded_stream.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "grpcpp/support/slice.h"

namespace twotier::rpc {

// A `Response` in the making. Parts of a message that stand one behind the other are one message
// (protobuf's encoding guide, "Last One Wins"), so each is added once, in any order.
template <typename Response>
class Encoded {
 public:
  // Adds a message whose serialised form is `bytes` to field `number`, repeated or not.
  void AddMessage(int number, absl::string_view bytes) {
    using google::protobuf::io::CodedOutputStream;
    uint8_t head[2 * kVarintBytesMax];
    const uint32_t tag = static_cast<uint32_t>(number) << 3 | kLengthDelimited;
    uint8_t* end = CodedOutputStream::WriteVarint32ToArray(tag, head);
    end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes.size()), end);
    bytes_.append(reinterpret_cast<const char*>(head), end - head);
    bytes_.append(bytes.data(), bytes.size());
  }

  // Adds every field that `part` has.
  void Add(const Response& part) { part.AppendToString(&bytes_); }

  absl::string_view bytes() const { return bytes_; }

  // The answer as gRPC sends it.
  grpc::ByteBuffer ToBuffer() && {
    auto owned = std::make_unique<std::string>(std::move(bytes_));
    const auto free = [](void* text) { delete static_cast<std::string*>(text); };
    std::string* const text = owned.release();  // The slice frees it.
    const grpc::Slice slice(text->data(), text->size(), free, text);
    return grpc::ByteBuffer(&slice, 1);
  }

 private:
  static constexpr size_t kVarintBytesMax = 5;     // Of 32 bits.
  static constexpr uint32_t kLengthDelimited = 2;  // Wire type of messages.

  std::string bytes_;
};

// The handler of a method whose answer is encoded, in place of the generated one: gRPC parses the
// request as ever and sends the bytes as they are. `run` calls Dispatcher::Run.
template <typename Request>
grpc::internal::MethodHandler* EncodedMethod(
    std::function<grpc::ServerUnaryReactor*(grpc::CallbackServerContext*, const Request*,
                                            grpc::ByteBuffer*)>
        run) {
  return new grpc::internal::CallbackUnaryHandler<Request, grpc::ByteBuffer>(std::move(run));
}

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_ENCODED_H_
