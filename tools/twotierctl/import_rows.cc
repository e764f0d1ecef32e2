#include "tools/twotierctl/import_rows.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/table.h"

namespace twotier::ctl {
namespace {

void AddViolation(const SentRows& sent, const google::rpc::BadRequest::FieldViolation& violation,
                  RowErrors& errors) {
  absl::string_view field = violation.field();
  const size_t end = field.find("].");
  size_t index = 0;
  const bool of_record =
      end != absl::string_view::npos && absl::ConsumePrefix(&field, sent.field) &&
      absl::ConsumePrefix(&field, "[") &&
      absl::SimpleAtoi(field.substr(0, field.find(']')), &index) && index < sent.lines.size();
  if (of_record) {
    errors.Add({sent.file, sent.lines[index]}, sent.column_of(violation.field().substr(end + 2)),
               violation.description());
  } else {
    errors.Add({sent.file, sent.lines.front()}, violation.field(), violation.description());
  }
}

}  // namespace

bool AddRefused(const SentRows& sent, const absl::Status& refused, RowErrors& errors) {
  bool added = false;
  const google::rpc::Status rpc = ToRpc(refused);
  for (const google::protobuf::Any& detail : rpc.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      AddViolation(sent, violation, errors);
      added = true;
    }
  }
  return added;
}

absl::Status CheckRows(const Context& context, const RowErrors& errors, absl::string_view outcome) {
  if (errors.empty()) return absl::OkStatus();
  for (const error::FieldViolation& violation : errors.all()) {
    *context.err << violation.field << ": " << Printable(violation.description) << "\n";
  }
  return absl::InvalidArgumentError(absl::StrCat("the file has rows that are wrong; ", outcome));
}

}  // namespace twotier::ctl
