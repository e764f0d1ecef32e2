// A dossier and the steps of its life.
//
//   REGISTERED ── accept ──▶ RECEIVED ──┬── complete ──▶ PROCESSED ── return ──▶ RETURNED
//                               │       │
//                     request supplement│ ◀───────────┐
//                               ▼       │             │ request supplement (second time)
//                     SUPPLEMENT_REQUESTED ── provide ──▶ IN_PROGRESS ── complete ──▶ PROCESSED
//
// The portal's other four states are reached by steps that are not part of this service yet.
// "Overdue" and "paused" are derived, never states.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

// The ten status codes of the national portal.
enum class DossierState {
  kUnknown = 0,
  kRegistered = 1,
  kReceived = 2,
  kNotReceived = 3,
  kInProgress = 4,
  kSupplementRequested = 5,
  kPaymentRequested = 6,
  kWithdrawn = 7,
  kStopped = 8,
  kProcessed = 9,
  kReturned = 10,
};

enum class Step {
  kAccept,
  kRequestSupplement,
  kProvideSupplement,
  kCompleteProcessing,
  kReturnResult
};

enum class ClockHolder { kNobody = 0, kAuthority = 1, kApplicant = 2 };

// A third supplement request is refused; more than one marks the dossier overdue (Decision
// 766/QĐ-TTg's on-time rule).
inline constexpr int kSupplementRequestsMax = 2;
inline constexpr int kSupplementRequestsOnTime = 1;

struct Dossier {
  std::string province_code;
  std::string code;
  DossierState state = DossierState::kUnknown;
  std::string procedure_code;
  int64_t procedure_version = 0;
  std::string unit;
  std::string center;
  std::string return_center;
  CompetentBody body;
  int channel = 0;  // Numbers of routing/v1/dossier.proto; nothing is decided by them.
  int applicant_kind = 0;
  std::string applicant_ref;
  std::string components;  // Serialized; nothing is decided by them.
  Term term;
  absl::Time submit_time;
  std::optional<absl::Time> accept_time;
  std::optional<absl::Time> due_time;
  bool due_provisional = false;
  std::optional<absl::Time> process_time;
  std::optional<absl::Time> return_time;
  int supplement_requests = 0;
  std::optional<absl::Time> supplement_request_time;  // Of the request that is open.
  std::string result_id;
  int64_t version = 0;
  std::string chain_hash;  // Hash of its last timeline entry.

  std::string Name() const;  // `provinces/{province_code}/dossiers/{code}`.
};

// Names of the contract without prefix; a step is named as its RPC.
absl::string_view NameOf(DossierState state);
absl::string_view NameOf(Step step);
// Kind of the timeline entry a step writes, for example "dossier.accepted".
absl::string_view EntryKindOf(Step step);
inline constexpr absl::string_view kEntryKindSubmitted = "dossier.submitted";

// Steps that are allowed now, in the order of the enumeration.
std::vector<Step> AllowedSteps(const Dossier& dossier);

// OK when `step` is allowed. Errors: FAILED_PRECONDITION `TOO_MANY_SUPPLEMENT_REQUESTS` for a
// supplement request that only its number forbids; FAILED_PRECONDITION `TRANSITION_NOT_ALLOWED`
// with `state` and `allowed` otherwise.
absl::Status CheckStep(const Dossier& dossier, Step step);

// State after an allowed step.
DossierState StateAfter(Step step);

// Whose turn it is.
ClockHolder HolderOf(const Dossier& dossier);

// Derived: asked for supplements more than once; or processed after the due time; or not processed
// and past it. While a supplement is awaited the date of the request counts, because the clock
// stands still.
bool IsOverdue(const Dossier& dossier, absl::Time now);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_H_
