#include "services/personnel/domain/planned_grants.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace twotier::personnel {
namespace {

// Days to come on which something is planned.
std::set<absl::CivilDay> DaysOf(absl::Span<const Quota> planned, absl::CivilDay today) {
  std::set<absl::CivilDay> days;
  for (const Quota& quota : planned) {
    for (const PlannedGrant& grant : quota.planned) {
      if (grant.first > today) days.insert(grant.first);
    }
  }
  return days;
}

// What communes are granted on `day`, and what the province has to give them.
Shortfall BalanceOn(const Quota& province, int64_t own_use, absl::Span<const Quota> planned,
                    absl::CivilDay day) {
  Shortfall balance{day, province.distributed,
                    GrantedOn(province, day) + AllowanceOn(province.steps, day) - own_use};
  for (const Quota& quota : planned) {
    if (quota.unit != province.unit) balance.asked += GrantedOn(quota, day) - quota.granted;
  }
  return balance;
}

}  // namespace

absl::CivilDay FirstDayOf(int year, absl::CivilDay today) {
  return std::max(today, absl::CivilDay(year, 1, 1));
}

int64_t GrantedOn(const Quota& quota, absl::CivilDay day) {
  int64_t granted = quota.granted;
  for (const PlannedGrant& grant : quota.planned) {
    if (grant.first <= day) granted = grant.posts;
  }
  return granted;
}

void Plan(Quota& quota, PlannedGrant grant) {
  const auto at = std::find_if(quota.planned.begin(), quota.planned.end(),
                               [&](const PlannedGrant& one) { return one.first >= grant.first; });
  if (at != quota.planned.end() && at->first == grant.first) {
    *at = std::move(grant);
  } else {
    quota.planned.insert(at, std::move(grant));
  }
}

std::optional<PlannedGrant> TakeDue(Quota& quota, absl::CivilDay today) {
  const auto later = std::find_if(quota.planned.begin(), quota.planned.end(),
                                  [&](const PlannedGrant& one) { return one.first > today; });
  if (later == quota.planned.begin()) return std::nullopt;
  PlannedGrant last = *std::prev(later);
  quota.planned.erase(quota.planned.begin(), later);
  return last;
}

void DropFrom(Quota& quota, absl::CivilDay end) {
  std::erase_if(quota.planned, [end](const PlannedGrant& one) { return one.first >= end; });
}

std::optional<Shortfall> FirstShortfall(const Quota& province, int64_t own_use,
                                        absl::Span<const Quota> planned, absl::CivilDay today) {
  for (const absl::CivilDay day : DaysOf(planned, today)) {
    const Shortfall found = BalanceOn(province, own_use, planned, day);
    if (found.asked > found.available) return found;
  }
  return std::nullopt;
}

std::optional<Shortfall> FirstWorsened(const Quota& before, const Quota& province, int64_t own_use,
                                       absl::Span<const Quota> planned, absl::CivilDay today) {
  for (const absl::CivilDay day : DaysOf(planned, today)) {
    const Shortfall found = BalanceOn(province, own_use, planned, day);
    const bool worse = found.available < BalanceOn(before, own_use, planned, day).available;
    if (worse && found.asked > found.available) return found;
  }
  return std::nullopt;
}

}  // namespace twotier::personnel
