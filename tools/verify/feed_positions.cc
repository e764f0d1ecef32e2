#include "tools/verify/feed_positions.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kPositions = "positions";

}  // namespace

void FeedPositions::CheckNeighbours(const NumberedEvent* next, Report& report) const {
  const bool last = next == nullptr || next->group_id != before_->group_id;
  if (before_->last_of_group != last) {
    report.Add(kPositions, absl::StrCat("position ", before_->position,
                                        last ? " ends its group and does not say so"
                                             : " says that it ends its group and does not"));
  }
  if (next != nullptr && next->known_us < before_->known_us) {
    report.Add(kPositions,
               absl::StrCat("position ", next->position, " was known before the one before it"));
  }
}

void FeedPositions::Take(NumberedEvent event, Report& report) {
  const int64_t expected = before_ ? before_->position + 1 : 1;
  if (event.position != expected) {
    report.Add(kPositions, absl::StrCat("position ", expected, " is missing"));
  }
  const bool begins = !before_ || before_->group_id != event.group_id;
  if (begins && !groups_.insert(event.group_id).second) {
    report.Add(kPositions, absl::StrCat("group ", event.group_id, " is in two pieces, again at ",
                                        event.position));
  }
  if (before_) CheckNeighbours(&event, report);
  before_ = std::move(event);
  ++numbered_;
}

void FeedPositions::Finish(int64_t head_position, int64_t head_known_us, int64_t not_numbered,
                           Report& report) {
  if (before_) CheckNeighbours(nullptr, report);
  const int64_t last = before_ ? before_->position : 0;
  if (head_position != last) {
    report.Add(kPositions, absl::StrCat("the feed's head stands at ", head_position,
                                        ", its last event at ", last));
  }
  if (before_ && before_->known_us > head_known_us) {
    report.Add(kPositions, "the last event was known after the feed's watermark");
  }
  report.Checked(kPositions, absl::StrCat(numbered_, " positions, ", groups_.size(), " groups, ",
                                          not_numbered, " events not numbered yet"));
}

}  // namespace twotier::verify
