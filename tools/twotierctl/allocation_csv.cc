#include "tools/twotierctl/allocation_csv.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "common/csv_cells.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

constexpr absl::string_view kColumns[] = {"input", "unit_code", "value", "certainty", "source"};
// In the place of a code: every unit that has no row of its own.
constexpr absl::string_view kOthers = "*";
// As the contract bounds a source.
constexpr size_t kTextBytesMax = 1024;

constexpr Word<v1::InputCertainty> kCertainties[] = {{"published", v1::INPUT_CERTAINTY_PUBLISHED},
                                                     {"computed", v1::INPUT_CERTAINTY_COMPUTED},
                                                     {"assumed", v1::INPUT_CERTAINTY_ASSUMED}};

struct Fact {
  std::string input, unit_code, value, source;
  v1::InputCertainty certainty = v1::INPUT_CERTAINTY_UNSPECIFIED;
};

}  // namespace

AllocationFacts ReadAllocationFacts(absl::string_view file, absl::string_view content,
                                    RowErrors& errors) {
  AllocationFacts facts;
  std::map<std::tuple<std::string, v1::InputCertainty, std::string>, size_t> places;
  std::set<std::string> codes;
  std::set<std::pair<std::string, std::string>> seen;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(file, content, kColumns, errors, complete)) {
    CsvCells cells(row, kColumns, kTextBytesMax, errors);
    Fact fact;
    fact.input = cells.Text(true);
    fact.unit_code = cells.Text(true);
    fact.value = cells.Text(true);
    fact.certainty = cells.OneOf<v1::InputCertainty>(kCertainties, true);
    fact.source = cells.Text(true);
    if (!seen.insert({fact.input, fact.unit_code}).second) {
      cells.Wrong("unit_code", "has a value of this input already");
    }
    if (!cells.ok()) continue;
    const auto [place, added] =
        places.try_emplace({fact.input, fact.certainty, fact.source}, facts.inputs.size());
    if (added) {
      v1::AllocationInput& input = facts.inputs.emplace_back();
      input.set_key(fact.input);
      input.set_certainty(fact.certainty);
      input.set_source(fact.source);
    }
    v1::AllocationInput& input = facts.inputs[place->second];
    if (fact.unit_code == kOthers) {
      input.set_others(fact.value);
      continue;
    }
    codes.insert(fact.unit_code);
    v1::UnitValue* value = input.add_values();
    value->set_unit_code(fact.unit_code);
    value->set_value(fact.value);
  }
  facts.unit_codes.assign(codes.begin(), codes.end());
  return facts;
}

}  // namespace twotier::ctl
