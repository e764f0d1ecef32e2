// A process of routing whose memory stands still.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_STILL_PROCESS_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_STILL_PROCESS_H_

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/request_log.h"
#include "common/status_macros.h"
#include "services/routing/handlers/dossiers.h"
#include "services/routing/handlers/steps.h"
#include "services/routing/routing.h"
#include "services/routing/snapshot.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {

// Shares the database with others; what they commit is newer than its memory.
class StillProcess {
 public:
  explicit StillProcess(const testing_support::TestDatabase& database) {
    std::vector<db::Migration> migrations = rpc::Migrations();
    for (db::Migration& migration : RoutingMigrations()) migrations.push_back(std::move(migration));
    database_ = *db::Database::Open(database.url(), migrations, {});
    env_.snapshots = &snapshots_;
    env_.appended = [] {};
    const absl::Status loaded = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(auto snapshot, LoadSnapshot(tx, Snapshot()));
      snapshots_.Set(std::move(snapshot));
      return absl::OkStatus();
    });
    EXPECT_EQ(loaded, absl::OkStatus());
  }

  absl::StatusOr<v1::Dossier> Submit(const v1::SubmitDossierRequest& request) {
    ASSIGN_OR_RETURN(const auto response, Write(handlers::SubmitDossier, request));
    return response.dossier();
  }
  absl::StatusOr<v1::Dossier> Accept(const v1::Dossier& dossier) {
    ASSIGN_OR_RETURN(const auto response,
                     Write(handlers::AcceptDossier, StepOf<v1::AcceptDossierRequest>(dossier)));
    return response.dossier();
  }

  // A call that writes: Write(handlers::SubmitDossier, request).
  template <typename Response, typename Request>
  absl::StatusOr<Response> Write(absl::StatusOr<Response> (*handler)(const handlers::Env&,
                                                                     const Call&, const Request&,
                                                                     db::Tx&),
                                 const Request& request) {
    const Call call = NewCall();
    Response response;
    RETURN_IF_ERROR(database_->Write({}, [&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(response, handler(env_, call, request, tx));
      return absl::OkStatus();
    }));
    return response;
  }

  // A call that is answered from memory, unless it asks for what is committed.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(absl::StatusOr<Response> (*handler)(const handlers::Env&,
                                                                   const Call&, const Request&,
                                                                   db::Tx*),
                               const Request& request) {
    const Call call = NewCall();
    if (!request.has_min_catalogue_version()) return handler(env_, call, request, nullptr);
    Response response;
    RETURN_IF_ERROR(database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(response, handler(env_, call, request, &tx));
      return absl::OkStatus();
    }));
    return response;
  }

 private:
  Call NewCall() {
    Call call;
    call.now = Monday();
    call.principal.name = "officer";
    call.new_id = ids_.New(call.now);
    return call;
  }

  IdSource ids_;
  SnapshotHolder snapshots_;
  handlers::Env env_;
  std::unique_ptr<db::Database> database_;
};

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_STILL_PROCESS_H_
