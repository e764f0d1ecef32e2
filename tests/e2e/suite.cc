#include "tests/e2e/suite.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/workload.h"

namespace twotier::e2e {

void SuiteTest::SetUp() {
  std::string work_dir = absl::StrCat(testing::TempDir(), "/twotier_e2e_XXXXXX");
  ASSERT_NE(mkdtemp(work_dir.data()), nullptr);
  places_ = {.bin_dir = TWOTIER_BIN_DIR, .source_dir = ".", .work_dir = work_dir};
  auto registry =
      load::StartRegistry(places_, "registry", absl::StrCat("sqlite:", work_dir, "/registry.db"));
  ASSERT_TRUE(registry.ok()) << registry.status();
  registry_ = *std::move(registry);
}

void SuiteTest::TearDown() {
  registry_.reset();
  databases_.clear();
  if (HasFailure()) {
    for (const auto& file : std::filesystem::directory_iterator(places_.work_dir)) {
      if (file.path().extension() != ".log") continue;
      std::cerr << "--- the last of " << file.path().filename() << "\n";
      std::ifstream log(file.path());
      const auto tail = static_cast<std::streamoff>(std::min<uintmax_t>(file.file_size(), 4096));
      log.seekg(-tail, std::ios::end);
      std::cerr << log.rdbuf() << "\n";
    }
  }
  std::filesystem::remove_all(places_.work_dir);
}

absl::StatusOr<std::string> SuiteTest::NewDatabase(const std::string& engine) {
  if (engine == kSqlite) return absl::StrCat("sqlite:", places_.work_dir, "/service.db");
  const char* const server = std::getenv("TWOTIER_TEST_POSTGRES");
  if (server == nullptr) {
    return absl::FailedPreconditionError(
        "TWOTIER_TEST_POSTGRES is not set; run under tests/support/with_postgres.sh");
  }
  ASSIGN_OR_RETURN(load::PostgresDatabase database, load::PostgresDatabase::Create(server));
  databases_.push_back(std::move(database));
  return databases_.back().url();
}

absl::StatusOr<load::Server> SuiteTest::StartRouting(const std::string& name,
                                                     const std::string& database) {
  return load::StartRouting(places_, name, database, registry_->address());
}

std::vector<routing::v1::SubmitDossierRequest> SuiteTest::Submissions(const std::string& address,
                                                                      int count) {
  auto submissions = load::MakeSubmissions(registry_->address(), address, count);
  EXPECT_TRUE(submissions.ok()) << submissions.status();
  return submissions.ok() ? *std::move(submissions)
                          : std::vector<routing::v1::SubmitDossierRequest>();
}

}  // namespace twotier::e2e
