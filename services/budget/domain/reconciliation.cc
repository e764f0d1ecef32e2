#include "services/budget/domain/reconciliation.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "common/status_macros.h"

namespace twotier::budget {
namespace {

// What entries are found by: a statement may hold thousands of lines of one amount.
using Paper = std::tuple<Direction, int64_t, std::string>;  // Amount and reference.
using Reference = std::pair<Direction, std::string>;
// Lines that nothing took, in order of day.
using LinesOfAmount = std::map<std::pair<Direction, int64_t>, std::vector<size_t>>;

class Matching {
 public:
  Matching(const std::vector<CashItem>& lines, const std::vector<CashItem>& entries,
           const calendar::Calendar& calendar, absl::string_view province_code)
      : lines_(lines),
        entries_(entries),
        calendar_(calendar),
        province_code_(province_code),
        line_taken_(lines.size(), false),
        entry_taken_(entries.size(), false) {
    for (const size_t i : Ordered(entries)) {
      by_paper_[{entries[i].direction, entries[i].amount_vnd, entries[i].reference}].push_back(i);
      if (!entries[i].reference.empty()) {
        by_reference_[{entries[i].direction, entries[i].reference}].push_back(i);
      }
    }
  }

  absl::StatusOr<Reconciled> Run() {
    const std::vector<size_t> order = Ordered(lines_);
    for (const MatchRule rule : {MatchRule::kExact, MatchRule::kReference}) {
      for (const size_t line : order) RETURN_IF_ERROR(TakeFirst(line, rule));
    }
    RETURN_IF_ERROR(TakeLoneAmounts(order));
    RETURN_IF_ERROR(Leave(order));
    std::sort(result_.matches.begin(), result_.matches.end(),
              [](const Match& a, const Match& b) { return a.line < b.line; });
    return std::move(result_);
  }

 private:
  static std::vector<size_t> Ordered(const std::vector<CashItem>& items) {
    std::vector<size_t> order(items.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&items](size_t a, size_t b) {
      return std::tie(items[a].day, items[a].id) < std::tie(items[b].day, items[b].id);
    });
    return order;
  }

  absl::StatusOr<bool> NearEnough(absl::CivilDay a, absl::CivilDay b) const {
    ASSIGN_OR_RETURN(
        const calendar::CountResult apart,
        calendar_.WorkingDaysAfterUntil(std::min(a, b), std::max(a, b), province_code_));
    return apart.days <= kWorkingDaysApartMax;
  }

  // Free entries of `bucket` that are near enough, added to `found`; at most one more than a person
  // looks at, for beyond that only their being many counts.
  absl::Status AddNear(const CashItem& line, const std::vector<size_t>& bucket, bool same_day,
                       std::vector<size_t>& found) const {
    for (const size_t entry : bucket) {
      if (found.size() > kCandidatesMax) break;
      if (entry_taken_[entry]) continue;
      bool near = line.day == entries_[entry].day;
      if (!near && !same_day) {
        ASSIGN_OR_RETURN(near, NearEnough(line.day, entries_[entry].day));
      }
      if (near) found.push_back(entry);
    }
    return absl::OkStatus();
  }

  // Entries of the line's amount that `rule` pairs with it and nothing took.
  absl::StatusOr<std::vector<size_t>> FreeEntries(size_t index, MatchRule rule) const {
    const CashItem& line = lines_[index];
    std::vector<size_t> found;
    const bool by_amount = rule == MatchRule::kAmount;
    if (line.reference.empty() && !by_amount) return found;
    // An amount pairs where one side has no reference: all papers for a line without one.
    const Paper first{line.direction, line.amount_vnd, by_amount ? "" : line.reference};
    for (auto it = by_paper_.lower_bound(first); it != by_paper_.end(); ++it) {
      const auto& [direction, amount, reference] = it->first;
      if (direction != line.direction || amount != line.amount_vnd) break;
      if (!line.reference.empty() && reference != std::get<2>(first)) break;
      RETURN_IF_ERROR(AddNear(line, it->second, rule == MatchRule::kExact, found));
    }
    return found;
  }

  void Take(size_t line, size_t entry, MatchRule rule) {
    line_taken_[line] = true;
    entry_taken_[entry] = true;
    result_.matches.push_back({line, entry, rule});
  }

  absl::Status TakeFirst(size_t line, MatchRule rule) {
    if (line_taken_[line]) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<size_t> free, FreeEntries(line, rule));
    if (!free.empty()) Take(line, free.front(), rule);
    return absl::OkStatus();
  }

  // An amount alone says little: only where neither side has a second choice.
  absl::Status TakeLoneAmounts(const std::vector<size_t>& order) {
    LinesOfAmount free_lines;
    std::vector<std::pair<size_t, size_t>> lone;  // Lines with one entry.
    for (const size_t line : order) {
      if (line_taken_[line]) continue;
      free_lines[{lines_[line].direction, lines_[line].amount_vnd}].push_back(line);
      ASSIGN_OR_RETURN(const std::vector<size_t> entries, FreeEntries(line, MatchRule::kAmount));
      if (entries.size() == 1) lone.emplace_back(line, entries[0]);
    }
    for (const auto& [line, entry] : lone) {
      const auto& others = free_lines[{lines_[line].direction, lines_[line].amount_vnd}];
      ASSIGN_OR_RETURN(const bool chosen, IsChoiceOfOther(entry, line, others));
      if (!chosen) Take(line, entry, MatchRule::kAmount);
    }
    return absl::OkStatus();
  }

  // Whether the entry may be that of another line than `line`, of those of its amount in order of
  // day. All of them are asked: what a line has too many of is cut.
  absl::StatusOr<bool> IsChoiceOfOther(size_t entry, size_t line,
                                       const std::vector<size_t>& of_amount) const {
    const CashItem& item = entries_[entry];
    const auto pairs = [&](size_t other) {
      return other != line && (item.reference.empty() || lines_[other].reference.empty());
    };
    const auto first = std::partition_point(of_amount.begin(), of_amount.end(), [&](size_t other) {
      return lines_[other].day < item.day;
    });
    for (auto it = first; it != of_amount.end(); ++it) {
      ASSIGN_OR_RETURN(const bool near, NearEnough(lines_[*it].day, item.day));
      if (!near) break;
      if (pairs(*it)) return true;
    }
    for (auto it = first; it != of_amount.begin();) {
      --it;
      ASSIGN_OR_RETURN(const bool near, NearEnough(lines_[*it].day, item.day));
      if (!near) break;
      if (pairs(*it)) return true;
    }
    return false;
  }

  absl::Status Leave(const std::vector<size_t>& order) {
    for (const size_t line : order) {
      if (line_taken_[line]) continue;
      result_.open_lines.push_back(line);
      ASSIGN_OR_RETURN(const std::vector<size_t> same_amount,
                       FreeEntries(line, MatchRule::kAmount));
      std::vector<Candidate> candidates;
      candidates.reserve(same_amount.size());
      for (const size_t entry : same_amount) candidates.push_back({line, entry, false});
      const auto named = by_reference_.find({lines_[line].direction, lines_[line].reference});
      if (named != by_reference_.end()) {
        for (const size_t entry : named->second) {
          const bool differs = entries_[entry].amount_vnd != lines_[line].amount_vnd;
          if (!entry_taken_[entry]) candidates.push_back({line, entry, differs});
        }
      }
      if (candidates.size() > kCandidatesMax) candidates.resize(kCandidatesMax);
      result_.candidates.insert(result_.candidates.end(), candidates.begin(), candidates.end());
    }
    for (const size_t entry : Ordered(entries_)) {
      if (!entry_taken_[entry]) result_.open_entries.push_back(entry);
    }
    return absl::OkStatus();
  }

  const std::vector<CashItem>& lines_;
  const std::vector<CashItem>& entries_;
  const calendar::Calendar& calendar_;
  const absl::string_view province_code_;
  std::map<Paper, std::vector<size_t>> by_paper_;
  std::map<Reference, std::vector<size_t>> by_reference_;
  std::vector<bool> line_taken_;
  std::vector<bool> entry_taken_;
  Reconciled result_;
};

}  // namespace

absl::StatusOr<Reconciled> Reconcile(const std::vector<CashItem>& lines,
                                     const std::vector<CashItem>& entries,
                                     const calendar::Calendar& calendar,
                                     absl::string_view province_code) {
  return Matching(lines, entries, calendar, province_code).Run();
}

}  // namespace twotier::budget
