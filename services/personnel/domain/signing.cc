#include "services/personnel/domain/signing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::personnel {
namespace {

bool IsChairOfProvince(const PostPlace& signer, PostKind kind, const std::string& province_code) {
  return signer.kind == kind && signer.tier == UnitTier::kProvince &&
         signer.province_code == province_code;
}

bool IsProvinceChair(const PostPlace& signer, const PostPlace& post) {
  return post.tier == UnitTier::kCommune &&
         (IsChairOfProvince(signer, PostKind::kCommitteeChair, post.province_code) ||
          IsChairOfProvince(signer, PostKind::kCouncilChair, post.province_code));
}

bool Holds(const PostPlace& signer, Authority authority, const PostPlace& post) {
  switch (authority) {
    case Authority::kCentre:
      return false;
    case Authority::kProvincialCouncil:
      return IsChairOfProvince(signer, PostKind::kCouncilChair, post.province_code);
    case Authority::kProvincialCommittee:
      return IsChairOfProvince(signer, PostKind::kCommitteeChair, post.province_code);
    case Authority::kCommuneCommittee:
      return (signer.kind == PostKind::kCommitteeChair && signer.unit == post.unit) ||
             (post.unit_ended &&
              IsChairOfProvince(signer, PostKind::kCommitteeChair, post.province_code));
    case Authority::kHeadOfBody:
      return (signer.kind == PostKind::kHead && signer.body == post.body) ||
             IsChairOfProvince(signer, PostKind::kCommitteeChair, post.province_code);
  }
  return false;
}

absl::Status NotCompetent(Authority authority, PostKind kind) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("an order on the post kind ", NameOf(kind), " is signed by ", NameOf(authority)),
      "SIGNER_NOT_COMPETENT",
      {{"authority", std::string(NameOf(authority))}, {"post_kind", std::string(NameOf(kind))}});
}

}  // namespace

absl::string_view NameOf(Authority authority) {
  switch (authority) {
    case Authority::kCentre:
      return "CENTRE";
    case Authority::kProvincialCouncil:
      return "PROVINCIAL_COUNCIL_CHAIR";
    case Authority::kProvincialCommittee:
      return "PROVINCIAL_COMMITTEE_CHAIR";
    case Authority::kCommuneCommittee:
      return "COMMUNE_COMMITTEE_CHAIR";
    case Authority::kHeadOfBody:
      return "HEAD_OF_BODY";
  }
  return "CENTRE";
}

Authority AuthorityFor(const PostPlace& post) {
  const bool commune = post.tier == UnitTier::kCommune;
  switch (post.kind) {
    // Elected by the council; the result is approved one level up (Law 72/2025).
    case PostKind::kCouncilChair:
    case PostKind::kCouncilViceChair:
    case PostKind::kCouncilCommitteeHead:
      return commune ? Authority::kProvincialCouncil : Authority::kCentre;
    case PostKind::kCommitteeChair:
    case PostKind::kCommitteeViceChair:
      return commune ? Authority::kProvincialCommittee : Authority::kCentre;
    case PostKind::kHead:
    case PostKind::kDeputyHead:
      return commune ? Authority::kCommuneCommittee : Authority::kProvincialCommittee;
    default:
      return commune ? Authority::kCommuneCommittee : Authority::kHeadOfBody;
  }
}

bool MayFillByPlan(Authority authority) {
  return authority != Authority::kCentre && authority != Authority::kProvincialCouncil;
}

absl::Status CheckSigner(const PostPlace* signer, absl::Span<const PostPlace> posts) {
  const bool several_units = std::any_of(posts.begin(), posts.end(), [&](const PostPlace& post) {
    return post.unit != posts[0].unit;
  });
  for (const PostPlace& post : posts) {
    Authority authority = AuthorityFor(post);
    if (authority == Authority::kCentre && signer == nullptr) continue;
    // Above both units stands the province; across provinces its chair signs who lets somebody go.
    if (several_units && authority == Authority::kCommuneCommittee) {
      authority = Authority::kProvincialCommittee;
    }
    if (several_units && authority == Authority::kHeadOfBody) {
      authority = Authority::kProvincialCommittee;
    }
    PostPlace place = post;
    if (several_units) place.province_code = posts[0].province_code;
    const bool leaves = &post != &posts.back();
    const bool lets_go = leaves && signer != nullptr && IsProvinceChair(*signer, place);
    if (signer == nullptr || (!Holds(*signer, authority, place) && !lets_go)) {
      return NotCompetent(authority, post.kind);
    }
  }
  return absl::OkStatus();
}

}  // namespace twotier::personnel
