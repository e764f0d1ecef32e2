#include "tools/twotierctl/session.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "common/crypto.h"
#include "common/status_macros.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/byte_buffer.h"
#include "tools/twotierctl/failure.h"

namespace twotier::ctl {
namespace {

namespace pb = ::google::protobuf;

// A page of 1,000 units is below 1 MB; this only keeps a mistaken target from filling the memory.
constexpr int kMessageBytesMax = 64 << 20;
// How often on_wait is called; smooth enough for a progress bar.
constexpr std::chrono::milliseconds kWaitStep{100};

// One call on a completion queue of its own: each step waits for the one before.
class OneCall {
 public:
  OneCall(grpc::ClientContext& context, const std::shared_ptr<grpc::Channel>& channel,
          const std::string& path, const std::function<void()>& on_wait)
      : context_(context), on_wait_(on_wait) {
    call_ = grpc::GenericStub(channel).PrepareCall(&context, path, &queue_);
  }
  ~OneCall() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  OneCall(const OneCall&) = delete;
  OneCall& operator=(const OneCall&) = delete;

  // False when the call is over already; Finish says why.
  bool Send(const pb::Message& request) {
    grpc::Slice slice(request.SerializeAsString());
    call_->StartCall(this);
    if (!Done()) return false;
    call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), this);
    return Done();
  }

  // False at the end of the answers.
  bool Receive(grpc::ByteBuffer& answer) {
    call_->Read(&answer, this);
    return Done();
  }

  void Cancel() { context_.TryCancel(); }

  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    Done();
    return status;
  }

 private:
  // Waits for the step under way.
  bool Done() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + kWaitStep) ==
           grpc::CompletionQueue::TIMEOUT) {
      if (on_wait_) on_wait_();
    }
    return ok;
  }

  grpc::ClientContext& context_;
  const std::function<void()>& on_wait_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

absl::Status Parse(grpc::ByteBuffer& bytes, pb::Message& message) {
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok() ||
      !message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::DataLossError(absl::StrCat("the answer is no ", message.GetTypeName()));
  }
  return absl::OkStatus();
}

}  // namespace

const pb::ServiceDescriptor& Service::descriptor() const {
  return *pb::DescriptorPool::generated_pool()->FindServiceByName(full_name);
}

absl::StatusOr<const pb::MethodDescriptor*> Session::FindMethod(absl::string_view name) const {
  const size_t split = name.find_last_of("./");
  const absl::string_view service_name =
      split == absl::string_view::npos ? "" : name.substr(0, split);
  const std::string method_name(split == absl::string_view::npos ? name : name.substr(split + 1));
  std::vector<const pb::MethodDescriptor*> found;
  for (const Service& service : options_.services) {
    const pb::ServiceDescriptor& descriptor = service.descriptor();
    if (service_name.empty() || service_name == service.short_name ||
        service_name == descriptor.name() || service_name == descriptor.full_name()) {
      if (const auto* method = descriptor.FindMethodByName(method_name)) found.push_back(method);
    }
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no method ", name, "; `twotierctl methods` lists them"));
  }
  return absl::NotFoundError(absl::StrCat(
      name, " is a method of several services: ",
      absl::StrJoin(found, ", ", [](std::string* out, const pb::MethodDescriptor* method) {
        absl::StrAppend(out, method->full_name());
      })));
}

const std::string& Session::TargetOf(const pb::MethodDescriptor& method) const {
  for (const Service& service : options_.services) {
    if (service.full_name == method.service()->full_name()) return service.target;
  }
  static const std::string* const kNone = new std::string;
  return *kNone;  // FindMethod returns methods of these services only.
}

std::string PathOf(const pb::MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

std::shared_ptr<grpc::Channel> Session::ChannelTo(const std::string& target) {
  std::shared_ptr<grpc::Channel>& channel = channels_[target];
  if (channel == nullptr) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
    channel = grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  }
  return channel;
}

absl::Status Session::Stream(const std::string& target, const std::string& path,
                             const pb::Message& request, const pb::Message& prototype,
                             absl::Duration timeout, bool wait_for_ready,
                             const std::function<absl::Status(const pb::Message&)>& each) {
  grpc::ClientContext context;
  context.set_wait_for_ready(wait_for_ready);
  if (timeout != absl::InfiniteDuration()) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  }
  if (!options_.principal.empty()) {
    context.AddMetadata("x-twotier-principal", options_.principal);
  }
  OneCall call(context, ChannelTo(target), path, on_wait_);
  absl::Status handled;
  if (call.Send(request)) {
    const std::unique_ptr<pb::Message> answer(prototype.New());
    grpc::ByteBuffer bytes;
    while (handled.ok() && call.Receive(bytes)) {
      handled = Parse(bytes, *answer);
      if (handled.ok()) handled = each(*answer);
      bytes.Clear();
    }
    if (!handled.ok()) call.Cancel();
  }
  const grpc::Status status = call.Finish();
  return handled.ok() ? FromService(status) : handled;
}

absl::Status Session::Call(const pb::MethodDescriptor& method, const pb::Message& request,
                           pb::Message& response) {
  bool answered = false;
  RETURN_IF_ERROR(Stream(TargetOf(method), PathOf(method), request, response, options_.timeout,
                         /*wait_for_ready=*/false, [&](const pb::Message& message) {
                           response.CopyFrom(message);
                           answered = true;
                           return absl::OkStatus();
                         }));
  if (answered) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(method.full_name(), " ended without an answer"));
}

std::string FillRequestId(pb::Message& request) {
  const pb::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) return "";
  const pb::Reflection& reflection = *request.GetReflection();
  if (!reflection.GetString(request, field).empty()) return "";
  std::string id = RandomUuid();
  reflection.SetString(&request, field, id);
  return id;
}

}  // namespace twotier::ctl
