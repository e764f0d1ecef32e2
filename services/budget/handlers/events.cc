#include "services/budget/handlers/events.h"

#include <utility>

#include "common/status_macros.h"
#include "services/budget/handlers/decided.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget::handlers {
namespace {

constexpr size_t kJournalsOfEvent = 2000;

}  // namespace

std::string Events::Body(absl::Span<const std::string> journals,
                         const store::DecisionRow& decision) const {
  v1::EventBody body;
  body.set_principal(call_.principal.name);
  for (const std::string& journal : journals) body.add_journals(journal);
  if (decision.stated()) FillDecision(decision, body.mutable_decision());
  return body.SerializeAsString();
}

absl::StatusOr<std::string> Events::AppendFirst(absl::string_view province_code,
                                                std::string subject, absl::string_view kind) {
  return AppendFirst(province_code, std::move(subject), kind, Body());
}

absl::Status Events::AppendEntered(absl::string_view province_code, std::string subject,
                                   absl::string_view kind, const store::DecisionRow& decision) {
  return AppendFirst(province_code, std::move(subject), kind, Body({}, decision)).status();
}

absl::StatusOr<std::string> Events::AppendFirst(absl::string_view province_code,
                                                std::string subject, absl::string_view kind,
                                                std::string body) {
  feed::Event event;
  event.province_code = std::string(province_code);
  event.subject = std::move(subject);
  event.version = 1;
  event.kind = std::string(kind);
  event.body = std::move(body);
  return feed::Append(tx_, call_, event, ordinal_++);
}

absl::Status Events::AppendPosted(absl::string_view province_code, const std::string& subject,
                                  absl::Span<const std::string> journals,
                                  const store::DecisionRow& decision) {
  feed::Event event;
  event.province_code = std::string(province_code);
  event.subject = subject;
  event.kind = std::string(kJournalsPosted);
  for (size_t from = 0; from < journals.size(); from += kJournalsOfEvent) {
    ++event.version;
    event.body = Body(journals.subspan(from, kJournalsOfEvent), decision);
    ASSIGN_OR_RETURN(event.previous_hash, feed::Append(tx_, call_, event, ordinal_++));
  }
  return absl::OkStatus();
}

absl::Status Events::Append(feed::Event event,
                            const std::function<absl::Status(const std::string&)>& write_row) {
  event.body = Body();
  RETURN_IF_ERROR(write_row(feed::HashOf(event)));
  return feed::Append(tx_, call_, event, ordinal_++).status();
}

}  // namespace twotier::budget::handlers
