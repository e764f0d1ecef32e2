#include "services/budget/norm_files.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace twotier::budget {
namespace {

// Deepest nesting of messages: an expression may be 16 deep, and each form takes up to three.
constexpr int kMessagesDeepMax = 64;

class Mistakes final : public google::protobuf::io::ErrorCollector {
 public:
  explicit Mistakes(absl::string_view file) : file_(file) {}

  void AddError(int line, int column, const std::string& message) override {
    violations.Add(absl::StrCat(file_, ":", line + 1, ":", column + 1), message);
  }

  error::Violations violations;

 private:
  const absl::string_view file_;
};

}  // namespace

absl::StatusOr<v1::NormSetContent> ReadNormText(absl::string_view file, const std::string& text) {
  Mistakes mistakes(file);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&mistakes);
  parser.SetRecursionLimit(kMessagesDeepMax);
  v1::NormSetContent content;
  if (parser.ParseFromString(text, &content)) return content;
  return mistakes.violations.ToStatus();
}

}  // namespace twotier::budget
