// How code without protobuf says why it refuses. The reason, its metadata and the violations travel
// inside absl::Status as payloads; common/rpc/status turns them into google.rpc details on the
// wire.
#ifndef TWOTIER_COMMON_ERRORS_H_
#define TWOTIER_COMMON_ERRORS_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace twotier::error {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Why a call failed, in a form a program can act on.
struct Reason {
  std::string
      reason;         // UPPER_SNAKE_CASE, at most 63 characters, one of the service's errors.proto.
  Metadata metadata;  // Keys in lower_snake_case. Never personal data.
};

// One malformed field.
struct FieldViolation {
  std::string
      field;  // Path in the request, for example "applicant.full_name" or "queries[2].code".
  std::string description;  // What is wrong with it and what would be right.
};

// One condition that the state of the system does not meet.
struct PreconditionViolation {
  std::string type;         // Kind of condition, UPPER_SNAKE_CASE.
  std::string subject;      // What it is about.
  std::string description;  // What is expected and what was found.
};

// Returns a status with `code`, a message for developers, and the reason.
absl::Status WithReason(absl::StatusCode code, absl::string_view message, absl::string_view reason,
                        Metadata metadata = {});

// Adds the reason to a status that was made elsewhere; replaces the one it has.
absl::Status WithReasonAdded(absl::Status status, absl::string_view reason, Metadata metadata = {});

// Adds malformed fields to a status that was made elsewhere.
absl::Status WithViolations(absl::Status status, const std::vector<FieldViolation>& violations);

// Adds what the caller should wait before trying again. Only for UNAVAILABLE and
// RESOURCE_EXHAUSTED.
absl::Status WithRetryAfter(absl::Status status, absl::Duration retry_after);

// Adds the message that may be shown to a Vietnamese user.
absl::Status WithLocalizedMessage(absl::Status status, absl::string_view message_vi);

// Adds conditions that are not met.
absl::Status WithPreconditions(absl::Status status,
                               const std::vector<PreconditionViolation>& violations);

// Marks a refusal by a rule that is itself a fact to be kept: what the handler has written is
// committed although it refuses, as the failed journals of a ledger are (rpc/request_log.h).
absl::Status WithWritesKept(absl::Status status);
// Takes that mark back: for a handler that has written more than the refusal, under ids that nobody
// uses again.
absl::Status WithNothingKept(absl::Status status);

// What a process that ends answers: UNAVAILABLE `SHUTTING_DOWN` with RetryInfo.
absl::Status ShuttingDown();

// Read access for the bridge and for tests. Absent or empty when the status does not carry it.
std::optional<Reason> ReasonOf(const absl::Status& status);
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);
std::optional<std::string> LocalizedMessageOf(const absl::Status& status);
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);
std::vector<PreconditionViolation> PreconditionsOf(const absl::Status& status);
bool KeepsWrites(const absl::Status& status);

// Collects every malformed field of one request, so that the caller learns them all at once.
class Violations {
 public:
  // At most this many are kept; a request with more is answered with the first ones.
  static constexpr size_t kViolationsMax = 100;

  void Add(absl::string_view field, absl::string_view description);
  bool empty() const { return violations_.empty(); }
  const std::vector<FieldViolation>& all() const { return violations_; }

  // OK when empty; else INVALID_ARGUMENT with reason MALFORMED_REQUEST (or `reason`) and every
  // violation.
  absl::Status ToStatus(absl::string_view reason = "MALFORMED_REQUEST") const;

 private:
  std::vector<FieldViolation> violations_;
};

}  // namespace twotier::error

#endif  // TWOTIER_COMMON_ERRORS_H_
