// The events of one call.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_EVENTS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_EVENTS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/feed/feed.h"
#include "services/budget/handlers/env.h"
#include "services/budget/store/decision_store.h"
#include "twotier/budget/v1/journal.pb.h"

namespace twotier::budget::handlers {

// Appends one event after another to the group of the call, and tells the sequencer.
class Events {
 public:
  Events(const Env& env, const Call& call, db::Tx& tx) : env_(env), call_(call), tx_(tx) {}
  ~Events() {
    if (ordinal_ > 0 && !call_.validate_only) env_.appended();
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  // The first event of a subject. Its body says who called. Returns the hash that the next event of
  // the subject chains to. Errors: those of feed::Append.
  absl::StatusOr<std::string> AppendFirst(absl::string_view province_code, std::string subject,
                                          absl::string_view kind);

  // That a journal was entered, and what it rests on.
  absl::Status AppendEntered(absl::string_view province_code, std::string subject,
                             absl::string_view kind, const store::DecisionRow& decision);

  // What a batch has posted, and what all of it rests on: its subject begins with one event for
  // each 2,000 of `journals`, names of up to 89 bytes, because an event holds 256 KiB.
  absl::Status AppendPosted(absl::string_view province_code, const std::string& subject,
                            absl::Span<const std::string> journals,
                            const store::DecisionRow& decision);

  // A later one. `write_row` stores the hash beside what has changed; it comes first, because a row
  // that another transaction has changed is a conflict, and the unit runs again.
  absl::Status Append(feed::Event event,
                      const std::function<absl::Status(const std::string& hash)>& write_row);

 private:
  std::string Body(absl::Span<const std::string> journals = {},
                   const store::DecisionRow& decision = {}) const;
  absl::StatusOr<std::string> AppendFirst(absl::string_view province_code, std::string subject,
                                          absl::string_view kind, std::string body);

  const Env& env_;
  const Call& call_;
  db::Tx& tx_;
  int ordinal_ = 0;
};

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_EVENTS_H_
