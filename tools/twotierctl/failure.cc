#include "tools/twotierctl/failure.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"
#include "tools/twotierctl/table.h"

namespace twotier::ctl {
namespace {

constexpr char kRpcStatusUrl[] = "type.googleapis.com/google.rpc.Status";

std::string Indented(const std::string& text) {
  std::string result;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    absl::StrAppend(&result, "  ", text.substr(start, end - start), "\n");
    start = end + 1;
  }
  return result;
}

// What one detail adds below the first line.
std::string DescribeDetail(const google::protobuf::Any& detail) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (google::rpc::ErrorInfo info; detail.UnpackTo(&info)) {
    const std::map<std::string, std::string> sorted(info.metadata().begin(), info.metadata().end());
    lines.assign(sorted.begin(), sorted.end());
  } else if (google::rpc::BadRequest request; detail.UnpackTo(&request)) {
    for (const auto& violation : request.field_violations()) {
      lines.emplace_back(absl::StrCat(violation.field(), ":"), violation.description());
    }
  } else if (google::rpc::PreconditionFailure failure; detail.UnpackTo(&failure)) {
    for (const auto& violation : failure.violations()) {
      lines.emplace_back(absl::StrCat(violation.type(), " ", violation.subject(), ":"),
                         violation.description());
    }
  } else if (google::rpc::RetryInfo retry; detail.UnpackTo(&retry)) {
    lines.emplace_back("try again after",
                       absl::FormatDuration(absl::Seconds(retry.retry_delay().seconds()) +
                                            absl::Nanoseconds(retry.retry_delay().nanos())));
  } else if (google::rpc::LocalizedMessage message; detail.UnpackTo(&message)) {
    lines.emplace_back(absl::StrCat("message (", message.locale(), ")"), message.message());
  } else {
    lines.emplace_back("detail", detail.type_url());
  }
  return Indented(Pairs(lines));
}

std::string ReasonOf(const google::rpc::Status& status) {
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

}  // namespace

absl::Status FromService(const google::rpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.code()), status.message());
  if (!result.ok()) result.SetPayload(kRpcStatusUrl, absl::Cord(status.SerializeAsString()));
  return result;
}

absl::Status FromService(const grpc::Status& status) {
  google::rpc::Status rpc;
  // Details that cannot be read are left out: code and message come by themselves.
  if (!rpc.ParseFromString(status.error_details())) rpc.Clear();
  rpc.set_code(static_cast<int>(status.error_code()));
  rpc.set_message(status.error_message());
  return FromService(rpc);
}

google::rpc::Status ToRpc(const absl::Status& status) {
  google::rpc::Status rpc;
  if (const auto payload = status.GetPayload(kRpcStatusUrl)) {
    if (rpc.ParseFromString(std::string(*payload))) return rpc;
  }
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(std::string(status.message()));
  return rpc;
}

std::string ReasonOf(const absl::Status& status) { return ReasonOf(ToRpc(status)); }

std::string Describe(const absl::Status& status) {
  const google::rpc::Status rpc = ToRpc(status);
  const std::string reason = ReasonOf(rpc);
  std::string text = absl::StrCat(absl::StatusCodeToString(status.code()),
                                  reason.empty() ? "" : absl::StrCat(" ", Printable(reason)), ": ",
                                  Printable(rpc.message()), "\n");
  for (const google::protobuf::Any& detail : rpc.details()) {
    absl::StrAppend(&text, DescribeDetail(detail));
  }
  return text;
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kDone;
  if (!status.GetPayload(kRpcStatusUrl)) return kLocalFault;
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kNotPermitted;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return kTryLater;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kUnimplemented:
      return kServerFault;
    default:
      return kRefused;
  }
}

}  // namespace twotier::ctl
