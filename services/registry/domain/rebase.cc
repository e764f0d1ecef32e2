#include "services/registry/domain/rebase.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/registry/domain/refusals.h"
#include "services/registry/domain/resolution.h"
#include "services/registry/domain/succession_walk.h"

namespace twotier::registry {
namespace {

struct Part {
  std::string unit_id;
  int64_t share_ppm = 0;
  int64_t value = 0;
  absl::int128 remainder = 0;
};

// Divides the size of `value`; the sign is the caller's. Shares over several steps were rounded
// down, so that they are taken in proportion to their sum.
void Divide(int64_t value, std::vector<Part>& parts) {
  absl::int128 shares = 0;
  for (const Part& part : parts) shares += part.share_ppm;
  int64_t left = value;
  for (Part& part : parts) {
    const absl::int128 exact = absl::int128(value) * part.share_ppm;
    part.value = static_cast<int64_t>(exact / shares);
    part.remainder = exact % shares;
    left -= part.value;
  }
  std::vector<Part*> order;
  for (Part& part : parts) order.push_back(&part);
  std::sort(order.begin(), order.end(), [](const Part* a, const Part* b) {
    if (a->remainder != b->remainder) return b->remainder < a->remainder;
    return a->unit_id < b->unit_id;
  });
  for (Part* part : order) {
    if (left == 0) break;
    ++part->value;
    --left;
  }
}

// Parts of the figure's unit; empty when a share is not known.
std::vector<Part> PartsOf(const UnitTree& tree, const Walked& walked, ShareBasis basis) {
  std::vector<Part> parts;
  int64_t shares = 0;
  for (const ResolvedUnit& result : walked.results) {
    const std::optional<int64_t> share =
        basis == ShareBasis::kArea ? result.area_ppm : result.population_ppm;
    const bool alone = walked.results.size() == 1;
    if (!share.has_value() && !alone) return {};
    parts.push_back({tree.unit(result.unit.unit).id, alone ? kWholePpm : *share});
    shares += parts.back().share_ppm;
  }
  // Shares so small that all of them were rounded to nothing say nothing.
  return shares == 0 ? std::vector<Part>() : parts;
}

}  // namespace

absl::StatusOr<std::vector<UnitFigure>> RebaseFigures(const UnitTree& tree,
                                                      absl::Span<const UnitFigure> figures,
                                                      absl::CivilDay from, absl::CivilDay to,
                                                      ShareBasis basis) {
  RETURN_IF_ERROR(CheckDay(from));
  std::map<std::string, int64_t> sums;
  Refusals refusals;
  for (const UnitFigure& figure : figures) {
    const std::optional<uint32_t> unit = tree.Find(figure.unit_id);
    const std::optional<VersionRef> ref = unit.has_value() ? tree.On(*unit, from) : std::nullopt;
    if (!ref.has_value()) return UnitNotFound(absl::StrCat("units/", figure.unit_id), from);
    std::vector<Part> parts = PartsOf(tree, Walk(tree, *ref, from, to), basis);
    if (parts.empty()) {
      refusals.Add("SHARE_UNKNOWN", figure.unit_id,
                   "was divided, and how much went where is not known: state it with CorrectUnit");
      continue;
    }
    const int64_t sign = figure.value < 0 ? -1 : 1;
    Divide(figure.value * sign, parts);
    for (const Part& part : parts) sums[part.unit_id] += part.value * sign;
  }
  RETURN_IF_ERROR(refusals.ToStatus());
  std::vector<UnitFigure> rebased;
  for (const auto& [unit_id, value] : sums) rebased.push_back({unit_id, value});
  return rebased;
}

}  // namespace twotier::registry
