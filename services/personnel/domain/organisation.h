// Bodies and posts: what the law lets a unit have.
//
// Law 72/2025/QH15 (local government), Decree 150/2025/NĐ-CP (specialised agencies, Art. 15 for
// communes), Resolution 106/2025/UBTVQH15 (one vice chair of a council).
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_ORGANISATION_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_ORGANISATION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/units/units.h"

namespace twotier::personnel {

using units::UnitType;
using UnitTier = units::Tier;

// A unit as far as the shape of its bodies rests on it.
struct UnitFacts {
  UnitTier tier = UnitTier::kUnknown;
  UnitType type = UnitType::kUnknown;
  std::string code;  // Official code; tells Phú Quốc, Hà Nội and Hồ Chí Minh City.
  // Communes of its province have centers of their own, on the day that is asked for.
  bool has_centers = false;
};

// The numbers of the contract.
enum class BodyKind {
  kUnknown = 0,
  kCouncil = 1,
  kCommittee = 2,
  kOffice = 3,                            // Văn phòng HĐND và UBND.
  kEconomicOffice = 4,                    // Communes and special zones.
  kEconomyInfrastructureUrbanOffice = 5,  // Wards and Phú Quốc.
  kCultureSocietyOffice = 6,
  kServiceCenter = 7,
  kDepartment = 8,
  kDivision = 9,
  kSubDepartment = 10,
  kPublicUnit = 11,
  kMilitaryCommand = 12,
  kPartyBody = 13,
};

enum class PostKind {
  kUnknown = 0,
  kCouncilChair = 1,
  kCouncilViceChair = 2,
  kCouncilCommitteeHead = 3,
  kCommitteeChair = 4,
  kCommitteeViceChair = 5,
  kHead = 6,
  kDeputyHead = 7,
  kOfficial = 8,
  kPublicEmployee = 9,
  kPartTimer = 10,
  kContract = 11,
  kParty = 12,
  kMilitary = 13,
};

enum class QuotaKind {
  kNone = 0,
  kCivilServant = 1,
  kPublicEmployee = 2,
  kPartTimer = 3,
  kViceChair = 4,  // A province's pool of vice chairs of communes.
};

// Names of the contract without prefix.
absl::string_view NameOf(BodyKind kind);
absl::string_view NameOf(PostKind kind);
absl::string_view NameOf(QuotaKind kind);

// Whether a body of `kind` may exist in a unit like this one.
bool MayHave(const UnitFacts& unit, BodyKind kind);
// Bodies that a unit has as a rule, one of each. A center is among them where the province has not
// chosen the single tier (Decree 118/2025).
std::vector<BodyKind> UsualBodies(const UnitFacts& unit);
// Whether a body of `body` may have a post of `post`.
bool MayHave(BodyKind body, PostKind post);

// The posts whose vacancy the Government asks for: chairs, vice chairs, heads.
bool IsKeyPost(PostKind kind);
// The only line of quota that a post may stand on; kNone for party, military and contract posts,
// which are stored and not counted (contracts: Decree 173/2025).
QuotaKind QuotaOf(PostKind kind);
// Whether it counts in the province's pool of vice chairs too (Decree 300/2025 Art. 6).
bool CountsAsViceChair(const UnitFacts& unit, PostKind kind);

// What the holder of a post may do in this suite; handed on with the post, never to the person.
std::vector<absl::string_view> RightsOf(PostKind kind);

// Fewest posts of a body (Decree 150/2025): a division seven, a sub-department twelve. 0: none is
// said.
int PostsMin(BodyKind kind);

// A body of one unit with what it holds on the day that is asked for.
struct BodyFacts {
  std::string name;
  BodyKind kind = BodyKind::kUnknown;
  int counted_posts = 0;  // On a line of quota.
  std::map<PostKind, int> posts;
};

// Something that is not as the law has it as a rule. Reported, never enforced: the decree allows
// exceptions, and a unit's type changes while its bodies stay.
struct Finding {
  // `BODY_MISSING`, `BODY_TWICE`, `BODY_NOT_OF_UNIT`, `BELOW_MINIMUM`, `TOO_MANY_POSTS`,
  // `TOO_MANY_DEPARTMENTS`, `VICE_CHAIR_POOL_EXCEEDED`.
  std::string code;
  std::string body;  // Name of the body; empty where it is about the unit, or all bodies of a kind.
  BodyKind kind = BodyKind::kUnknown;
  int found = 0;
  int expected = 0;  // Least or most, as the code says.
  std::string source;

  friend bool operator==(const Finding&, const Finding&) = default;
};
std::vector<Finding> CheckOrganisation(const UnitFacts& unit, absl::Span<const BodyFacts> bodies);
// The same of what a province is granted for vice chairs of its communes: a grant is held to the
// communes of its day, and when some of them merge it stays.
std::vector<Finding> CheckViceChairs(int64_t granted, int64_t communes);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_ORGANISATION_H_
