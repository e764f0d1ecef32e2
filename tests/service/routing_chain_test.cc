// A timeline that was altered in the database is not handed out as if nothing had happened.
#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

class RoutingChainTest : public RoutingTest {
 protected:
  // A dossier with three entries.
  std::string Waiting() {
    const auto submitted = Submit(server_, Submission());
    if (!submitted.ok()) return std::string(submitted.status().message());
    const auto accepted = Accept(server_, *submitted);
    if (!accepted.ok()) return std::string(accepted.status().message());
    const auto waiting = RequestSupplement(server_, *accepted);
    return waiting.ok() ? waiting->name() : std::string(waiting.status().message());
  }

  absl::Status List(const std::string& name) {
    v1::ListDossierEntriesRequest request;
    request.set_name(name);
    return Invoke(&Stub::ListDossierEntries, server_.stub(), request).status();
  }

  // What ends a stream of the entries after `after_version`, which is to end behind `sent` of them.
  absl::Status Watch(const std::string& name, int after_version, int sent) {
    grpc::ClientContext context;
    Identify(context);
    v1::WatchDossierRequest request;
    request.set_name(name);
    request.set_after_version(after_version);
    const auto stream = server_.stub().WatchDossier(&context, request);
    v1::WatchDossierResponse message;
    int read = 0;
    while (read <= sent && stream->Read(&message)) ++read;
    EXPECT_EQ(read, sent) << message.entry().version();
    if (read > sent) context.TryCancel();
    return rpc::FromGrpcStatus(stream->Finish());
  }

  void ExpectBroken(const std::string& name, absl::string_view version) {
    ExpectBrokenAt(List(name), name, version);
  }

  void ExpectBrokenAt(const absl::Status& status, const std::string& name,
                      absl::string_view version) {
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_EQ(ReasonOf(status), "CHAIN_BROKEN");
    EXPECT_EQ(MetadataOf(status, "subject"), name);
    EXPECT_EQ(MetadataOf(status, "version"), version);
  }

  std::string Where(const std::string& name, int version) {
    return absl::StrCat(" WHERE subject = '", name, "' AND version = ", version);
  }
};

TEST_P(RoutingChainTest, AnAlteredEntryIsFound) {
  const std::string name = Waiting();
  ASSERT_TRUE(List(name).ok()) << name;
  database_.Run(absl::StrCat("UPDATE event SET kind = 'dossier.returned'", Where(name, 2)));
  ExpectBroken(name, "2");
  ExpectBrokenAt(Watch(name, 0, 1), name, "2");
  ExpectBrokenAt(Watch(name, 1, 0), name, "2");
}

TEST_P(RoutingChainTest, ARemovedLastEntryIsFound) {
  const std::string name = Waiting();
  ASSERT_TRUE(List(name).ok()) << name;
  database_.Run(absl::StrCat("DELETE FROM event", Where(name, 3)));
  ExpectBroken(name, "3");
}

TEST_P(RoutingChainTest, ARemovedFirstEntryIsFound) {
  const std::string name = Waiting();
  ASSERT_TRUE(List(name).ok()) << name;
  database_.Run(absl::StrCat("DELETE FROM event", Where(name, 1)));
  ExpectBroken(name, "1");
  ExpectBrokenAt(Watch(name, 0, 0), name, "1");
}

TEST_P(RoutingChainTest, AStreamDoesNotBeginBehindAMissingEntry) {
  const std::string name = Waiting();
  ASSERT_TRUE(List(name).ok()) << name;
  database_.Run(absl::StrCat("DELETE FROM event", Where(name, 2)));
  ExpectBrokenAt(Watch(name, 1, 0), name, "2");
  ExpectBrokenAt(Watch(name, 0, 1), name, "3");
}

TWOTIER_ON_EVERY_ENGINE(RoutingChainTest);

}  // namespace
}  // namespace twotier::routing::testing
