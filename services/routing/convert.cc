#include "services/routing/convert.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/etag.h"

namespace twotier::routing {
namespace {

void ToProto(const ReceptionPlace& place, v1::ReceptionPlace* out) {
  out->set_center(place.center->name);
  out->set_display_name(place.version->display_name);
  out->set_serves_unit(place.serves_unit);
}

}  // namespace

absl::CivilDay FromProto(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void ToProto(absl::CivilDay day, google::type::Date* out) {
  out->set_year(static_cast<int>(day.year()));
  out->set_month(day.month());
  out->set_day(day.day());
}

void ToProto(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  out->set_seconds(seconds);
  out->set_nanos(
      static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixMicros(time.seconds() * 1'000'000 + time.nanos() / 1'000);
}

void ToProto(const Payment& payment, v1::Payment* out) {
  out->set_due_vnd(payment.due_vnd.value_or(0));
  out->set_due_at(static_cast<v1::FeeDue>(payment.due_at));
  if (payment.paid_vnd) out->set_paid_vnd(*payment.paid_vnd);
  out->set_gateway(static_cast<v1::PaymentGateway>(payment.gateway));
  out->set_reference(payment.reference);
  out->set_paid_total_vnd(payment.paid_total_vnd);
}

void ToProto(const CompetentBody& body, v1::Body* out) {
  out->set_unit(body.unit);
  out->set_unit_full_name(body.unit_full_name);
  out->set_level(static_cast<v1::CompetenceLevel>(body.level));
  out->set_line(static_cast<v1::AgencyLine>(body.line));
  out->set_title(body.title);
}

void ToProto(Competence&& competence, absl::CivilDay as_of, v1::Competence* out) {
  out->set_unit(competence.unit->name);
  out->set_unit_full_name(competence.unit_version->full_name);
  out->set_province_code(competence.unit_version->province_code);
  ToProto(competence.body, out->mutable_competent_body());
  for (const CompetentBody& body : competence.co_bodies) {
    ToProto(body, out->add_co_processing_bodies());
  }
  if (competence.procedure_case != nullptr) {
    ToProto(*competence.procedure_case, out->mutable_procedure_case());
  }
  if (competence.assignment != nullptr) out->set_assignment(competence.assignment->Name());
  out->mutable_reception_places()->Reserve(static_cast<int>(competence.places.size()));
  for (const ReceptionPlace& place : competence.places) {
    ToProto(place, out->add_reception_places());
  }
  ToProto(competence.places.front(), out->mutable_return_place());
  out->set_boundary_free(competence.boundary_free);
  out->mutable_explanation()->Reserve(static_cast<int>(competence.explanation.size()));
  for (ExplanationStep& step : competence.explanation) {
    v1::ExplanationStep* added = out->add_explanation();
    added->set_considered(std::move(step.considered));
    added->set_kept(step.kept);
    added->set_because(std::move(step.because));
    if (!step.act.empty()) added->mutable_act()->set_number(std::move(step.act));
  }
  ToProto(as_of, out->mutable_as_of());
}

v1::Dossier ToProto(const Dossier& dossier, absl::Time now) {
  v1::Dossier out;
  // The stored components are a message of the same type with nothing else in it.
  out.ParseFromString(dossier.components);
  out.set_name(dossier.Name());
  out.set_code(dossier.code);
  out.set_state(static_cast<v1::DossierState>(dossier.state));
  out.set_procedure_code(dossier.procedure_code);
  out.set_procedure_version(dossier.procedure_version);
  out.set_case_key(dossier.case_key);
  out.set_unit(dossier.unit);
  out.set_center(dossier.center);
  out.set_reception_center(dossier.received_center.empty() ? dossier.center
                                                           : dossier.received_center);
  out.set_return_center(dossier.return_center);
  ToProto(dossier.body, out.mutable_competent_body());
  out.set_channel(static_cast<v1::Channel>(dossier.channel));
  out.set_applicant_kind(static_cast<v1::ApplicantKind>(dossier.applicant_kind));
  out.set_applicant_ref(dossier.applicant_ref);
  ToProto(dossier.submit_time, out.mutable_submit_time());
  if (dossier.accept_time) ToProto(*dossier.accept_time, out.mutable_accept_time());
  if (dossier.due_time) ToProto(*dossier.due_time, out.mutable_due_time());
  out.set_due_provisional(dossier.due_provisional);
  ToProto(dossier.term, out.mutable_term());
  if (dossier.process_time) ToProto(*dossier.process_time, out.mutable_process_time());
  if (dossier.return_time) ToProto(*dossier.return_time, out.mutable_return_time());
  out.set_supplement_requests(dossier.supplement_requests);
  out.set_assignee(dossier.assignee);
  if (!dossier.agency.unit.empty()) ToProto(dossier.agency, out.mutable_agency());
  if (dossier.payment != Payment()) ToProto(dossier.payment, out.mutable_payment());
  if (dossier.answer_by) ToProto(*dossier.answer_by, out.mutable_answer_by_time());
  if (dossier.first_due_time) ToProto(*dossier.first_due_time, out.mutable_first_due_time());
  out.set_extensions(dossier.extensions);
  if (dossier.end_time) ToProto(*dossier.end_time, out.mutable_end_time());
  out.set_satisfaction(static_cast<v1::Satisfaction>(dossier.satisfaction));
  out.set_owning_system(dossier.owning_system);
  out.set_account_verified(dossier.account_verified);
  out.set_support_center(dossier.support_center);
  out.set_imported(!dossier.external_code.empty());
  out.set_external_code(dossier.external_code);
  if (dossier.source_due_time) ToProto(*dossier.source_due_time, out.mutable_source_due_time());
  out.set_clock_holder(static_cast<v1::ClockHolder>(HolderOf(dossier)));
  out.set_overdue(IsOverdue(dossier, now));
  out.set_result_id(dossier.result_id);
  out.set_version(dossier.version);
  out.set_etag(EtagOf(dossier.version));
  return out;
}

std::string PackComponents(const google::protobuf::RepeatedPtrField<v1::Component>& components) {
  v1::Dossier holder;
  *holder.mutable_components() = components;
  return holder.SerializeAsString();
}

std::string AddComponents(const std::string& packed,
                          const google::protobuf::RepeatedPtrField<v1::Component>& more) {
  // Serialized repeated fields join by standing one behind the other.
  return absl::StrCat(packed, PackComponents(more));
}

void TellComponents(const std::string& packed, v1::DossierEventBody* body) {
  v1::Dossier holder;
  holder.ParseFromString(packed);  // Packed here.
  body->set_component_count(holder.components_size());
  Sha256 digest;
  digest.Bytes(packed);
  body->set_components_digest(digest.Finish());
}

store::ApplicantRow FromProto(const v1::Applicant& applicant) {
  return {applicant.kind(),  applicant.full_name(), applicant.identity_number(),
          applicant.phone(), applicant.address(),   applicant.account_verified()};
}

v1::Applicant ToProto(const store::ApplicantRow& row) {
  v1::Applicant out;
  out.set_kind(static_cast<v1::ApplicantKind>(row.kind));
  out.set_full_name(row.full_name);
  out.set_identity_number(row.identity_number);
  out.set_phone(row.phone);
  out.set_address(row.address);
  out.set_account_verified(row.account_verified);
  return out;
}

absl::Status ToProto(const feed::StoredEvent& event, v1::TimelineEntry* out) {
  v1::DossierEventBody body;
  if (!body.ParseFromString(event.event.body)) {
    return error::WithReason(
        absl::StatusCode::kDataLoss,
        absl::StrCat("entry ", event.event.version, " of ", event.event.subject, " cannot be read"),
        "UNREADABLE_ROW", {{"subject", event.event.subject}});
  }
  out->set_version(event.event.version);
  out->set_kind(event.event.kind);
  ToProto(absl::FromUnixMicros(body.time_us()), out->mutable_time());
  out->set_principal(body.principal());
  out->set_state(body.state());
  if (body.due_time_us() != 0) {
    ToProto(absl::FromUnixMicros(body.due_time_us()), out->mutable_due_time());
  }
  out->set_note(body.note());
  out->set_body(event.event.body);
  out->set_hash(event.hash);
  out->set_previous_hash(event.event.previous_hash.empty() ? feed::GenesisHash()
                                                           : event.event.previous_hash);
  return absl::OkStatus();
}

std::pair<absl::string_view, absl::string_view> SplitDossierName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4) return {};
  return {parts[1], parts[3]};
}

}  // namespace twotier::routing
