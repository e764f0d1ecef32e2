// Who holds which post, and how many posts and holders are counted.
#ifndef TWOTIER_TOOLS_VERIFY_STAFF_POSTS_H_
#define TWOTIER_TOOLS_VERIFY_STAFF_POSTS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "common/db/db.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// The line of quota of a post's kind (Decree 150/2025 and 173/2025 as the service reads them).
int64_t LineOfPost(int64_t post_kind);

// Whether each post names the appointment that holds it, as appointments say and what waits to
// begin and to end them, and whether the counts of units are those of their posts. Errors: those of
// db::Tx.
absl::Status VerifyPosts(db::Tx& tx, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_STAFF_POSTS_H_
