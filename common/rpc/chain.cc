#include "common/rpc/chain.h"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace twotier::rpc {
namespace {

// Trace id of a W3C `traceparent`: version 2 digits, trace 32, span 16, flags 2. Empty when it is
// malformed.
std::string TraceId(const grpc::ServerContextBase& context) {
  constexpr size_t kSize = 55;
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("traceparent");
  if (found == metadata.end() || found->second.size() < kSize) return "";
  const absl::string_view text(found->second.data(), kSize);
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return "";
  const absl::string_view trace = text.substr(3, 32);
  if (!std::all_of(trace.begin(), trace.end(), absl::ascii_isxdigit)) return "";
  return std::string(trace);
}

// A call is begun within this time or not at all, however long its caller would wait: it acts as of
// the instant at which it came, and what looks at rows a while after that instant (alarms, changes
// of units) relies on nothing older being still to come.
constexpr absl::Duration kBeginWithin = absl::Minutes(1);

absl::Time DeadlineOf(const grpc::ServerContextBase& context) {
  const absl::Time latest = absl::Now() + kBeginWithin;
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return latest;
  return std::min(absl::FromChrono(deadline), latest);
}

absl::Status CheckPermission(const Principal& principal, const std::string& permission) {
  if (principal.all_permissions) return absl::OkStatus();
  const auto& held = principal.permissions;
  if (std::find(held.begin(), held.end(), permission) != held.end()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kPermissionDenied,
                           absl::StrCat("permission ", permission, " is missing"),
                           "PERMISSION_MISSING", {{"permission", permission}});
}

// Both kinds of violations together, so that the caller learns them all at once.
absl::Status CheckRequest(const Method& method, const google::protobuf::Message& request,
                          SemanticCheck check) {
  error::Violations violations;
  CheckConstraints(*method.plan, request, violations);
  check(violations);
  return violations.ToStatus();
}

Severity SeverityOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnknown:
      return Severity::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return Severity::kWarning;
    default:
      return Severity::kInfo;
  }
}

}  // namespace

Arrival Chain::Begin(const Method& method, grpc::CallbackServerContext& context) {
  Arrival arrival;
  arrival.method = &method;
  arrival.context = &context;
  arrival.started = std::chrono::steady_clock::now();
  method.metrics->Started();
  method.metrics->Received();
  return arrival;
}

absl::Status Chain::Admit(Arrival& arrival, const google::protobuf::Message& request,
                          SemanticCheck check) const {
  Call& call = arrival.call;
  call.now = clock_.Now();
  call.deadline = DeadlineOf(*arrival.context);
  call.trace_id = TraceId(*arrival.context);
  ASSIGN_OR_RETURN(call.principal, authenticator_.Authenticate(*arrival.context));
  RETURN_IF_ERROR(CheckPermission(call.principal, arrival.method->rule.permission));
  RETURN_IF_ERROR(CheckScope(arrival, request));
  if (!StillWanted(arrival)) return NotWanted(arrival);
  return CheckRequest(*arrival.method, request, check);
}

absl::Status Chain::CheckScope(Arrival& arrival, const google::protobuf::Message& request) const {
  const MethodRule& rule = arrival.method->rule;
  if (!rule.scope.empty()) arrival.scope = std::string(ProvinceOf(rule.scope[0].Value(request)));
  const std::vector<std::string>& provinces = arrival.call.principal.province_codes;
  if (provinces.empty()) return absl::OkStatus();
  // What is national may be read by everybody and changed by nobody whose province is stated.
  if (rule.scope.empty() && rule.kind != common::v1::KIND_WRITE) return absl::OkStatus();
  if (std::find(provinces.begin(), provinces.end(), arrival.scope) != provinces.end()) {
    return absl::OkStatus();
  }
  return error::WithReason(
      absl::StatusCode::kPermissionDenied,
      arrival.scope.empty() ? std::string("the call is not within one province")
                            : absl::StrCat("acting in province ", arrival.scope, " is not allowed"),
      "OUT_OF_SCOPE", {{"province_code", arrival.scope}});
}

void Chain::End(const Arrival& arrival, const absl::Status& status) const {
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - arrival.started;
  arrival.method->metrics->Handled(status.code(), absl::FromChrono(took));
  if (log_ == nullptr) return;
  const Severity severity = SeverityOf(status.code());
  const std::optional<error::Reason> reason = status.ok() ? std::nullopt : error::ReasonOf(status);
  // Messages of refusals may quote the request; only faults of the server are logged in words.
  log_->Write(
      severity, "rpc",
      {{"method", arrival.method->full_name},
       {"code", absl::StatusCodeToString(status.code())},
       {"reason", reason.has_value() ? absl::string_view(reason->reason) : absl::string_view()},
       {"ms", static_cast<double>(took.count()) / 1e6},
       {"principal", arrival.call.principal.name},
       {"request_id", arrival.call.request_id},
       {"trace_id", arrival.call.trace_id},
       {"message", severity == Severity::kInfo ? absl::string_view() : status.message()}});
}

bool StillWanted(const Arrival& arrival) {
  return !arrival.context->IsCancelled() && absl::Now() < arrival.call.deadline;
}

absl::Status NotWanted(const Arrival& arrival) {
  if (absl::Now() < arrival.call.deadline) {
    return absl::CancelledError("the caller has gone; nothing was begun");
  }
  return error::WithReason(absl::StatusCode::kDeadlineExceeded,
                           "the deadline passed before the work was begun", "TOO_LATE");
}

absl::Status WithoutExceptions(absl::FunctionRef<absl::Status()> body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return error::WithReason(absl::StatusCode::kResourceExhausted, "out of memory",
                             "OUT_OF_MEMORY");
  } catch (const std::exception& thrown) {
    return error::WithReason(absl::StatusCode::kInternal,
                             absl::StrCat("a handler threw: ", thrown.what()), "BROKEN_INVARIANT");
  }
}

}  // namespace twotier::rpc
