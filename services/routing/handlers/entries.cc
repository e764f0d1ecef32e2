#include "services/routing/handlers/entries.h"

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

absl::Status StoreWithEntry(db::Tx& tx, const Call& call, Dossier& dossier, absl::string_view kind,
                            const v1::DossierEventBody& body,
                            absl::FunctionRef<absl::Status()> write_row, int ordinal) {
  const feed::Event entry = EntryOf(dossier, kind, body);
  dossier.chain_hash = feed::HashOf(entry);
  RETURN_IF_ERROR(write_row());
  return feed::Append(tx, call, entry, ordinal).status();
}

}  // namespace twotier::routing::handlers
