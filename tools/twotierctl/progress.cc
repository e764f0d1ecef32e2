#include "tools/twotierctl/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace twotier::ctl {
namespace {

constexpr int64_t kBarWidth = 20;
constexpr int64_t kMarkWidth = 3;
constexpr absl::Duration kMarkStep = absl::Milliseconds(100);
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

std::string ProgressLine(absl::string_view what, int64_t done, int64_t total) {
  const int64_t filled = total == 0 ? kBarWidth : kBarWidth * done / total;
  const int64_t percent = total == 0 ? 100 : 100 * done / total;
  return absl::StrFormat("%s  [%s%s]  %d%%", what, std::string(filled, '#'),
                         std::string(kBarWidth - filled, '-'), percent);
}

std::string WaitingLine(absl::string_view what, absl::Duration passed) {
  // The mark runs to the right end and back.
  const int64_t turn = kBarWidth - kMarkWidth;
  const int64_t step = passed / kMarkStep % (2 * turn);
  std::string bar(kBarWidth, ' ');
  std::fill_n(bar.begin() + std::min(step, 2 * turn - step), kMarkWidth, '#');
  return absl::StrFormat("%s  [%s]  %ds", what, bar, absl::ToInt64Seconds(passed));
}

Progress::~Progress() {
  if (enabled_) out_ << kClearLine << std::flush;
}

void Progress::Show(absl::string_view line) {
  if (enabled_) out_ << kClearLine << line << std::flush;
}

}  // namespace twotier::ctl
