#include "common/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace twotier {
namespace {

// Lines are gathered this long before they are written: a write per line would cost more than the
// line.
constexpr absl::Duration kGather = absl::Milliseconds(50);
// From this much on they are written at once.
constexpr size_t kWriteBytes = 256 << 10;

constexpr std::array<absl::string_view, 3> kSeverities = {"INFO", "WARNING", "ERROR"};

// Appends the instant as RFC 3339 in UTC with microseconds. The text of the second is kept per
// thread: formatting a date costs more than the rest of a line.
void AppendTime(std::string& out, absl::Time now) {
  thread_local std::time_t cached_second = -1;
  thread_local std::array<char, 20> cached_text;
  const int64_t microseconds = absl::ToUnixMicros(now);
  const std::time_t second = microseconds / 1000000;
  if (second != cached_second) {
    std::tm parts{};
    gmtime_r(&second, &parts);
    std::strftime(cached_text.data(), cached_text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    cached_second = second;
  }
  std::array<char, 8> fraction = {'.', '0', '0', '0', '0', '0', '0', 'Z'};
  int64_t rest = microseconds % 1000000;
  for (size_t i = 6; i > 0; --i, rest /= 10) fraction[i] = static_cast<char>('0' + rest % 10);
  out.append(cached_text.data(), 19).append(fraction.data(), fraction.size());
}

// Escapes what JSON does not allow in a string. Other bytes pass: texts here are UTF-8 or ASCII.
void AppendText(std::string& out, absl::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  const bool cut = text.size() > Log::kTextBytesMax;
  if (cut) {
    text = text.substr(0, Log::kTextBytesMax);
    while (!text.empty() && (text.back() & 0x80) != 0) text.remove_suffix(1);  // No half character.
  }
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out.append("\\u00").push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
  }
  out.append(cut ? "…\"" : "\"");
}

struct AppendValue {
  std::string& out;
  void operator()(absl::string_view text) const { AppendText(out, text); }
  void operator()(int64_t number) const { absl::StrAppend(&out, number); }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      absl::StrAppend(&out, number);
    } else {
      out.append("null");
    }
  }
  void operator()(bool truth) const { out.append(truth ? "true" : "false"); }
};

void AppendLine(std::string& out, Severity severity, absl::string_view event,
                std::initializer_list<LogField> fields) {
  out.append("{\"time\":\"");
  AppendTime(out, absl::Now());
  absl::StrAppend(&out, "\",\"severity\":\"", kSeverities[static_cast<size_t>(severity)],
                  "\",\"event\":");
  AppendText(out, event);
  for (const LogField& field : fields) {
    const auto* text = std::get_if<absl::string_view>(&field.value);
    if (text != nullptr && text->empty()) continue;
    absl::StrAppend(&out, ",\"", field.key, "\":");
    std::visit(AppendValue{out}, field.value);
  }
  out.append("}\n");
}

// Writes all of `bytes`. False when the descriptor takes no more (a closed pipe, a full disk).
bool WriteAll(int file_descriptor, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

Log::Log(int file_descriptor) : file_descriptor_(file_descriptor), thread_([this] { Run(); }) {}

Log::~Log() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
    filled_.Signal();
  }
  thread_.join();
}

void Log::Write(Severity severity, absl::string_view event,
                std::initializer_list<LogField> fields) {
  thread_local std::string line;  // Its capacity is kept: no allocation per line.
  line.clear();
  AppendLine(line, severity, event, fields);
  absl::MutexLock lock(&mutex_);
  if (buffer_.size() + line.size() > kBufferBytesMax) {
    ++lines_dropped_;
    return;
  }
  const bool was_empty = buffer_.empty();
  const bool was_small = buffer_.size() < kWriteBytes;
  buffer_.append(line);
  if (was_empty || (was_small && buffer_.size() >= kWriteBytes)) filled_.Signal();
}

int64_t Log::lines_dropped() const {
  absl::MutexLock lock(&mutex_);
  return lines_dropped_;
}

void Log::Flush() {
  absl::MutexLock lock(&mutex_);
  while (!buffer_.empty() || writing_) {
    flushing_ = true;
    filled_.Signal();
    written_.Wait(&mutex_);
  }
}

void Log::Run() {
  std::string bytes;
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      while (buffer_.empty() && !closing_) filled_.Wait(&mutex_);
      const absl::Time at_latest = absl::Now() + kGather;
      while (buffer_.size() < kWriteBytes && !closing_ && !flushing_ && absl::Now() < at_latest) {
        filled_.WaitWithDeadline(&mutex_, at_latest);
      }
      if (buffer_.empty()) return;  // Closing, and everything is written.
      flushing_ = false;
      writing_ = true;
      bytes.swap(buffer_);
    }
    const bool written = WriteAll(file_descriptor_, bytes);
    const auto lines = static_cast<int64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    bytes.clear();
    absl::MutexLock lock(&mutex_);
    if (!written) lines_dropped_ += lines;
    writing_ = false;
    written_.SignalAll();
  }
}

}  // namespace twotier
