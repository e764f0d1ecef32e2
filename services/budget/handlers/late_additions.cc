#include "services/budget/handlers/late_additions.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "common/status_macros.h"
#include "services/budget/handlers/estimate.h"

namespace twotier::budget::handlers {
namespace {

bool OfOneUnit(const AccountKey& a, const AccountKey& b) {
  return a.unit == b.unit && a.province_code == b.province_code;
}

int64_t ShareOf(int64_t whole, int64_t got, int64_t left) {
  if (left == 0) return 0;
  return static_cast<int64_t>(absl::int128(std::min(whole, left)) * got / left);
}

// Takes what there is, `amount_vnd` at most.
int64_t Take(int64_t& from, int64_t amount_vnd) {
  const int64_t taken = std::min(from, amount_vnd);
  from -= taken;
  return taken;
}

}  // namespace

// Money that comes to approved money of a purpose, or goes from there.
struct LateAdditions::Flow {
  // In the order of one day.
  enum class Kind { kAdded, kBack, kReturned, kRetargeted, kHandedOut, kGone };

  absl::CivilDay day;
  Kind kind = Kind::kAdded;
  std::string purpose = {};
  AccountKey other = {};
  int64_t amount_vnd = 0;

  friend bool operator<(const Flow& a, const Flow& b) {
    return std::tie(a.day, a.kind, a.purpose, a.other) <
           std::tie(b.day, b.kind, b.purpose, b.other);
  }
};

bool LateAdditions::IsAbove(const AccountKey& key, const AccountKey& other) const {
  return !OfOneUnit(key, other) && other.stage == Stage::kApproved &&
         (level_ == Level::kCommune || other.province_code == kCentral);
}

absl::StatusOr<int64_t> LateAdditions::To(const AccountKey& allotment) {
  ASSIGN_OR_RETURN(const Net net, NetOf(allotment, {}));
  return net.added;
}

absl::StatusOr<LateAdditions::Net> LateAdditions::NetOf(const AccountKey& allotment,
                                                        std::set<LedgerUnit> later) {
  const LedgerUnit unit{allotment.province_code, allotment.unit};
  int64_t added = 0;
  ASSIGN_OR_RETURN(const Estates estates,
                   ReadLines(tx_, {allotment}, first_day_,
                             [&](const AccountKey& key, const AccountKey& other,
                                 const ledger::StatementLine& line) {
                               if (!IsAbove(key, other)) return;
                               added += line.is_debit ? -line.amount : line.amount;
                             }));
  ASSIGN_OR_RETURN(const Approved* const approved, ApprovedOf(unit));
  const auto handed_out = approved->handed_out.find(allotment);
  if (handed_out != approved->handed_out.end()) added += handed_out->second;
  later.insert(unit);
  for (const auto& [before, got] : estates.inherited) {
    if (later.contains(before)) continue;
    ASSIGN_OR_RETURN(const Net net, NetOf(WithUnit(allotment, before), later));
    added += ShareOf(net.added, got, net.left);
  }
  return Net{std::max<int64_t>(0, added), estates.left_vnd};
}

absl::StatusOr<const LateAdditions::Approved*> LateAdditions::ApprovedOf(const LedgerUnit& unit) {
  // There before it is read: no unit comes before itself.
  const auto [it, is_new] = approved_.try_emplace(unit);
  if (is_new) RETURN_IF_ERROR(Read(unit, it->second));
  return &it->second;
}

absl::Status LateAdditions::Read(const LedgerUnit& unit, Approved& approved) {
  std::vector<Flow> flows;
  const auto visit = [&](const AccountKey& key, const AccountKey& other,
                         const ledger::StatementLine& line) {
    const bool own = OfOneUnit(key, other);
    const auto add = [&](Flow::Kind kind) {
      flows.push_back({line.effective_day, kind, key.purpose, other, line.amount});
    };
    if (!line.is_debit) {
      if ((own && other.stage == Stage::kEstimate) || IsAbove(key, other)) {
        add(Flow::Kind::kAdded);
      } else if (own && other.stage == Stage::kAllocated) {
        add(Flow::Kind::kBack);
      } else if (!own) {
        add(Flow::Kind::kReturned);
      }
    } else if (own && other.stage == Stage::kAllocated) {
      add(Flow::Kind::kHandedOut);
    } else if (own && other.stage == Stage::kApproved) {
      if (other.purpose != key.purpose) add(Flow::Kind::kRetargeted);
    } else {
      add(Flow::Kind::kGone);
    }
  };
  ASSIGN_OR_RETURN(
      const std::vector<AccountKey> accounts,
      ApprovedAccounts(tx_,
                       {.province_code = unit.province_code, .unit = unit.name, .year = year_}));
  for (const AccountKey& key : accounts) {
    ASSIGN_OR_RETURN(const Estates estates, ReadLines(tx_, {key}, first_day_, visit));
    approved.left[key.purpose] += estates.left_vnd;
    for (const auto& [before, got] : estates.inherited) {
      ASSIGN_OR_RETURN(const Approved* const its, ApprovedOf(before));
      const auto left = its->left.find(key.purpose);
      const auto waiting = its->waiting.find(key.purpose);
      if (left == its->left.end() || waiting == its->waiting.end()) continue;
      flows.push_back({first_day_,
                       Flow::Kind::kAdded,
                       key.purpose,
                       {},
                       ShareOf(waiting->second, got, left->second)});
    }
  }
  std::sort(flows.begin(), flows.end());
  Count(flows, approved);
  return absl::OkStatus();
}

void LateAdditions::Count(absl::Span<const Flow> flows, Approved& approved) {
  // By the unit that got it, and by purpose.
  std::map<std::pair<LedgerUnit, std::string>, int64_t> gone;
  for (const Flow& flow : flows) {
    const std::pair taker(LedgerUnit{flow.other.province_code, flow.other.unit}, flow.purpose);
    int64_t& waiting = approved.waiting[flow.purpose];
    switch (flow.kind) {
      case Flow::Kind::kAdded:
        waiting += flow.amount_vnd;
        break;
      case Flow::Kind::kBack:
        waiting += Take(approved.handed_out[flow.other], flow.amount_vnd);
        break;
      case Flow::Kind::kReturned:
        waiting += Take(gone[taker], flow.amount_vnd);
        break;
      case Flow::Kind::kRetargeted:
        approved.waiting[flow.other.purpose] += Take(waiting, flow.amount_vnd);
        break;
      case Flow::Kind::kHandedOut:
        approved.handed_out[flow.other] += Take(waiting, flow.amount_vnd);
        break;
      case Flow::Kind::kGone:
        gone[taker] += Take(waiting, flow.amount_vnd);
        break;
    }
  }
}

}  // namespace twotier::budget::handlers
