#include "services/registry/handlers/search.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "common/status_macros.h"
#include "services/registry/domain/search.h"
#include "services/registry/handlers/paging.h"

namespace twotier::registry::handlers {
namespace {

constexpr absl::string_view kMethod = "SearchUnits";

rpc::Encoded<v1::UnitHit> EncodeHit(const Snapshot& snapshot, const SearchHit& hit,
                                    absl::CivilDay as_of) {
  const UnitTree& tree = snapshot.tree();
  const UnitVersion& version = tree.version(hit.unit);
  v1::UnitHit rest;  // All but the unit.
  rest.set_matched_name(hit.without_type ? version.short_name : version.full_name);
  rest.set_match(static_cast<v1::NameMatch>(hit.match));
  SetRange(hit.named, rest.mutable_named());
  const absl::CivilDay from = std::min(version.valid.end - 1, as_of);
  for (const ResolvedUnit& result : Walk(tree, hit.unit, from, as_of).results) {
    const v1::Unit& unit = snapshot.unit(result.unit);
    v1::UnitOutcome* outcome = rest.add_outcomes();
    outcome->set_unit(unit.name());
    outcome->set_code(unit.code());
    outcome->set_full_name(unit.full_name());
    outcome->set_province_code(unit.province_code());
    outcome->set_relation(static_cast<v1::Relation>(result.relation));
  }
  rpc::Encoded<v1::UnitHit> encoded;
  encoded.AddMessage(v1::UnitHit::kUnitFieldNumber, snapshot.unit_bytes(hit.unit));
  encoded.Add(rest);
  return encoded;
}

// Drops the hits of the pages before and puts the first `count` of the others in order.
void KeepPage(const UnitTree& tree, const std::string& after, size_t count,
              std::vector<SearchHit>& hits) {
  if (!after.empty()) {
    hits.erase(std::remove_if(hits.begin(), hits.end(),
                              [&](const SearchHit& hit) { return RankKey(tree, hit) <= after; }),
               hits.end());
  }
  const size_t kept = std::min(count, hits.size());
  std::partial_sort(
      hits.begin(), hits.begin() + static_cast<ptrdiff_t>(kept), hits.end(),
      [&](const SearchHit& a, const SearchHit& b) { return RanksBefore(tree, a, b); });
  hits.resize(kept);
}

}  // namespace

void ValidateSearchUnits(const v1::SearchUnitsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<rpc::Encoded<v1::SearchUnitsResponse>> SearchUnits(
    const Env& env, const Call& call, const v1::SearchUnitsRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const PageStart start, ReadPage(env, call, kMethod, request));
  const UnitTree& tree = snapshot->tree();
  std::vector<SearchHit> hits = Search(tree, snapshot->names(),
                                       {.text = request.text(),
                                        .tier = static_cast<Tier>(request.tier()),
                                        .province_code = request.province_code(),
                                        .only_current = request.only_current(),
                                        .as_of = start.day});
  const auto size = static_cast<size_t>(start.size);
  KeepPage(tree, start.after, size + 1, hits);  // One more tells whether a page follows.

  rpc::Encoded<v1::SearchUnitsResponse> response;
  v1::SearchUnitsResponse rest;  // All but the hits.
  SetKnowledge(request, rest);
  SetDate(start.day, rest.mutable_as_of());
  if (hits.size() > size) {
    hits.pop_back();
    rest.set_next_page_token(NextToken(env, kMethod, start, RankKey(tree, hits.back())));
  }
  for (const SearchHit& hit : hits) {
    response.AddMessage(v1::SearchUnitsResponse::kHitsFieldNumber,
                        EncodeHit(*snapshot, hit, start.day).bytes());
  }
  response.Add(rest);
  return response;
}

}  // namespace twotier::registry::handlers
