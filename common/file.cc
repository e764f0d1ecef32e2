#include "common/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"

namespace twotier {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  // Not a stream: libstdc++ throws at a directory, and takes an empty file for a fault.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  std::string content;
  if (file != nullptr) {
    std::array<char, 1 << 16> piece;
    while (const size_t bytes = std::fread(piece.data(), 1, piece.size(), file.get())) {
      content.append(piece.data(), bytes);
    }
    if (std::ferror(file.get()) == 0) return content;
  }
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
}

}  // namespace twotier
