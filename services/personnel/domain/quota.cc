#include "services/personnel/domain/quota.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier::personnel {

absl::Status CheckAvailable(const QuotaBalance& balance, int64_t asked, absl::string_view unit,
                            absl::string_view quota_kind) {
  if (asked <= balance.available()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(unit, " has ", balance.available(), " free places of ",
                                        quota_kind, ", not ", asked),
                           "QUOTA_EXCEEDED",
                           {{"unit", std::string(unit)},
                            {"quota_kind", std::string(quota_kind)},
                            {"asked", absl::StrCat(asked)},
                            {"available", absl::StrCat(balance.available())},
                            {"held", absl::StrCat(balance.held)}});
}

int64_t AllowanceOn(absl::Span<const AllowanceStep> steps, absl::CivilDay day) {
  int64_t posts = 0;
  for (const AllowanceStep& step : steps) {
    if (step.first <= day) posts = step.posts;
  }
  return posts;
}

std::vector<AllowanceStep> FollowedBy(absl::Span<const AllowanceStep> before,
                                      std::vector<AllowanceStep> after) {
  std::vector<AllowanceStep> steps;
  for (const AllowanceStep& step : before) {
    if (step.first < after.front().first) steps.push_back(step);
  }
  steps.insert(steps.end(), after.begin(), after.end());
  return steps;
}

void MoveAllowance(std::vector<AllowanceStep>& from, std::vector<AllowanceStep>& to,
                   int64_t places) {
  std::set<absl::CivilDay> days;
  for (const AllowanceStep& step : from) days.insert(step.first);
  for (const AllowanceStep& step : to) days.insert(step.first);
  std::vector<AllowanceStep> left;
  std::vector<AllowanceStep> reached;
  for (const absl::CivilDay day : days) {
    const int64_t moved = std::min(places, AllowanceOn(from, day));
    left.push_back({day, AllowanceOn(from, day) - moved});
    reached.push_back({day, AllowanceOn(to, day) + moved});
  }
  const auto same = [](const AllowanceStep& a, const AllowanceStep& b) {
    return a.posts == b.posts;
  };
  left.erase(std::unique(left.begin(), left.end(), same), left.end());
  reached.erase(std::unique(reached.begin(), reached.end(), same), reached.end());
  from = std::move(left);
  to = std::move(reached);
}

bool OnlyFalls(absl::Span<const AllowanceStep> steps) {
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].posts < 0) return false;
    if (i == 0) continue;
    if (steps[i].first <= steps[i - 1].first || steps[i].posts >= steps[i - 1].posts) return false;
  }
  return true;
}

std::vector<AllowanceStep> RunDownOf(int64_t surplus, absl::CivilDay first) {
  std::vector<AllowanceStep> steps = {{first, surplus}};
  for (int year = 1; year <= kRunDownYears; ++year) {
    const int64_t left = (surplus * (kRunDownYears - year) + kRunDownYears - 1) / kRunDownYears;
    if (left < steps.back().posts) {
      steps.push_back({absl::CivilDay(first.year() + year, first.month(), first.day()), left});
    }
  }
  return steps;
}

int64_t ViceChairPool(int64_t communes) { return communes * 5 / 2; }

}  // namespace twotier::personnel
