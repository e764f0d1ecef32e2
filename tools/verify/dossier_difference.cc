#include "tools/verify/dossier_difference.h"

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace twotier::verify {
namespace {

std::string Shown(const std::optional<int64_t>& number) {
  return number ? absl::StrCat(*number) : "nothing";
}

}  // namespace

std::string Difference(const DossierRow& row, const DossierRow& given) {
  const std::vector<std::tuple<absl::string_view, std::optional<int64_t>, std::optional<int64_t>>>
      numbers = {
          {"state", row.state, given.state},
          {"submit_us", row.submit_us, given.submit_us},
          {"accept_us", row.accept_us, given.accept_us},
          {"due_us", row.due_us, given.due_us},
          {"first_due_us", row.first_due_us, given.first_due_us},
          {"process_us", row.process_us, given.process_us},
          {"return_us", row.return_us, given.return_us},
          {"end_us", row.end_us, given.end_us},
          {"supplement_us", row.pause_us, given.pause_us},
          {"pause_extended_us", row.pause_extended_us, given.pause_extended_us},
          {"answer_by_us", row.answer_by_us, given.answer_by_us},
          {"supplement_requests", row.supplement_requests, given.supplement_requests},
          {"extensions", row.extensions, given.extensions},
          {"fee_due_vnd", row.fee_due_vnd, given.fee_due_vnd},
          {"fee_due_at", row.fee_due_at, given.fee_due_at},
          {"fee_paid_vnd", row.fee_paid_vnd, given.fee_paid_vnd},
          {"fee_paid_total_vnd", row.fee_paid_total_vnd, given.fee_paid_total_vnd},
          {"satisfaction", row.satisfaction, given.satisfaction},
          {"account_verified", row.account_verified, given.account_verified},
          {"source_due_us", row.source_due_us, given.source_due_us},
          {"procedure_version", row.procedure_version, given.procedure_version},
          {"channel", row.channel, given.channel},
          {"applicant_kind", row.applicant_kind, given.applicant_kind},
      };
  for (const auto& [name, stored, replayed] : numbers) {
    if (stored != replayed) {
      return absl::StrCat("has ", name, " ", Shown(stored), ", its entries give ", Shown(replayed));
    }
  }
  const std::vector<std::tuple<absl::string_view, std::string, std::string>> texts = {
      {"center", row.center, given.center},
      {"received_center", row.received_center, given.received_center},
      {"return_center", row.return_center, given.return_center},
      {"body_unit", row.body_unit, given.body_unit},
      {"body_title", row.body_title, given.body_title},
      {"procedure_code", row.procedure_code, given.procedure_code},
      {"case_key", row.case_key, given.case_key},
      {"unit", row.unit, given.unit},
      {"result_id", row.result_id, given.result_id},
      {"assignee", row.assignee, given.assignee},
      {"agency_unit", row.agency_unit, given.agency_unit},
      {"agency_title", row.agency_title, given.agency_title},
      {"owning_system", row.owning_system, given.owning_system},
      {"support_center", row.support_center, given.support_center},
      {"external_code", row.external_code, given.external_code},
  };
  for (const auto& [name, stored, replayed] : texts) {
    if (stored != replayed) {
      return absl::StrCat("has ", name, " '", stored, "', its entries give '", replayed, "'");
    }
  }
  if (row.components_digest == given.components_digest) return "";
  return "has other components than its entries tell";
}

}  // namespace twotier::verify
