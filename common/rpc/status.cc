#include "common/rpc/status.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"

namespace twotier::rpc {
namespace {

constexpr std::array<absl::string_view, 17> kCodeLabels = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// Cuts UTF-8 text to at most `bytes_max` bytes, between characters.
std::string Cut(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return std::string(text.substr(0, size));
}

void AddReason(const absl::Status& status, google::rpc::Status& wire) {
  std::optional<error::Reason> reason = error::ReasonOf(status);
  if (!reason.has_value()) return;
  google::rpc::ErrorInfo info;
  info.set_reason(std::move(reason->reason));
  info.set_domain(std::string(kErrorDomain));
  for (auto& [key, value] : reason->metadata) (*info.mutable_metadata())[key] = std::move(value);
  wire.add_details()->PackFrom(info);
}

void AddViolations(const absl::Status& status, google::rpc::Status& wire) {
  const std::vector<error::FieldViolation> violations = error::FieldViolationsOf(status);
  if (violations.empty()) return;
  google::rpc::BadRequest bad;
  size_t bytes = 0;
  for (const error::FieldViolation& violation : violations) {
    bytes += violation.field.size() + violation.description.size();
    if (bytes > kDetailsBytesMax) break;
    auto* entry = bad.add_field_violations();
    entry->set_field(violation.field);
    entry->set_description(violation.description);
  }
  wire.add_details()->PackFrom(bad);
}

void AddPreconditions(const absl::Status& status, google::rpc::Status& wire) {
  const std::vector<error::PreconditionViolation> violations = error::PreconditionsOf(status);
  if (violations.empty()) return;
  google::rpc::PreconditionFailure failure;
  size_t bytes = 0;
  for (const error::PreconditionViolation& violation : violations) {
    bytes += violation.type.size() + violation.subject.size() + violation.description.size();
    if (bytes > kDetailsBytesMax) break;
    auto* entry = failure.add_violations();
    entry->set_type(violation.type);
    entry->set_subject(violation.subject);
    entry->set_description(violation.description);
  }
  wire.add_details()->PackFrom(failure);
}

void AddRetry(const absl::Status& status, google::rpc::Status& wire) {
  const std::optional<absl::Duration> retry_after = error::RetryAfterOf(status);
  if (!retry_after.has_value()) return;
  google::rpc::RetryInfo retry;
  absl::Duration rest;
  retry.mutable_retry_delay()->set_seconds(
      absl::IDivDuration(*retry_after, absl::Seconds(1), &rest));
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(rest)));
  wire.add_details()->PackFrom(retry);
}

void AddLocalizedMessage(const absl::Status& status, google::rpc::Status& wire) {
  std::optional<std::string> text = error::LocalizedMessageOf(status);
  if (!text.has_value()) return;
  google::rpc::LocalizedMessage message;
  message.set_locale("vi");
  message.set_message(Cut(*text, kMessageBytesMax));
  wire.add_details()->PackFrom(message);
}

// What the details of a wire status say, before they are put together again.
struct Details {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::PreconditionFailure failure;
  google::rpc::RetryInfo retry;
  google::rpc::LocalizedMessage message;
};

Details Unpack(const google::rpc::Status& status) {
  Details details;
  for (const google::protobuf::Any& any : status.details()) {
    // At most one of them matches; any other kind of detail is none of ours.
    any.UnpackTo(&details.info) || any.UnpackTo(&details.bad) || any.UnpackTo(&details.failure) ||
        any.UnpackTo(&details.retry) || any.UnpackTo(&details.message);
  }
  return details;
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(Cut(status.message(), kMessageBytesMax));
  AddReason(status, wire);
  AddViolations(status, wire);
  AddPreconditions(status, wire);
  AddRetry(status, wire);
  AddLocalizedMessage(status, wire);
  return wire;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status wire = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code()), wire.message(),
                      wire.details().empty() ? std::string() : wire.SerializeAsString());
}

absl::Status FromRpcStatus(const google::rpc::Status& wire) {
  if (wire.code() == 0) return absl::OkStatus();
  const bool known = wire.code() > 0 && wire.code() < static_cast<int>(kCodeLabels.size());
  const auto code = known ? static_cast<absl::StatusCode>(wire.code()) : absl::StatusCode::kUnknown;
  const Details details = Unpack(wire);

  absl::Status status(code, wire.message());
  if (!details.bad.field_violations().empty()) {
    error::Violations violations;
    for (const auto& entry : details.bad.field_violations()) {
      violations.Add(entry.field(), entry.description());
    }
    status = error::WithViolations(std::move(status), violations.all());
  }
  if (!details.info.reason().empty()) {
    error::Metadata metadata(details.info.metadata().begin(), details.info.metadata().end());
    status = error::WithReasonAdded(std::move(status), details.info.reason(), metadata);
  }
  if (!details.failure.violations().empty()) {
    std::vector<error::PreconditionViolation> violations;
    for (const auto& entry : details.failure.violations()) {
      violations.push_back({entry.type(), entry.subject(), entry.description()});
    }
    status = error::WithPreconditions(std::move(status), violations);
  }
  if (details.retry.has_retry_delay()) {
    const auto& delay = details.retry.retry_delay();
    status = error::WithRetryAfter(
        std::move(status), absl::Seconds(delay.seconds()) + absl::Nanoseconds(delay.nanos()));
  }
  if (!details.message.message().empty()) {
    status = error::WithLocalizedMessage(std::move(status), details.message.message());
  }
  return status;
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  google::rpc::Status wire;
  if (status.error_details().empty() || !wire.ParseFromString(status.error_details())) wire.Clear();
  wire.set_code(static_cast<int>(status.error_code()));
  wire.set_message(status.error_message());
  return FromRpcStatus(wire);
}

absl::string_view CodeLabel(absl::StatusCode code) {
  const auto index = static_cast<size_t>(code);
  return index < kCodeLabels.size() ? kCodeLabels[index] : kCodeLabels[2];
}

}  // namespace twotier::rpc
