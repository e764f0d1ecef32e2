#include "tests/load/calls.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/clock.h"

namespace twotier::load {
namespace {

namespace v1 = routing::v1;

// One answer in this many is parsed completely; of the others only the first byte is looked at, so
// that the client does not become what is measured.
constexpr size_t kParsedOneIn = 256;
// Tag of field 1 with a length: every answer of the suite that carries something begins with it.
constexpr char kFirstFieldTag = '\x0a';

constexpr int64_t kFeeVnd = 8'000;

template <typename Request>
Request Transition(const v1::Dossier& dossier, const std::string& request_id) {
  Request request;
  request.set_name(dossier.name());
  request.set_etag(dossier.etag());
  request.set_request_id(request_id);
  return request;
}

struct Step {
  std::string method;
  v1::DossierState state_after;
  std::string (*request)(const v1::Dossier&, const std::string& request_id);
};

std::string Accept(const v1::Dossier& dossier, const std::string& id) {
  return Transition<v1::AcceptDossierRequest>(dossier, id).SerializeAsString();
}
std::string Request(const v1::Dossier& dossier, const std::string& id) {
  auto request = Transition<v1::RequestSupplementRequest>(dossier, id);
  request.set_reason("Thiếu bản sao giấy tờ có chứng thực");
  return request.SerializeAsString();
}
std::string Provide(const v1::Dossier& dossier, const std::string& id) {
  auto request = Transition<v1::ProvideSupplementRequest>(dossier, id);
  v1::Component& component = *request.add_components();
  component.set_title("Bản sao có chứng thực");
  component.set_kind(v1::COMPONENT_KIND_COPY);
  return request.SerializeAsString();
}
std::string AskFee(const v1::Dossier& dossier, const std::string& id) {
  auto request = Transition<v1::RequestPaymentRequest>(dossier, id);
  request.set_due_vnd(kFeeVnd);
  return request.SerializeAsString();
}
std::string PayFee(const v1::Dossier& dossier, const std::string& id) {
  auto request = Transition<v1::ConfirmPaymentRequest>(dossier, id);
  request.set_paid_vnd(kFeeVnd);
  request.set_gateway(v1::PAYMENT_GATEWAY_NATIONAL_PORTAL);
  request.set_reference("BL-2026-000001");
  return request.SerializeAsString();
}
std::string Complete(const v1::Dossier& dossier, const std::string& id) {
  auto request = Transition<v1::CompleteProcessingRequest>(dossier, id);
  request.set_result_id("KQ-2026-000001");
  return request.SerializeAsString();
}
std::string Return(const v1::Dossier& dossier, const std::string& id) {
  return Transition<v1::ReturnResultRequest>(dossier, id).SerializeAsString();
}

const std::vector<Step>& Steps() {
  static const auto* const kSteps = new std::vector<Step>{
      {RoutingMethod("SubmitDossier"), v1::DOSSIER_STATE_REGISTERED, nullptr},
      {RoutingMethod("AcceptDossier"), v1::DOSSIER_STATE_RECEIVED, Accept},
      {RoutingMethod("RequestSupplement"), v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED, Request},
      {RoutingMethod("ProvideSupplement"), v1::DOSSIER_STATE_IN_PROGRESS, Provide},
      {RoutingMethod("RequestPayment"), v1::DOSSIER_STATE_PAYMENT_REQUESTED, AskFee},
      {RoutingMethod("ConfirmPayment"), v1::DOSSIER_STATE_IN_PROGRESS, PayFee},
      {RoutingMethod("CompleteProcessing"), v1::DOSSIER_STATE_PROCESSED, Complete},
      {RoutingMethod("ReturnResult"), v1::DOSSIER_STATE_RETURNED, Return},
  };
  return *kSteps;
}

}  // namespace

RequestIds::RequestIds() {
  absl::BitGen random;
  random_high_ = absl::Uniform<uint64_t>(random);
  random_low_ = absl::Uniform<uint64_t>(random);
}

std::string UuidOf(uint64_t high, uint64_t low) {
  return absl::StrFormat("%08x-%04x-4%03x-8%03x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xfff, low >> 48 & 0xfff, low & 0xffffffffffff);
}

std::string RequestIds::Next() { return UuidOf(random_high_, random_low_ + next_++); }

google::type::Date Today() {
  const absl::CivilDay day = VietnamDay(absl::Now());
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::string WithIds(const std::string& request, const std::string& id) {
  std::string filled = request;
  constexpr size_t kSize = sizeof kIdPlaceholder - 1;
  for (size_t at = 0; (at = filled.find(kIdPlaceholder, at)) != std::string::npos; at += kSize) {
    filled.replace(at, kSize, id);
  }
  return filled;
}

ReplayCaller::ReplayCaller(std::shared_ptr<const PreparedCalls> calls, size_t first)
    : calls_(std::move(calls)), next_(first) {}

NextCall ReplayCaller::Next() {
  const std::string& request = calls_->requests[next_++ % calls_->requests.size()];
  return {&calls_->method, ToBuffer(WithIds(request, ids_.Next()))};
}

absl::Status ReplayCaller::Check(const grpc::ByteBuffer& answer) {
  if (checked_++ % kParsedOneIn == 0) {
    const std::unique_ptr<google::protobuf::Message> message(calls_->answer_type->New());
    if (!message->ParseFromString(ToBytes(answer))) {
      return absl::InternalError(absl::StrCat("not a ", message->GetTypeName()));
    }
  }
  grpc::Slice slice;
  if (!answer.TrySingleSlice(&slice).ok() && !answer.DumpToSingleSlice(&slice).ok()) {
    return absl::InternalError("unreadable answer");
  }
  if (slice.size() == 0 || static_cast<char>(*slice.begin()) != kFirstFieldTag) {
    return absl::InternalError(absl::StrCat("the answer of ", calls_->method, " is empty"));
  }
  return absl::OkStatus();
}

LifeCaller::LifeCaller(std::shared_ptr<const PreparedCalls> submissions, size_t first,
                       bool judge_state)
    : submit_(std::move(submissions), first), judge_state_(judge_state) {}

NextCall LifeCaller::Next() {
  if (step_ == 0) return submit_.Next();
  const Step& step = Steps()[step_];
  return {&step.method, ToBuffer(step.request(last_.dossier(), ids_.Next()))};
}

absl::Status LifeCaller::Check(const grpc::ByteBuffer& answer) {
  grpc::ByteBuffer copy(answer);  // Shares the bytes; the reader wants a buffer it may change.
  grpc::ProtoBufferReader reader(&copy);
  const Step& step = Steps()[step_];
  if (!last_.ParseFromZeroCopyStream(&reader) || last_.dossier().name().empty() ||
      (judge_state_ && last_.dossier().state() != step.state_after)) {
    return absl::InternalError(
        absl::StrCat("unexpected answer of ", step.method, ": ", last_.ShortDebugString()));
  }
  step_ = (step_ + 1) % Steps().size();
  return absl::OkStatus();
}

std::string RoutingMethod(const std::string& method) {
  return absl::StrCat("/twotier.routing.v1.RoutingService/", method);
}

std::string RegistryMethod(const std::string& method) {
  return absl::StrCat("/twotier.registry.v1.RegistryService/", method);
}

const std::vector<std::string>& LifeMethods() {
  static const auto* const kMethods = [] {
    auto* methods = new std::vector<std::string>;
    for (const Step& step : Steps()) methods->push_back(step.method);
    return methods;
  }();
  return *kMethods;
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace twotier::load
