// Places of quotas that one unit of work moves: collected first, posted as one journal.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_QUOTA_MOVES_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_QUOTA_MOVES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "common/ledger/store.h"
#include "services/personnel/handlers/carried_places.h"
#include "services/personnel/store/quota_store.h"
#include "twotier/personnel/v1/quota.pb.h"

namespace twotier::personnel::handlers {

// Lives within one unit of work.
class QuotaMoves {
 public:
  // An appointment begins now: a place is used.
  void Take(const store::QuotaSlot& slot, int64_t places = 1) { taken_[slot] += places; }
  // One ends: its place is free. What is released and taken of one slot cancels out.
  void Release(const store::QuotaSlot& slot, int64_t places = 1) { taken_[slot] -= places; }
  // The place of one that begins is that of one that ends: what it stands on goes along.
  void Carry(const store::QuotaSlot& from, const store::QuotaSlot& to) { ++carried_[{from, to}]; }
  // One begins later: a place is held from now on. Returns the index of the hold.
  size_t Hold(const store::QuotaSlot& slot);
  // What was held in `book` is used, or free again.
  void Settle(const store::QuotaSlot& slot, const std::string& book, const ledger::LineId& hold);
  void Void(const store::QuotaSlot& slot, const std::string& book, const ledger::LineId& hold);

  // Of what is posted.
  struct Journal {
    std::string book;     // Province; where new holds are kept.
    std::string id;       // Unique in the book.
    std::string subject;  // Event that tells of it.
    int64_t version = 1;
    std::string act;
    std::string distributor = {};  // The province's own unit, where places are carried.
    int first_event = 0;           // Ordinal of the first event of a quota whose places are.
  };
  struct Posted {
    std::vector<v1::QuotaChange> changes;  // Of what changed, in order of the slots.
    std::vector<ledger::LineId> holds;     // By the index that Hold gave.
  };
  // Posts everything. What is released where an allowance is overdue is given up. A hold of another
  // book is let go there, for which that province is declared late.
  // FAILED_PRECONDITION `QUOTA_EXCEEDED`, `QUOTA_NOT_GRANTED`; errors of db::Tx.
  absl::StatusOr<Posted> Post(const Call& call, const Journal& journal, db::Tx& tx) const;
  // What Post asks first.
  std::vector<db::BoundStatement> Queries(const Call& call, const Journal& journal) const;

 private:
  struct Held {
    store::QuotaSlot slot;
    std::string book;  // Empty, as `hold`: it is to be made.
    ledger::LineId hold;
    bool settle = false;
  };
  // What comes free for good or is given up, by slot.
  using Freed = std::map<store::QuotaSlot, int64_t>;

  Freed CountFreed() const;
  absl::Status PostElsewhere(const Call& call, const Journal& journal, db::Tx& tx,
                             std::vector<ledger::ChangedAccount>& changed) const;
  std::vector<ledger::Line> Lines(std::vector<ledger::LineId>& holds, const Journal& journal,
                                  const std::vector<ledger::Line>& carried) const;

  std::map<store::QuotaSlot, int64_t> taken_;  // Negative: released.
  PlacesCarried carried_;
  std::vector<Held> held_;
  size_t new_holds_ = 0;
};

// What a refusal of the ledger means for a quota.
absl::Status QuotaRefused(const ledger::Refusal& refusal);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_QUOTA_MOVES_H_
