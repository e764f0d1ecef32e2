#include "tools/verify/pinned_versions.h"

#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "tools/verify/register_rows.h"
#include "twotier/registry/v1/unit.pb.h"
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

int64_t DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day()) - absl::CivilDay(1970, 1, 1);
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

std::string PinnedVersions::AddUnit(const CopiedUnitRow& row) {
  registry::v1::UnitHistory history;
  if (!history.ParseFromString(row.history)) return absl::StrCat(row.name, " cannot be read");
  std::vector<InProvince>& versions = units_[row.name];
  for (const registry::v1::Unit& unit : history.versions()) {
    const auto& valid = unit.valid();
    versions.push_back({.first_day = valid.has_first_date() ? DayOf(valid.first_date())
                                                            : std::numeric_limits<int64_t>::min(),
                        .end_day = valid.has_end_date() ? DayOf(valid.end_date()) : kNoEndDay,
                        .province_code = unit.province_code()});
  }
  return "";
}

std::string PinnedVersions::ProvinceAtAcceptance(const DossierRow& row) const {
  std::string unit = row.unit;  // Unless it was re-routed.
  bool moved = false;
  std::optional<std::pair<std::string, int64_t>> accepted;  // Unit and day.
  for (const EventRow& entry : row.entries) {
    routing::v1::DossierEventBody body;
    if (!body.ParseFromString(entry.body)) return "";
    if (body.has_rerouting()) {
      // What it lay under before its first move is told by that one alone.
      if (!moved && accepted) accepted->first = body.rerouting().from().unit();
      moved = true;
      unit = body.rerouting().to().unit();
    }
    if (entry.kind == "dossier.accepted") accepted = {unit, VietnamDayOf(body.time_us())};
  }
  if (!accepted) return "";
  const auto found = units_.find(accepted->first);
  if (found == units_.end()) return "";
  for (const InProvince& version : found->second) {
    if (version.first_day <= accepted->second && accepted->second < version.end_day) {
      return version.province_code;
    }
  }
  return "";
}

std::string PinnedVersions::Problem(const DossierRow& row) const {
  const auto found = versions_.find({row.procedure_code, row.procedure_version});
  const std::string name =
      absl::StrCat("version ", row.procedure_version, " of ", row.procedure_code);
  if (found == versions_.end()) return absl::StrCat("is pinned to ", name, ", which is not there");
  const Version& version = found->second;
  if (!version.province_code.empty() && version.province_code != row.province_code &&
      version.province_code != ProvinceAtAcceptance(row)) {
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
