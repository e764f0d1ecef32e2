// Bodies and posts in the database. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_POST_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_POST_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/personnel/domain/records.h"

namespace twotier::personnel::store {

absl::Status InsertBody(db::Tx& tx, const Body& body);
// Writes the end and version `body.version`; the row holds the version before.
absl::Status UpdateBody(db::Tx& tx, const Body& body);
absl::StatusOr<std::optional<Body>> LoadBody(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view body_id);
// All bodies of a unit, ended ones too, in order of their ids.
absl::StatusOr<std::vector<Body>> LoadBodiesOf(db::Tx& tx, absl::string_view province_code,
                                               absl::string_view unit);
// At most `limit` bodies that exist on `day`, in order of their ids after `after_id`. `unit` empty:
// of the province.
absl::StatusOr<std::vector<Body>> ListBodies(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view unit, absl::CivilDay day,
                                             absl::string_view after_id, int limit);

absl::Status InsertPost(db::Tx& tx, const Post& post);
absl::Status UpdatePost(db::Tx& tx, const Post& post);
// `holder`, the id of an appointment, holds it now. A conflict where somebody else has taken or
// changed the post since it was read.
absl::Status SetHolder(db::Tx& tx, const Post& post, absl::string_view holder);
// The appointment `holder` has ended: nobody holds it now, unless somebody else does already.
absl::Status ClearHolder(db::Tx& tx, const Post& post, absl::string_view holder,
                         absl::CivilDay vacant_since);
absl::StatusOr<std::optional<Post>> LoadPost(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view post_id);
db::BoundStatement LoadPostQuery(absl::string_view province_code, absl::string_view post_id);
absl::StatusOr<std::vector<Post>> LoadPostsOfBody(db::Tx& tx, absl::string_view province_code,
                                                  absl::string_view body_id);

struct PostCursor {
  std::string province_code;
  std::string unit;
  std::string post_id;
};
// At most `limit` posts of a province that exist on `day`, in order of unit and id behind `after`.
absl::StatusOr<std::vector<Post>> ListPosts(db::Tx& tx, absl::string_view province_code,
                                            absl::string_view unit, absl::CivilDay day,
                                            const PostCursor& after, int limit);
// Key posts that exist on `today`, have no holder and had none before `vacant_since_max`; in order
// of province, unit and id behind `after`. `province_code` empty: of the country.
absl::StatusOr<std::vector<Post>> ListVacant(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view unit, absl::CivilDay today,
                                             absl::CivilDay vacant_since_max,
                                             const PostCursor& after, int limit);

// How the posts of a body count on a day, for CheckOrganisation.
struct PostCount {
  std::string unit;
  std::string body_id;
  PostKind kind = PostKind::kUnknown;
  int posts = 0;
};
absl::StatusOr<std::vector<PostCount>> CountPosts(db::Tx& tx, absl::string_view province_code,
                                                  absl::CivilDay day);

// What a unit has of one line and grade.
struct UnitCount {
  std::string province_code;
  std::string unit;
  QuotaKind quota_kind = QuotaKind::kNone;
  int grade = 0;
  int64_t posts = 0;
  int64_t filled = 0;
  int64_t key_posts = 0;
  int64_t key_filled = 0;
};
// Adds `posts` and `filled` of posts like this one; both may be negative.
absl::Status AddToCount(db::Tx& tx, const Post& post, int posts, int filled);
// Adds each of `counts`, which are of different lines or grades.
absl::Status AddToCounts(db::Tx& tx, absl::Span<const UnitCount> counts);
// Of a province, or of the country; in order of province and unit.
absl::StatusOr<std::vector<UnitCount>> LoadCounts(db::Tx& tx, absl::string_view province_code);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_POST_STORE_H_
