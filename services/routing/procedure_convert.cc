#include "services/routing/procedure_convert.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/text.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/routing/convert.h"

namespace twotier::routing {
namespace {

// Words of procedures.csv, by the number of the contract.
constexpr absl::string_view kOnlineLevels[] = {"", "NONE", "PARTIAL", "FULL"};

v1::OnlineLevel OnlineLevelOf(absl::string_view word) {
  for (int number = 1; number < 4; ++number) {
    if (kOnlineLevels[number] == word) return static_cast<v1::OnlineLevel>(number);
  }
  return v1::ONLINE_LEVEL_UNSPECIFIED;
}

void AddActs(const std::vector<std::string>& numbers,
             google::protobuf::RepeatedPtrField<common::v1::LegalAct>* out) {
  out->Reserve(static_cast<int>(numbers.size()));
  for (const std::string& number : numbers) out->Add()->set_number(number);
}

void AddSteps(const std::vector<TermStep>& steps,
              google::protobuf::RepeatedPtrField<v1::TermStep>* out) {
  for (const TermStep& step : steps) {
    v1::TermStep* added = out->Add();
    added->set_body(step.body);
    ToProto(step.term, added->mutable_term());
  }
}

Term FromProto(const v1::Term& term) {
  Term result;
  result.value = term.value();
  result.half = term.half();
  result.unit = static_cast<TermUnit>(term.unit());
  if (term.has_same_day_cutoff_minute()) result.cutoff_minute = term.same_day_cutoff_minute();
  return result;
}

std::vector<TermStep> FromProto(const google::protobuf::RepeatedPtrField<v1::TermStep>& steps) {
  std::vector<TermStep> result;
  for (const v1::TermStep& step : steps) result.push_back({step.body(), FromProto(step.term())});
  return result;
}

ProcedureCase FromProto(const v1::ProcedureCase& each) {
  ProcedureCase result;
  result.key = each.case_key();
  result.title = each.title();
  result.applies_when = each.applies_when();
  result.level = static_cast<Level>(each.level());
  if (each.has_term()) result.term = FromProto(each.term());
  if (each.has_fee_vnd()) result.fee_vnd = each.fee_vnd();
  result.steps = FromProto(each.steps());
  return result;
}

Requirements FromProto(const v1::ProcedureRequirements& requirements) {
  Requirements result;
  for (const v1::ProcedureComponent& component : requirements.components()) {
    result.components.push_back({component.title(), text::Fold(component.title()), component.kind(),
                                 component.originals(), component.copies(), component.required(),
                                 component.data_reusable(), component.case_key()});
  }
  for (const v1::ProcedureResult& each : requirements.results()) {
    result.results.push_back({each.title(), each.kind()});
  }
  for (const int channel : requirements.channels()) result.channels.push_back(channel);
  return result;
}

}  // namespace

std::string ProcedureName(absl::string_view province_code, absl::string_view code) {
  return province_code.empty() ? absl::StrCat("procedures/", code)
                               : absl::StrCat("provinces/", province_code, "/procedures/", code);
}

absl::string_view CodeOf(absl::string_view procedure_name) {
  return procedure_name.substr(procedure_name.rfind('/') + 1);
}

Procedure FromProto(const v1::ProcedureContent& content) {
  Procedure procedure;
  procedure.display_name = content.display_name();
  procedure.field = content.field();
  procedure.ministry = content.ministry();
  procedure.level = static_cast<Level>(content.level());
  procedure.line = static_cast<Line>(content.line());
  procedure.body_title = content.competent_body_title();
  if (content.has_term()) procedure.term = FromProto(content.term());
  procedure.steps = FromProto(content.term_steps());
  if (content.has_fee_vnd()) procedure.fee_vnd = content.fee_vnd();
  procedure.boundary = static_cast<Boundary>(content.boundary());
  for (const common::v1::LegalAct& act : content.acts()) procedure.acts.push_back(act.number());
  for (const v1::ProcedureCase& each : content.cases()) {
    procedure.cases.push_back(FromProto(each));
  }
  procedure.online_level = std::string(kOnlineLevels[content.online_level()]);
  procedure.requirements = FromProto(content.requirements());
  return procedure;
}

void ToProto(const Term& term, v1::Term* out) {
  out->set_value(term.value);
  out->set_half(term.half);
  out->set_unit(static_cast<v1::TermUnit>(term.unit));
  if (term.cutoff_minute) out->set_same_day_cutoff_minute(*term.cutoff_minute);
}

void ToProto(const ProcedureCase& procedure_case, v1::ProcedureCase* out) {
  out->set_case_key(procedure_case.key);
  out->set_title(procedure_case.title);
  out->set_applies_when(procedure_case.applies_when);
  out->set_level(static_cast<v1::CompetenceLevel>(procedure_case.level));
  if (procedure_case.term) ToProto(*procedure_case.term, out->mutable_term());
  if (procedure_case.fee_vnd) out->set_fee_vnd(*procedure_case.fee_vnd);
  AddSteps(procedure_case.steps, out->mutable_steps());
}

void ToProto(const Requirements& requirements, v1::ProcedureRequirements* out) {
  for (const RequiredComponent& component : requirements.components) {
    v1::ProcedureComponent* added = out->add_components();
    added->set_title(component.title);
    added->set_kind(static_cast<v1::ComponentKind>(component.kind));
    added->set_originals(component.originals);
    added->set_copies(component.copies);
    added->set_required(component.required);
    added->set_data_reusable(component.data_reusable);
    added->set_case_key(component.case_key);
  }
  for (const ProcedureResult& each : requirements.results) {
    v1::ProcedureResult* added = out->add_results();
    added->set_title(each.title);
    added->set_kind(static_cast<v1::ProcedureResultKind>(each.kind));
  }
  for (const int channel : requirements.channels) {
    out->add_channels(static_cast<v1::Channel>(channel));
  }
}

void ToProto(const CatalogueEntry& entry, const ProcedureVersion& version, v1::Procedure* out) {
  const Procedure& procedure = version.procedure;
  out->set_name(ProcedureName(version.province_code, procedure.code));
  out->set_code(procedure.code);
  out->set_display_name(procedure.display_name);
  out->set_field(procedure.field);
  out->set_ministry(procedure.ministry);
  out->set_level(static_cast<v1::CompetenceLevel>(procedure.level));
  out->set_competent_body_title(procedure.body_title);
  out->set_line(static_cast<v1::AgencyLine>(procedure.line));
  if (procedure.term) ToProto(*procedure.term, out->mutable_term());
  if (procedure.fee_vnd) out->set_fee_vnd(*procedure.fee_vnd);
  out->set_boundary(static_cast<v1::BoundaryRule>(procedure.boundary));
  AddActs(procedure.acts, out->mutable_acts());
  AddActs(procedure.decentralisation_acts, out->mutable_decentralisation_acts());
  out->set_state(version.published() ? v1::PROCEDURE_STATE_PUBLISHED : v1::PROCEDURE_STATE_DRAFT);
  for (const DraftReason reason : version.draft_reasons) {
    out->add_draft_reasons(static_cast<v1::DraftReason>(reason));
  }
  const DayRange valid = entry.ValidOf(version);
  ToProto(valid.first, out->mutable_valid()->mutable_first_date());
  if (valid.end != kNoEnd) ToProto(valid.end, out->mutable_valid()->mutable_end_date());
  out->set_version(version.version);
  out->set_province_code(version.province_code);
  for (const ProcedureCase& each : procedure.cases) ToProto(each, out->add_cases());
  AddSteps(procedure.steps, out->mutable_term_steps());
  out->set_online_level(OnlineLevelOf(procedure.online_level));
  if (!version.act.empty()) out->mutable_published_by()->set_number(version.act);
}

void ToProto(const ProcedureEnd& end, v1::ProcedureEnd* out) {
  out->set_province_code(end.province_code);
  ToProto(end.first, out->mutable_end_date());
  out->mutable_act()->set_number(end.act);
  out->set_version(end.version);
}

std::string PackContent(const Procedure& procedure) {
  v1::ProcedureContent content;
  for (const ProcedureCase& each : procedure.cases) ToProto(each, content.add_cases());
  AddSteps(procedure.steps, content.mutable_term_steps());
  ToProto(procedure.requirements, content.mutable_requirements());
  return content.SerializeAsString();
}

absl::Status UnpackContent(const std::string& packed, Procedure& procedure) {
  v1::ProcedureContent content;
  if (!content.ParseFromString(packed)) {
    return error::WithReason(
        absl::StatusCode::kDataLoss,
        absl::StrCat("a version of procedure ", procedure.code, " cannot be read"),
        "UNREADABLE_ROW", {{"procedure_code", procedure.code}});
  }
  Procedure added = FromProto(content);
  procedure.cases = std::move(added.cases);
  procedure.steps = std::move(added.steps);
  procedure.requirements = std::move(added.requirements);
  return absl::OkStatus();
}

}  // namespace twotier::routing
