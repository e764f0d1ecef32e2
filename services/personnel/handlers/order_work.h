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
#include "services/personnel/store/appointment_store.h"
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
  const Person& person() const { return person_; }
  // The person's appointments as they stand after what was called so far, oldest first.
  std::vector<store::StoredAppointment> OfPerson() const;

  // FAILED_PRECONDITION `SIGNER_NOT_COMPETENT`, `SIGNER_POST_VACANT`; NOT_FOUND `POST_NOT_FOUND`.
  absl::Status CheckSigned(const std::vector<Post>& posts);

  // An appointment to `post`. FAILED_PRECONDITION `POST_ENDED`, `UNIT_ENDED`, `STANDARDS_NOT_MET`,
  // `APPOINTMENTS_OVERLAP`, `POST_OCCUPIED`, `NO_MAIN_APPOINTMENT`.
  absl::Status Begin(AppointmentKind kind, const Post& post, const DayRange& valid);
  // Ends `stored` on `day`; on or before its first day it never begins.
  absl::Status End(const store::StoredAppointment& stored, absl::CivilDay day, EndReason reason);
  // Writes `corrected`, which is in force and stays so; the caller counted its version up.
  // FAILED_PRECONDITION as Begin.
  absl::Status Correct(const store::StoredAppointment& corrected);

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
  };

  absl::Status CheckConflicts(const Appointment& candidate);
  absl::Status CheckPost(const Post& post, const DayRange& valid);
  absl::Status CheckStandards(const Post& post, absl::CivilDay first);
  // Makes the place of the quota wait for its day: on the place of who leaves it, or on a hold.
  absl::Status WaitForPlace(store::StoredAppointment& stored);
  absl::StatusOr<std::optional<std::string>> PlaceLeftFor(const Appointment& appointment);
  absl::Status AddDue(const Appointment& appointment, store::DueKind kind, absl::CivilDay day);
  absl::Status WriteOrder(const std::vector<v1::QuotaChange>& quotas, Result& result);
  void FillEffect(v1::OrderEffect& effect) const;
  void FillSalary(v1::OrderEffect& effect) const;

  const Env& env_;
  const Call& call_;
  db::Tx& tx_;
  const absl::CivilDay today_;
  Order order_;
  std::shared_ptr<const units::Units> units_;
  Person person_;
  std::vector<store::StoredAppointment> of_person_;  // As stored.
  std::deque<Change> changes_;                       // Stays in place: effects point into it.
  Effects effects_;
};

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORDER_WORK_H_
