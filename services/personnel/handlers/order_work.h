// One order at work: what it begins and ends is checked and collected, then written in one go.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORDER_WORK_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORDER_WORK_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/units/units.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/domain/signing.h"
#include "services/personnel/handlers/effects.h"
#include "services/personnel/handlers/env.h"
#include "services/personnel/handlers/look_ahead.h"
#include "services/personnel/handlers/quota_moves.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/due_store.h"
#include "twotier/personnel/v1/order.pb.h"

namespace twotier::personnel::handlers {

// Lives within one unit of work. The caller ends before it begins: what an order leaves may be
// taken by it. Errors of all methods: those of db::Tx and the stores, and those named.
class OrderWork {
 public:
  // `province_code`: whose order it is. `effective_day`: from when it takes effect.
  OrderWork(const Env& env, const Call& call, db::Tx& tx, OrderKind kind,
            absl::string_view province_code, const v1::OrderForm& form,
            absl::CivilDay effective_day);

  // Reads units and person. NOT_FOUND `PERSON_NOT_FOUND`; FAILED_PRECONDITION `PERSON_NOT_ACTIVE`
  // unless `leavers_too`; UNAVAILABLE `SNAPSHOT_NOT_READY`.
  absl::Status Load(absl::string_view person, bool leavers_too = false);
  // The same in two parts, with a flight in between (Transfer).
  absl::Status LoadPerson(absl::string_view person, bool leavers_too = false);
  absl::Status LoadAppointments();
  const Person& person() const { return person_; }
  const units::Units& units() const { return *units_; }
  // The person's appointments as they stand after what was called so far, oldest first.
  std::vector<store::StoredAppointment> OfPerson() const;

  // Reads who signs. NOT_FOUND `POST_NOT_FOUND`.
  absl::Status LoadSigner();
  // FAILED_PRECONDITION `SIGNER_NOT_COMPETENT`, `SIGNER_POST_VACANT`; errors of CheckSignDay, and
  // of LoadSigner, which it calls unless that was done.
  absl::Status CheckSigned(const std::vector<Post>& posts);

  // Asks in one flight what LoadAppointments, RequirePost of the old post, End and Begin of a
  // transfer ask in that order, where it takes effect at once and ends nothing else.
  absl::Status LookAhead(const store::StoredAppointment& left, const Post& post);
  // The transaction as the order sees it.
  db::Tx& tx() { return tx_; }

  // An appointment to `post`; who acts there leaves. FAILED_PRECONDITION
  // `APPOINTMENT_KIND_NOT_ALLOWED`, `POST_ENDED`, `UNIT_ENDED`, `STANDARDS_NOT_MET`,
  // `PERSON_NOT_ACTIVE`, `APPOINTMENTS_OVERLAP`, `POST_OCCUPIED`, `NO_MAIN_APPOINTMENT`.
  absl::Status Begin(AppointmentKind kind, const Post& post, const DayRange& valid);
  // One that takes the place of `left` from `day` on, and ends as that would have.
  absl::Status BeginInstead(const Appointment& left, const Post& post, absl::CivilDay day);
  // Ends `stored` on `day`; on or before its first day it never begins.
  absl::Status End(const store::StoredAppointment& stored, const Post& post, absl::CivilDay day,
                   EndReason reason);
  absl::Status End(const store::StoredAppointment& stored, absl::CivilDay day, EndReason reason);
  // What an end for `reason` on `day` means to the person where no appointment that runs carries it
  // to that day: at once nothing begins any more.
  absl::Status Leave(absl::CivilDay day, EndReason reason);
  // Writes `corrected`, which stands as `before` and whose dates the caller moved; its version was
  // counted up. What had ended and goes on takes its post and its place again. FAILED_PRECONDITION
  // as Begin.
  absl::Status Correct(const Appointment& before, const store::StoredAppointment& corrected);

  // Gives the service of the person back, whom `corrected`, to `post`, wrongly ended it for; its
  // version was counted up. It stays ended, and takes nothing. FAILED_PRECONDITION
  // `CORRECTION_NOT_POSSIBLE` where no service was ended by it.
  absl::Status GiveServiceBack(store::StoredAppointment corrected, const Post& post);

  void set_reason(absl::string_view reason) { order_.reason = std::string(reason); }
  void set_agreement(absl::string_view act) { order_.agreement = std::string(act); }

  struct Result {
    v1::Order order;
    v1::OrderEffect effect;
  };
  // Writes everything. FAILED_PRECONDITION `QUOTA_EXCEEDED`, `QUOTA_NOT_GRANTED`.
  absl::StatusOr<Result> Finish();

 private:
  // An appointment that the order changes.
  struct Change {
    store::StoredAppointment stored;
    Post post;
    bool begins = false;
    bool goes_on = false;  // It had ended, wrongly.
  };

  std::vector<Appointment> PlainOfPerson() const;
  // To `post`, which nothing is checked of.
  Appointment NewAppointment(AppointmentKind kind, const Post& post, const DayRange& valid) const;
  absl::Status Begin(Appointment appointment, const Post& post);
  // `of_post`: appointments to the candidate's post.
  absl::Status CheckConflicts(const Appointment& candidate,
                              const std::vector<store::StoredAppointment>& of_post) const;
  // Ends whoever of `of_post` acts in the post when `taken` begins.
  absl::Status EndActing(const Appointment& taken, const Post& post,
                         const std::vector<store::StoredAppointment>& of_post);
  absl::Status CheckPost(const Post& post, const DayRange& valid);
  absl::Status CheckStandards(const Post& post, absl::CivilDay first);
  // Makes the place of the quota wait for its day: on the place of who leaves it, or on a hold.
  absl::Status WaitForPlace(store::StoredAppointment& stored);
  absl::StatusOr<bool> PlaceIsGivenUp(const Appointment& appointment);
  absl::StatusOr<std::optional<std::string>> PlaceLeftFor(const Appointment& appointment);
  // `stored` as it stands after what was called so far.
  std::vector<store::StoredAppointment> Changed(std::vector<store::StoredAppointment> stored) const;
  absl::Status MoveEnd(const Appointment& before, Change& change);
  // Writes when the person left, as the appointments say now; `serves_again`: and that who was
  // `recorded` so by one that the order changes is not.
  absl::Status MoveLeave(PersonState recorded, bool serves_again);
  QuotaMoves::Journal JournalOfOrder() const;
  absl::Status AddDue(const Appointment& appointment, store::DueKind kind, absl::CivilDay day);
  absl::Status WriteOrder(const std::vector<v1::QuotaChange>& quotas, Result& result);
  void FillEffect(v1::OrderEffect& effect) const;
  void FillSalary(v1::OrderEffect& effect) const;

  const Env& env_;
  const Call& call_;
  LookAheadTx tx_;
  const absl::CivilDay today_;
  const absl::CivilDay over_;  // What ended by then does not matter.
  Order order_;
  std::shared_ptr<const units::Units> units_;
  Person person_;
  std::optional<Post> signer_;
  std::vector<store::StoredAppointment> of_person_;  // As stored.
  std::deque<Change> changes_;                       // Stays in place: effects point into it.
  Effects effects_;
};

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORDER_WORK_H_
