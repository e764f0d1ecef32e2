// ImportCatalogue.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_CATALOGUE_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_CATALOGUE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "google/protobuf/message.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::routing::handlers {

// Subject of the feed that says that catalogue or calendar changed.
inline constexpr absl::string_view kCatalogueSubject = "catalogue";

// SHA-256 of name and content, in hexadecimal: tells whether the file was ever imported.
std::string FileDigest(const v1::CatalogueFile& file);

// Appends the next event of the catalogue: something changed; who follows reads the tables. Returns
// the version of the catalogue with it.
absl::StatusOr<int64_t> AppendCatalogueEvent(db::Tx& tx, const Call& call, absl::string_view kind,
                                             const google::protobuf::Message& body);

// The number of an act must have 1 to 128 bytes.
void CheckAct(const common::v1::LegalAct& act, error::Violations& violations);

// INVALID_ARGUMENT `IMPORT_ROW_INVALID` names every wrong row (at most 100). Equal rows change
// nothing; a changed row becomes the next version of its procedure; a procedure that is not in the
// file stays.
absl::StatusOr<v1::ImportCatalogueResponse> ImportCatalogue(
    const Env& env, const Call& call, const v1::ImportCatalogueRequest& request, db::Tx& tx);
void ValidateImportCatalogue(const v1::ImportCatalogueRequest& request,
                             error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_CATALOGUE_H_
