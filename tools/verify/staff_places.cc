#include "tools/verify/staff_places.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kPlace = "place";

// Numbers as they are stored.
enum : int64_t { kNone = 0, kHeld = 1, kFollows = 2, kUsed = 3, kReleased = 4 };
enum : int64_t { kPermanent = 1, kActing = 2, kContract = 5 };        // Kinds of appointments,
enum : int64_t { kOfficial = 8, kEmployee = 9, kContractPost = 11 };  // and of posts.
constexpr int64_t kNoEnd = 2'932'896;

// With whether something waits to begin (1) and to end (2) it.
constexpr db::Statement kAppointments{
    "verify_staff_places",
    "SELECT a.province_code, a.appointment_id, a.kind, a.quota_kind, a.first_day, a.end_day,"
    " a.quota_state, CASE WHEN b.day IS NULL THEN 0 ELSE 1 END,"
    " CASE WHEN e.day IS NULL THEN 0 ELSE 1 END, a.vice_chair, a.post_kind FROM appointment a"
    " LEFT JOIN due_effect b ON b.province_code = a.province_code AND b.day = a.first_day"
    " AND b.kind = 1 AND b.subject = a.appointment_id"
    " LEFT JOIN due_effect e ON e.province_code = a.province_code AND e.day = a.end_day"
    " AND e.kind = 2 AND e.subject = a.appointment_id"
    " WHERE a.until_version = 9223372036854775807 ORDER BY a.province_code, a.appointment_id"};

// A contract leads nobody, and a post for contracts takes nobody else (Decree 173/2025). Whoever
// acts may be anywhere.
bool GoesWith(int64_t kind, int64_t post) {
  if (kind == kActing) return true;
  if (kind != kContract) return post != kContractPost;
  return post == kOfficial || post == kEmployee || post == kContractPost;
}

// What is wrong with the place of an appointment; empty: nothing.
absl::string_view FaultOf(const db::Row& row) {
  const int64_t state = row.Int(6);
  const int64_t kind = row.Int(2);
  if (!GoesWith(kind, row.Int(10))) return "is of a kind that its post does not take";
  const bool counted =
      (kind == kPermanent && row.Int(3) != kNone) || (kind != kActing && row.Bool(9));
  if (!counted) return state == kNone ? "" : "takes a place that is not its own";
  const bool never_began = row.Int(5) <= row.Int(4);
  if (state == kNone) return "takes no place";
  if (never_began && state != kReleased) return "never began, and keeps its place";
  if ((state == kHeld || state == kFollows) && !row.Bool(7)) return "waits, and nothing begins it";
  const bool ends = row.Int(5) < kNoEnd;
  if (state == kUsed && ends && !row.Bool(8)) return "is over, and keeps its place";
  if (state == kReleased && !ends) return "goes on, and has given its place back";
  return "";
}

}  // namespace

absl::Status VerifyPlaces(db::Tx& tx, Report& report) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kAppointments, {}));
  for (const db::Row& row : rows) {
    const absl::string_view fault = FaultOf(row);
    if (!fault.empty()) report.Add(kPlace, absl::StrCat(row.Text(0), "/", row.Text(1), " ", fault));
  }
  report.Checked(kPlace, absl::StrCat(rows.size(), " appointments"));
  return absl::OkStatus();
}

}  // namespace twotier::verify
