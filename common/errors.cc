#include "common/errors.h"

#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace twotier::error {
namespace {

constexpr absl::string_view kReasonUrl = "twotier/reason";
constexpr absl::string_view kRetryUrl = "twotier/retry_after_us";
constexpr absl::string_view kLocalizedUrl = "twotier/localized_vi";
constexpr absl::string_view kFieldsUrl = "twotier/field_violations";
constexpr absl::string_view kPreconditionsUrl = "twotier/preconditions";
constexpr absl::string_view kWritesKeptUrl = "twotier/writes_kept";

// A payload is a list of texts, each as its length in decimal, a colon, and its bytes: any text
// survives.
void Put(std::string& out, absl::string_view text) {
  absl::StrAppend(&out, text.size(), ":", text);
}

std::vector<std::string> Parse(const absl::Status& status, absl::string_view url) {
  std::vector<std::string> texts;
  const auto payload = status.GetPayload(url);
  if (!payload.has_value()) return texts;
  const std::string bytes(*payload);
  absl::string_view rest = bytes;
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    size_t size = 0;
    if (colon == absl::string_view::npos || !absl::SimpleAtoi(rest.substr(0, colon), &size)) break;
    texts.emplace_back(rest.substr(colon + 1, size));
    rest.remove_prefix(colon + 1 + texts.back().size());
  }
  return texts;
}

}  // namespace

absl::Status WithReason(absl::StatusCode code, absl::string_view message, absl::string_view reason,
                        Metadata metadata) {
  return WithReasonAdded(absl::Status(code, message), reason, std::move(metadata));
}

absl::Status WithReasonAdded(absl::Status status, absl::string_view reason, Metadata metadata) {
  std::string bytes;
  Put(bytes, reason);
  for (const auto& [key, value] : metadata) {
    Put(bytes, key);
    Put(bytes, value);
  }
  status.SetPayload(kReasonUrl, absl::Cord(bytes));
  return status;
}

absl::Status WithViolations(absl::Status status, const std::vector<FieldViolation>& violations) {
  std::string bytes;
  for (const FieldViolation& violation : violations) {
    Put(bytes, violation.field);
    Put(bytes, violation.description);
  }
  status.SetPayload(kFieldsUrl, absl::Cord(bytes));
  return status;
}

absl::Status WithRetryAfter(absl::Status status, absl::Duration retry_after) {
  status.SetPayload(kRetryUrl, absl::Cord(absl::StrCat(absl::ToInt64Microseconds(retry_after))));
  return status;
}

absl::Status WithLocalizedMessage(absl::Status status, absl::string_view message_vi) {
  status.SetPayload(kLocalizedUrl, absl::Cord(message_vi));
  return status;
}

absl::Status WithPreconditions(absl::Status status,
                               const std::vector<PreconditionViolation>& violations) {
  std::string bytes;
  for (const PreconditionViolation& violation : violations) {
    Put(bytes, violation.type);
    Put(bytes, violation.subject);
    Put(bytes, violation.description);
  }
  status.SetPayload(kPreconditionsUrl, absl::Cord(bytes));
  return status;
}

absl::Status WithWritesKept(absl::Status status) {
  status.SetPayload(kWritesKeptUrl, absl::Cord());
  return status;
}

absl::Status WithNothingKept(absl::Status status) {
  status.ErasePayload(kWritesKeptUrl);
  return status;
}

bool KeepsWrites(const absl::Status& status) {
  return status.GetPayload(kWritesKeptUrl).has_value();
}

absl::Status ShuttingDown() {
  // By then the balancer has turned to another server.
  constexpr absl::Duration kRetry = absl::Seconds(1);
  return WithRetryAfter(
      WithReason(absl::StatusCode::kUnavailable, "the server is shutting down", "SHUTTING_DOWN"),
      kRetry);
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  std::vector<std::string> texts = Parse(status, kReasonUrl);
  if (texts.empty()) return std::nullopt;
  Reason reason{std::move(texts[0]), {}};
  for (size_t i = 1; i + 1 < texts.size(); i += 2) {
    reason.metadata.emplace_back(std::move(texts[i]), std::move(texts[i + 1]));
  }
  return reason;
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryUrl);
  int64_t microseconds = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &microseconds)) {
    return std::nullopt;
  }
  return absl::Microseconds(microseconds);
}

std::optional<std::string> LocalizedMessageOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kLocalizedUrl);
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<std::string> texts = Parse(status, kFieldsUrl);
  std::vector<FieldViolation> violations;
  for (size_t i = 0; i + 1 < texts.size(); i += 2) {
    violations.push_back({std::move(texts[i]), std::move(texts[i + 1])});
  }
  return violations;
}

std::vector<PreconditionViolation> PreconditionsOf(const absl::Status& status) {
  std::vector<std::string> texts = Parse(status, kPreconditionsUrl);
  std::vector<PreconditionViolation> violations;
  for (size_t i = 0; i + 2 < texts.size(); i += 3) {
    violations.push_back({std::move(texts[i]), std::move(texts[i + 1]), std::move(texts[i + 2])});
  }
  return violations;
}

void Violations::Add(absl::string_view field, absl::string_view description) {
  if (violations_.size() >= kViolationsMax) return;
  violations_.push_back({std::string(field), std::string(description)});
}

absl::Status Violations::ToStatus(absl::string_view reason) const {
  if (violations_.empty()) return absl::OkStatus();
  absl::Status status = WithReason(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat(violations_[0].field, ": ", violations_[0].description,
                   violations_.size() > 1 ? absl::StrCat(" (and ", violations_.size() - 1, " more)")
                                          : std::string()),
      reason);
  return WithViolations(std::move(status), violations_);
}

}  // namespace twotier::error
