#include "services/personnel/store/post_store.h"

#include <utility>

#include "common/status_macros.h"
#include "services/personnel/store/days.h"

namespace twotier::personnel::store {
namespace {

#define TWOTIER_BODY_COLUMNS                                                            \
  "province_code, body_id, unit, kind, display_name, first_day, end_day, act, end_act," \
  " version, chain_hash"
#define TWOTIER_POST_COLUMNS                                                                     \
  "province_code, post_id, body_id, body_kind, unit, kind, title, grade, allowance, vice_chair," \
  " education_min, theory_min, service_min, pension_min, first_day, end_day, act, holder,"       \
  " vacant_since_day, version, chain_hash, number"

constexpr db::Statement kInsertBody{"personnel_insert_body",
                                    "INSERT INTO body (" TWOTIER_BODY_COLUMNS
                                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
constexpr db::Statement kUpdateBody{
    "personnel_update_body",
    "UPDATE body SET end_day = $3, end_act = $4, version = $5, chain_hash = $6"
    " WHERE province_code = $1 AND body_id = $2 AND version = $5 - 1"};
constexpr db::Statement kLoadBody{"personnel_load_body",
                                  "SELECT " TWOTIER_BODY_COLUMNS
                                  " FROM body WHERE province_code = $1 AND body_id = $2"};
constexpr db::Statement kLoadBodiesOf{"personnel_load_bodies_of",
                                      "SELECT " TWOTIER_BODY_COLUMNS
                                      " FROM body WHERE province_code = $1 AND unit = $2"
                                      " ORDER BY body_id"};
constexpr db::Statement kListBodies{"personnel_list_bodies",
                                    "SELECT " TWOTIER_BODY_COLUMNS
                                    " FROM body WHERE province_code = $1 AND ($2 = '' OR unit = $2)"
                                    " AND first_day <= $3 AND end_day > $3 AND body_id > $4"
                                    " ORDER BY body_id LIMIT $5"};

constexpr db::Statement kInsertPost{
    "personnel_insert_post",
    "INSERT INTO post (" TWOTIER_POST_COLUMNS
    ", key_post) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " $17, $18, $19, $20, $21, $22, $23)"};
constexpr db::Statement kUpdatePost{
    "personnel_update_post",
    "UPDATE post SET end_day = $3, version = $4, chain_hash = $5"
    " WHERE province_code = $1 AND post_id = $2 AND version = $4 - 1"};
// Nobody has changed the post, or taken it, since it was read as $5 and held by $6.
constexpr db::Statement kSetHolder{
    "personnel_set_holder",
    "UPDATE post SET holder = $3, vacant_since_day = $4 WHERE province_code = $1 AND post_id = $2"
    " AND version = $5 AND (holder = '' OR holder = $6)"};
// Whoever came meanwhile stays.
constexpr db::Statement kClearHolder{
    "personnel_clear_holder",
    "UPDATE post SET vacant_since_day = CASE WHEN holder = $3 THEN $4 ELSE vacant_since_day END,"
    " holder = CASE WHEN holder = $3 THEN '' ELSE holder END"
    " WHERE province_code = $1 AND post_id = $2"};
constexpr db::Statement kLoadPost{"personnel_load_post",
                                  "SELECT " TWOTIER_POST_COLUMNS
                                  " FROM post WHERE province_code = $1 AND post_id = $2"};
constexpr db::Statement kLoadPostsOfBody{"personnel_load_posts_of_body",
                                         "SELECT " TWOTIER_POST_COLUMNS
                                         " FROM post WHERE province_code = $1 AND body_id = $2"
                                         " ORDER BY post_id"};
constexpr db::Statement kListPosts{
    "personnel_list_posts", "SELECT " TWOTIER_POST_COLUMNS
                            " FROM post WHERE province_code = $1 AND ($2 = '' OR unit = $2)"
                            " AND first_day <= $3 AND end_day > $3 AND (unit, post_id) > ($4, $5)"
                            " ORDER BY unit, post_id LIMIT $6"};
constexpr db::Statement kListVacant{
    "personnel_list_vacant",
    "SELECT " TWOTIER_POST_COLUMNS
    " FROM post WHERE key_post = 1 AND holder = '' AND ($1 = '' OR province_code = $1)"
    " AND ($2 = '' OR unit = $2) AND first_day <= $3 AND end_day > $3 AND vacant_since_day <= $4"
    " AND (province_code, unit, post_id) > ($5, $6, $7)"
    " ORDER BY province_code, unit, post_id LIMIT $8"};
constexpr db::Statement kCountPosts{"personnel_count_posts",
                                    "SELECT unit, body_id, kind, COUNT(*) FROM post"
                                    " WHERE province_code = $1 AND first_day <= $2 AND end_day > $2"
                                    " GROUP BY unit, body_id, kind ORDER BY unit, body_id, kind"};

#define TWOTIER_ADD_TO_COUNT(rows)                                                            \
  "INSERT INTO unit_count (province_code, unit, quota_kind, grade, posts, filled, key_posts," \
  " key_filled) VALUES " rows                                                                 \
  " ON CONFLICT (province_code, unit, quota_kind, grade) DO UPDATE SET"                       \
  " posts = unit_count.posts + excluded.posts, filled = unit_count.filled + excluded.filled," \
  " key_posts = unit_count.key_posts + excluded.key_posts,"                                   \
  " key_filled = unit_count.key_filled + excluded.key_filled"
constexpr db::Statement kAddToCount{"personnel_add_to_count",
                                    TWOTIER_ADD_TO_COUNT("($1, $2, $3, $4, $5, $6, $7, $8)")};
// Whoever moves leaves one and comes to another.
constexpr db::Statement kAddToTwoCounts{
    "personnel_add_to_two_counts",
    TWOTIER_ADD_TO_COUNT("($1, $2, $3, $4, $5, $6, $7, $8),"
                         " ($9, $10, $11, $12, $13, $14, $15, $16)")};
constexpr db::Statement kLoadCounts{
    "personnel_load_counts",
    "SELECT province_code, unit, quota_kind, grade, posts, filled, key_posts, key_filled"
    " FROM unit_count WHERE $1 = '' OR province_code = $1"
    " ORDER BY province_code, unit, quota_kind, grade"};

Body BodyOf(const db::Row& row) {
  Body body;
  body.province_code = row.Text(0);
  body.id = row.Text(1);
  body.unit = row.Text(2);
  body.kind = static_cast<BodyKind>(row.Int(3));
  body.display_name = row.Text(4);
  body.valid = {DayOf(row.Int(5)), DayOf(row.Int(6))};
  body.act = row.Text(7);
  body.end_act = row.Text(8);
  body.version = row.Int(9);
  body.chain_hash = row.Bytes(10);
  return body;
}

Post PostOf(const db::Row& row) {
  Post post;
  post.province_code = row.Text(0);
  post.id = row.Text(1);
  post.body_id = row.Text(2);
  post.body_kind = static_cast<BodyKind>(row.Int(3));
  post.unit = row.Text(4);
  post.kind = static_cast<PostKind>(row.Int(5));
  post.title = row.Text(6);
  post.grade = static_cast<int>(row.Int(7));
  post.allowance_hundredths = static_cast<int>(row.Int(8));
  post.vice_chair = row.Bool(9);
  post.standards.education_min = static_cast<Education>(row.Int(10));
  post.standards.theory_min = static_cast<PoliticalTheory>(row.Int(11));
  post.standards.service_months_min = static_cast<int>(row.Int(12));
  post.standards.months_to_pension_min = static_cast<int>(row.Int(13));
  post.valid = {DayOf(row.Int(14)), DayOf(row.Int(15))};
  post.act = row.Text(16);
  post.holder = row.Text(17);
  post.vacant_since = DayOf(row.Int(18));
  post.version = row.Int(19);
  post.chain_hash = row.Bytes(20);
  post.number = static_cast<int>(row.Int(21));
  return post;
}

template <typename T>
std::vector<T> ReadAll(const db::Rows& rows, T (*read)(const db::Row&)) {
  std::vector<T> all;
  all.reserve(rows.size());
  for (const db::Row& row : rows) all.push_back(read(row));
  return all;
}

}  // namespace

absl::Status InsertBody(db::Tx& tx, const Body& body) {
  return tx.Write(kInsertBody,
                  {body.province_code, body.id, body.unit, static_cast<int>(body.kind),
                   body.display_name, NumberOf(body.valid.first), NumberOf(body.valid.end),
                   body.act, body.end_act, body.version, db::Blob{body.chain_hash}});
}

absl::Status UpdateBody(db::Tx& tx, const Body& body) {
  return tx.Write(kUpdateBody, {body.province_code, body.id, NumberOf(body.valid.end), body.end_act,
                                body.version, db::Blob{body.chain_hash}});
}

absl::StatusOr<std::optional<Body>> LoadBody(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view body_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadBody, {province_code, body_id}));
  if (rows.empty()) return std::optional<Body>();
  return std::optional<Body>(BodyOf(rows[0]));
}

absl::StatusOr<std::vector<Body>> LoadBodiesOf(db::Tx& tx, absl::string_view province_code,
                                               absl::string_view unit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadBodiesOf, {province_code, unit}));
  return ReadAll(rows, BodyOf);
}

absl::StatusOr<std::vector<Body>> ListBodies(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view unit, absl::CivilDay day,
                                             absl::string_view after_id, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kListBodies, {province_code, unit, NumberOf(day), after_id, limit}));
  return ReadAll(rows, BodyOf);
}

absl::Status InsertPost(db::Tx& tx, const Post& post) {
  return tx.Write(kInsertPost, {post.province_code,
                                post.id,
                                post.body_id,
                                static_cast<int>(post.body_kind),
                                post.unit,
                                static_cast<int>(post.kind),
                                post.title,
                                post.grade,
                                post.allowance_hundredths,
                                post.vice_chair,
                                static_cast<int>(post.standards.education_min),
                                static_cast<int>(post.standards.theory_min),
                                post.standards.service_months_min,
                                post.standards.months_to_pension_min,
                                NumberOf(post.valid.first),
                                NumberOf(post.valid.end),
                                post.act,
                                post.holder,
                                NumberOf(post.vacant_since),
                                post.version,
                                db::Blob{post.chain_hash},
                                post.number,
                                IsKeyPost(post.kind)});
}

absl::Status UpdatePost(db::Tx& tx, const Post& post) {
  return tx.Write(kUpdatePost, {post.province_code, post.id, NumberOf(post.valid.end), post.version,
                                db::Blob{post.chain_hash}});
}

absl::Status SetHolder(db::Tx& tx, const Post& post, absl::string_view holder) {
  return tx.Write(kSetHolder, {post.province_code, post.id, holder, NumberOf(post.vacant_since),
                               post.version, post.holder});
}

absl::Status ClearHolder(db::Tx& tx, const Post& post, absl::string_view holder,
                         absl::CivilDay vacant_since) {
  return tx.Write(kClearHolder, {post.province_code, post.id, holder, NumberOf(vacant_since)});
}

absl::StatusOr<std::optional<Post>> LoadPost(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view post_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadPost, {province_code, post_id}));
  if (rows.empty()) return std::optional<Post>();
  return std::optional<Post>(PostOf(rows[0]));
}

db::BoundStatement LoadPostQuery(absl::string_view province_code, absl::string_view post_id) {
  return {kLoadPost, {std::string(province_code), std::string(post_id)}, {}};
}

absl::StatusOr<std::vector<Post>> LoadPostsOfBody(db::Tx& tx, absl::string_view province_code,
                                                  absl::string_view body_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadPostsOfBody, {province_code, body_id}));
  return ReadAll(rows, PostOf);
}

absl::StatusOr<std::vector<Post>> ListPosts(db::Tx& tx, absl::string_view province_code,
                                            absl::string_view unit, absl::CivilDay day,
                                            const PostCursor& after, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListPosts, {province_code, unit, NumberOf(day),
                                                              after.unit, after.post_id, limit}));
  return ReadAll(rows, PostOf);
}

absl::StatusOr<std::vector<Post>> ListVacant(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view unit, absl::CivilDay today,
                                             absl::CivilDay vacant_since_max,
                                             const PostCursor& after, int limit) {
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      tx.Query(kListVacant, {province_code, unit, NumberOf(today), NumberOf(vacant_since_max),
                             after.province_code, after.unit, after.post_id, limit}));
  return ReadAll(rows, PostOf);
}

absl::StatusOr<std::vector<PostCount>> CountPosts(db::Tx& tx, absl::string_view province_code,
                                                  absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kCountPosts, {province_code, NumberOf(day)}));
  std::vector<PostCount> counts;
  counts.reserve(rows.size());
  for (const db::Row& row : rows) {
    counts.push_back({row.Text(0), row.Text(1), static_cast<PostKind>(row.Int(2)),
                      static_cast<int>(row.Int(3))});
  }
  return counts;
}

absl::Status AddToCount(db::Tx& tx, const Post& post, int posts, int filled) {
  const bool key = IsKeyPost(post.kind);
  const UnitCount count{post.province_code, post.unit,       QuotaOf(post.kind),
                        post.grade,         posts,           filled,
                        key ? posts : 0,    key ? filled : 0};
  return AddToCounts(tx, absl::MakeSpan(&count, 1));
}

absl::Status AddToCounts(db::Tx& tx, absl::Span<const UnitCount> counts) {
  for (; counts.size() >= 2; counts.remove_prefix(2)) {
    const UnitCount& a = counts[0];
    const UnitCount& b = counts[1];
    RETURN_IF_ERROR(tx.Write(
        kAddToTwoCounts,
        {a.province_code, a.unit, static_cast<int>(a.quota_kind), a.grade, a.posts, a.filled,
         a.key_posts, a.key_filled, b.province_code, b.unit, static_cast<int>(b.quota_kind),
         b.grade, b.posts, b.filled, b.key_posts, b.key_filled},
        /*rows_expected=*/2));
  }
  if (counts.empty()) return absl::OkStatus();
  const UnitCount& one = counts[0];
  return tx.Write(kAddToCount, {one.province_code, one.unit, static_cast<int>(one.quota_kind),
                                one.grade, one.posts, one.filled, one.key_posts, one.key_filled});
}

absl::StatusOr<std::vector<UnitCount>> LoadCounts(db::Tx& tx, absl::string_view province_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadCounts, {province_code}));
  std::vector<UnitCount> counts;
  counts.reserve(rows.size());
  for (const db::Row& row : rows) {
    counts.push_back({row.Text(0), row.Text(1), static_cast<QuotaKind>(row.Int(2)),
                      static_cast<int>(row.Int(3)), row.Int(4), row.Int(5), row.Int(6),
                      row.Int(7)});
  }
  return counts;
}

}  // namespace twotier::personnel::store
