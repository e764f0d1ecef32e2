#include "services/registry/domain/search.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/registry/domain/resolution.h"

namespace twotier::registry {
namespace {

// Consecutive versions of a unit that have the same full name.
struct Spell {
  uint32_t first = 0;
  uint32_t last = 0;
};

Spell SpellAround(const std::vector<UnitVersion>& versions, uint32_t at) {
  const std::string& name = versions[at].full_name;
  Spell spell{at, at};
  while (spell.first > 0 && versions[spell.first - 1].full_name == name) --spell.first;
  while (spell.last + 1 < versions.size() && versions[spell.last + 1].full_name == name) {
    ++spell.last;
  }
  return spell;
}

// True when one of the versions that have begun lies where the query says.
bool IsWanted(const UnitTree& tree, uint32_t unit, const Spell& spell, const SearchQuery& query,
              absl::Span<const PlacePart> above) {
  for (uint32_t v = spell.first; v <= spell.last; ++v) {
    const UnitVersion& version = tree.version({unit, v});
    if (query.as_of < version.valid.first) break;
    if (query.only_current && !version.valid.Contains(query.as_of)) continue;
    if (!query.province_code.empty() && version.province_code != query.province_code) continue;
    if (LiesIn(tree, {unit, v}, version.valid, above)) return true;
  }
  return false;
}

// Length of the name in bytes, bounded so that it has three digits as text.
int NameSize(const UnitTree& tree, const SearchHit& hit) {
  constexpr size_t kMax = 999;
  return static_cast<int>(std::min(tree.version(hit.unit).full_name.size(), kMax));
}

auto RankOf(const UnitTree& tree, const SearchHit& hit) {
  return std::make_tuple(hit.match, hit.edits, !hit.current, NameSize(tree, hit),
                         absl::string_view(tree.version(hit.unit).code),
                         absl::string_view(tree.unit(hit.unit.unit).id), hit.named.first);
}

}  // namespace

std::vector<SearchHit> Search(const UnitTree& tree, const NameIndex& names,
                              const SearchQuery& query) {
  std::vector<SearchHit> hits;
  const std::vector<PlacePart> parts = ParsePlaceText(query.text);
  if (parts.empty()) return hits;
  const absl::Span<const PlacePart> above = absl::MakeConstSpan(parts).subspan(1);
  for (const FoundName& found : names.Find(parts[0].names)) {
    VersionRef next;  // The first version that no hit stands for yet.
    for (const VersionRef ref : names.VersionsOf(found.name)) {
      if (ref.unit == next.unit && ref.version < next.version) continue;
      const UnitHistory& unit = tree.unit(ref.unit);
      const Spell spell = SpellAround(unit.versions, ref.version);
      next = {ref.unit, spell.last + 1};
      if (query.tier != Tier::kUnspecified && query.tier != unit.tier) continue;
      if (!IsWanted(tree, ref.unit, spell, query, above)) continue;
      uint32_t begun = spell.last;
      while (query.as_of < unit.versions[begun].valid.first) --begun;  // Ends: one is wanted.
      const DateRange named{unit.versions[spell.first].valid.first,
                            unit.versions[spell.last].valid.end};
      hits.push_back({.unit = {ref.unit, begun},
                      .named = named,
                      .match = found.match,
                      .without_type = found.without_type,
                      .edits = found.edits,
                      .current = named.Contains(query.as_of)});
    }
  }
  return hits;
}

bool RanksBefore(const UnitTree& tree, const SearchHit& a, const SearchHit& b) {
  return RankOf(tree, a) < RankOf(tree, b);
}

std::string RankKey(const UnitTree& tree, const SearchHit& hit) {
  return absl::StrFormat("%d %02d %d %03d %s %s %s", static_cast<int>(hit.match), hit.edits,
                         int{!hit.current}, NameSize(tree, hit), tree.version(hit.unit).code,
                         tree.unit(hit.unit.unit).id, absl::FormatCivilTime(hit.named.first));
}

}  // namespace twotier::registry
