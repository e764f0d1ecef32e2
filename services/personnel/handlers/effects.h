// What happens on the day on which appointments begin and end: places of quotas, holders of posts,
// counts, and what becomes of the person. The same whether an order takes effect when it is signed
// or a due day finds it.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_EFFECTS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_EFFECTS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/handlers/quota_moves.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {

// The lines of quota that an appointment takes a place of; none when it takes none.
std::vector<store::QuotaSlot> SlotsOf(const Appointment& appointment);

// Whether what the first day of an appointment brings has been written, as the appointment and its
// post say. The day may not have been looked at yet, or its effect may stand aside.
bool TookEffect(const Appointment& appointment, const Post& post);
// The same of its last day, which has come.
bool EndWasWritten(const Appointment& appointment, const Post& post);

// Lives within one unit of work: looks things up first, and writes in Finish. Errors of all
// methods: those of db::Tx and the stores, and of QuotaMoves::Post.
class Effects {
 public:
  Effects(const Call& call, db::Tx& tx) : call_(call), tx_(tx) {}
  // With everybody who waits for a place, for a unit of work that ends thousands of appointments:
  // who holds which post is the caller's to write.
  Effects(const Call& call, db::Tx& tx, const std::vector<store::StoredAppointment>& followers)
      : call_(call), tx_(tx), followers_(&followers) {}

  // It begins now. `stored` gets its new state; the caller writes it.
  absl::Status Begins(store::StoredAppointment& stored, const Post& post);
  // The same where of its places only `held` are, in the order of their holds.
  absl::Status Begins(store::StoredAppointment& stored, const Post& post,
                      const std::vector<store::QuotaSlot>& held);
  // It ends now. What should have begun and waits aside (TookEffect) gives back what it holds.
  absl::Status Ends(store::StoredAppointment& stored, const Post& post);
  // `begun` stands on the places that `ended` leaves, in another unit, where both are of one line.
  void Carries(const Appointment& ended, const Appointment& begun);
  // The places of `ended` stay with `begun`, which takes the same ones and ends as that was to:
  // whoever waits for them waits for that one. Called before Ends.
  void Stays(const Appointment& ended, const Appointment& begun);
  // It was signed and never begins.
  void NeverBegins(store::StoredAppointment& stored);
  // Places that nobody waits for any more; `first` is the hold of the first one, in `book`.
  void LetsGo(const std::vector<store::QuotaSlot>& held, const std::string& book,
              const ledger::LineId& first);
  // The person ends the service of the State now.
  absl::Status LeaveService(absl::string_view person, absl::CivilDay day, EndReason reason);
  // It begins later and holds a place from now on. Finish fills in the hold.
  void Holds(store::StoredAppointment& stored);

  // Posts the quotas' journal, writes who holds which post and how many posts are held, and lets
  // those hold whose place came free before they begin.
  absl::StatusOr<std::vector<v1::QuotaChange>> Finish(const QuotaMoves::Journal& journal);

 private:
  // A stored appointment that gets a hold: one of the caller's, or one that followed.
  struct Holder {
    store::StoredAppointment* stored = nullptr;  // Null: `followed`.
    store::StoredAppointment followed;
    size_t hold = 0;
  };

  // Who takes a post, or leaves it.
  struct Seat {
    Post post;
    std::string appointment_id;
    std::optional<absl::CivilDay> vacant_since;  // Set: it is left.
  };

  // Those that wait for the place of `ended`.
  absl::Status HoldForFollowers(const Appointment& ended);
  absl::StatusOr<std::vector<store::StoredAppointment>> FollowersOf(const Appointment& ended);
  absl::Status WriteSeats();
  absl::Status CountSeats();
  size_t HoldSlots(const Appointment& appointment);

  const Call& call_;
  db::Tx& tx_;
  const std::vector<store::StoredAppointment>* const followers_ = nullptr;  // Null: ask.
  QuotaMoves moves_;
  std::vector<Holder> holders_;
  std::vector<Seat> seats_;
  std::set<std::string> taken_back_;         // Names; they follow nobody any more.
  std::map<std::string, std::string> stay_;  // Names, by the one that was left.
};

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_EFFECTS_H_
