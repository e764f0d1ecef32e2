#include "tools/verify/pinned_versions.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "twotier/routing/v1/dossier.pb.h"
#include "twotier/routing/v1/procedure_publication.pb.h"

namespace twotier::verify {
namespace {

TermRow RowOf(const routing::v1::Term& term) {
  TermRow row;
  row.value = term.value();
  row.half = term.half();
  row.unit = term.unit();
  if (term.has_same_day_cutoff_minute()) row.cutoff_minute = term.same_day_cutoff_minute();
  return row;
}

std::string TextOf(const TermRow& term) {
  if (!term.value) return "none";
  return absl::StrCat(*term.value, term.half ? ".5 " : " ",
                      routing::v1::TermUnit_Name(static_cast<routing::v1::TermUnit>(term.unit)),
                      term.cutoff_minute ? absl::StrCat(" until ", *term.cutoff_minute) : "");
}

// Whether the dossier lay in the province: under its code, or since a re-routing.
bool LaySometime(const DossierRow& row, const std::string& province_code) {
  if (row.province_code == province_code) return true;
  const std::string within = absl::StrCat("provinces/", province_code, "/");
  for (const EventRow& entry : row.entries) {
    routing::v1::DossierEventBody body;
    if (body.ParseFromString(entry.body) && body.has_rerouting() &&
        absl::StartsWith(body.rerouting().to().center(), within)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string PinnedVersions::Add(const VersionRow& row) {
  const std::string name = absl::StrCat("version ", row.version, " of ", row.code);
  Version version{row.province_code, row.term, {}};
  routing::v1::ProcedureContent content;
  if (!content.ParseFromString(row.content)) return absl::StrCat(name, " cannot be read");
  for (const routing::v1::ProcedureCase& each : content.cases()) {
    version.cases[each.case_key()] = RowOf(each.term());
  }
  const bool added = versions_.emplace(std::pair(row.code, row.version), version).second;
  return added ? "" : absl::StrCat(name, " is there twice");
}

std::string PinnedVersions::Problem(const DossierRow& row) const {
  const auto found = versions_.find({row.procedure_code, row.procedure_version});
  const std::string name =
      absl::StrCat("version ", row.procedure_version, " of ", row.procedure_code);
  if (found == versions_.end()) return absl::StrCat("is pinned to ", name, ", which is not there");
  const Version& version = found->second;
  if (!version.province_code.empty() && !LaySometime(row, version.province_code)) {
    return absl::StrCat("is pinned to ", name, ", of province ", version.province_code);
  }
  const TermRow* term = &version.term;
  if (!version.cases.empty()) {
    const auto of_case = version.cases.find(row.case_key);
    if (of_case == version.cases.end()) {
      return absl::StrCat("has case '", row.case_key, "', which ", name, " does not tell apart");
    }
    term = &of_case->second;
  }
  const TermRow own{row.term_value, row.term_half, row.term_unit, row.cutoff_minute};
  if (*term == own) return "";
  return absl::StrCat("has the term ", TextOf(own), ", ", name, " has ", TextOf(*term));
}

}  // namespace twotier::verify
