// The reference data as the service carries them, for tests.
#ifndef TWOTIER_SERVICES_BUDGET_REFERENCE_TESTING_H_
#define TWOTIER_SERVICES_BUDGET_REFERENCE_TESTING_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "services/budget/reference_file.h"

namespace twotier::budget {

// Tests run in the folder of the sources.
inline ReferenceFiles NationalFilesForTest() {
  ReferenceFiles files;
  for (const absl::string_view name : ReferenceFileNames()) {
    const auto content = ReadFile(absl::StrCat("services/budget/data/", name));
    EXPECT_TRUE(content.ok()) << content.status();
    files.emplace(std::string(name), content.value_or(""));
  }
  return files;
}

inline std::shared_ptr<const Reference> NationalReferenceForTest() {
  RowErrors errors;
  std::shared_ptr<const Reference> reference = ReadReference(NationalFilesForTest(), errors);
  for (const auto& wrong : errors.all()) ADD_FAILURE() << wrong.field << " " << wrong.description;
  return reference;
}

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_REFERENCE_TESTING_H_
