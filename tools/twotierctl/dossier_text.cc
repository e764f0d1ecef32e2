#include "tools/twotierctl/dossier_text.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/twotierctl/format.h"

namespace twotier::ctl {

namespace v1 = ::twotier::routing::v1;

namespace {

std::string PaymentText(const v1::Dossier& dossier) {
  if (!dossier.has_payment()) return "";
  const v1::Payment& payment = dossier.payment();
  const bool awaited = dossier.state() == v1::DOSSIER_STATE_PAYMENT_REQUESTED;
  const std::string due =
      absl::StrCat(payment.due_vnd(), " đồng due ", EnumText(payment.due_at()), ", not paid");
  if (!payment.has_paid_vnd()) return due;
  return absl::StrCat(awaited ? absl::StrCat(due, "; ") : "", payment.paid_total_vnd(),
                      " đồng paid, last: ", payment.reference());
}

std::string SatisfactionText(const v1::Dossier& dossier) {
  return dossier.satisfaction() == 0 ? "" : EnumText(dossier.satisfaction());
}

}  // namespace

std::string DossierName(const std::string& text) {
  const size_t slash = text.find('/');
  if (absl::StartsWith(text, "provinces/") || slash == std::string::npos) return text;
  return absl::StrCat("provinces/", text.substr(0, slash), "/dossiers/", text.substr(slash + 1));
}

std::string DueText(const v1::Dossier& dossier) {
  std::string text = InstantText(dossier.due_time());
  if (!text.empty() && dossier.due_provisional()) absl::StrAppend(&text, " (provisional)");
  if (dossier.overdue()) absl::StrAppend(&text, text.empty() ? "overdue" : ", overdue");
  return text;
}

void PrintDossier(const Context& context, const v1::Dossier& dossier) {
  *context.out << Pairs({{"dossier", dossier.name()},
                         {"state", EnumText(dossier.state())},
                         {"procedure", absl::StrCat(dossier.procedure_code(), ", version ",
                                                    dossier.procedure_version())},
                         {"case", dossier.case_key()},
                         {"unit", dossier.unit()},
                         {"is at", dossier.center()},
                         {"received at", dossier.reception_center()},
                         {"returned at", dossier.return_center()},
                         {"decides", dossier.competent_body().title()},
                         {"submitted", InstantText(dossier.submit_time())},
                         {"accepted", InstantText(dossier.accept_time())},
                         {"term", TermText(dossier.term())},
                         {"due", DueText(dossier)},
                         {"processed", InstantText(dossier.process_time())},
                         {"returned", InstantText(dossier.return_time())},
                         {"result", dossier.result_id()},
                         {"works on it", dossier.assignee()},
                         {"is with", dossier.agency().title()},
                         {"fee", PaymentText(dossier)},
                         {"to be answered by", InstantText(dossier.answer_by_time())},
                         {"first due", InstantText(dossier.first_due_time())},
                         {"ended", InstantText(dossier.end_time())},
                         {"satisfaction", SatisfactionText(dossier)},
                         {"owned by", dossier.owning_system()},
                         {"helped by", dossier.support_center()},
                         {"account verified", dossier.account_verified() ? "yes" : ""},
                         {"code elsewhere", dossier.external_code()},
                         {"due elsewhere", InstantText(dossier.source_due_time())},
                         {"etag", dossier.etag()}});
}

Table ReroutedTable(
    const google::protobuf::RepeatedPtrField<routing::v1::ReroutedDossier>& dossiers) {
  Table table({"DOSSIER", "UNIT", "CENTER", "BODY", "BECAUSE", "RELEASED POST"});
  for (const routing::v1::ReroutedDossier& dossier : dossiers) {
    const routing::v1::Rerouting& rerouting = dossier.rerouting();
    const routing::v1::Placement& to = rerouting.to();
    table.Add({dossier.name(), to.unit(), to.center(), to.competent_body().title(),
               EnumText(rerouting.successor_basis()), rerouting.released_assignee()});
  }
  return table;
}

absl::StatusOr<v1::Component> ParseComponent(const std::string& text) {
  v1::Component component;
  component.set_title(text);
  component.set_kind(v1::COMPONENT_KIND_ORIGINAL);
  const size_t colon = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
  if (colon == 0 || colon == std::string::npos || text[colon] != ':') return component;
  ASSIGN_OR_RETURN(const auto kind, ParseEnum<v1::ComponentKind>(text.substr(0, colon)));
  component.set_kind(kind);
  component.set_title(text.substr(colon + 1));
  return component;
}

}  // namespace twotier::ctl
