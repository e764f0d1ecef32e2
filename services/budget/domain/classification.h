// The budget classification (Circular 130/2025/TT-BTC) as dated data: what a code of a segment is
// in a budget year.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_CLASSIFICATION_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_CLASSIFICATION_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/budget/domain/law.h"

namespace twotier::budget {

// The numbers are those of the contract.
enum class Segment {
  kUnknown = 0,
  kLevel = 1,     // Cấp ngân sách.
  kChapter = 2,   // Chương.
  kType = 3,      // Loại.
  kTypeItem = 4,  // Khoản, of a type.
  kItem = 5,      // Mục.
  kSubItem = 6,   // Tiểu mục, of an item.
  kSource = 7,    // Nguồn.
};

// Digits of a code of `segment`.
int DigitsOf(Segment segment);
// The segment whose codes are parents of those of `segment`; kUnknown: they have none.
Segment ParentOf(Segment segment);

// What the money of an item is for, where a rule asks.
enum class Nature { kOther = 0, kEquipment = 1, kRepair = 2 };

struct ClassificationCode {
  Segment segment = Segment::kUnknown;
  std::string code;
  std::string parent;
  std::string display_name;
  Nature nature = Nature::kOther;
  YearSpan years;
  Source source;
};

// Immutable. The table that the service carries does not hold every code that is in force: what it
// does not hold is unlisted, and moves no money until somebody imports it.
class Classification {
 public:
  explicit Classification(std::vector<ClassificationCode> codes);

  // Null when the code is not listed for the year.
  const ClassificationCode* Find(Segment segment, absl::string_view code, int budget_year) const;
  // Those of a year in the order of the data; of every segment for kUnknown.
  std::vector<const ClassificationCode*> Of(Segment segment, int budget_year) const;
  const std::vector<ClassificationCode>& codes() const { return codes_; }

 private:
  std::vector<ClassificationCode> codes_;
  // Places in `codes_`, one for each span of years. Every transfer asks.
  absl::flat_hash_map<std::string, std::vector<size_t>> places_;
};

// What is wrong with row `index` beside the others; empty when nothing is: a code stands once for a
// year, and its parent is listed for all its years.
std::string WrongAmong(const std::vector<ClassificationCode>& codes, size_t index);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_CLASSIFICATION_H_
