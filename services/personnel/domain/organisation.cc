#include "services/personnel/domain/organisation.h"

#include <algorithm>

#include "services/personnel/domain/quota.h"

namespace twotier::personnel {
namespace {

// Named with the wards in Decree 150/2025 Art. 15.
constexpr absl::string_view kPhuQuoc = "31078";
constexpr absl::string_view kHaNoi = "01";
constexpr absl::string_view kHoChiMinhCity = "79";

bool IsUrban(const UnitFacts& unit) {
  return unit.type == UnitType::kWard || unit.code == kPhuQuoc;
}

// At most one head and one vice chair of a council; deputies of a commune's office one as a rule.
int PostsMax(const UnitFacts& unit, PostKind post) {
  constexpr int kNoLimit = 0;
  switch (post) {
    case PostKind::kCouncilChair:
    case PostKind::kCouncilViceChair:
    case PostKind::kCommitteeChair:
    case PostKind::kHead:
      return 1;
    case PostKind::kCouncilCommitteeHead:
      // The legal and the socio-economic committee of a commune's council.
      return unit.tier == UnitTier::kCommune ? 2 : kNoLimit;
    case PostKind::kDeputyHead:
      return unit.tier == UnitTier::kCommune ? 1 : kNoLimit;
    default:
      return kNoLimit;
  }
}

// Of the departments of a province: three each on average, so that one may have four where another
// has two.
constexpr int kDeputiesOfDepartment = 3;

int DeputiesOfDepartments(absl::Span<const BodyFacts> bodies) {
  int deputies = 0;
  for (const BodyFacts& body : bodies) {
    const auto found = body.posts.find(PostKind::kDeputyHead);
    if (body.kind == BodyKind::kDepartment && found != body.posts.end()) deputies += found->second;
  }
  return deputies;
}

int DepartmentsMax(const UnitFacts& unit) {
  return unit.code == kHaNoi || unit.code == kHoChiMinhCity ? 15 : 14;
}

bool IsOfOffice(PostKind post) {
  return post == PostKind::kHead || post == PostKind::kDeputyHead || post == PostKind::kOfficial ||
         post == PostKind::kPublicEmployee || post == PostKind::kPartTimer ||
         post == PostKind::kContract;
}

}  // namespace

absl::string_view NameOf(BodyKind kind) {
  switch (kind) {
    case BodyKind::kUnknown:
      return "UNSPECIFIED";
    case BodyKind::kCouncil:
      return "COUNCIL";
    case BodyKind::kCommittee:
      return "COMMITTEE";
    case BodyKind::kOffice:
      return "OFFICE";
    case BodyKind::kEconomicOffice:
      return "ECONOMIC_OFFICE";
    case BodyKind::kEconomyInfrastructureUrbanOffice:
      return "ECONOMY_INFRASTRUCTURE_URBAN_OFFICE";
    case BodyKind::kCultureSocietyOffice:
      return "CULTURE_SOCIETY_OFFICE";
    case BodyKind::kServiceCenter:
      return "SERVICE_CENTER";
    case BodyKind::kDepartment:
      return "DEPARTMENT";
    case BodyKind::kDivision:
      return "DIVISION";
    case BodyKind::kSubDepartment:
      return "SUB_DEPARTMENT";
    case BodyKind::kPublicUnit:
      return "PUBLIC_UNIT";
    case BodyKind::kMilitaryCommand:
      return "MILITARY_COMMAND";
    case BodyKind::kPartyBody:
      return "PARTY_BODY";
  }
  return "UNSPECIFIED";
}

absl::string_view NameOf(PostKind kind) {
  switch (kind) {
    case PostKind::kUnknown:
      return "UNSPECIFIED";
    case PostKind::kCouncilChair:
      return "COUNCIL_CHAIR";
    case PostKind::kCouncilViceChair:
      return "COUNCIL_VICE_CHAIR";
    case PostKind::kCouncilCommitteeHead:
      return "COUNCIL_COMMITTEE_HEAD";
    case PostKind::kCommitteeChair:
      return "COMMITTEE_CHAIR";
    case PostKind::kCommitteeViceChair:
      return "COMMITTEE_VICE_CHAIR";
    case PostKind::kHead:
      return "HEAD";
    case PostKind::kDeputyHead:
      return "DEPUTY_HEAD";
    case PostKind::kOfficial:
      return "OFFICIAL";
    case PostKind::kPublicEmployee:
      return "PUBLIC_EMPLOYEE";
    case PostKind::kPartTimer:
      return "PART_TIMER";
    case PostKind::kContract:
      return "CONTRACT";
    case PostKind::kParty:
      return "PARTY";
    case PostKind::kMilitary:
      return "MILITARY";
  }
  return "UNSPECIFIED";
}

absl::string_view NameOf(QuotaKind kind) {
  switch (kind) {
    case QuotaKind::kNone:
      return "UNSPECIFIED";
    case QuotaKind::kCivilServant:
      return "CIVIL_SERVANT";
    case QuotaKind::kPublicEmployee:
      return "PUBLIC_EMPLOYEE";
    case QuotaKind::kPartTimer:
      return "PART_TIMER";
    case QuotaKind::kViceChair:
      return "VICE_CHAIR";
  }
  return "UNSPECIFIED";
}

bool MayHave(const UnitFacts& unit, BodyKind kind) {
  const bool commune = unit.tier == UnitTier::kCommune;
  switch (kind) {
    case BodyKind::kUnknown:
      return false;
    case BodyKind::kCouncil:
    case BodyKind::kCommittee:
    case BodyKind::kOffice:
    case BodyKind::kServiceCenter:
    case BodyKind::kPublicUnit:
    case BodyKind::kMilitaryCommand:
    case BodyKind::kPartyBody:
      return true;
    case BodyKind::kEconomicOffice:
      return commune && !IsUrban(unit);
    case BodyKind::kEconomyInfrastructureUrbanOffice:
      return commune && IsUrban(unit);
    case BodyKind::kCultureSocietyOffice:
      return commune;
    case BodyKind::kDepartment:
    case BodyKind::kDivision:
    case BodyKind::kSubDepartment:
      return unit.tier == UnitTier::kProvince;
  }
  return false;
}

std::vector<BodyKind> UsualBodies(const UnitFacts& unit) {
  std::vector<BodyKind> bodies = {BodyKind::kCouncil, BodyKind::kCommittee, BodyKind::kOffice};
  if (unit.tier != UnitTier::kCommune) return bodies;
  bodies.push_back(IsUrban(unit) ? BodyKind::kEconomyInfrastructureUrbanOffice
                                 : BodyKind::kEconomicOffice);
  bodies.push_back(BodyKind::kCultureSocietyOffice);
  if (unit.has_centers) bodies.push_back(BodyKind::kServiceCenter);
  return bodies;
}

bool MayHave(BodyKind body, PostKind post) {
  switch (body) {
    case BodyKind::kUnknown:
      return false;
    case BodyKind::kCouncil:
      return post == PostKind::kCouncilChair || post == PostKind::kCouncilViceChair ||
             post == PostKind::kCouncilCommitteeHead;
    case BodyKind::kCommittee:
      return post == PostKind::kCommitteeChair || post == PostKind::kCommitteeViceChair ||
             post == PostKind::kPartTimer;
    case BodyKind::kMilitaryCommand:
      return post == PostKind::kMilitary;
    case BodyKind::kPartyBody:
      return post == PostKind::kParty;
    default:
      return IsOfOffice(post);
  }
}

bool IsKeyPost(PostKind kind) {
  return kind == PostKind::kCouncilChair || kind == PostKind::kCouncilViceChair ||
         kind == PostKind::kCommitteeChair || kind == PostKind::kCommitteeViceChair ||
         kind == PostKind::kHead;
}

QuotaKind QuotaOf(PostKind kind) {
  switch (kind) {
    case PostKind::kPublicEmployee:
      return QuotaKind::kPublicEmployee;
    case PostKind::kPartTimer:
      return QuotaKind::kPartTimer;
    case PostKind::kUnknown:
    case PostKind::kContract:
    case PostKind::kParty:
    case PostKind::kMilitary:
      return QuotaKind::kNone;
    default:
      return QuotaKind::kCivilServant;
  }
}

bool CountsAsViceChair(const UnitFacts& unit, PostKind kind) {
  return unit.tier == UnitTier::kCommune && kind == PostKind::kCommitteeViceChair;
}

std::vector<absl::string_view> RightsOf(PostKind kind) {
  switch (kind) {
    case PostKind::kCommitteeChair:
      return {"appointment.sign", "budget.approve", "dossier.decide"};
    case PostKind::kCommitteeViceChair:
      return {"dossier.decide"};
    case PostKind::kCouncilChair:
      return {"appointment.sign"};
    case PostKind::kHead:
    case PostKind::kDeputyHead:
      return {"dossier.assign", "dossier.process"};
    case PostKind::kOfficial:
    case PostKind::kPublicEmployee:
    case PostKind::kContract:
      return {"dossier.process"};
    default:
      return {};
  }
}

int PostsMin(BodyKind kind) {
  if (kind == BodyKind::kDivision) return 7;
  if (kind == BodyKind::kSubDepartment) return 12;
  return 0;
}

std::vector<Finding> CheckOrganisation(const UnitFacts& unit, absl::Span<const BodyFacts> bodies) {
  constexpr absl::string_view kDecree = "150/2025/NĐ-CP";
  std::vector<Finding> findings;
  const auto add = [&](absl::string_view code, absl::string_view body, BodyKind kind, int found,
                       int expected) {
    findings.push_back(
        {std::string(code), std::string(body), kind, found, expected, std::string(kDecree)});
  };
  std::map<BodyKind, int> count;
  for (const BodyFacts& body : bodies) ++count[body.kind];
  for (const BodyKind usual : UsualBodies(unit)) {
    const int found = count[usual];
    if (found == 0) add("BODY_MISSING", "", usual, 0, 1);
    if (found > 1) add("BODY_TWICE", "", usual, found, 1);
  }
  if (count[BodyKind::kDepartment] > DepartmentsMax(unit)) {
    add("TOO_MANY_DEPARTMENTS", "", BodyKind::kDepartment, count[BodyKind::kDepartment],
        DepartmentsMax(unit));
  }
  const int deputies = DeputiesOfDepartments(bodies);
  const int deputies_max = kDeputiesOfDepartment * count[BodyKind::kDepartment];
  if (deputies > deputies_max) {
    add("TOO_MANY_POSTS", "", BodyKind::kDepartment, deputies, deputies_max);
  }
  for (const BodyFacts& body : bodies) {
    if (!MayHave(unit, body.kind)) add("BODY_NOT_OF_UNIT", body.name, body.kind, 1, 0);
    const int least = PostsMin(body.kind);
    if (body.counted_posts < least) {
      add("BELOW_MINIMUM", body.name, body.kind, body.counted_posts, least);
    }
    for (const auto& [post, posts] : body.posts) {
      const int most = PostsMax(unit, post);
      if (most > 0 && posts > most) add("TOO_MANY_POSTS", body.name, body.kind, posts, most);
    }
  }
  return findings;
}

std::vector<Finding> CheckViceChairs(int64_t granted, int64_t communes) {
  const int64_t pool = ViceChairPool(communes);
  if (granted <= pool) return {};
  return {{"VICE_CHAIR_POOL_EXCEEDED", "", BodyKind::kCommittee, static_cast<int>(granted),
           static_cast<int>(pool), "300/2025/NĐ-CP"}};
}

}  // namespace twotier::personnel
