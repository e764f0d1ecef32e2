#include "services/personnel/handlers/ended_units.h"

#include <algorithm>
#include <optional>

#include "common/clock.h"
#include "common/status_macros.h"
#include "services/personnel/handlers/organisation.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

// The day on which a post ends; nothing while somebody holds it or is to.
absl::StatusOr<std::optional<absl::CivilDay>> EndOf(const Post& post, const EndedUnit& ended,
                                                    absl::CivilDay today, db::Tx& tx) {
  if (!post.holder.empty()) return std::nullopt;  // Maybe until an effect of today is applied.
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> held,
                   store::LoadOfPost(tx, post.province_code, post.Name(), ended.day));
  absl::CivilDay end = std::max(ended.day, post.valid.first);
  for (const store::StoredAppointment& stored : held) {
    const DayRange& valid = stored.appointment.valid;
    if (valid.first >= valid.end) continue;
    if (valid.end > today) return std::nullopt;
    end = std::max(end, valid.end);
  }
  return end;
}

}  // namespace

absl::StatusOr<EmptyPlaces> FindEmptyPlaces(const EndedUnit& ended, absl::CivilDay today,
                                            db::Tx& tx) {
  EmptyPlaces found;
  ASSIGN_OR_RETURN(const std::vector<Body> bodies,
                   store::LoadBodiesOf(tx, ended.province_code, ended.unit));
  for (const Body& body : bodies) {
    if (body.valid.end <= ended.day) continue;
    ASSIGN_OR_RETURN(const std::vector<Post> posts,
                     store::LoadPostsOfBody(tx, body.province_code, body.id));
    absl::CivilDay last = std::max(ended.day, body.valid.first);
    for (const Post& post : posts) {
      absl::CivilDay end = post.valid.end;
      if (end > ended.day) {
        ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> empty, EndOf(post, ended, today, tx));
        found.some_held |= !empty;
        if (empty && *empty < end) {
          end = *empty;
          found.posts.emplace_back(post, end);
        }
      }
      last = std::max(last, end);
    }
    if (last < body.valid.end) found.bodies.emplace_back(body, last);
  }
  return found;
}

absl::Status EndEmptyPlaces(const Env& env, const Call& call, const EndedUnit& ended, db::Tx& tx) {
  ASSIGN_OR_RETURN(EmptyPlaces found, FindEmptyPlaces(ended, VietnamDay(call.now), tx));
  int ordinal = 0;
  for (auto& [post, end] : found.posts) {
    RETURN_IF_ERROR(EndPostOn(call, post, end, ordinal++, tx));
  }
  for (auto& [body, end] : found.bodies) {
    RETURN_IF_ERROR(EndBodyOn(call, body, end, ended.act, ordinal++, tx));
  }
  env.appended();
  return absl::OkStatus();
}

}  // namespace twotier::personnel::handlers
