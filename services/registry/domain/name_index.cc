#include "services/registry/domain/name_index.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/registry/domain/place_text.h"

namespace twotier::registry {
namespace {

constexpr size_t kTrigram = 3;
// One letter in so many may differ in a near spelling.
constexpr size_t kLettersPerEdit = 4;
// Longest key that near spellings are looked for: names are shorter, and the comparison is
// quadratic.
constexpr size_t kNearKeyMax = 64;
// Longest name that is kept whole; the longest of the national data has 42 letters. What is behind
// it is not searched.
constexpr size_t kNameBytesMax = 1024;

uint32_t TrigramAt(absl::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  return byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
}

// Distinct trigrams of `text`.
std::vector<uint32_t> TrigramsOf(absl::string_view text) {
  std::vector<uint32_t> trigrams;
  for (size_t i = 0; i + kTrigram <= text.size(); ++i) trigrams.push_back(TrigramAt(text, i));
  std::sort(trigrams.begin(), trigrams.end());
  trigrams.erase(std::unique(trigrams.begin(), trigrams.end()), trigrams.end());
  return trigrams;
}

std::string KeyOf(const std::string& name) {
  return SearchKey(IndexName(name)).substr(0, kNameBytesMax);
}

bool Better(const FoundName& a, const FoundName& b) {
  return a.match != b.match ? a.match < b.match : a.edits < b.edits;
}

}  // namespace

std::string SearchKey(absl::string_view folded) {
  std::string key;
  key.reserve(folded.size());
  for (size_t i = 0; i < folded.size(); ++i) {
    const char letter = folded[i];
    const bool before_h = i + 1 < folded.size() && folded[i + 1] == 'h';
    if (letter == ' ') continue;
    key.push_back(letter == 'k' && !before_h ? 'c' : letter == 'y' ? 'i' : letter);
  }
  return key;
}

size_t Edits(absl::string_view a, absl::string_view b, size_t max) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > max) return max + 1;
  // Three rows of the usual table: a swap looks two rows back.
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    if (*std::min_element(row.begin(), row.end()) > max) return max + 1;
    std::swap(before, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], max + 1);
}

NameIndex::NameIndex(const UnitTree& tree) {
  std::map<std::pair<std::string, std::string>, std::vector<VersionRef>> versions;
  for (uint32_t unit = 0; unit < tree.units().size(); ++unit) {
    for (uint32_t v = 0; v < tree.unit(unit).versions.size(); ++v) {
      const UnitVersion& version = tree.unit(unit).versions[v];
      versions[{KeyOf(version.full_name), KeyOf(version.short_name)}].push_back({unit, v});
    }
  }
  std::vector<std::pair<uint32_t, uint32_t>> postings;  // Trigram and name.
  for (const auto& [keys, refs] : versions) {
    const auto& [full, short_name] = keys;
    Name name;
    name.begin = static_cast<uint32_t>(letters_.size());
    name.full_size = static_cast<uint16_t>(full.size());
    name.first_version = static_cast<uint32_t>(versions_.size());
    letters_.append(full);
    if (absl::EndsWith(full, short_name)) {
      name.short_begin = static_cast<uint16_t>(full.size() - short_name.size());
    } else {
      absl::StrAppend(&letters_, "\n", short_name);
      name.short_begin = static_cast<uint16_t>(full.size() + 1);
    }
    name.size = static_cast<uint16_t>(letters_.size() - name.begin);
    versions_.insert(versions_.end(), refs.begin(), refs.end());
    const auto index = static_cast<uint32_t>(names_.size());
    names_.push_back(name);
    for (const uint32_t trigram : TrigramsOf(TextOf(name))) postings.emplace_back(trigram, index);
  }
  Name end;
  end.first_version = static_cast<uint32_t>(versions_.size());
  names_.push_back(end);

  std::sort(postings.begin(), postings.end());
  for (const auto& [trigram, name] : postings) {
    if (trigrams_.empty() || trigrams_.back() != trigram) {
      trigrams_.push_back(trigram);
      postings_begin_.push_back(static_cast<uint32_t>(postings_.size()));
    }
    postings_.push_back(name);
  }
  postings_begin_.push_back(static_cast<uint32_t>(postings_.size()));
  letters_.shrink_to_fit();
  names_.shrink_to_fit();
  versions_.shrink_to_fit();
  postings_.shrink_to_fit();
}

absl::string_view NameIndex::TextOf(const Name& name) const {
  return absl::string_view(letters_).substr(name.begin, name.size);
}

absl::Span<const VersionRef> NameIndex::VersionsOf(uint32_t name) const {
  const uint32_t begin = names_[name].first_version;
  return absl::MakeConstSpan(versions_).subspan(begin, names_[name + 1].first_version - begin);
}

absl::Span<const uint32_t> NameIndex::NamesWith(uint32_t trigram) const {
  const auto found = std::lower_bound(trigrams_.begin(), trigrams_.end(), trigram);
  if (found == trigrams_.end() || *found != trigram) return {};
  const auto at = static_cast<size_t>(found - trigrams_.begin());
  return absl::MakeConstSpan(postings_).subspan(postings_begin_[at],
                                                postings_begin_[at + 1] - postings_begin_[at]);
}

// Names that hold every trigram of `key`, which has one at least.
std::vector<uint32_t> NameIndex::Holding(absl::string_view key) const {
  std::vector<absl::Span<const uint32_t>> lists;
  for (const uint32_t trigram : TrigramsOf(key)) lists.push_back(NamesWith(trigram));
  std::sort(lists.begin(), lists.end(),
            [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::vector<uint32_t> names(lists[0].begin(), lists[0].end());
  std::vector<uint32_t> both;
  for (size_t i = 1; i < lists.size() && !names.empty(); ++i) {
    both.clear();
    // The list that is left is much shorter than the next one: look each up.
    const uint32_t* from = lists[i].begin();
    for (const uint32_t name : names) {
      from = std::lower_bound(from, lists[i].end(), name);
      if (from == lists[i].end()) break;
      if (*from == name) both.push_back(name);
    }
    names.swap(both);
  }
  return names;
}

// How `key` matches a name: kUnspecified when it is no part of it.
FoundName NameIndex::Compare(uint32_t index, absl::string_view key) const {
  const Name& name = names_[index];
  const absl::string_view text = TextOf(name);
  const absl::string_view full = text.substr(0, name.full_size);
  const absl::string_view short_name = text.substr(name.short_begin);
  FoundName found{index};
  if (key == full || key == short_name) {
    found.match = NameMatch::kExact;
    found.without_type = key != full;
  } else if (absl::StartsWith(full, key) || absl::StartsWith(short_name, key)) {
    found.match = NameMatch::kStart;
    found.without_type = !absl::StartsWith(full, key);
  } else if (key.size() >= kTrigram && absl::StrContains(text, key)) {
    found.match = NameMatch::kPart;
    found.without_type = absl::StrContains(short_name, key);
  }
  return found;
}

void NameIndex::FindContaining(absl::string_view key, std::vector<FoundName>& found) const {
  const auto add = [&](uint32_t name) {
    const FoundName compared = Compare(name, key);
    if (compared.match != NameMatch::kUnspecified) found.push_back(compared);
  };
  if (key.size() >= kTrigram) {
    for (const uint32_t name : Holding(key)) add(name);
  } else {
    for (uint32_t name = 0; name + 1 < names_.size(); ++name) add(name);
  }
}

void NameIndex::FindNear(absl::string_view key, std::vector<FoundName>& found) const {
  const size_t edits_max = key.size() / kLettersPerEdit;
  if (edits_max == 0 || key.size() > kNearKeyMax) return;
  absl::flat_hash_map<uint32_t, uint32_t> shared;
  for (const uint32_t trigram : TrigramsOf(key)) {
    for (const uint32_t name : NamesWith(trigram)) ++shared[name];
  }
  std::vector<std::pair<uint32_t, uint32_t>> names;  // Shared trigrams and name.
  for (const auto& [name, count] : shared) names.emplace_back(count, name);
  const auto most_first = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  const size_t kept = std::min(names.size(), kNearNamesMax);
  std::partial_sort(names.begin(), names.begin() + static_cast<ptrdiff_t>(kept), names.end(),
                    most_first);
  for (size_t i = 0; i < kept; ++i) {
    const Name& name = names_[names[i].second];
    const absl::string_view text = TextOf(name);
    const size_t to_full = Edits(key, text.substr(0, name.full_size), edits_max);
    const size_t to_short = Edits(key, text.substr(name.short_begin), edits_max);
    const size_t edits = std::min(to_full, to_short);
    if (edits > edits_max) continue;
    found.push_back(
        {names[i].second, NameMatch::kNear, to_short < to_full, static_cast<uint8_t>(edits)});
  }
}

std::vector<FoundName> NameIndex::Find(absl::Span<const std::string> texts) const {
  std::vector<FoundName> found;
  if (names_.empty()) return found;
  std::vector<std::string> keys;
  for (const std::string& text : texts) {
    keys.push_back(SearchKey(text));
    // A text that ends with k may be the beginning of kh, where k is not c.
    if (absl::EndsWith(text, "k"))
      keys.push_back(SearchKey(text + "h").substr(0, keys.back().size()));
  }
  for (const std::string& key : keys) FindContaining(key, found);
  if (found.empty()) {
    for (const std::string& key : keys) FindNear(key, found);
  }
  if (keys.size() == 1) return found;  // Each name is there once.
  std::sort(found.begin(), found.end(), [](const FoundName& a, const FoundName& b) {
    return a.name != b.name ? a.name < b.name : Better(a, b);
  });
  found.erase(std::unique(found.begin(), found.end(),
                          [](const auto& a, const auto& b) { return a.name == b.name; }),
              found.end());
  return found;
}

}  // namespace twotier::registry
