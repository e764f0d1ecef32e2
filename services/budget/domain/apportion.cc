#include "services/budget/domain/apportion.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/budget/domain/int128.h"

namespace twotier::budget {
namespace {

enum class Place : char { kFree, kAtFloor, kAtCap };

// What is known while the claims that their floor or cap binds are being found.
struct Division {
  int64_t rest = 0;         // Of the pool, for the free claims.
  int64_t free_weight = 0;  // Sum of theirs.
  std::vector<Place> places;
};

absl::Status NotComputable(absl::string_view what) {
  return error::WithReason(absl::StatusCode::kOutOfRange, absl::StrCat(what, " above 2^62"),
                           "ALLOCATION_NOT_COMPUTABLE");
}

absl::Status WithoutTaker(int64_t pool, int64_t placed) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("caps and weights place only ", placed, " of ", pool),
                           "POOL_WITHOUT_TAKER",
                           {{"pool", absl::StrCat(pool)}, {"placed", absl::StrCat(placed)}});
}

absl::Status Check(int64_t pool, absl::Span<const Claim> claims) {
  if (pool < 0) return absl::InvalidArgumentError("a pool is not negative");
  Int128 weights = 0, floors = 0, caps = 0;
  for (const Claim& claim : claims) {
    if (claim.weight < 0 || claim.floor < 0 || claim.floor > claim.cap) {
      return absl::InvalidArgumentError(
          absl::StrCat("weight, floor and cap of ", claim.key, " do not fit together"));
    }
    weights += claim.weight;
    floors += claim.floor;
    caps += claim.weight == 0 ? claim.floor : claim.cap;
  }
  if (pool > kApportionMax) return NotComputable("a pool");
  if (weights > kApportionMax) return NotComputable("a sum of weights");
  if (floors > pool) {
    const auto least = static_cast<int64_t>(std::min<Int128>(floors, kApportionMax));
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("the floors need ", least, ", the pool has ", pool),
                             "POOL_BELOW_FLOORS",
                             {{"pool", absl::StrCat(pool)}, {"floors", absl::StrCat(least)}});
  }
  if (caps < pool) return WithoutTaker(pool, static_cast<int64_t>(caps));
  return absl::OkStatus();
}

// The free claims that would get less than their floor (more than their cap), and by how much in
// all, times free_weight.
Int128 Beyond(const Division& division, absl::Span<const Claim> claims, bool below) {
  Int128 sum = 0;
  for (size_t i = 0; i < claims.size(); ++i) {
    if (division.places[i] != Place::kFree) continue;
    const Int128 part = Int128{division.rest} * claims[i].weight;
    const Int128 bound = Int128{below ? claims[i].floor : claims[i].cap} * division.free_weight;
    const Int128 missing = below ? bound - part : part - bound;
    if (missing > 0) sum += missing;
  }
  return sum;
}

// Binds the claims beyond their floor (their cap).
void Bind(Division& division, absl::Span<const Claim> claims, bool floors) {
  const Division before = division;
  for (size_t i = 0; i < claims.size(); ++i) {
    if (before.places[i] != Place::kFree) continue;
    const Int128 part = Int128{before.rest} * claims[i].weight;
    const int64_t bound = floors ? claims[i].floor : claims[i].cap;
    const Int128 exact = Int128{bound} * before.free_weight;
    if (floors ? part >= exact : part <= exact) continue;
    division.places[i] = floors ? Place::kAtFloor : Place::kAtCap;
    division.rest -= bound;
    division.free_weight -= claims[i].weight;
  }
}

// Finds who is bound: in each round the side that is missed by more is final. (The parts of the
// rest only move away from it when the other side is bound later.)
Division Divide(int64_t pool, absl::Span<const Claim> claims) {
  Division division{pool, 0, std::vector<Place>(claims.size(), Place::kFree)};
  for (size_t i = 0; i < claims.size(); ++i) {
    division.free_weight += claims[i].weight;
    if (claims[i].weight != 0) continue;
    division.places[i] = Place::kAtFloor;
    division.rest -= claims[i].floor;
  }
  while (division.free_weight > 0) {
    const Int128 missing = Beyond(division, claims, /*below=*/true);
    const Int128 surplus = Beyond(division, claims, /*below=*/false);
    if (missing == 0 && surplus == 0) break;
    Bind(division, claims, /*floors=*/missing >= surplus);
  }
  return division;
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> Apportion(int64_t pool, absl::Span<const Claim> claims) {
  RETURN_IF_ERROR(Check(pool, claims));
  const Division division = Divide(pool, claims);
  struct Remainder {
    Int128 size;
    size_t claim;
  };
  std::vector<int64_t> parts(claims.size());
  std::vector<Remainder> remainders;
  int64_t left = division.rest;
  for (size_t i = 0; i < claims.size(); ++i) {
    if (division.places[i] != Place::kFree) {
      parts[i] = division.places[i] == Place::kAtFloor ? claims[i].floor : claims[i].cap;
      continue;
    }
    const Int128 part = Int128{division.rest} * claims[i].weight;
    parts[i] = static_cast<int64_t>(part / division.free_weight);
    left -= parts[i];
    if (const Int128 size = part % division.free_weight; size > 0) remainders.push_back({size, i});
  }
  // Everybody left is free, has a remainder below one and they sum to `left`: it is less than their
  // number.
  const auto first = remainders.begin() + left;
  std::nth_element(remainders.begin(), first, remainders.end(),
                   [&claims](const Remainder& a, const Remainder& b) {
                     return a.size != b.size ? a.size > b.size
                                             : claims[a.claim].key < claims[b.claim].key;
                   });
  for (auto it = remainders.begin(); it != first; ++it) ++parts[it->claim];
  return parts;
}

}  // namespace twotier::budget
