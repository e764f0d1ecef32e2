#include "services/budget/handlers/events.h"

#include <utility>

#include "common/status_macros.h"

namespace twotier::budget::handlers {

std::string Events::Body(absl::Span<const std::string> journals) const {
  v1::EventBody body;
  body.set_principal(call_.principal.name);
  for (const std::string& journal : journals) body.add_journals(journal);
  return body.SerializeAsString();
}

absl::StatusOr<std::string> Events::AppendFirst(absl::string_view province_code,
                                                std::string subject, absl::string_view kind,
                                                absl::Span<const std::string> journals) {
  feed::Event event;
  event.province_code = std::string(province_code);
  event.subject = std::move(subject);
  event.version = 1;
  event.kind = std::string(kind);
  event.body = Body(journals);
  return feed::Append(tx_, call_, event, ordinal_++);
}

absl::Status Events::Append(feed::Event event,
                            const std::function<absl::Status(const std::string&)>& write_row) {
  event.body = Body({});
  RETURN_IF_ERROR(write_row(feed::HashOf(event)));
  return feed::Append(tx_, call_, event, ordinal_++).status();
}

}  // namespace twotier::budget::handlers
