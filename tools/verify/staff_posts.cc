#include "tools/verify/staff_posts.h"

#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kHolder = "post holder";
constexpr absl::string_view kCounts = "counts";
constexpr int64_t kNoEnd = 2'932'896;

// Of all kinds but acting (2), those that have begun and not ended: nothing waits to begin them
// (1), and where they end something waits to do so (2).
constexpr db::Statement kHoldings{
    "verify_staff_holdings",
    "SELECT a.province_code, a.appointment_id, a.post FROM appointment a"
    " LEFT JOIN due_effect b ON b.province_code = a.province_code AND b.day = a.first_day"
    " AND b.kind = 1 AND b.subject = a.appointment_id"
    " LEFT JOIN due_effect e ON e.province_code = a.province_code AND e.day = a.end_day"
    " AND e.kind = 2 AND e.subject = a.appointment_id"
    " WHERE a.until_version = 9223372036854775807 AND a.kind <> 2 AND a.first_day < a.end_day"
    " AND b.day IS NULL AND (a.end_day = 2932896 OR e.day IS NOT NULL)"};
constexpr db::Statement kPosts{
    "verify_staff_posts",
    "SELECT province_code, post_id, unit, grade, holder, key_post, first_day, end_day, kind"
    " FROM post ORDER BY province_code, post_id"};
constexpr db::Statement kCountRows{
    "verify_staff_counts",
    "SELECT province_code, unit, quota_kind, grade, posts, filled, key_posts, key_filled"
    " FROM unit_count"};
// Effects that wait: what they move is not as of their day yet.
constexpr db::Statement kDuePosts{
    "verify_staff_due_posts",
    "SELECT province_code, subject, kind, day FROM due_effect WHERE kind IN (4, 5)"};
enum : int64_t { kPostBegins = 4, kPostEnds = 5 };

// Province, unit, line of quota and grade.
using Grade = std::tuple<std::string, std::string, int64_t, int64_t>;
// Posts, filled ones, key posts, filled ones.
using Sums = std::array<int64_t, 4>;

std::string NameOf(const Grade& grade) {
  return absl::StrCat(std::get<0>(grade), " ", std::get<1>(grade));
}
std::string LineAndGradeOf(const Grade& grade) {
  return absl::StrCat(" on line ", std::get<2>(grade), ", grade ", std::get<3>(grade));
}

// What is wrong with whom `post` names, of those who hold it; empty: nothing. Somebody may have
// come while the end of who was there before is still to be written.
std::string FaultOf(const std::string& holder, const std::set<std::string>& holding) {
  if (holder.empty()) {
    return holding.empty() ? "" : absl::StrCat("names nobody, and ", *holding.begin(), " holds it");
  }
  if (holding.contains(holder)) return "";
  return absl::StrCat("names ", holder, ", which is not its holder");
}

absl::Status VerifyCounts(std::map<Grade, Sums> counted, db::Tx& tx, Report& report) {
  ASSIGN_OR_RETURN(const db::Rows counts, tx.Query(kCountRows, {}));
  for (const db::Row& row : counts) {
    const Grade grade{row.Text(0), row.Text(1), row.Int(2), row.Int(3)};
    if (counted[grade] != Sums{row.Int(4), row.Int(5), row.Int(6), row.Int(7)}) {
      report.Add(kCounts,
                 absl::StrCat(NameOf(grade), " is counted wrongly", LineAndGradeOf(grade)));
    }
    counted.erase(grade);
  }
  for (const auto& [grade, sums] : counted) {
    if (sums == Sums{}) continue;
    report.Add(kCounts, absl::StrCat(NameOf(grade), " is not counted", LineAndGradeOf(grade)));
  }
  return absl::OkStatus();
}

}  // namespace

int64_t LineOfPost(int64_t post_kind) {
  if (post_kind == 9) return 2;
  if (post_kind == 10) return 3;
  return post_kind >= 1 && post_kind <= 8 ? 1 : 0;
}

absl::Status VerifyPosts(db::Tx& tx, Report& report) {
  std::map<std::string, std::set<std::string>> holding;  // By name of the post.
  ASSIGN_OR_RETURN(const db::Rows holdings, tx.Query(kHoldings, {}));
  for (const db::Row& row : holdings) holding[row.Text(2)].insert(row.Text(1));
  // Province, id, kind and day.
  std::set<std::tuple<std::string, std::string, int64_t, int64_t>> due;
  ASSIGN_OR_RETURN(const db::Rows waiting, tx.Query(kDuePosts, {}));
  for (const db::Row& row : waiting) {
    due.emplace(row.Text(0), row.Text(1), row.Int(2), row.Int(3));
  }
  std::map<Grade, Sums> counted;
  ASSIGN_OR_RETURN(const db::Rows posts, tx.Query(kPosts, {}));
  for (const db::Row& post : posts) {
    const std::string name = absl::StrCat("provinces/", post.Text(0), "/posts/", post.Text(1));
    const bool held = !post.Text(4).empty();
    const std::string fault = FaultOf(post.Text(4), holding[name]);
    if (!fault.empty()) report.Add(kHolder, absl::StrCat(name, " ", fault));
    const bool begun = !due.contains({post.Text(0), post.Text(1), kPostBegins, post.Int(6)});
    const bool ended =
        post.Int(7) < kNoEnd && !due.contains({post.Text(0), post.Text(1), kPostEnds, post.Int(7)});
    const bool there = begun && !ended;
    Sums& sums = counted[{post.Text(0), post.Text(2), LineOfPost(post.Int(8)), post.Int(3)}];
    sums[0] += there ? 1 : 0;
    sums[1] += held ? 1 : 0;
    sums[2] += post.Bool(5) && there ? 1 : 0;
    sums[3] += post.Bool(5) && held ? 1 : 0;
  }
  report.Checked(kCounts, absl::StrCat(posts.size(), " posts"));
  return VerifyCounts(std::move(counted), tx, report);
}

}  // namespace twotier::verify
