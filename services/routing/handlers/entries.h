// Entries of dossiers' timelines.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_ENTRIES_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_ENTRIES_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/store/import_store.h"
#include "twotier/routing/v1/dossier.pb.h"

namespace twotier::routing::handlers {

// What every entry tells: when, who, and what the dossier is after it.
v1::DossierEventBody EntryBody(const Call& call, const Dossier& dossier, absl::string_view note);

// Appends the first entry of `dossier`. Returns its hash. Errors: those of feed::Append.
absl::StatusOr<std::string> AppendFirstEntry(db::Tx& tx, const Call& call, const Dossier& dossier,
                                             absl::string_view kind,
                                             const v1::DossierEventBody& body);

// What the first entry of a dossier tells. Errors: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<v1::DossierEventBody> FirstEntryOf(db::Tx& tx, absl::string_view province_code,
                                                  absl::string_view code);

// The system that an imported dossier of the province came from. Errors: those of FirstEntryOf.
absl::StatusOr<std::string> SourceSystemOf(db::Tx& tx, absl::string_view province_code,
                                           const store::ImportedCode& imported);

// Appends the entry of `dossier`'s version behind the one whose hash it has, gives it the new hash
// and lets `write_row` store it. The row comes first: one that another transaction has changed is a
// conflict, and the unit runs again, where an entry that is there already would be an error of the
// caller's. `ordinal` orders the entries of one call. Errors: those of `write_row` and of
// feed::Append.
absl::Status StoreWithEntry(db::Tx& tx, const Call& call, Dossier& dossier, absl::string_view kind,
                            const v1::DossierEventBody& body,
                            absl::FunctionRef<absl::Status()> write_row, int ordinal = 0);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_ENTRIES_H_
