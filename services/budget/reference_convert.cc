#include "services/budget/reference_convert.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/etag.h"
#include "services/budget/convert.h"

namespace twotier::budget {
namespace {

template <typename Message>
void SetYears(const YearSpan& years, Message* out) {
  out->set_first_budget_year(years.first);
  if (years.last != YearSpan::kNoLast) out->set_last_budget_year(years.last);
}

}  // namespace

void ToProto(const Source& source, v1::LegalSource* out) {
  out->set_act(source.act);
  out->set_article(source.article);
  out->set_proven(source.proven);
  out->set_note(source.note);
}

void ToProto(const ClassificationCode& code, v1::ClassificationCode* out) {
  out->set_segment(static_cast<v1::ClassificationSegment>(code.segment));
  out->set_code(code.code);
  out->set_parent(code.parent);
  out->set_display_name(code.display_name);
  out->set_nature(static_cast<v1::ItemNature>(code.nature));
  SetYears(code.years, out);
  ToProto(code.source, out->mutable_source());
}

void ToProto(const TaxShare& share, v1::TaxShare* out) {
  out->set_tax(static_cast<v1::SharedTax>(share.tax));
  out->set_central_percent(share.central_percent);
  out->set_province_percent(share.province_percent);
  out->set_commune_percent(share.commune_percent);
  out->set_named(share.named);
  out->set_applies(share.applies);
  ToProto(share.source, out->mutable_source());
}

void ToProto(const Competency& competency, v1::Competency* out) {
  out->set_matter(static_cast<v1::Matter>(competency.matter));
  out->set_level(static_cast<v1::GovernmentLevel>(competency.level));
  out->set_body(static_cast<v1::Body>(competency.body));
  out->set_told(static_cast<v1::Body>(competency.told));
  SetYears(competency.years, out);
  ToProto(competency.source, out->mutable_source());
}

void ToProto(const LimitRule& rule, v1::LimitRule* out) {
  out->set_limit(std::string(NameOf(rule.limit)));
  out->set_value(rule.value);
  out->set_unit(rule.unit);
  SetYears(rule.years, out);
  ToProto(rule.source, out->mutable_source());
}

void ToProto(const CarryRule& rule, v1::CarryRule* out) {
  out->set_category(static_cast<v1::CarryCategory>(rule.category));
  out->set_what(rule.what);
  SetYears(rule.years, out);
  ToProto(rule.source, out->mutable_source());
}

void ToProto(const RelationCode& code, v1::RelationCode* out) {
  out->set_code(code.code);
  out->set_holder(code.holder);
  ToProto(code.first_day, out->mutable_first_date());
  ToProto(code.source, out->mutable_source());
}

std::string NameOf(const store::StepRow& row) {
  const absl::string_view unit =
      row.unit.empty() ? "x" : absl::StripPrefix(absl::string_view(row.unit), "units/");
  return absl::StrCat("provinces/", row.province_code, "/budgetSteps/", row.budget_year, ".",
                      row.key.first, ".", row.key.second, ".", unit);
}

void ToProto(const store::StepRow& row, v1::BudgetStepRecord* out) {
  out->set_name(NameOf(row));
  out->set_unit(row.unit);
  out->set_budget_year(row.budget_year);
  out->set_step(row.key.first);
  out->set_occurrence(row.key.second);
  out->set_body(static_cast<v1::Body>(row.body));
  ToProto(row.day, out->mutable_date());
  out->mutable_act()->set_number(row.act);
  out->mutable_act()->set_title(row.act_title);
  ToProto(row.recorded, out->mutable_record_time());
  out->set_version(row.version);
  out->set_etag(EtagOf(row.version));
}

void ToProto(const DatedStep& dated, v1::BudgetStep* out) {
  const BudgetStep& step = *dated.step;
  out->set_step(step.id);
  out->set_occurrence(dated.occurrence);
  out->set_phase(static_cast<v1::BudgetPhase>(step.phase));
  out->set_kind(static_cast<v1::StepKind>(step.kind));
  out->set_level(static_cast<v1::GovernmentLevel>(step.level));
  out->set_body(static_cast<v1::Body>(step.body));
  out->set_what(step.what);
  out->set_limit(static_cast<v1::StepLimit>(step.limit));
  out->set_days(step.days);
  out->set_after(step.after);
  out->set_state(static_cast<v1::StepState>(dated.state));
  if (dated.last_day) ToProto(*dated.last_day, out->mutable_last_date());
  out->set_not_dated_reason(dated.why_not_dated);
  out->set_provisional(dated.provisional);
  out->set_from_last_date(dated.from_last_day);
  ToProto(step.source, out->mutable_source());
}

}  // namespace twotier::budget
