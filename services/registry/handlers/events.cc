#include "services/registry/handlers/events.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::registry::handlers {

absl::Status Events::Append(absl::string_view province_code, std::string subject, int64_t version,
                            absl::string_view kind) {
  feed::Event event;
  event.province_code = std::string(province_code);
  event.subject = std::move(subject);
  event.version = version;
  event.kind = std::string(kind);
  event.body = body_;
  if (version > 1) {
    ASSIGN_OR_RETURN(event.previous_hash, LastHash(event));
  }
  return feed::Append(tx_, call_, event, ordinal_++).status();
}

absl::StatusOr<std::string> Events::LastHash(const feed::Event& event) {
  ASSIGN_OR_RETURN(const std::vector<feed::StoredEvent> before,
                   feed::ListEvents(tx_, event.province_code, event.subject, event.version - 2, 1));
  if (before.size() != 1 || before[0].event.version != event.version - 1) {
    return error::WithReason(absl::StatusCode::kDataLoss,
                             absl::StrCat("the event before version ", event.version, " of ",
                                          event.subject, " is missing"),
                             "UNREADABLE_ROW", {{"subject", event.subject}});
  }
  return before[0].hash;
}

}  // namespace twotier::registry::handlers
