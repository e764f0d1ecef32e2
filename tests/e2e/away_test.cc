// What routing still answers when the registry and its own database are gone.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/suite.h"
#include "tests/load/ask.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

namespace v1 = routing::v1;
using v1::RoutingService;

// A PostgreSQL server of this test's own, which it may stop.
class OwnPostgres {
 public:
  explicit OwnPostgres(const std::string& work_dir) {
    const std::string pipe = absl::StrCat(work_dir, "/postgres_url");
    EXPECT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    auto process = load::Process::Start(
        {"tests/support/with_postgres.sh", "bash", "-c",
         absl::StrCat("echo $TWOTIER_TEST_POSTGRES > ", pipe, "; exec sleep infinity")},
        absl::StrCat(work_dir, "/postgres.log"));
    EXPECT_TRUE(process.ok()) << process.status();
    if (!process.ok()) return;
    process_ = *std::move(process);
    std::getline(std::ifstream(pipe) >> std::ws, url_);  // Waits until the server is up.
  }
  ~OwnPostgres() { Stop(); }

  void Stop() {
    if (!process_.has_value()) return;
    // The script stops the server and then passes on that its command was terminated.
    process_->Terminate().IgnoreError();
    process_.reset();
  }

  const std::string& url() const { return url_; }

 private:
  std::optional<load::Process> process_;
  std::string url_;
};

class AwayTest : public SuiteTest {
 protected:
  // Everybody is asked who is competent.
  static int CountAnswers(RoutingService::Stub& stub,
                          const std::vector<v1::SubmitDossierRequest>& submissions) {
    int answers = 0;
    for (const v1::SubmitDossierRequest& submission : submissions) {
      v1::ResolveCompetenceRequest request;
      request.set_procedure_code(submission.procedure_code());
      request.set_unit(submission.unit());
      const auto response = load::Ask(stub, &RoutingService::Stub::ResolveCompetence, request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (response.ok() && response->competence().has_competent_body()) ++answers;
    }
    return answers;
  }
};

TEST_F(AwayTest, CompetenceIsAnsweredWithoutRegistryAndDatabase) {
  OwnPostgres postgres(places_.work_dir);
  ASSERT_FALSE(postgres.url().empty());
  auto database = load::PostgresDatabase::Create(postgres.url());
  ASSERT_TRUE(database.ok()) << database.status();
  auto routing = StartRouting("routing", database->url());
  ASSERT_TRUE(routing.ok()) << routing.status();
  const auto submissions = Submissions(routing->address(), 20);
  ASSERT_FALSE(submissions.empty());
  const auto stub = load::StubOf<RoutingService>(routing->address());
  const int all = static_cast<int>(submissions.size());
  ASSERT_EQ(CountAnswers(*stub, submissions), all);

  registry_->Kill();
  EXPECT_EQ(CountAnswers(*stub, submissions), all);
  database->Forget();
  postgres.Stop();
  EXPECT_EQ(CountAnswers(*stub, submissions), all);

  // What needs the database says that it is away, at once and with a reason.
  v1::SubmitDossierRequest submission = submissions[0];
  submission.set_request_id("3f0c7c9e-5a51-4d7e-9a36-0c7f6f0d1a11");
  EXPECT_TRUE(absl::IsUnavailable(
      load::Ask(*stub, &RoutingService::Stub::SubmitDossier, submission).status()));
  v1::GetDossierRequest get;
  get.set_name("provinces/01/dossiers/H01-260701-0001");
  EXPECT_TRUE(
      absl::IsUnavailable(load::Ask(*stub, &RoutingService::Stub::GetDossier, get).status()));
  // And it is still the process that was asked before.
  EXPECT_TRUE(load::WaitServing(routing->address(), load::kRoutingService, absl::Seconds(5)).ok());
}

TEST_F(AwayTest, RoutingStartsAgainWithoutTheRegistry) {
  const auto database = NewDatabase(kSqlite);
  ASSERT_TRUE(database.ok()) << database.status();
  auto routing = StartRouting("routing", *database);
  ASSERT_TRUE(routing.ok()) << routing.status();
  const auto submissions = Submissions(routing->address(), 20);
  ASSERT_FALSE(submissions.empty());

  registry_->Kill();
  routing->Kill();
  const absl::Status started = routing->StartAgain();
  ASSERT_TRUE(started.ok()) << started;
  const auto stub = load::StubOf<RoutingService>(routing->address());
  EXPECT_EQ(CountAnswers(*stub, submissions), static_cast<int>(submissions.size()));
}

}  // namespace
}  // namespace twotier::e2e
