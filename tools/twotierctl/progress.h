// One line on a terminal that shows how far something is.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_PROGRESS_H_
#define TWOTIER_TOOLS_TWOTIERCTL_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace twotier::ctl {

// "reading communes.csv  [#########-----------]  45%". `done` is between 0 and `total`; an empty
// total is done.
std::string ProgressLine(absl::string_view what, int64_t done, int64_t total);

// "importing  [  ###               ]  3s" for work whose end is not known; moves with the time that
// has passed.
std::string WaitingLine(absl::string_view what, absl::Duration passed);

// Writes such lines over each other. Writes nothing when `enabled` is false: logs and pipes get no
// bar.
class Progress {
 public:
  Progress(std::ostream& out, bool enabled) : out_(out), enabled_(enabled) {}
  // Clears the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(absl::string_view line);

 private:
  std::ostream& out_;
  const bool enabled_;
};

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_PROGRESS_H_
