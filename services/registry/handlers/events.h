// The events of one call.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_EVENTS_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_EVENTS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/feed/feed.h"

namespace twotier::registry::handlers {

// Appends one event after another to the group of the call, all with one body.
class Events {
 public:
  Events(db::Tx& tx, const Call& call, std::string body)
      : tx_(tx), call_(call), body_(std::move(body)) {}

  // Chains to the event of `version` - 1. DATA_LOSS `UNREADABLE_ROW` when that is missing; errors
  // of feed::Append.
  absl::Status Append(absl::string_view province_code, std::string subject, int64_t version,
                      absl::string_view kind);

 private:
  absl::StatusOr<std::string> LastHash(const feed::Event& event);

  db::Tx& tx_;
  const Call& call_;
  const std::string body_;
  int ordinal_ = 0;
};

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_EVENTS_H_
