// The forms that look up: lines, tariffs, bands, cases, conditions, values of all units.
#include <algorithm>
#include <utility>

#include "services/budget/domain/norm_compiler.h"

namespace twotier::budget {

using Kind = NormExpression::Kind;

bool NormCompiler::SumOfLines(const Form& form, const std::string& path, NormNode& node) {
  bool ok = !form.keys.empty();
  if (!ok) Wrong(path + ".sum_of_lines.lines", "is required");
  for (size_t i = 0; i < form.keys.size(); ++i) {
    const std::string at = absl::StrCat(path, ".sum_of_lines.lines[", i, "]");
    const int line = LineAbove(form.keys[i], at);
    if (line < 0) {
      ok = false;
      continue;
    }
    if (std::count(node.places.begin(), node.places.end(), line) > 0) {
      Wrong(at, "stands there twice");
    }
    NormNode read;
    read.kind = Kind::kLine;
    read.measure = line_measures_[line];
    if (node.places.empty()) node.measure = read.measure;
    ok = Alike(node.measure, read, at) && ok;
    node.places.push_back(line);
  }
  return ok;
}

bool NormCompiler::Tariff(const Form& form, const std::string& path, NormNode& node) {
  const Measure of_rates = Unit(form.unit, path + ".unit");
  bool ok = !form.rates.empty();
  if (!ok) Wrong(path + ".rates", "is required");
  for (size_t i = 0; i < form.rates.size(); ++i) {
    const std::string at = absl::StrCat(path, ".rates[", i, "]");
    const NormRate& each = form.rates[i];
    const std::string key_path = at + (each.of_line ? ".line" : ".input");
    const int place =
        each.of_line ? LineAbove(each.key, key_path) : NumberInput(each.key, key_path);
    const std::optional<Rational> rate = Number(each.rate, at + ".rate");
    ok = ok && place >= 0 && rate.has_value();
    if (place < 0) continue;
    NormNode counted;
    counted.kind = each.of_line ? Kind::kLine : Kind::kInput;
    counted.measure = (each.of_line ? line_measures_ : input_measures_)[place] * of_rates;
    if (node.rates.empty()) node.measure = counted.measure;
    ok = Alike(node.measure, counted, key_path) && ok;
    node.rates.push_back({place, rate.value_or(0), each.of_line});
  }
  return ok;
}

bool NormCompiler::Band(const NormBand& band, const std::string& path, NormNode& node) {
  const std::string begin = path + (band.exclusive ? ".above" : ".from");
  const std::optional<Rational> bound = Number(band.bound, begin);
  const std::optional<Rational> base = Number(band.base, path + ".base");
  if (band.add.empty() != band.per.empty()) {
    Wrong(path + ".per", "`add` and `per` must be given together");
  }
  const std::optional<Rational> add = band.add.empty() ? 0 : Number(band.add, path + ".add");
  const std::optional<Rational> per = band.per.empty() ? 1 : Number(band.per, path + ".per");
  if (!bound || !base || !add || !per) return false;
  if (!(Rational(0) < *per)) Wrong(path + ".per", "must be above 0");
  if (!node.bands.empty()) {
    const NormNode::Band& before = node.bands.back();
    const bool rises =
        before.bound < *bound || (before.bound == *bound && !before.exclusive && band.exclusive);
    if (!rises) Wrong(begin, "overlaps the band before: it must begin above its bound");
  }
  node.bands.push_back({*bound, *base, *add, *per, band.exclusive});
  return true;
}

bool NormCompiler::Bands(const Form& form, const std::string& path, NormNode& node) {
  node.measure = Unit(form.unit, path + ".unit");
  bool ok = !form.bands.empty();
  if (!ok) Wrong(path + ".bands", "is required");
  bool adds = false;
  for (size_t i = 0; i < form.bands.size(); ++i) {
    ok = Band(form.bands[i], absl::StrCat(path, ".bands[", i, "]"), node) && ok;
    adds = adds || !form.bands[i].add.empty();
  }
  if (adds || !form.key.empty()) {
    node.whole_steps = Word(form.key, path + ".stepping_choice", {"pro_rata", "whole_steps"}) == 1;
  }
  return ok;
}

const std::vector<std::string>* NormCompiler::Subject(const Form& form, const std::string& path,
                                                      NormNode& node) {
  const auto& known = form.by_choice ? choices_ : inputs_;
  const std::string at = path + (form.by_choice ? ".choice" : ".input");
  const auto it = known.find(form.key);
  node.by_choice = form.by_choice;
  if (it == known.end()) {
    Wrong(at, absl::StrCat("no ", form.by_choice ? "choice" : "input", " has the key \"", form.key,
                           "\""));
    return nullptr;
  }
  node.place = it->second;
  if (!form.by_choice) used_[it->second] = true;
  const bool is_word = form.by_choice ? !set_.choices[it->second].word.empty()
                                      : !set_.inputs[it->second].words.empty();
  if (!is_word) {
    Wrong(at, absl::StrCat("\"", form.key, "\" is a number"));
    return nullptr;
  }
  return form.by_choice ? &set_.choices[it->second].alternatives : &set_.inputs[it->second].words;
}

bool NormCompiler::Cases(const Form& form, const std::string& path, NormNode& node) {
  const std::vector<std::string>* words = Subject(form, path, node);
  bool ok = words != nullptr && !form.cases.empty();
  if (form.cases.empty()) Wrong(path + ".cases", "is required");
  const bool has_otherwise = !node.operands.empty();
  if (words != nullptr) node.places.assign(words->size(), has_otherwise ? 0 : -1);
  absl::flat_hash_set<std::string> taken;
  for (size_t i = 0; i < form.cases.size(); ++i) {
    const std::string at = absl::StrCat(path, ".cases[", i, "]");
    const NormCase& each = form.cases[i];
    node.operands.push_back(each.value.empty() ? Expression({}, at + ".value")
                                               : Expression(each.value[0], at + ".value"));
    ok = ok && node.operands.back().kind != Kind::kMissing;
    for (size_t k = 0; k < each.words.size() && words != nullptr; ++k) {
      const auto it = std::find(words->begin(), words->end(), each.words[k]);
      const std::string word_path = absl::StrCat(at, ".words[", k, "]");
      if (it == words->end()) {
        Wrong(word_path, absl::StrCat("\"", each.words[k], "\" is none of the words"));
        ok = false;
        continue;
      }
      if (!taken.insert(each.words[k]).second) Wrong(word_path, "has a case already");
      node.places[it - words->begin()] = static_cast<int>(node.operands.size()) - 1;
    }
  }
  if (!ok) return false;
  for (size_t i = 0; i < words->size(); ++i) {
    if (node.places[i] >= 0) continue;
    Wrong(path + ".cases", absl::StrCat("the word \"", (*words)[i], "\" has no case"));
    ok = false;
  }
  node.measure = node.operands[0].measure;
  for (size_t i = 1; i < node.operands.size(); ++i) {
    ok = Alike(node.measure, node.operands[i],
               absl::StrCat(path, ".cases[", has_otherwise ? i - 1 : i, "].value")) &&
         ok;
  }
  if (ok && node.by_choice) {
    const auto it = std::find(words->begin(), words->end(), set_.choices[node.place].word);
    if (it == words->end()) return false;  // Declare has said so.
    NormNode decided = std::move(node.operands[node.places[it - words->begin()]]);
    node.operands.clear();
    node.operands.push_back(std::move(decided));
  }
  return ok;
}

bool NormCompiler::Condition(const Form& form, const std::string& path, NormNode& node) {
  node.comparison = form.comparison;
  if (form.comparison == NormComparison::kUnknown) {
    Wrong(path + ".condition.comparison", "is required");
  }
  node.measure = node.operands[2].measure;
  const bool sides = Alike(node.operands[0].measure, node.operands[1], path + ".condition.right");
  return Alike(node.measure, node.operands[3], path + ".condition.otherwise") && sides;
}

bool NormCompiler::ShareOfTotal(const Form&, const std::string& path, NormNode& node) {
  const std::string at = path + ".share_of_total.share";
  const NormNode& share = node.operands[0];
  node.measure = node.operands[1].measure;
  const bool known = share.kind == Kind::kNumber || share.kind == Kind::kChoice;
  if (known && (share.number < 0 || !(share.number < 1))) {
    Wrong(at, "must be at least 0 and below 100 %");
  }
  return Alike(Measure(), share, at);
}

bool NormCompiler::OverUnits(const Form& form, const std::string& path, NormNode& node) {
  const bool mean = form.kind == Kind::kMeanOfLowest;
  node.place = LineAbove(form.key, path + (mean ? ".mean_of_lowest.line" : ".total_over_units"));
  if (node.place >= 0) node.measure = line_measures_[node.place];
  node.count = form.count;
  if (mean && form.count < 1) Wrong(path + ".mean_of_lowest.count", "must be above 0");
  node.slot = slots_++;
  return node.place >= 0;
}

}  // namespace twotier::budget
