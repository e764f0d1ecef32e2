#include "services/routing/handlers/entries.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/status_macros.h"

namespace twotier::routing::handlers {
namespace {

feed::Event EntryOf(const Dossier& dossier, absl::string_view kind,
                    const v1::DossierEventBody& body) {
  feed::Event event;
  event.province_code = dossier.province_code;
  event.subject = dossier.Name();
  event.version = dossier.version;
  event.kind = std::string(kind);
  event.body = body.SerializeAsString();
  event.previous_hash = dossier.chain_hash;
  return event;
}

}  // namespace

v1::DossierEventBody EntryBody(const Call& call, const Dossier& dossier, absl::string_view note) {
  v1::DossierEventBody body;
  body.set_time_us(absl::ToUnixMicros(call.now));
  body.set_principal(call.principal.name);
  body.set_state(static_cast<v1::DossierState>(dossier.state));
  if (dossier.due_time) body.set_due_time_us(absl::ToUnixMicros(*dossier.due_time));
  if (dossier.first_due_time) {
    body.set_first_due_time_us(absl::ToUnixMicros(*dossier.first_due_time));
  }
  body.set_note(std::string(note));
  if (dossier.answer_by) body.set_answer_by_us(absl::ToUnixMicros(*dossier.answer_by));
  return body;
}

absl::StatusOr<std::string> AppendFirstEntry(db::Tx& tx, const Call& call, const Dossier& dossier,
                                             absl::string_view kind,
                                             const v1::DossierEventBody& body) {
  return feed::Append(tx, call, EntryOf(dossier, kind, body));
}

absl::StatusOr<v1::DossierEventBody> FirstEntryOf(db::Tx& tx, absl::string_view province_code,
                                                  absl::string_view code) {
  Dossier dossier;
  dossier.province_code = std::string(province_code);
  dossier.code = std::string(code);
  const std::string name = dossier.Name();
  ASSIGN_OR_RETURN(const std::vector<feed::StoredEvent> events,
                   feed::ListEvents(tx, province_code, name, 0, 1));
  v1::DossierEventBody body;
  if (events.empty() || !body.ParseFromString(events[0].event.body)) {
    return error::WithReason(absl::StatusCode::kDataLoss,
                             absl::StrCat("the first entry of ", name, " cannot be read"),
                             "UNREADABLE_ROW", {{"subject", name}});
  }
  return body;
}

absl::StatusOr<std::string> SourceSystemOf(db::Tx& tx, absl::string_view province_code,
                                           const store::ImportedCode& imported) {
  if (!imported.source_system.empty()) return imported.source_system;
  ASSIGN_OR_RETURN(const v1::DossierEventBody first,
                   FirstEntryOf(tx, province_code, imported.code));
  return first.source_system();
}

absl::Status StoreWithEntry(db::Tx& tx, const Call& call, Dossier& dossier, absl::string_view kind,
                            const v1::DossierEventBody& body,
                            absl::FunctionRef<absl::Status()> write_row, int ordinal) {
  const feed::Event entry = EntryOf(dossier, kind, body);
  dossier.chain_hash = feed::HashOf(entry);
  RETURN_IF_ERROR(write_row());
  return feed::Append(tx, call, entry, ordinal).status();
}

}  // namespace twotier::routing::handlers
