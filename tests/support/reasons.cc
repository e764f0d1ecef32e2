#include "tests/support/reasons.h"

#include <filesystem>
#include <regex>
#include <set>

#include "common/file.h"
#include "twotier/common/v1/errors.pb.h"

namespace twotier::testing_support {
namespace {

// Names of the enumerators without their prefix, UNSPECIFIED left out.
std::set<std::string> NamesOf(const google::protobuf::EnumDescriptor& reasons,
                              const std::string& prefix, std::vector<std::string>& wrong) {
  std::set<std::string> names;
  for (int i = 0; i < reasons.value_count(); ++i) {
    const std::string& name = reasons.value(i)->name();
    if (!name.starts_with(prefix)) wrong.push_back(name + " does not begin with " + prefix);
    if (reasons.value(i)->number() != 0) names.insert(name.substr(prefix.size()));
  }
  return names;
}

// Literals in upper case in the code of a directory, tests left out: all, and those that a status
// is made with. The others are words of reference data or types of a precondition, too.
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

Literals LiteralsIn(const std::string& directory, std::vector<std::string>& wrong) {
  Literals found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string path = entry.path().string();
    const bool code = path.ends_with(".cc") || path.ends_with(".h");
    if (!code || path.ends_with("_test.cc")) continue;
    const auto text = ReadFile(path);
    if (!text.ok()) {
      wrong.push_back(text.status().ToString());
      continue;
    }
    AddLiterals(*text, found.all);
    for (const char* maker : {"WithReason(", "ToStatus(", "Refusal("}) {
      for (size_t at = text->find(maker); at != text->npos; at = text->find(maker, at + 1)) {
        AddLiterals(text->substr(at, text->find(';', at) - at), found.given);
      }
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> ReasonsOutOfStep(const std::string& service,
                                          const google::protobuf::EnumDescriptor& reasons,
                                          const std::string& prefix,
                                          const std::vector<std::string>& rooms) {
  std::vector<std::string> wrong;
  const std::set<std::string> own = NamesOf(reasons, prefix, wrong);
  const std::set<std::string> common =
      NamesOf(*common::v1::CommonReason_descriptor(), "COMMON_REASON_", wrong);
  Literals used = LiteralsIn("services/" + service, wrong);
  for (const std::string& room : rooms) used.all.merge(LiteralsIn(room, wrong).all);
  if (used.given.empty()) wrong.push_back("services/" + service + " gives no reason at all");
  for (const std::string& reason : used.given) {
    if (!own.contains(reason) && !common.contains(reason)) {
      wrong.push_back(reason + " is in no errors.proto");
    }
  }
  for (const std::string& reason : own) {
    if (!used.all.contains(reason)) wrong.push_back(reason + " is never sent");
  }
  return wrong;
}

}  // namespace twotier::testing_support
