#include "common/organisation_id.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace twotier {
namespace {

constexpr size_t kGroupDigitsMin = 2;
constexpr size_t kGroupDigitsMax = 5;
// Digits of the groups of the older form, from the unit below the province downwards.
constexpr size_t kOlderDigits[] = {2, 2, 3};

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// "H26" or "G09".
bool IsTop(absl::string_view group) {
  return group.size() == 3 && (group[0] == 'G' || group[0] == 'H') && IsDigits(group.substr(1));
}

bool IsZeros(absl::string_view group) {
  return group.find_first_not_of('0') == absl::string_view::npos;
}

std::optional<std::string> FromOlder(const std::vector<absl::string_view>& groups) {
  if (groups.size() != std::size(kOlderDigits) + 1) return std::nullopt;
  std::vector<absl::string_view> path = {groups.back()};
  bool ended = false;
  for (size_t i = 0; i < std::size(kOlderDigits); ++i) {
    const absl::string_view group = groups[groups.size() - 2 - i];
    if (group.size() != kOlderDigits[i] || !IsDigits(group)) return std::nullopt;
    if (IsZeros(group)) {
      ended = true;
      continue;
    }
    if (ended) return std::nullopt;  // A unit below a level that is not there.
    path.push_back(group);
  }
  return absl::StrJoin(path, ".");
}

}  // namespace

std::optional<std::string> ParseOrganisationId(absl::string_view text) {
  const std::vector<absl::string_view> groups = absl::StrSplit(text, '.');
  if (!IsTop(groups.front())) {
    return IsTop(groups.back()) ? FromOlder(groups) : std::nullopt;
  }
  if (groups.size() > kOrganisationLevelsMax) return std::nullopt;
  const bool right = std::all_of(groups.begin() + 1, groups.end(), [](absl::string_view group) {
    return kGroupDigitsMin <= group.size() && group.size() <= kGroupDigitsMax && IsDigits(group);
  });
  return right ? std::optional<std::string>(text) : std::nullopt;
}

std::string CodeLeftToRight(absl::string_view code) {
  const size_t end = code.find('-');
  if (end == absl::string_view::npos) return std::string(code);
  const std::optional<std::string> id = ParseOrganisationId(code.substr(0, end));
  return id ? absl::StrCat(*id, code.substr(end)) : std::string(code);
}

std::string OlderForm(absl::string_view organisation_id) {
  const std::vector<absl::string_view> groups = absl::StrSplit(organisation_id, '.');
  if (!IsTop(groups.front()) || groups.size() > std::size(kOlderDigits) + 1) return "";
  std::string text(groups.front());
  for (size_t i = 0; i < std::size(kOlderDigits); ++i) {
    const absl::string_view group = i + 1 < groups.size() ? groups[i + 1] : "";
    // Zeros would be read as a level that is not there.
    const bool writable =
        group.size() <= kOlderDigits[i] && IsDigits(group) && (group.empty() || !IsZeros(group));
    if (!writable) return "";
    text = absl::StrCat(std::string(kOlderDigits[i] - group.size(), '0'), group, ".", text);
  }
  return text;
}

}  // namespace twotier
