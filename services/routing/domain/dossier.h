// A dossier and the steps of its life.
//
//   from                       step                 to
//   REGISTERED                 accept               RECEIVED
//   REGISTERED                 refuse               NOT_RECEIVED
//   RECEIVED, IN_PROGRESS      assign, forward      IN_PROGRESS
//   RECEIVED, IN_PROGRESS      request supplement   SUPPLEMENT_REQUESTED
//   SUPPLEMENT_REQUESTED       provide supplement   IN_PROGRESS
//   REGISTERED, RECEIVED,
//   IN_PROGRESS, PROCESSED     request payment      PAYMENT_REQUESTED
//   PAYMENT_REQUESTED          confirm payment,     where it was asked for; IN_PROGRESS for
//                              cancel the request   RECEIVED
//   RECEIVED, IN_PROGRESS      extend due date      the same
//   RECEIVED, IN_PROGRESS      complete             PROCESSED
//   PROCESSED                  return               RETURNED
//   RECEIVED to the waiting    stop                 STOPPED
//   any until PROCESSED        withdraw             WITHDRAWN
//   RETURNED                   rate                 the same
//
// The applicant may withdraw (WITHDRAWN) until it is processed. Whoever waits for the applicant may
// stop it; what another agency has may be taken back (forward) at any time. A fee is asked for at
// one of three times (FeeDue, ADR 0027); what waits for it ends as what it was before would: at
// reception it is refused or withdrawn, at the result it is not ended at all. "Overdue" and
// "paused" are derived, never states.
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
  kRefuse,
  kAssign,
  kForward,
  kRequestSupplement,
  kProvideSupplement,
  kRequestPayment,
  kConfirmPayment,
  kCancelPaymentRequest,
  kExtendDueDate,
  kCompleteProcessing,
  kReturnResult,
  kWithdraw,
  kStop,
  kRate,
};
inline constexpr int kSteps = 15;

enum class ClockHolder { kNobody = 0, kAuthority = 1, kApplicant = 2, kOtherAgency = 3 };

// How a fee was paid: codes of the national portal.
enum class PaymentGateway { kUnknown = 0, kNationalPortal = 1, kLocal = 2 };

// When a fee is due: codes of the national portal (there is no 3). It follows from where the
// dossier stood when the fee was asked for.
enum class FeeDue {
  kUnknown = 0,
  kAtReception = 1,   // Registered: it is received when it is paid. No clock has begun.
  kAtSupplement = 2,  // Worked on: the clock stands still until it is paid.
  kAtResult = 4,      // Processed: the result is returned when it is paid. The clock has stopped.
};

// What the applicant says of it: numbers of routing/v1/dossier.proto. The law's index counts who is
// satisfied; how many levels lie below and above is a parameter of this project.
enum class Satisfaction {
  kUnknown = 0,
  kVeryDissatisfied = 1,
  kDissatisfied = 2,
  kNeutral = 3,
  kSatisfied = 4,
  kVerySatisfied = 5,
};

// What is to be paid for a dossier, and what was. A dossier that waits for a payment has not paid
// what was asked for last.
struct Payment {
  // What was asked for last, and when it was due; absent: nothing was, or it was taken back.
  std::optional<int64_t> due_vnd;
  FeeDue due_at = FeeDue::kUnknown;
  std::optional<int64_t> paid_vnd;  // What was paid last, and how; absent: nothing was.
  PaymentGateway gateway = PaymentGateway::kUnknown;
  std::string reference;
  int64_t paid_total_vnd = 0;  // All payments together.

  friend bool operator==(const Payment&, const Payment&) = default;
};

// A third supplement request is refused; more than one marks the dossier overdue (Decision
// 766/QĐ-TTg's on-time rule).
inline constexpr int kSupplementRequestsMax = 2;
inline constexpr int kSupplementRequestsOnTime = 1;

// Most entries of a timeline: all of them are read, checked and answered at once.
inline constexpr int kTimelineEntriesMax = 1000;
// From this many entries on no step is taken that could be taken again and again. What is left is
// for the steps that bring a dossier to its end and for what the service itself enters: moves to
// other bodies and due dates that are computed again.
inline constexpr int kRepeatedStepsEntriesMax = 900;

struct Dossier {
  std::string province_code;
  std::string code;
  DossierState state = DossierState::kUnknown;
  std::string procedure_code;
  int64_t procedure_version = 0;  // Pinned: code and number name one version.
  std::string case_key;           // Empty: no particular case.
  std::string unit;
  std::string center;
  std::string received_center;  // Where it was received before it was re-routed; empty: `center`.
  std::string return_center;
  CompetentBody body;
  int channel = 0;  // Numbers of routing/v1/dossier.proto.
  int applicant_kind = 0;
  std::string applicant_ref;
  std::string components;  // Serialized; nothing is decided by them.
  Term term;
  absl::Time submit_time;
  std::optional<absl::Time> accept_time;
  std::optional<absl::Time> due_time;
  bool due_provisional = false;  // This date, or the first one, rests on days not decided.
  std::optional<absl::Time> process_time;
  std::optional<absl::Time> return_time;
  int supplement_requests = 0;
  // Since when the clock stands still: for a supplement, a payment or another agency.
  std::optional<absl::Time> pause_time;
  // By when the applicant is to answer, and the dossier is stopped; or another agency, and it is
  // taken back.
  std::optional<absl::Time> answer_by;
  std::string result_id;
  // Post that works on it; empty: none is named.
  std::string assignee;
  // Body of another agency that has it; empty: the competent body has.
  CompetentBody agency;
  Payment payment;
  // The due time that no extension has moved; absent: there was none.
  std::optional<absl::Time> first_due_time;
  // When it was last extended since the clock stands still. The date that was given then moves by
  // the rest of the pause, the first one by the whole of it.
  std::optional<absl::Time> pause_extended_time;
  int extensions = 0;
  // When it was refused, withdrawn or stopped.
  std::optional<absl::Time> end_time;
  Satisfaction satisfaction = Satisfaction::kUnknown;
  // Information system that owns its status; empty: this one.
  std::string owning_system;
  // The account that it was handed in with was verified.
  bool account_verified = false;
  // Center where the applicant was helped to hand it in; empty: none is known.
  std::string support_center;
  // Its code in the system it was imported from; empty: it was submitted here.
  std::string external_code;
  // When it was due there, if that was told.
  std::optional<absl::Time> source_due_time;
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
inline constexpr absl::string_view kEntryKindImported = "dossier.imported";

// Steps that are allowed now, in the order of the enumeration.
std::vector<Step> AllowedSteps(const Dossier& dossier);

// OK when `step` is allowed. Errors: FAILED_PRECONDITION `TOO_MANY_SUPPLEMENT_REQUESTS` for a
// supplement request that only its number forbids; `TIMELINE_FULL` (CheckRoom) for a step that may
// come again; `TRANSITION_NOT_ALLOWED` with `state` and `allowed` otherwise.
absl::Status CheckStep(const Dossier& dossier, Step step);

// OK when the timeline has room for a step that may come again and again. FAILED_PRECONDITION
// `TIMELINE_FULL` with `entries`.
absl::Status CheckRoom(const Dossier& dossier);

// State after an allowed step.
DossierState StateAfter(const Dossier& dossier, Step step);

// Whose turn it is.
ClockHolder HolderOf(const Dossier& dossier);

// What the clock does when nobody answers by `answer_by`. Where the applicant was asked: kStop;
// kRefuse what is received when its fee is paid; kCancelPaymentRequest where only the result waits
// for its fee, which stays there to be fetched. Where another agency was asked, whose silence is no
// fault of the applicant's: kForward to the competent body. nullopt: nobody was asked; or another
// system owns its status and takes its steps, so that the silence is told and nothing else (ADR
// 0024).
std::optional<Step> StepUnanswered(const Dossier& dossier);

// The instant at which the clock of a dossier with a due time stopped; `now` while it runs.
absl::Time ClockStopped(const Dossier& dossier, absl::Time now);

// Derived: asked for supplements more than once; or processed, stopped or withdrawn after the due
// time; or none of it and past it. While the clock stands still, the instant counts at which it
// stopped.
bool IsOverdue(const Dossier& dossier, absl::Time now);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_H_
