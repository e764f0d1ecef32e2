#include "tools/twotierctl/unit_argument.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::registry::v1;

// Units that one message lists; a name such as "An Phú" means dozens.
constexpr size_t kListedMax = 10;

// "units/a (Phường A, 00001), units/b (...)"
std::string Listed(const std::vector<const v1::Unit*>& units) {
  const size_t listed = std::min(units.size(), kListedMax);
  std::string text = absl::StrJoin(units.begin(), units.begin() + static_cast<ptrdiff_t>(listed),
                                   ", ", [](std::string* out, const v1::Unit* unit) {
                                     absl::StrAppend(out, unit->name(), " (", unit->full_name(),
                                                     ", ", unit->code(), ")");
                                   });
  if (listed < units.size()) absl::StrAppend(&text, " and ", units.size() - listed, " more");
  return text;
}

// Why the registry did not resolve it, with what it may mean.
absl::Status NotResolved(const v1::UnitResolution& resolution) {
  google::rpc::Status error = resolution.error();
  std::vector<const v1::Unit*> candidates;
  for (const v1::Unit& unit : resolution.candidates()) candidates.push_back(&unit);
  if (!candidates.empty()) {
    error.set_message(absl::StrCat(error.message(), "; it may be ", Listed(candidates)));
  }
  return FromService(error);
}

absl::StatusOr<v1::ResolveUnitsResponse> ResolveOne(Session& session,
                                                    const v1::ResolveUnitsRequest& request) {
  ASSIGN_OR_RETURN(const auto response,
                   session.Call<v1::ResolveUnitsResponse>("registry.ResolveUnits", request));
  if (response.resolutions_size() == 1) return response;
  return absl::DataLossError("the registry did not answer the one query it was asked");
}

}  // namespace

bool IsUnitName(const std::string& text) { return absl::StartsWith(text, "units/"); }

bool IsUnitCode(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

v1::UnitQuery UnitQueryOf(const std::string& text) {
  v1::UnitQuery query;
  if (IsUnitName(text)) {
    query.set_unit(text);
  } else if (IsUnitCode(text)) {
    query.set_code(text);
  } else {
    query.set_text(text);
  }
  return query;
}

absl::StatusOr<std::string> ResolveUnitArgument(Session& session, const std::string& text,
                                                const std::string& as_of) {
  if (IsUnitName(text)) return text;
  v1::ResolveUnitsRequest request;
  *request.add_queries() = UnitQueryOf(text);
  if (!as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_to_date(), ParseDate(as_of));
  }
  ASSIGN_OR_RETURN(v1::ResolveUnitsResponse response, ResolveOne(session, request));
  if (!response.resolutions(0).candidates().empty()) {
    *request.mutable_queries(0)->mutable_from_date() = response.to_date();
    ASSIGN_OR_RETURN(v1::ResolveUnitsResponse of_that_day, ResolveOne(session, request));
    if (!of_that_day.resolutions(0).has_error()) response = std::move(of_that_day);
  }
  const v1::UnitResolution& resolution = response.resolutions(0);
  if (resolution.has_error()) return NotResolved(resolution);
  if (resolution.results_size() == 1) return resolution.results(0).unit().name();
  std::vector<const v1::Unit*> parts;
  for (const v1::ResolvedUnit& result : resolution.results()) parts.push_back(&result.unit());
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" was divided; say which is meant: ", Listed(parts)));
}

}  // namespace twotier::ctl
