#include "services/routing/domain/requirements.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

// Names of the contract without prefix.
absl::string_view ChannelName(int channel) {
  constexpr absl::string_view kNames[] = {"UNSPECIFIED", "DIRECT", "ONLINE", "POST"};
  return channel >= 0 && channel < 4 ? kNames[channel] : kNames[0];
}

// Why the component is missing; empty when it is there.
absl::string_view WhyMissing(const RequiredComponent& component,
                             const std::vector<HandedIn>& handed_in) {
  absl::string_view why = "was not handed in";
  for (const HandedIn& document : handed_in) {
    if (document.folded_title != component.folded_title) continue;
    if (!document.data_reused || component.data_reusable) return "";
    why = "must be handed in: its data may not be reused";
  }
  return why;
}

}  // namespace

absl::Status CheckChannel(const Requirements& requirements, int channel) {
  const std::vector<int>& allowed = requirements.channels;
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), channel) != allowed.end()) {
    return absl::OkStatus();
  }
  const std::string names = absl::StrJoin(
      allowed, ",", [](std::string* out, int each) { absl::StrAppend(out, ChannelName(each)); });
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the procedure is not received by channel ", ChannelName(channel)),
      "CHANNEL_NOT_ALLOWED", {{"channel", std::string(ChannelName(channel))}, {"allowed", names}});
}

absl::Status CheckComponents(const Requirements& requirements, absl::string_view case_key,
                             const std::vector<HandedIn>& handed_in) {
  std::vector<error::PreconditionViolation> violations;
  for (const RequiredComponent& component : requirements.components) {
    const bool concerns = component.case_key.empty() || component.case_key == case_key;
    if (!component.required || !concerns) continue;
    const absl::string_view why = WhyMissing(component, handed_in);
    if (!why.empty()) violations.push_back({"COMPONENT", component.title, std::string(why)});
  }
  if (violations.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(violations.size(), " required components are missing, first: ",
                                     violations[0].subject),
                        "COMPONENTS_MISSING", {{"missing", absl::StrCat(violations.size())}}),
      violations);
}

absl::Status CheckFee(std::optional<int64_t> stated_vnd, int64_t paid_vnd, int64_t asked_vnd) {
  if (!stated_vnd || paid_vnd + asked_vnd <= *stated_vnd) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the procedure's fee is ", *stated_vnd, " đồng; ", paid_vnd,
                   " were paid, another ", asked_vnd, " are above it"),
      "FEE_EXCEEDED",
      {{"fee_vnd", absl::StrCat(*stated_vnd)}, {"paid_vnd", absl::StrCat(paid_vnd)}});
}

}  // namespace twotier::routing
