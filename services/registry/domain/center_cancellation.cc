#include "services/registry/domain/center_cancellation.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/retold_centers.h"

namespace twotier::registry {
namespace {

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::string NameOf(const Province& province, absl::string_view id) {
  return absl::StrCat("provinces/", province.code, "/centers/", id);
}

absl::Status RequirePlanned(const CenterHistory& center, absl::string_view name, absl::CivilDay day,
                            absl::CivilDay today) {
  const bool begins =
      std::any_of(center.versions.begin() + 1, center.versions.end(),
                  [day](const CenterVersion& version) { return version.valid.first == day; });
  if (!begins) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("nothing of ", name, " changes on ", Text(day)),
                             "CENTER_CHANGE_NOT_FOUND", {{"effective_date", Text(day)}});
  }
  if (today < day) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(name, " changed on ", Text(day)), "CENTER_CHANGE_IN_FORCE",
                           {{"effective_date", Text(day)}});
}

// Something was decided of this center, and is not decided again later.
absl::Status RequireOwn(const WithoutDecision& retold, const Province& province,
                        absl::string_view name, absl::CivilDay day) {
  if (retold.undone.empty() && !retold.by_center.empty()) {
    const std::string other = NameOf(province, retold.by_center);
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat(name, " changes on ", Text(day), " with ", other, ": cancel that change"),
        "PLANNED_WITH_OTHER_CENTER", {{"center", other}});
  }
  if (retold.undone.empty() && !retold.by_change.empty()) {
    const std::string change = absl::StrCat("changeEvents/", retold.by_change);
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat(name, " changes on ", Text(day), " by ", change, ": cancel that event"),
        "PLANNED_BY_CHANGE_EVENT", {{"change_event", change}});
  }
  if (!retold.decided_again.has_value()) return absl::OkStatus();
  const std::string date = Text(*retold.decided_again);
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(name, " changes again on ", date, ": cancel that first"),
                           "LATER_CHANGE_PLANNED", {{"planned_date", date}});
}

// Whoever hands over to the center from the day on finds it operating.
absl::Status RequireSuccession(const Province& province, const CenterHistory& center,
                               absl::CivilDay day) {
  for (const CenterHistory& other : province.centers) {
    for (size_t v = 1; v < other.versions.size(); ++v) {
      const CenterVersion& was = other.versions[v - 1];
      const CenterVersion& is = other.versions[v];
      if (is.valid.first < day || is.successor_id != center.id) continue;
      if (is.state == was.state && is.successor_id == was.successor_id) continue;
      const CenterVersion* successor = VersionOn(center, is.valid.first);
      if (successor != nullptr && successor->state == CenterState::kOperating) continue;
      const std::string name = NameOf(province, center.id);
      return SuccessorMissing(
          NameOf(province, other.id),
          absl::StrCat(name, " would not operate on ", Text(is.valid.first), ", when ",
                       NameOf(province, other.id), " hands over to it"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CancelCenterChange(Province& province, const UnitTree& tree, absl::string_view id,
                                const ChangeTerms& terms, absl::CivilDay today) {
  const std::string name = NameOf(province, id);
  const CenterHistory* found = FindCenter(province, id);
  if (found == nullptr) return CenterNotFound(name, terms.day);
  RETURN_IF_ERROR(RequirePlanned(*found, name, terms.day, today));
  WithoutDecision retold =
      TakeBackDecision(tree, province.centers, province.changes, id, terms.day);
  RETURN_IF_ERROR(RequireOwn(retold, province, name, terms.day));
  province.centers = std::move(retold.centers);
  const CenterHistory& center = *FindCenter(province, id);
  for (const CenterVersion& version : center.versions) {
    if (version.valid.end <= terms.day || version.state == CenterState::kClosed) continue;
    const absl::CivilDay day = std::max(version.valid.first, terms.day);
    RETURN_IF_ERROR(RequireReceiving(province, version, day));
    if (!retold.undone.contains(CenterFact::kOrganisation)) continue;
    RETURN_IF_ERROR(RequireFreeOrganisationId(province, id, version.organisation_id, day));
  }
  return RequireSuccession(province, center, terms.day);
}

}  // namespace twotier::registry
