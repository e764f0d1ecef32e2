#include "common/organisation_id.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace twotier {
namespace {

TEST(OrganisationIdTest, ReadsBothForms) {
  const struct {
    absl::string_view text;
    absl::string_view id;
  } cases[] = {
      {"H15.50.05.13", "H15.50.05.13"},
      {"H26", "H26"},
      {"G09.20", "G09.20"},
      {"H48.20194", "H48.20194"},
      {"000.00.01.H26", "H26.01"},
      {"000.00.00.H26", "H26"},
      {"013.05.50.H15", "H15.50.05.013"},
      {"000.07.01.G12", "G12.01.07"},
  };
  for (const auto& c : cases) EXPECT_EQ(ParseOrganisationId(c.text), std::string(c.id)) << c.text;
}

TEST(OrganisationIdTest, RefusesWhatHasNeitherForm) {
  for (const absl::string_view text : {"",
                                       ".",
                                       "H",
                                       "H1",
                                       "h26",
                                       "26",
                                       "X26",
                                       "H26.",
                                       "H26..01",
                                       "H26.1",
                                       "H26.000001",
                                       "H26.a1",
                                       "H26.01.02.03.04.05.06",
                                       "000.01.H26",
                                       "00.00.01.H26",
                                       "000.00.1.H26",
                                       "001.00.01.H26",
                                       "000.01.00.H26",
                                       "000.00.01.00.H26",
                                       " H26",
                                       "H26 ",
                                       "H26-01"}) {
    EXPECT_EQ(ParseOrganisationId(text), std::nullopt) << text;
  }
}

TEST(OrganisationIdTest, WritesTheOlderFormWhereItHasRoom) {
  EXPECT_EQ(OlderForm("H26"), "000.00.00.H26");
  EXPECT_EQ(OlderForm("H26.01"), "000.00.01.H26");
  EXPECT_EQ(OlderForm("H15.50.05.13"), "013.05.50.H15");
  EXPECT_EQ(OlderForm("H26.00004"), "");
  EXPECT_EQ(OlderForm("H26.00"), "");
  EXPECT_EQ(OlderForm("H15.50.05.13.01"), "");
  EXPECT_EQ(OlderForm(""), "");
}

RC_GTEST_PROP(OrganisationIdPropertyTest, TheOlderFormReadsBackToTheSamePath, ()) {
  const auto digits = [](int width, int max) {
    return absl::StrFormat("%0*d", width, *rc::gen::inRange(1, max));
  };
  std::string id = absl::StrCat(*rc::gen::element<std::string>("H", "G"), digits(2, 100));
  const int levels = *rc::gen::inRange(0, 4);
  for (int i = 0; i < levels; ++i) {
    absl::StrAppend(&id, ".", i == 2 ? digits(3, 1000) : digits(2, 100));
  }
  RC_ASSERT(ParseOrganisationId(id) == id);
  RC_ASSERT(ParseOrganisationId(OlderForm(id)) == id);
}

}  // namespace
}  // namespace twotier
