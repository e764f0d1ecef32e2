#include "tools/verify/dossier_places.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace twotier::verify {
namespace {

// What stands before the date and the number of a code.
std::string OrganisationOf(absl::string_view code) {
  for (int part = 0; part < 2; ++part) {
    const size_t end = code.rfind('-');
    if (end == absl::string_view::npos) return "";  // Named by the rule of numbers.
    code = code.substr(0, end);
  }
  return std::string(code);
}

// "48" of "provinces/48/centers/H48.20194".
std::string ProvinceOf(absl::string_view center) {
  constexpr absl::string_view kPrefix = "provinces/";
  if (center.substr(0, kPrefix.size()) != kPrefix) return "";
  center.remove_prefix(kPrefix.size());
  return std::string(center.substr(0, center.find('/')));
}

}  // namespace

void DossierPlaces::Add(const DossierRow& row) {
  const std::string organisation_id = OrganisationOf(row.code);
  if (organisation_id.empty()) return;
  places_.insert({row.province_code, row.center, organisation_id});
  if (!row.received_center.empty()) {
    places_.insert({row.province_code, row.received_center, organisation_id});
  }
  const std::string host_code = ProvinceOf(row.center);
  if (host_code != row.province_code) hosts_.insert({host_code, row.province_code});
}

void DossierPlaces::Find(const PlaceRow& row) {
  places_.erase({row.province_code, row.center, row.organisation_id});
}

void DossierPlaces::Find(const HostRow& row) { hosts_.erase({row.host_code, row.province_code}); }

std::vector<std::string> DossierPlaces::Missing() const {
  std::vector<std::string> missing;
  for (const auto& [province_code, center, organisation_id] : places_) {
    missing.push_back(absl::StrCat(center, " has dossiers of ", province_code, " numbered by ",
                                   organisation_id, ", and its lists do not know"));
  }
  for (const auto& [host_code, province_code] : hosts_) {
    missing.push_back(absl::StrCat("dossiers of ", province_code, " lie in ", host_code,
                                   ", and its lists do not know"));
  }
  return missing;
}

}  // namespace twotier::verify
