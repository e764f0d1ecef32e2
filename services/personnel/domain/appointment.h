// Who holds which post from when to when, and what may not be at the same time.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_APPOINTMENT_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_APPOINTMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/personnel/domain/day_range.h"
#include "services/personnel/domain/organisation.h"
#include "services/personnel/domain/records.h"

namespace twotier::personnel {

// The numbers of the contract.
enum class AppointmentKind {
  kUnknown = 0,
  kPermanent = 1,
  kActing = 2,      // Looks after a post that is vacant or whose holder is away.
  kConcurrent = 3,  // Holds a second post beside the main one.
  kSeconded = 4,    // Works elsewhere for a time; the main appointment and its quota stay.
  kContract = 5,    // By contract for a civil servant's task (Decree 173/2025).
};
absl::string_view NameOf(AppointmentKind kind);

// Where an appointment stands towards the quota of its unit.
enum class QuotaState {
  kNone = 0,      // Its post is not counted, or the kind is not.
  kHeld = 1,      // Signed, begins later, holds a place.
  kFollows = 2,   // Signed, begins later, takes the place of the present holder of its post.
  kUsed = 3,      // In force.
  kReleased = 4,  // Has ended, or never began.
};

// Why an appointment ended or will end.
enum class EndReason {
  kUnknown = 0,
  kTransfer = 1,
  kRetirement = 2,
  kResignation = 3,
  kDismissal = 4,
  kDeath = 5,
  kTermEnd = 6,
  kReorganisation = 7,
  kMainEnded = 8,   // Not main, and the main one ended.
  kNeverBegan = 9,  // Taken back before its first day.
  // The person had not left, retired or died by it, and serves on; it stays ended all the same.
  kEnteredWrongly = 10,
};
absl::string_view NameOf(EndReason reason);
// What the person is once a main appointment has ended for `reason`. Whoever is retired or dead
// serves no more, in whatever appointment.
PersonState StateAfter(EndReason reason);
// Whether such an end of a main appointment ends the service of the State.
bool LeavesService(EndReason reason);

struct Appointment {
  std::string province_code;
  std::string id;
  std::string person;  // `persons/{person_id}`.
  std::string post;    // `provinces/{province_code}/posts/{post_id}`.
  std::string unit;    // Of the post's body.
  PostKind post_kind = PostKind::kUnknown;
  QuotaKind quota_kind = QuotaKind::kNone;
  bool vice_chair = false;  // Counts in the province's pool too.
  AppointmentKind kind = AppointmentKind::kUnknown;
  DayRange valid;
  EndReason end_reason = EndReason::kUnknown;  // Known once `valid.end` is.
  QuotaState quota_state = QuotaState::kNone;
  std::string order;        // That began it, `provinces/{province_code}/orders/{order_id}`.
  std::string end_order;    // That ends it; may be of another province.
  bool unverified = false;  // From a list of the time before, without an order of its own.
  int64_t version = 1;

  std::string Name() const;
};

// A person has one of these at a time: where he belongs.
bool IsMain(AppointmentKind kind);
// A post has one of these at a time. An acting holder stands beside them: he acts while the holder
// is away, and leaves when there is a new one.
bool HoldsPost(AppointmentKind kind);
// Whether an appointment of `kind` takes a place of the post's line of quota: only a permanent one
// does. A secondee stays on the sender's; a concurrent holder has one where his main post is, on
// the State's quota or on the Party's, which is not kept here; contracts are outside. The pool of
// vice chairs counts heads in posts: whoever holds one of them takes a place of it.
bool TakesQuota(AppointmentKind kind);
// Whether a post of `post` takes an appointment of `kind`. A contract (Decree 173/2025) is for the
// tasks of those who lead nobody, and a post that is made for contracts, outside of the quota,
// takes nobody else. Whoever acts may look after any post.
bool GoesWith(AppointmentKind kind, PostKind post);
// OK, or FAILED_PRECONDITION `APPOINTMENT_KIND_NOT_ALLOWED` with metadata `kind` and `post_kind`.
absl::Status CheckGoesWith(AppointmentKind kind, PostKind post);

// Two appointments that cannot stand side by side.
struct Conflict {
  // `APPOINTMENTS_OVERLAP` (of a person) or `POST_OCCUPIED`.
  absl::string_view reason;
  const Appointment* other = nullptr;
};

// Whether who acts, by `acting`, leaves when `taken` begins: its post has a holder from then on.
bool GivesWay(const Appointment& acting, const Appointment& taken);

// What of `others` stands against `candidate`; those with its own name are passed over. `others`
// are appointments of the same person and of the same post, in any mixture.
std::vector<Conflict> ConflictsOf(const Appointment& candidate,
                                  absl::Span<const Appointment> others);

// What main appointments of a person that have ended by `today` say of the service of the State.
struct ServiceOnRecord {
  PersonState state = PersonState::kActive;
  std::optional<absl::CivilDay> left;  // Last.
};
ServiceOnRecord ServiceOf(absl::Span<const Appointment> of_person, absl::CivilDay today);

// OK when `candidate` is main, or a main appointment of the person covers every day of it; a
// contract carries beside it only posts that it may be to itself, and what is acted in. Else
// FAILED_PRECONDITION `NO_MAIN_APPOINTMENT` with metadata `first_date` of the first day that is not
// covered.
absl::Status CheckMainCovers(const Appointment& candidate, absl::Span<const Appointment> of_person);

// OK unless the person has retired or died by the first day of `candidate`, or will have, as it is
// signed. Else FAILED_PRECONDITION `PERSON_NOT_ACTIVE` with metadata `person`, `state` and `date`.
absl::Status CheckServes(const Appointment& candidate, absl::Span<const Appointment> of_person);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_APPOINTMENT_H_
