#include "services/budget/domain/budget_steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace twotier::budget {
namespace {

// Steps in a chain of terms; a longer one goes in a circle. The longest of the law has five.
constexpr int kChainMax = 16;

bool Applies(const BudgetStep& row, int budget_year, absl::string_view province_code) {
  return row.years.Has(budget_year) &&
         (row.province_code.empty() || row.province_code == province_code);
}

// The row of step `id` in a year and place; null when there is none.
const BudgetStep* RowOf(const std::vector<BudgetStep>& rows, absl::string_view id, int year,
                        absl::string_view province_code) {
  const BudgetStep* base = nullptr;
  for (const BudgetStep& other : rows) {
    if (other.id != id || !Applies(other, year, province_code)) continue;
    if (base == nullptr || !other.province_code.empty()) base = &other;
  }
  return base;
}

// Every row begins with a first year, so the rules of later years are those of the last first year.
std::string WrongBase(const std::vector<BudgetStep>& rows, const BudgetStep& row) {
  std::vector<int> years = {row.years.first};
  for (const BudgetStep& other : rows) {
    if (row.years.Has(other.years.first)) years.push_back(other.years.first);
    if (other.years.last != YearSpan::kNoLast && row.years.Has(other.years.last + 1)) {
      years.push_back(other.years.last + 1);
    }
  }
  for (const int year : years) {
    const BudgetStep* step = &row;
    for (int links = 0; !step->after.empty(); ++links) {
      if (links == kChainMax) return "must not come back to itself";
      const BudgetStep* base = RowOf(rows, step->after, year, row.province_code);
      if (base == nullptr) return absl::StrCat("must be a step of budget year ", year);
      if (base->level > step->level) return "must be a step of the same level or of one above";
      step = base;
    }
  }
  return "";
}

}  // namespace

std::vector<const BudgetStep*> BudgetSteps::Of(int budget_year,
                                               absl::string_view province_code) const {
  std::vector<const BudgetStep*> steps;
  for (const BudgetStep& row : rows_) {
    if (!Applies(row, budget_year, province_code)) continue;
    const auto same = std::find_if(steps.begin(), steps.end(),
                                   [&row](const BudgetStep* other) { return other->id == row.id; });
    if (same == steps.end()) {
      steps.push_back(&row);
    } else if (!row.province_code.empty()) {
      *same = &row;
    }
  }
  return steps;
}

const BudgetStep* BudgetSteps::Find(absl::string_view id, int budget_year,
                                    absl::string_view province_code) const {
  return RowOf(rows_, id, budget_year, province_code);
}

std::string WrongAmong(const std::vector<BudgetStep>& rows, size_t index) {
  const BudgetStep& row = rows[index];
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i != index && rows[i].id == row.id && rows[i].province_code == row.province_code &&
        rows[i].years.Meets(row.years)) {
      return "must not stand in the file twice for one year and place";
    }
  }
  return WrongBase(rows, row);
}

}  // namespace twotier::budget
