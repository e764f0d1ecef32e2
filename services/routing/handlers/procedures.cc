#include "services/routing/handlers/procedures.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "services/routing/convert.h"
#include "services/routing/domain/competence.h"
#include "services/routing/handlers/as_of.h"
#include "services/routing/handlers/catalogue_version.h"

namespace twotier::routing::handlers {
namespace {

constexpr absl::string_view kSearchMethod = "SearchProcedures";

std::string CursorText(const CatalogueHit& hit) {
  return absl::StrCat(hit.rank, "|", hit.entry->code);
}

absl::StatusOr<std::optional<CatalogueCursor>> CursorOf(absl::string_view text) {
  if (text.empty()) return std::optional<CatalogueCursor>();
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('|', 1));
  CatalogueCursor cursor;
  if (!absl::SimpleAtoi(parts.first, &cursor.rank)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  cursor.code = std::string(parts.second);
  return std::optional<CatalogueCursor>(std::move(cursor));
}

CatalogueQuery CatalogueQueryOf(const v1::SearchProceduresRequest& request, absl::CivilDay as_of) {
  CatalogueQuery query;
  query.folded_words = text::Fold(request.query());
  query.code = std::string(absl::StripAsciiWhitespace(request.query()));
  if (request.level() != v1::COMPETENCE_LEVEL_UNSPECIFIED) {
    query.level = static_cast<Level>(request.level());
  }
  if (request.state() != v1::PROCEDURE_STATE_UNSPECIFIED) {
    query.published = request.state() == v1::PROCEDURE_STATE_PUBLISHED;
  }
  query.province_code = request.province_code();
  query.with_minted = true;
  query.as_of = as_of;
  return query;
}

}  // namespace

absl::StatusOr<v1::GetProcedureResponse> GetProcedure(const Env& env, const Call& call,
                                                      const v1::GetProcedureRequest& request,
                                                      db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  const absl::CivilDay as_of = AsOf(request, call);
  const absl::string_view code = CodeOf(request.name());
  ASSIGN_OR_RETURN(const ProcedurePeriod* period,
                   snapshot->catalogue->PeriodOn(code, rpc::ProvinceOf(request.name()), as_of));
  v1::GetProcedureResponse response;
  ToProto(*snapshot->catalogue->Find(code), *period->version, response.mutable_procedure());
  ToProto(period->version->procedure.requirements, response.mutable_requirements());
  ToProto(as_of, response.mutable_as_of());
  response.set_catalogue_version(snapshot->catalogue_version);
  return response;
}

absl::StatusOr<v1::SearchProceduresResponse> SearchProcedures(
    const Env& env, const Call& call, const v1::SearchProceduresRequest& request) {
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const PageOfDay page, OpenPage(*env.pages, kSearchMethod, query, request, call));
  const absl::CivilDay as_of = page.day;
  ASSIGN_OR_RETURN(const std::optional<CatalogueCursor> after, CursorOf(page.after));
  // One more than the page tells whether there is another page.
  const std::vector<CatalogueHit> hits = snapshot->catalogue->Search(
      CatalogueQueryOf(request, as_of), after, static_cast<size_t>(size) + 1);
  v1::SearchProceduresResponse response;
  const size_t shown = std::min<size_t>(hits.size(), static_cast<size_t>(size));
  for (size_t i = 0; i < shown; ++i) {
    ToProto(*hits[i].entry, *hits[i].version, response.add_procedures());
  }
  if (hits.size() > shown) {
    response.set_next_page_token(
        SealPage(*env.pages, kSearchMethod, query, as_of, CursorText(hits[shown - 1])));
  }
  ToProto(as_of, response.mutable_as_of());
  return response;
}

void ValidateGetProcedure(const v1::GetProcedureRequest& request, error::Violations& violations) {
  CheckProcedureName(request.name(), violations);
}

void CheckProcedureName(absl::string_view name, error::Violations& violations) {
  if (absl::StartsWith(name, "provinces/") && rpc::ProvinceOf(name).empty()) {
    violations.Add("name", "must have a province's code of two digits");
  }
}

void ValidateSearchProcedures(const v1::SearchProceduresRequest& request,
                              error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<rpc::Encoded<v1::ResolveCompetenceResponse>> ResolveCompetence(
    const Env& env, const Call& call, const v1::ResolveCompetenceRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  CompetenceQuery query;
  query.procedure_code = request.procedure_code();
  query.unit = request.unit();
  query.unit_code = request.unit_code();
  query.as_of = AsOf(request, call);
  query.explain = !request.omit_explanation();
  query.case_key = request.case_key();
  ASSIGN_OR_RETURN(Competence competence,
                   routing::ResolveCompetence(*snapshot->catalogue, *snapshot->units, query));
  rpc::Encoded<v1::Competence> encoded;
  const auto ready = snapshot->procedure_bytes->find(competence.procedure);
  if (ready != snapshot->procedure_bytes->end()) {
    encoded.AddMessage(v1::Competence::kProcedureFieldNumber, ready->second);
  } else {
    v1::Procedure procedure;
    ToProto(*competence.entry, *competence.procedure, &procedure);
    encoded.AddMessage(v1::Competence::kProcedureFieldNumber, procedure.SerializeAsString());
  }
  v1::Competence rest;
  ToProto(std::move(competence), query.as_of, &rest);
  encoded.Add(rest);
  rpc::Encoded<v1::ResolveCompetenceResponse> response;
  response.AddMessage(v1::ResolveCompetenceResponse::kCompetenceFieldNumber, encoded.bytes());
  v1::ResolveCompetenceResponse basis;
  basis.set_catalogue_version(snapshot->catalogue_version);
  response.Add(basis);
  return response;
}

void ValidateResolveCompetence(const v1::ResolveCompetenceRequest& request,
                               error::Violations& violations) {
  if (request.unit().empty() == request.unit_code().empty()) {
    violations.Add("unit", "exactly one of unit and unit_code must be set");
  }
}

}  // namespace twotier::routing::handlers
