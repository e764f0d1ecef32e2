#include "services/budget/domain/classification.h"

#include "absl/strings/str_cat.h"

namespace twotier::budget {
namespace {

std::string PlaceOf(Segment segment, absl::string_view code) {
  return absl::StrCat(static_cast<int>(segment), code);
}

}  // namespace

int DigitsOf(Segment segment) {
  constexpr int kDigits[] = {0, 1, 3, 3, 3, 4, 4, 2};
  return kDigits[static_cast<size_t>(segment)];
}

Segment ParentOf(Segment segment) {
  if (segment == Segment::kTypeItem) return Segment::kType;
  if (segment == Segment::kSubItem) return Segment::kItem;
  return Segment::kUnknown;
}

Classification::Classification(std::vector<ClassificationCode> codes) : codes_(std::move(codes)) {
  for (size_t i = 0; i < codes_.size(); ++i) {
    places_[PlaceOf(codes_[i].segment, codes_[i].code)].push_back(i);
  }
}

const ClassificationCode* Classification::Find(Segment segment, absl::string_view code,
                                               int budget_year) const {
  const auto found = places_.find(PlaceOf(segment, code));
  if (found == places_.end()) return nullptr;
  for (const size_t place : found->second) {
    if (codes_[place].years.Has(budget_year)) return &codes_[place];
  }
  return nullptr;
}

std::vector<const ClassificationCode*> Classification::Of(Segment segment, int budget_year) const {
  std::vector<const ClassificationCode*> found;
  for (const ClassificationCode& each : codes_) {
    const bool asked = segment == Segment::kUnknown || each.segment == segment;
    if (asked && each.years.Has(budget_year)) found.push_back(&each);
  }
  return found;
}

std::string WrongAmong(const std::vector<ClassificationCode>& codes, size_t index) {
  const ClassificationCode& code = codes[index];
  bool parent_listed = code.parent.empty();
  for (size_t i = 0; i < codes.size(); ++i) {
    const ClassificationCode& other = codes[i];
    if (i != index && other.segment == code.segment && other.code == code.code &&
        other.years.Meets(code.years)) {
      return "must not stand in the file twice for one year";
    }
    if (other.segment == ParentOf(code.segment) && other.code == code.parent &&
        other.years.first <= code.years.first && code.years.last <= other.years.last) {
      parent_listed = true;
    }
  }
  return parent_listed ? "" : "must have a parent that is listed for all its years";
}

}  // namespace twotier::budget
