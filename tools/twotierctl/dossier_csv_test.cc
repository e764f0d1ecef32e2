#include "tools/twotierctl/dossier_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::string_view kHeader =
    "external_code,center,return_center,procedure_code,unit_code,case_key,channel,kind,full_name,"
    "identity_number,phone,address,submit_time,accept_time,pauses,process_time,result_id,assignee,"
    "components,source_due_time,owning_system,history,fees\n";

// 2 November 2026, 09:00 in Vietnam.
constexpr int64_t kMorning = 1'793'584'800;

std::vector<std::string> FieldsOf(const RowErrors& errors) {
  std::vector<std::string> fields;
  for (const error::FieldViolation& violation : errors.all()) fields.push_back(violation.field);
  return fields;
}

TEST(DossierRows, AreReadWithEveryPart) {
  RowErrors errors;
  const std::vector<DossierRow> rows = ReadDossierRows(
      "open.csv",
      absl::StrCat(
          kHeader,
          "H48.20194-261101-0007,provinces/48/centers/H48.20194,,1.004194,20194,,ONLINE,CITIZEN,"
          "Nguyễn Văn A,048090000001,0905,\"12 Trần Phú, Đà Nẵng\",2026-11-01T20:00,"
          "2026-11-02T09:00,\"SUPPLEMENT|2026-11-02T09:00|2026-11-02T02:00:00Z; "
          "PAYMENT|2026-11-02 09:00|2026-11-02 09:00:30||8000|LOCAL|BL-1;"
          "OTHER_AGENCY|2026-11-02T09:00||units/u1|Sở Tư pháp|2026-11-03T09:00\",,,posts/p1,"
          "ORIGINAL|Tờ khai; COPY|Giấy tờ,2026-11-05,,\"2026-11-02T09:00|tiếp nhận|một cửa|đủ\","
          "AT_RECEPTION|2026-11-02T09:00|8000|NATIONAL_PORTAL|DVCQG-1\n"),
      errors);
  EXPECT_THAT(FieldsOf(errors), IsEmpty());
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].line, 2);
  EXPECT_EQ(rows[0].center, "provinces/48/centers/H48.20194");
  EXPECT_EQ(rows[0].dossier.applicant().address(), "12 Trần Phú, Đà Nẵng");
  const v1::ImportedRecord& record = rows[0].dossier.record();
  EXPECT_EQ(record.accept_time().seconds(), kMorning);
  ASSERT_EQ(record.pauses_size(), 3);
  EXPECT_EQ(record.pauses(0).end_time().seconds(), kMorning) << "an offset of its own";
  EXPECT_EQ(record.pauses(1).end_time().seconds(), kMorning + 30);
  EXPECT_EQ(record.pauses(1).due_vnd(), 8000);
  EXPECT_EQ(record.pauses(1).reference(), "BL-1");
  EXPECT_FALSE(record.pauses(2).has_end_time());
  EXPECT_EQ(record.pauses(2).agency_title(), "Sở Tư pháp");
  EXPECT_EQ(record.pauses(2).answer_by_time().seconds(), kMorning + 86400);
  ASSERT_EQ(record.components_size(), 2);
  EXPECT_EQ(record.components(1).title(), "Giấy tờ");
  EXPECT_EQ(record.source_due_time().seconds(), kMorning + 3 * 86400 + 8 * 3600) << "17:00";
  ASSERT_EQ(record.history_size(), 1);
  EXPECT_EQ(record.history(0).by(), "một cửa");
  EXPECT_FALSE(record.has_process_time());
  ASSERT_EQ(record.fees_size(), 1);
  EXPECT_EQ(record.fees(0).due_at(), v1::FEE_DUE_AT_RECEPTION);
  EXPECT_EQ(record.fees(0).pay_time().seconds(), kMorning);
  EXPECT_EQ(record.fees(0).paid_vnd(), 8000);
  EXPECT_EQ(record.fees(0).reference(), "DVCQG-1");
}

TEST(DossierRows, NameEveryWrongCellAtOnce) {
  RowErrors errors;
  ReadDossierRows(
      "open.csv",
      absl::StrCat(kHeader,
                   "A-1,c,,1.004194,20194,,FAX,PERSON,,,,,yesterday,2026-11-02T25:00,"
                   "PAUSE|2026-11-02T09:00;SUPPLEMENT|soon;"
                   "PAYMENT|2026-11-02T09:00|||much;SUPPLEMENT|2026-11-02T09:00||||x,"
                   "never,,,PHOTO|x,2026-13-01,,then|what,AT_SUPPLEMENT|2026-11-02T09:00|1\n"
                   "A-1,c,,1.004194,20194,,POST,CITIZEN,B,,,,2026-11-02T09:00,,,,,,,,,,\n"),
      errors);
  EXPECT_THAT(
      FieldsOf(errors),
      ElementsAre("open.csv:2:channel", "open.csv:2:kind", "open.csv:2:full_name",
                  "open.csv:2:submit_time", "open.csv:2:accept_time", "open.csv:2:pauses",
                  "open.csv:2:pauses", "open.csv:2:pauses", "open.csv:2:pauses",
                  "open.csv:2:process_time", "open.csv:2:components", "open.csv:2:source_due_time",
                  "open.csv:2:history", "open.csv:2:fees", "open.csv:3:external_code"));
}

TEST(DossierRows, BothFormsOfACodeAreOneDossier) {
  const auto row = [](absl::string_view code) {
    return absl::StrCat(code, ",c,,1.004194,20194,,POST,CITIZEN,B,,,,2026-11-02T09:00,,,,,,,,,,\n");
  };
  RowErrors errors;
  ReadDossierRows("open.csv",
                  absl::StrCat(kHeader, row("H48.20.05-261030-0003"), row("H48.20.05-261030-0004"),
                               row("000.05.20.H48-261030-0003")),
                  errors);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("open.csv:4:external_code"));
}

TEST(DossierRows, WhatKeepsItsCodeIsSentFirst) {
  std::vector<DossierRow> rows(5);
  for (int i = 0; i < 5; ++i) rows[static_cast<size_t>(i)].line = i + 2;
  for (const size_t i : {0u, 1u, 3u, 4u}) rows[i].center = "a";
  rows[2].center = "b";
  rows[3].kept = true;
  std::vector<std::vector<int>> lines;
  for (const auto& batch : BatchesOf(rows, 2)) {
    lines.emplace_back();
    for (const DossierRow* row : batch) lines.back().push_back(row->line);
  }
  EXPECT_THAT(lines, ElementsAre(ElementsAre(5, 2), ElementsAre(3, 6), ElementsAre(4)));
}

TEST(DossierRows, ColumnsAreThoseOfTheContract) {
  EXPECT_EQ(ColumnOf("record.external_code"), "external_code");
  EXPECT_EQ(ColumnOf("record.pauses[1].end_time"), "pauses");
  EXPECT_EQ(ColumnOf("record.unit"), "unit_code");
  EXPECT_EQ(ColumnOf("record.components[3].title"), "components");
  EXPECT_EQ(ColumnOf("applicant.full_name"), "full_name");
  EXPECT_EQ(ColumnOf("applicant.kind"), "kind");
}

}  // namespace
}  // namespace twotier::ctl
