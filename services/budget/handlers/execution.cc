#include "services/budget/handlers/execution.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/ledger/reads.h"
#include "common/ledger/statement.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/execution.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kLinesOfPage = 1000;
const absl::CivilDay kFirstDay(1970, 1, 1);

Grouping GroupingOf(const v1::GetExecutionRequest& request) {
  Grouping grouping;
  for (const int group : request.groups()) {
    grouping.unit |= group == v1::EXECUTION_GROUP_UNIT;
    grouping.chapter |= group == v1::EXECUTION_GROUP_CHAPTER;
    grouping.item |= group == v1::EXECUTION_GROUP_ITEM;
    grouping.sub_item |= group == v1::EXECUTION_GROUP_SUB_ITEM;
    grouping.source |= group == v1::EXECUTION_GROUP_SOURCE;
    grouping.purpose |= group == v1::EXECUTION_GROUP_PURPOSE;
    grouping.month |= group == v1::EXECUTION_GROUP_MONTH;
  }
  return grouping;
}

// A day up to which balances are asked for, and the month that it ends; 0 for the day of the
// answer.
struct Moment {
  int month = 0;
  absl::CivilDay day;
};

// The ends of the months that have begun by `as_of`; what was paid before the year counts in its
// first month.
std::vector<Moment> MomentsOf(const Grouping& grouping, int year, absl::CivilDay as_of) {
  if (!grouping.month) return {{0, as_of}};
  std::vector<Moment> moments;
  for (int month = 1; month <= 12; ++month) {
    if (month > 1 && absl::CivilDay(year, month, 1) > as_of) break;
    const absl::CivilDay end = absl::CivilDay(absl::CivilMonth(year, month) + 1) - 1;
    // The correction period of the year after belongs to December (Article 66).
    moments.push_back({month, month == 12 ? as_of : std::min(end, as_of)});
  }
  return moments;
}

// The unit of a province stands for all units of the ledger.
bool IsProvince(const units::Units& units, const std::string& unit) {
  const units::UnitRecord* record = units.FindUnit(unit);
  return record != nullptr && !record->versions.empty() &&
         record->versions.back().tier == units::Tier::kProvince;
}

// What becomes of money at the end of a year.
bool IsEnded(const AccountKey& key) {
  return key.stage == Stage::kCancelled || key.stage == Stage::kCarriedOver;
}

// What allocated money had given such an account by each of the moments; what came back, when a
// year was opened again, is taken off.
absl::StatusOr<std::vector<int64_t>> EndedBy(db::Tx& tx, const AccountKey& key,
                                             const std::vector<Moment>& moments) {
  std::vector<int64_t> sums(moments.size());
  std::optional<ledger::StatementCursor> after;
  do {
    ASSIGN_OR_RETURN(
        const ledger::StatementPage page,
        ledger::ReadStatement(tx, {IdOf(key), kFirstDay, moments.back().day + 1, std::nullopt},
                              after, kLinesOfPage));
    for (const ledger::StatementLine& line : page.lines) {
      const auto other = KeyOf(line.other.province_code, line.other.id);
      // What was carried over goes on to allocated money of the next year.
      const bool allocated = other && other->stage == Stage::kAllocated && other->year == key.year;
      if (!allocated) continue;
      for (size_t i = 0; i < moments.size(); ++i) {
        if (line.effective_day > moments[i].day) continue;
        sums[i] += line.is_debit ? -line.amount : line.amount;
      }
    }
    after = page.next;
  } while (after);
  return sums;
}

absl::Status AddAll(db::Tx& tx, const store::AccountFilter& filter,
                    const std::vector<Moment>& moments, Execution& rows, Execution& total) {
  return store::ForEachPage(
      tx, filter, [&](absl::Span<const store::AccountRow> accounts) -> absl::Status {
        std::vector<ledger::AccountId> ids;
        for (const store::AccountRow& account : accounts) ids.push_back(IdOf(account.key));
        for (const Moment& moment : moments) {
          ASSIGN_OR_RETURN(const auto totals, ledger::BalancesAt(tx, ids, {.day = moment.day}));
          for (size_t i = 0; i < accounts.size(); ++i) {
            if (!totals[i].has_value()) continue;
            rows.Add(accounts[i].key, *totals[i], moment.month);
            if (moment.month == moments.back().month) total.Add(accounts[i].key, *totals[i], 0);
          }
        }
        for (size_t i = 0; i < accounts.size(); ++i) {
          if (!IsEnded(accounts[i].key)) continue;
          ASSIGN_OR_RETURN(const std::vector<int64_t> ended, EndedBy(tx, accounts[i].key, moments));
          for (size_t m = 0; m < moments.size(); ++m) {
            rows.AddEnded(accounts[i].key, ended[m], moments[m].month);
          }
          total.AddEnded(accounts[i].key, ended.back(), 0);
        }
        return absl::OkStatus();
      });
}

absl::Status FillRow(const RowKey& key, const Sums& sums, absl::int128 paid,
                     v1::ExecutionRow* out) {
  out->set_unit(key.unit);
  out->mutable_line()->set_chapter(key.line.chapter);
  out->mutable_line()->set_item(key.line.item);
  out->mutable_line()->set_sub_item(key.line.sub_item);
  out->mutable_line()->set_source(key.line.source);
  out->set_purpose(key.purpose);
  out->set_month(key.month);
  ASSIGN_OR_RETURN(const int64_t approved, Amount(sums.approved));
  ASSIGN_OR_RETURN(const int64_t allocated, Amount(sums.allocated()));
  ASSIGN_OR_RETURN(const int64_t held, Amount(sums.held));
  ASSIGN_OR_RETURN(const int64_t paid_vnd, Amount(paid));
  ASSIGN_OR_RETURN(const int64_t settled, Amount(sums.settled));
  out->set_approved_vnd(approved);
  out->set_allocated_vnd(allocated);
  out->set_held_vnd(held);
  out->set_paid_vnd(paid_vnd);
  out->set_settled_vnd(settled);
  ASSIGN_OR_RETURN(const int64_t lapsed, Amount(sums.lapsed));
  ASSIGN_OR_RETURN(const int64_t carried, Amount(sums.carried));
  out->set_lapsed_vnd(lapsed);
  out->set_carried_vnd(carried);
  if (const std::optional<int64_t> ppm = PaidPpm(sums)) out->set_paid_ppm(*ppm);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetExecutionResponse> GetExecution(const Env& env, const Call& call,
                                                      const v1::GetExecutionRequest& request,
                                                      db::Tx& tx) {
  const absl::CivilDay as_of =
      request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now);
  const Grouping grouping = GroupingOf(request);
  const v1::AccountFilter& asked = request.filter();
  const bool whole = IsProvince(*env.snapshots->Get()->units, asked.unit());
  const store::AccountFilter filter{.province_code = std::string(ProvinceCodeOf(request.parent())),
                                    .unit = whole ? std::string() : asked.unit(),
                                    .year = request.year(),
                                    .line = {asked.line().chapter(), asked.line().item(),
                                             asked.line().sub_item(), asked.line().source()},
                                    .purpose = asked.purpose()};
  Execution rows(grouping);
  Execution total({});
  RETURN_IF_ERROR(AddAll(tx, filter, MomentsOf(grouping, request.year(), as_of), rows, total));
  v1::GetExecutionResponse response;
  for (const auto& [key, sums] : rows.rows()) {
    const absl::int128 paid = grouping.month ? rows.PaidIn(key) : sums.paid;
    RETURN_IF_ERROR(FillRow(key, sums, paid, response.add_rows()));
  }
  const Sums all = total.rows().empty() ? Sums() : total.rows().begin()->second;
  RETURN_IF_ERROR(FillRow({}, all, all.paid, response.mutable_total()));
  ToProto(as_of, response.mutable_as_of());
  return response;
}

void ValidateGetExecution(const v1::GetExecutionRequest& request, error::Violations& violations) {
  if (request.year() < kFirstYear || request.year() > kLastYear) {
    violations.Add("year", absl::StrCat("is from ", kFirstYear, " to ", kLastYear));
  }
  if (request.filter().year() != 0) violations.Add("filter.year", "is not set");
  if (request.filter().stage() != v1::STAGE_UNSPECIFIED) {
    violations.Add("filter.stage", "is not set");
  }
  std::set<int> seen;
  for (int i = 0; i < request.groups_size(); ++i) {
    const int group = request.groups(i);
    if (!v1::ExecutionGroup_IsValid(group) || group == v1::EXECUTION_GROUP_UNSPECIFIED ||
        !seen.insert(group).second) {
      violations.Add(absl::StrCat("groups[", i, "]"), "is known, and stands once");
    }
  }
}

}  // namespace twotier::budget::handlers
