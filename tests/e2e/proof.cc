#include "tests/e2e/proof.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/timeline_check.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

namespace v1 = routing::v1;
using v1::RoutingService;

absl::Status Wrong(absl::string_view what) { return absl::DataLossError(what); }

absl::StatusOr<std::vector<std::string>> ListNames(RoutingService::Stub& stub,
                                                   const std::string& parent) {
  std::vector<std::string> names;
  v1::ListDossiersRequest request;
  request.set_parent(parent);
  request.set_page_size(1000);
  do {
    ASSIGN_OR_RETURN(const v1::ListDossiersResponse page,
                     load::Ask(stub, &RoutingService::Stub::ListDossiers, request));
    for (const v1::Dossier& dossier : page.dossiers()) names.push_back(dossier.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return names;
}

absl::Status ProveExactlyOnce(RoutingService::Stub& stub,
                              const std::vector<Acknowledged>& acknowledged) {
  std::multiset<std::string> expected, stored;
  std::set<std::string> provinces;
  for (const Acknowledged& one : acknowledged) {
    const std::string& name = one.submitted.name();  // provinces/48/dossiers/...
    expected.insert(name);
    provinces.insert(name.substr(0, name.find("/dossiers/")));
  }
  for (const std::string& province : provinces) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, ListNames(stub, province));
    stored.insert(names.begin(), names.end());
  }
  std::vector<std::string> lost, unexpected;
  std::set_difference(expected.begin(), expected.end(), stored.begin(), stored.end(),
                      std::back_inserter(lost));
  std::set_difference(stored.begin(), stored.end(), expected.begin(), expected.end(),
                      std::back_inserter(unexpected));
  if (!lost.empty()) {
    return Wrong(absl::StrCat(lost.size(),
                              " acknowledged dossiers are lost or shared, for example ", lost[0]));
  }
  if (!unexpected.empty()) {
    return Wrong(absl::StrCat(unexpected.size(), " dossiers nobody was told of, for example ",
                              unexpected[0]));
  }
  return absl::OkStatus();
}

absl::Status ProveNumbers(const std::vector<Acknowledged>& acknowledged) {
  std::map<std::string, std::vector<int64_t>> numbers;  // By organisation and day.
  for (const Acknowledged& one : acknowledged) {
    const std::string& code = one.submitted.code();  // H17.11-260701-0001
    const size_t dash = code.rfind('-');
    int64_t number = 0;
    if (dash == std::string::npos || !absl::SimpleAtoi(code.substr(dash + 1), &number)) {
      return Wrong(absl::StrCat("not a dossier code: ", code));
    }
    numbers[code.substr(0, dash)].push_back(number);
  }
  for (auto& [series, taken] : numbers) {
    std::sort(taken.begin(), taken.end());
    for (size_t i = 0; i < taken.size(); ++i) {
      if (taken[i] != static_cast<int64_t>(i) + 1) {
        return Wrong(absl::StrCat("numbers of ", series, " have a gap or repeat at ", taken[i]));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ProveOne(RoutingService::Stub& stub, const Acknowledged& one) {
  const std::string& name = one.submitted.name();
  ASSIGN_OR_RETURN(const v1::SubmitDossierResponse again,
                   load::Ask(stub, &RoutingService::Stub::SubmitDossier, one.request));
  if (again.dossier().SerializeAsString() != one.submitted.SerializeAsString()) {
    return Wrong(absl::StrCat("the repeated request id of ", name, " is answered otherwise"));
  }
  v1::GetDossierRequest get;
  get.set_name(name);
  ASSIGN_OR_RETURN(const v1::GetDossierResponse stored,
                   load::Ask(stub, &RoutingService::Stub::GetDossier, get));
  if (stored.dossier().SerializeAsString() != one.accepted.SerializeAsString()) {
    return Wrong(absl::StrCat(name, " is not as it was acknowledged"));
  }
  v1::ListDossierEntriesRequest list;
  list.set_name(name);
  ASSIGN_OR_RETURN(const v1::ListDossierEntriesResponse timeline,
                   load::Ask(stub, &RoutingService::Stub::ListDossierEntries, list));
  if (timeline.entries_size() < 2) return Wrong(absl::StrCat(name, " lacks an entry"));
  return load::CheckTimeline(name, timeline);
}

}  // namespace

absl::Status ProveDossiers(const std::string& address,
                           const std::vector<Acknowledged>& acknowledged) {
  const auto stub = load::StubOf<RoutingService>(address);
  RETURN_IF_ERROR(ProveExactlyOnce(*stub, acknowledged));
  RETURN_IF_ERROR(ProveNumbers(acknowledged));
  for (const Acknowledged& one : acknowledged) RETURN_IF_ERROR(ProveOne(*stub, one));
  return absl::OkStatus();
}

}  // namespace twotier::e2e
