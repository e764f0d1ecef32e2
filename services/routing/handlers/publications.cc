#include "services/routing/handlers/publications.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "common/units/snapshot_state.h"
#include "services/routing/convert.h"
#include "services/routing/domain/publication.h"
#include "services/routing/handlers/as_of.h"
#include "services/routing/handlers/catalogue.h"
#include "services/routing/handlers/procedures.h"
#include "services/routing/store/assignment_store.h"
#include "services/routing/store/catalogue_store.h"

namespace twotier::routing::handlers {
namespace {

// The province exists on the date from which something is to hold there. Asks what the transaction
// sees: the answer is remembered.
absl::Status CheckProvince(const Env& env, absl::string_view province_code, absl::CivilDay day,
                           db::Tx& tx) {
  if (province_code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> basis,
                   CurrentSnapshot(*env.snapshots, tx));
  return RequireProvince(*basis->units, province_code, day);
}

std::shared_ptr<const Catalogue> CatalogueOf(const store::StoredProcedures& stored) {
  return Catalogue::Of(stored.versions, {}, stored.ends);
}

// Versions that hold for other dates after a change than before it, as they are after it: those of
// the scope, or those of all others. Both entries have them in the same order.
void AddShortened(const CatalogueEntry& before, const CatalogueEntry& after,
                  absl::string_view province_code, bool of_scope,
                  google::protobuf::RepeatedPtrField<v1::Procedure>* out) {
  for (size_t i = 0; i < before.versions.size(); ++i) {
    const ProcedureVersion& version = after.versions[i];
    if ((version.province_code == province_code) != of_scope ||
        before.ValidOf(before.versions[i]) == after.ValidOf(version)) {
      continue;
    }
    ToProto(after, version, out->Add());
  }
}

// What every change of the catalogue does besides its rows. Returns the version of the catalogue
// with it.
absl::StatusOr<int64_t> Tell(const Env& env, const Call& call, absl::string_view kind,
                             const google::protobuf::Message& body, db::Tx& tx) {
  ASSIGN_OR_RETURN(const int64_t version, AppendCatalogueEvent(tx, call, kind, body));
  RETURN_IF_ERROR(units::CountChange(tx));
  env.appended();
  return version;
}

Publication PublicationOf(const v1::PublishProcedureRequest& request) {
  Publication publication;
  publication.content = FromProto(request.content());
  publication.content.code = request.procedure_code();
  publication.province_code = std::string(rpc::ProvinceOf(request.parent()));
  publication.valid.first = FromProto(request.first_date());
  if (request.has_end_date()) publication.valid.end = FromProto(request.end_date());
  publication.act = request.act().number();
  return publication;
}

CatalogueQuery QueryOf(const v1::ListProceduresRequest& request, absl::CivilDay as_of) {
  CatalogueQuery query;
  query.province_code = std::string(rpc::ProvinceOf(request.parent()));
  query.own_only = request.own_only();
  query.field = request.field();
  query.ministry = request.ministry();
  if (request.level() != v1::COMPETENCE_LEVEL_UNSPECIFIED) {
    query.level = static_cast<Level>(request.level());
  }
  if (request.state() != v1::PROCEDURE_STATE_UNSPECIFIED) {
    query.published = request.state() == v1::PROCEDURE_STATE_PUBLISHED;
  }
  query.as_of = as_of;
  return query;
}

void CountStates(const std::vector<CatalogueHit>& hits, v1::ListProceduresResponse& response) {
  std::map<DraftReason, int64_t> drafts;
  for (const CatalogueHit& hit : hits) {
    if (hit.version->published()) response.set_published(response.published() + 1);
    for (const DraftReason reason : hit.version->draft_reasons) ++drafts[reason];
  }
  for (const auto& [reason, count] : drafts) {
    v1::DraftReasonCount* added = response.add_drafts();
    added->set_reason(static_cast<v1::DraftReason>(reason));
    added->set_count(count);
  }
}

}  // namespace

absl::StatusOr<v1::PublishProcedureResponse> PublishProcedure(
    const Env& env, const Call& call, const v1::PublishProcedureRequest& request, db::Tx& tx) {
  Publication publication = PublicationOf(request);
  const std::string code = publication.content.code;
  const std::string province_code = publication.province_code;
  const absl::CivilDay first = publication.valid.first;
  RETURN_IF_ERROR(CheckProvince(env, province_code, first, tx));
  ASSIGN_OR_RETURN(store::StoredProcedures stored, store::LoadProcedure(tx, code));
  const std::shared_ptr<const Catalogue> before = CatalogueOf(stored);
  const CatalogueEntry* entry = before->Find(code);
  ASSIGN_OR_RETURN(const ProcedureVersion version,
                   Publish(entry, std::move(publication), VietnamDay(call.now)));
  RETURN_IF_ERROR(store::InsertProcedureVersion(tx, version, call.now));

  stored.versions.push_back(version);
  const std::shared_ptr<const Catalogue> after = CatalogueOf(stored);
  const CatalogueEntry& now = *after->Find(code);
  v1::PublishProcedureResponse response;
  ToProto(now, now.versions.back(), response.mutable_procedure());
  ToProto(version.procedure.requirements, response.mutable_requirements());
  if (entry != nullptr) {
    AddShortened(*entry, now, province_code, true, response.mutable_superseded());
    AddShortened(*entry, now, province_code, false, response.mutable_set_aside());
  }
  const ProcedureVersion* national = now.On(first);
  if (!province_code.empty() && national != nullptr) {
    ToProto(now, *national, response.mutable_national());
  }
  response.set_etag(EtagOf(version.version));
  ASSIGN_OR_RETURN(const int64_t catalogue_version,
                   Tell(env, call, "catalogue.procedure_published", response.procedure(), tx));
  response.set_catalogue_version(catalogue_version);
  return response;
}

absl::StatusOr<v1::EndProcedureResponse> EndProcedure(const Env& env, const Call& call,
                                                      const v1::EndProcedureRequest& request,
                                                      db::Tx& tx) {
  const std::string code(CodeOf(request.name()));
  const absl::string_view province_code = rpc::ProvinceOf(request.name());
  ASSIGN_OR_RETURN(store::StoredProcedures stored, store::LoadProcedure(tx, code));
  const std::shared_ptr<const Catalogue> before = CatalogueOf(stored);
  ASSIGN_OR_RETURN(const CatalogueEntry* entry, before->Require(code));
  if (const int64_t last = entry->LastNumber(province_code); last > 0) {
    RETURN_IF_ERROR(CheckEtag(request.etag(), last));
  }
  ASSIGN_OR_RETURN(const ProcedureEnd end, End(*entry, province_code, FromProto(request.end_date()),
                                               request.act().number(), VietnamDay(call.now)));
  RETURN_IF_ERROR(store::InsertProcedureEnd(tx, end, call.now));

  stored.ends.push_back(end);
  const std::shared_ptr<const Catalogue> after = CatalogueOf(stored);
  v1::EndProcedureResponse response;
  for (const bool of_scope : {true, false}) {
    AddShortened(*entry, *after->Find(code), province_code, of_scope, response.mutable_ended());
  }
  response.set_etag(EtagOf(end.version));
  v1::ProcedureEnd body;
  ToProto(end, &body);
  ASSIGN_OR_RETURN(const int64_t catalogue_version,
                   Tell(env, call, "catalogue.procedure_ended", body, tx));
  response.set_catalogue_version(catalogue_version);
  return response;
}

void ValidateEndProcedure(const v1::EndProcedureRequest& request, error::Violations& violations) {
  CheckProcedureName(request.name(), violations);
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::ListProcedureVersionsResponse> ListProcedureVersions(
    const Env& env, const Call&, const v1::ListProcedureVersionsRequest& request) {
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  const absl::string_view province_code = rpc::ProvinceOf(request.name());
  ASSIGN_OR_RETURN(const CatalogueEntry* entry,
                   snapshot->catalogue->Require(CodeOf(request.name())));
  const auto concerns = [province_code](const std::string& scope) {
    return scope.empty() || scope == province_code;
  };
  v1::ListProcedureVersionsResponse response;
  for (const ProcedureVersion& version : entry->versions) {
    if (concerns(version.province_code)) ToProto(*entry, version, response.add_versions());
  }
  for (const ProcedureEnd& end : entry->ends) {
    if (concerns(end.province_code)) ToProto(end, response.add_ends());
  }
  const int64_t last = entry->LastNumber(province_code);
  if (last > 0) response.set_etag(EtagOf(last));
  return response;
}

void ValidateListProcedureVersions(const v1::ListProcedureVersionsRequest& request,
                                   error::Violations& violations) {
  CheckProcedureName(request.name(), violations);
}

absl::StatusOr<v1::ListProceduresResponse> ListProcedures(
    const Env& env, const Call& call, const v1::ListProceduresRequest& request) {
  constexpr absl::string_view kMethod = "ListProcedures";
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const PageOfDay page, OpenPage(*env.pages, kMethod, query, request, call));
  const auto& [as_of, after] = page;
  // Without words everything has the same rank, so that hits are in order of code.
  const std::vector<CatalogueHit> hits = snapshot->catalogue->Search(
      QueryOf(request, as_of), std::nullopt, snapshot->catalogue->size());
  v1::ListProceduresResponse response;
  CountStates(hits, response);
  for (const CatalogueHit& hit : hits) {
    if (!after.empty() && hit.entry->code <= after) continue;
    if (response.procedures_size() == size) {
      response.set_next_page_token(
          SealPage(*env.pages, kMethod, query, as_of, response.procedures(size - 1).code()));
      break;
    }
    ToProto(*hit.entry, *hit.version, response.add_procedures());
  }
  ToProto(as_of, response.mutable_as_of());
  return response;
}

void ValidateListProcedures(const v1::ListProceduresRequest& request,
                            error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  if (request.own_only() && request.parent().empty()) {
    violations.Add("own_only", "needs the province as `parent`");
  }
}

}  // namespace twotier::routing::handlers
