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

// A reception just behind a publication may not have seen it yet.
constexpr int64_t kPublishedMeanwhile = 60LL * 1000 * 1000;
constexpr int64_t kNoDay = std::numeric_limits<int64_t>::max();

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
  Version version{row.province_code,
                  {row.term, row.level},
                  {},
                  row.end_day.has_value(),
                  row.first_day,
                  row.end_day.value_or(kNoDay),
                  row.known_us,
                  row.ended_day.value_or(kNoDay)};
  routing::v1::ProcedureContent content;
  if (!content.ParseFromString(row.content)) return absl::StrCat(name, " cannot be read");
  for (const routing::v1::ProcedureCase& each : content.cases()) {
    version.cases[each.case_key()] = {RowOf(each.term()), each.level()};
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
  const Decided* decided = version.Of(row.case_key);
  if (decided == nullptr) {
    return absl::StrCat("has case '", row.case_key, "', which ", name, " does not tell apart");
  }
  const TermRow own{row.term_value, row.term_half, row.term_unit, row.cutoff_minute};
  if (decided->term == own) return NotInForce(row, version);
  return absl::StrCat("has the term ", TextOf(own), ", ", name, " has ", TextOf(decided->term));
}

const PinnedVersions::Decided* PinnedVersions::Version::Of(const std::string& case_key) const {
  if (cases.empty()) return &all;
  const auto found = cases.find(case_key);
  return found == cases.end() ? nullptr : &found->second;
}

std::string PinnedVersions::NotInForce(const DossierRow& row, const Version& pinned) const {
  // What was taken over from elsewhere is pinned on the day of its import.
  if (!row.accept_us || !row.external_code.empty()) return "";
  const int64_t day = VietnamDayOf(*row.accept_us);
  if (day >= pinned.ended_day) return "";
  const Version* in_force = nullptr;
  int64_t number = 0;
  for (auto it = versions_.lower_bound({row.procedure_code, 0});
       it != versions_.end() && it->first.first == row.procedure_code; ++it) {
    const Version& version = it->second;
    const bool known = version.province_code == pinned.province_code &&
                       version.known_us <= *row.accept_us - kPublishedMeanwhile;
    if (!known || !version.HoldsOn(day)) continue;
    // What was imported stands below every publication.
    if (in_force != nullptr && in_force->publication && !version.publication) continue;
    in_force = &version;
    number = it->first.second;
  }
  if (in_force == nullptr || in_force == &pinned) return "";
  const bool above = std::pair(in_force->publication, number) >
                     std::pair(pinned.publication, row.procedure_version);
  if (pinned.HoldsOn(day) && !above) return "";
  // One that has no term for the case, or that another level decides by, may have had no body to
  // go to: then the dossier stays as it was submitted.
  const Decided* decided = in_force->Of(row.case_key);
  const Decided* own = pinned.Of(row.case_key);
  const bool local = own->level == routing::v1::COMPETENCE_LEVEL_PROVINCE ||
                     own->level == routing::v1::COMPETENCE_LEVEL_COMMUNE;
  if (decided == nullptr || !decided->term.value || !local || decided->level != own->level) {
    return "";
  }
  return absl::StrCat("is pinned to version ", row.procedure_version, " of ", row.procedure_code,
                      ", and version ", number, " was in force when it was accepted");
}

}  // namespace twotier::verify
