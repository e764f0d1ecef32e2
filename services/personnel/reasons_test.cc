// Every reason personnel's code answers with stands in its contract, and the other way round.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "twotier/common/v1/errors.pb.h"
#include "twotier/personnel/v1/errors.pb.h"

namespace twotier::personnel {
namespace {

// Names of the enumerators without their prefix, UNSPECIFIED left out.
std::set<std::string> ReasonsOf(const google::protobuf::EnumDescriptor& reasons,
                                const std::string& prefix) {
  std::set<std::string> names;
  for (int i = 0; i < reasons.value_count(); ++i) {
    const std::string& name = reasons.value(i)->name();
    EXPECT_EQ(name.rfind(prefix, 0), 0u) << name;
    if (reasons.value(i)->number() != 0) names.insert(name.substr(prefix.size()));
  }
  return names;
}

// Literals in upper case in the code of this service, tests left out: all, and those that a status
// is made with. The others are words of the reference data, too.
struct Literals {
  std::set<std::string> all;
  std::set<std::string> given;
};

void AddLiterals(const std::string& text, std::set<std::string>& found) {
  static const std::regex literal("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"");
  for (std::sregex_iterator it(text.begin(), text.end(), literal), end; it != end; ++it) {
    found.insert((*it)[1]);
  }
}

Literals LiteralsInCode() {
  Literals found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("services/personnel")) {
    const std::string path = entry.path().string();
    const bool code = path.ends_with(".cc") || path.ends_with(".h");
    if (!code || path.ends_with("_test.cc")) continue;
    std::ifstream in(path);
    std::ostringstream content;
    content << in.rdbuf();
    const std::string text = content.str();
    AddLiterals(text, found.all);
    for (const char* maker : {"WithReason(", "ToStatus(", "Refusal("}) {
      for (size_t at = text.find(maker); at != std::string::npos; at = text.find(maker, at + 1)) {
        AddLiterals(text.substr(at, text.find(';', at) - at), found.given);
      }
    }
  }
  return found;
}

TEST(ReasonsTest, CodeAndContractAgree) {
  const std::set<std::string> own =
      ReasonsOf(*v1::PersonnelReason_descriptor(), "PERSONNEL_REASON_");
  const std::set<std::string> common =
      ReasonsOf(*common::v1::CommonReason_descriptor(), "COMMON_REASON_");
  const Literals used = LiteralsInCode();
  ASSERT_FALSE(used.given.empty());
  for (const std::string& reason : used.given) {
    EXPECT_TRUE(own.contains(reason) || common.contains(reason))
        << reason << " is in no errors.proto";
  }
  for (const std::string& reason : own) {
    EXPECT_TRUE(used.all.contains(reason)) << reason << " is never sent";
  }
}

}  // namespace
}  // namespace twotier::personnel
