// Structured logs: one JSON object a line, on one file descriptor.
#ifndef TWOTIER_COMMON_LOG_H_
#define TWOTIER_COMMON_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <thread>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace twotier {

enum class Severity { kInfo, kWarning, kError };

// One member of a line. Views only: it lives as long as the call it is an argument of.
struct LogField {
  using Value = std::variant<absl::string_view, int64_t, double, bool>;

  LogField(absl::string_view name, absl::string_view text) : key(name), value(text) {}
  LogField(absl::string_view name, const std::string& text)
      : key(name), value(absl::string_view(text)) {}
  LogField(absl::string_view name, const char* text) : key(name), value(absl::string_view(text)) {}
  LogField(absl::string_view name, int64_t number) : key(name), value(number) {}
  LogField(absl::string_view name, int number) : key(name), value(static_cast<int64_t>(number)) {}
  LogField(absl::string_view name, double number) : key(name), value(number) {}
  LogField(absl::string_view name, bool truth) : key(name), value(truth) {}

  absl::string_view key;
  Value value;
};

// Formats on the calling thread into a bounded buffer; one thread of its own writes it out. A line
// that does not fit is dropped and counted: a slow disk never slows a call. Thread-safe. Holds no
// personal data: that is for the callers to see to.
class Log {
 public:
  // About a second of lines at 30,000 calls a second; what waits longer is better lost than
  // remembered.
  static constexpr size_t kBufferBytesMax = 8 << 20;
  // A text longer than this is cut: log collectors split lines at 16 KiB.
  static constexpr size_t kTextBytesMax = 2048;

  // Writes to `file_descriptor`, which is not closed at the end.
  explicit Log(int file_descriptor);
  // Writes out what is buffered.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // {"time":"…","severity":"INFO","event":"…", fields…}. Fields with empty text are left out.
  void Write(Severity severity, absl::string_view event, std::initializer_list<LogField> fields);

  int64_t lines_dropped() const;

  // Waits until everything written before this call has reached the file descriptor.
  void Flush();

 private:
  void Run();

  const int file_descriptor_;
  mutable absl::Mutex mutex_;
  absl::CondVar filled_;   // Something to write, or closing.
  absl::CondVar written_;  // A buffer was written out.
  std::string buffer_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool flushing_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t lines_dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace twotier

#endif  // TWOTIER_COMMON_LOG_H_
