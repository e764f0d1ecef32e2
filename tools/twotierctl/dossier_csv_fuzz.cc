// Any text as the rows of a file of dossiers: what is read without an error has a place, a code and
// the time of its submission, and says so again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/twotierctl/dossier_csv.h"

namespace ctl = twotier::ctl;

namespace {

constexpr absl::string_view kHeader =
    "external_code,center,return_center,procedure_code,unit_code,case_key,channel,kind,full_name,"
    "identity_number,phone,address,submit_time,accept_time,pauses,process_time,result_id,assignee,"
    "components,source_due_time,owning_system,history,fees\n";

std::vector<ctl::DossierRow> Read(const std::string& content, bool& wrong) {
  twotier::RowErrors errors;
  std::vector<ctl::DossierRow> rows = ctl::ReadDossierRows("fuzz.csv", content, errors);
  wrong = !errors.empty();
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string content = absl::StrCat(kHeader, input);
  bool wrong = false;
  const std::vector<ctl::DossierRow> rows = Read(content, wrong);
  if (wrong) return 0;
  const std::vector<ctl::DossierRow> again = Read(content, wrong);
  if (wrong || again.size() != rows.size()) std::abort();
  for (size_t i = 0; i < rows.size(); ++i) {
    const ctl::DossierRow& row = rows[i];
    if (row.line < 2 || row.center.empty() || row.dossier.record().external_code().empty()) {
      std::abort();
    }
    if (!row.dossier.record().has_submit_time()) std::abort();
    if (again[i].dossier.SerializeAsString() != row.dossier.SerializeAsString()) std::abort();
  }
  return 0;
}
