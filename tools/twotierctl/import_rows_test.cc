#include "tools/twotierctl/import_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "tools/twotierctl/failure.h"

namespace twotier::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Status Refusal(const std::vector<std::string>& fields) {
  google::rpc::Status status;
  status.set_code(3);
  google::rpc::BadRequest bad;
  for (const std::string& field : fields) {
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description("is wrong");
  }
  status.add_details()->PackFrom(bad);
  return FromService(status);
}

class ImportRowsTest : public ::testing::Test {
 protected:
  std::vector<std::string> Fields() const {
    std::vector<std::string> fields;
    for (const error::FieldViolation& violation : errors_.all()) fields.push_back(violation.field);
    return fields;
  }

  const SentRows sent_{
      .file = "s.csv", .field = "rows", .lines = {7, 9}, .column_of = [](absl::string_view field) {
        return absl::StrCat("<", field, ">");
      }};
  RowErrors errors_;
};

TEST_F(ImportRowsTest, EveryFieldOfACallIsToldOfALine) {
  EXPECT_TRUE(AddRefused(
      sent_, Refusal({"rows[1].person.full_name", "act.number", "rows[2].unit", "rows[0]"}),
      errors_));
  EXPECT_THAT(Fields(), ElementsAre("s.csv:9:<person.full_name>", "s.csv:7:act.number",
                                    "s.csv:7:rows[2].unit", "s.csv:7:rows[0]"));
}

TEST_F(ImportRowsTest, WhatIsNotOfFieldsIsLeftToTheCaller) {
  EXPECT_FALSE(AddRefused(sent_, absl::UnavailableError("away"), errors_));
  EXPECT_FALSE(AddRefused(sent_, Refusal({}), errors_));
  EXPECT_THAT(Fields(), IsEmpty());
}

TEST_F(ImportRowsTest, SaysWhatTheFileWasGoodFor) {
  std::ostringstream err;
  const Context context{.err = &err};
  EXPECT_TRUE(CheckRows(context, errors_, kNothingImported).ok());
  errors_.Add({"s.csv", 2}, "unit", "is\nunknown");
  EXPECT_EQ(CheckRows(context, errors_, "2 were imported before"),
            absl::InvalidArgumentError("the file has rows that are wrong; 2 were imported before"));
  EXPECT_EQ(err.str(), "s.csv:2:unit: is\uFFFDunknown\n");
}

}  // namespace
}  // namespace twotier::ctl
