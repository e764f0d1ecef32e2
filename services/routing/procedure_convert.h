// Between what a version of a procedure says and the contract's messages, which are also the stored
// form of what only publications say.
#ifndef TWOTIER_SERVICES_ROUTING_PROCEDURE_CONVERT_H_
#define TWOTIER_SERVICES_ROUTING_PROCEDURE_CONVERT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/routing/domain/catalogue.h"
#include "services/routing/domain/procedure.h"
#include "twotier/routing/v1/procedure.pb.h"
#include "twotier/routing/v1/procedure_publication.pb.h"

namespace twotier::routing {

// `procedures/{code}` or `provinces/{province_code}/procedures/{code}`.
std::string ProcedureName(absl::string_view province_code, absl::string_view code);
// The code of such a name.
absl::string_view CodeOf(absl::string_view procedure_name);

// All but the code and the date from which it is known.
Procedure FromProto(const v1::ProcedureContent& content);

void ToProto(const Term& term, v1::Term* out);
void ToProto(const ProcedureCase& procedure_case, v1::ProcedureCase* out);
void ToProto(const Requirements& requirements, v1::ProcedureRequirements* out);
void ToProto(const CatalogueEntry& entry, const ProcedureVersion& version, v1::Procedure* out);
void ToProto(const ProcedureEnd& end, v1::ProcedureEnd* out);

// What table procedure_version does not hold.
std::string PackContent(const Procedure& procedure);
// Adds it again. DATA_LOSS `UNREADABLE_ROW`.
absl::Status UnpackContent(const std::string& packed, Procedure& procedure);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_PROCEDURE_CONVERT_H_
