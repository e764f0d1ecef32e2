#include "services/routing/domain/requirements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/errors.h"
#include "common/text.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RequiredComponent Component(const std::string& title, bool required, bool reusable = false,
                            const std::string& case_key = "") {
  RequiredComponent component;
  component.title = title;
  component.folded_title = text::Fold(title);
  component.required = required;
  component.data_reusable = reusable;
  component.case_key = case_key;
  return component;
}

std::vector<std::string> Missing(const Requirements& requirements, absl::string_view case_key,
                                 const std::vector<std::pair<std::string, bool>>& documents) {
  std::vector<HandedIn> handed_in;
  for (const auto& [title, reused] : documents) handed_in.push_back({text::Fold(title), reused});
  const absl::Status status = CheckComponents(requirements, case_key, handed_in);
  std::vector<std::string> titles;
  for (const auto& violation : error::PreconditionsOf(status)) titles.push_back(violation.subject);
  EXPECT_EQ(status.ok(), titles.empty()) << status;
  return titles;
}

TEST(Components, EveryMissingOneIsNamed) {
  Requirements requirements;
  requirements.components = {
      Component("Tờ khai", true), Component("Giấy chứng sinh", true, /*reusable=*/true),
      Component("Văn bản ủy quyền", false),
      Component("Giấy tờ của người nước ngoài", true, false, "foreign_element")};
  EXPECT_THAT(Missing(requirements, "domestic", {}), ElementsAre("Tờ khai", "Giấy chứng sinh"));
  EXPECT_THAT(Missing(requirements, "foreign_element", {{"TỜ KHAI ", false}}),
              ElementsAre("Giấy chứng sinh", "Giấy tờ của người nước ngoài"));
  // What was reused counts where it may be.
  EXPECT_THAT(Missing(requirements, "domestic", {{"Tờ khai", true}, {"Giấy chứng sinh", true}}),
              ElementsAre("Tờ khai"));
  EXPECT_THAT(Missing(requirements, "domestic", {{"Tờ khai", false}, {"Giấy chứng sinh", false}}),
              IsEmpty());
}

TEST(Components, WhatIsNotStatedDemandsNothing) {
  EXPECT_THAT(Missing(Requirements(), "", {}), IsEmpty());
  EXPECT_EQ(CheckChannel(Requirements(), 2), absl::OkStatus());
}

TEST(Channels, AnotherOneIsRefused) {
  Requirements requirements;
  requirements.channels = {1, 3};
  EXPECT_EQ(CheckChannel(requirements, 3), absl::OkStatus());
  const auto reason = error::ReasonOf(CheckChannel(requirements, 2));
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->reason, "CHANNEL_NOT_ALLOWED");
  EXPECT_THAT(reason->metadata,
              ElementsAre(std::pair<std::string, std::string>("channel", "ONLINE"),
                          std::pair<std::string, std::string>("allowed", "DIRECT,POST")));
}

}  // namespace
}  // namespace twotier::routing
