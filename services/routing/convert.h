// Between the domain's structs and the contract's messages.
#ifndef TWOTIER_SERVICES_ROUTING_CONVERT_H_
#define TWOTIER_SERVICES_ROUTING_CONVERT_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/feed/feed.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/procedure_convert.h"
#include "services/routing/store/dossier_store.h"
#include "twotier/routing/v1/dossier.pb.h"
#include "twotier/routing/v1/procedure.pb.h"

namespace twotier::routing {

absl::CivilDay FromProto(const google::type::Date& date);
void ToProto(absl::CivilDay day, google::type::Date* out);
void ToProto(absl::Time time, google::protobuf::Timestamp* out);
// Instants have microseconds here and in the database: smaller parts are dropped.
absl::Time FromProto(const google::protobuf::Timestamp& time);

void ToProto(const CompetentBody& body, v1::Body* out);
void ToProto(const Payment& payment, v1::Payment* out);
// All but the procedure, which stands ready in the snapshot. Takes the texts of the explanation
// away.
void ToProto(Competence&& competence, absl::CivilDay as_of, v1::Competence* out);

// `now` decides whether it is overdue.
v1::Dossier ToProto(const Dossier& dossier, absl::Time now);

// Components as they are stored, and back.
std::string PackComponents(const google::protobuf::RepeatedPtrField<v1::Component>& components);
// `more` added behind what `packed` has.
std::string AddComponents(const std::string& packed,
                          const google::protobuf::RepeatedPtrField<v1::Component>& more);
// Tells in an entry what components there are, `packed`, so that they cannot be changed unseen.
void TellComponents(const std::string& packed, v1::DossierEventBody* body);

store::ApplicantRow FromProto(const v1::Applicant& applicant);
v1::Applicant ToProto(const store::ApplicantRow& row);

// DATA_LOSS `UNREADABLE_ROW` when the body cannot be read.
absl::Status ToProto(const feed::StoredEvent& event, v1::TimelineEntry* out);

// Splits `provinces/{province_code}/dossiers/{code}`; the dispatcher has checked the form.
std::pair<absl::string_view, absl::string_view> SplitDossierName(absl::string_view name);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_CONVERT_H_
