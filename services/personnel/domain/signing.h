// Who may sign an order (Law 72/2025/QH15, Law 80/2025/QH15, Decree 170/2025/NĐ-CP).
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_SIGNING_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_SIGNING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/personnel/domain/organisation.h"

namespace twotier::personnel {

// A post as far as competence rests on it.
struct PostPlace {
  PostKind kind = PostKind::kUnknown;
  BodyKind body_kind = BodyKind::kUnknown;
  std::string body;  // Name.
  std::string unit;
  UnitTier tier = UnitTier::kUnknown;
  std::string province_code;
  bool unit_ended = false;  // By the date of signing.
};

// Who signs for an appointment to `post`.
enum class Authority {
  kCentre,               // Prime Minister or Standing Committee of the National Assembly.
  kProvincialCouncil,    // Chair of the provincial People's Council.
  kProvincialCommittee,  // Chair of the provincial People's Committee.
  kCommuneCommittee,     // Chair of the commune's People's Committee.
  kHeadOfBody,           // Head of the department that the post is in.
};
absl::string_view NameOf(Authority authority);

Authority AuthorityFor(const PostPlace& post);

// Whether the chair of the provincial People's Committee, who signs plans of reorganisation, may
// fill posts of `authority` in several units by one paper.
bool MayFillByPlan(Authority authority);

// OK when the holder of `signer` may sign an order on `posts`: first those that somebody leaves,
// last the one that is taken. The authority for each of them; between units the chair of the
// provincial People's Committee; and a chair of the province who may fill the last post may let go
// of one below. Where a commune has ended, the chair of the provincial committee signs for its.
// What the centre signs has no signer here (null) and is kept with its act. FAILED_PRECONDITION
// `SIGNER_NOT_COMPETENT` with metadata `authority` and `post_kind`.
absl::Status CheckSigner(const PostPlace* signer, absl::Span<const PostPlace> posts);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_SIGNING_H_
