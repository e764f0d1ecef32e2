#include "services/routing/handlers/dossier_list.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/organisation_id.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/handlers/entries.h"
#include "services/routing/handlers/places.h"
#include "services/routing/store/dossier_store.h"
#include "services/routing/store/import_store.h"
#include "services/routing/store/rerouting_store.h"

namespace twotier::routing::handlers {
namespace {

constexpr absl::string_view kMethod = "ListDossiers";

// Sort key of the last row of a page.
std::string CursorText(const Dossier& last, store::DossierOrder order) {
  if (order == store::DossierOrder::kCode) return last.code;
  const store::OverduePart part = order == store::DossierOrder::kOverdueFirst
                                      ? store::PartOf(last)
                                      : store::OverduePart::kSentBack;
  return absl::StrCat(static_cast<int>(part), "|", absl::ToUnixMicros(*last.due_time), "|",
                      last.code);
}

absl::Status ReadCursor(absl::string_view text, store::DossierQuery& query) {
  if (text.empty()) return absl::OkStatus();
  if (query.order == store::DossierOrder::kCode) {
    query.after_code = std::string(text);
    return absl::OkStatus();
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('|', 2));
  int part = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &part) ||
      !absl::SimpleAtoi(parts[1], &query.after_due_us)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  query.part = static_cast<store::OverduePart>(part);
  query.after_code = std::string(parts[2]);
  return absl::OkStatus();
}

store::DossierOrder OrderOf(v1::DossierOrder order) {
  switch (order) {
    case v1::DOSSIER_ORDER_DUE_TIME:
      return store::DossierOrder::kDueTime;
    case v1::DOSSIER_ORDER_OVERDUE_FIRST:
      return store::DossierOrder::kOverdueFirst;
    default:
      return store::DossierOrder::kCode;
  }
}

store::DossierQuery QueryOf(const v1::ListDossiersRequest& request) {
  store::DossierQuery query;
  query.province_code = std::string(absl::StripPrefix(request.parent(), "provinces/"));
  query.center = request.center();
  query.state = static_cast<DossierState>(request.state());
  query.body_unit = request.competent_unit();
  query.body_line = static_cast<Line>(request.competent_line());
  query.body_level = static_cast<Level>(request.competent_level());
  query.assignee = request.assignee();
  query.order = OrderOf(request.order());
  return query;
}

// Whether a dossier belongs into the list that `query` asks for.
bool Fits(const Dossier& dossier, const store::DossierQuery& query) {
  return (query.center.empty() || dossier.center == query.center) &&
         (query.state == DossierState::kUnknown || dossier.state == query.state) &&
         (query.body_unit.empty() || dossier.body.unit == query.body_unit) &&
         (query.body_line == Line::kUnknown || dossier.body.line == query.body_line) &&
         (query.body_level == Level::kUnknown || dossier.body.level == query.body_level) &&
         (query.assignee.empty() || dossier.assignee == query.assignee) &&
         (query.order == store::DossierOrder::kCode ||
          (dossier.due_time && HolderOf(dossier) != ClockHolder::kNobody));
}

// The provinces under whose code there may be dossiers of the list: those of a center, a body or a
// post may come from a province that was merged, and so may one that was imported.
absl::StatusOr<std::vector<std::string>> ProvincesOf(db::Tx& tx, const store::DossierQuery& query,
                                                     absl::string_view external_code) {
  const bool of_place = !query.center.empty() || !query.body_unit.empty() ||
                        !query.assignee.empty() || !external_code.empty();
  if (of_place) return store::ProvincesIn(tx, query.province_code);
  return std::vector<std::string>{query.province_code};
}

// What was imported under the request's external code, from its source system or from any: of
// query.province_code, and of the other `provinces` what lies in that one.
absl::StatusOr<std::vector<Dossier>> FindByExternalCode(db::Tx& tx,
                                                        const store::DossierQuery& query,
                                                        absl::Span<const std::string> provinces,
                                                        const v1::ListDossiersRequest& request) {
  const std::string key = CodeLeftToRight(request.external_code());
  std::vector<Dossier> found;
  for (const std::string& province_code : provinces) {
    ASSIGN_OR_RETURN(const std::vector<store::ImportedCode> all,
                     store::FindImported(tx, province_code, key));
    for (const store::ImportedCode& imported : all) {
      ASSIGN_OR_RETURN(const std::string system, SourceSystemOf(tx, province_code, imported));
      if (!request.source_system().empty() && system != request.source_system()) continue;
      ASSIGN_OR_RETURN(std::optional<Dossier> dossier,
                       store::LoadDossier(tx, province_code, imported.code));
      if (!dossier || !Fits(*dossier, query)) continue;
      const bool here = province_code == query.province_code ||
                        rpc::ProvinceOf(dossier->center) == query.province_code;
      if (here) found.push_back(*std::move(dossier));
    }
  }
  store::MakePage(query, found);
  return found;
}

}  // namespace

absl::StatusOr<v1::ListDossiersResponse> ListDossiers(const Env& env, const Call& call,
                                                      const v1::ListDossiersRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string sealed_query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open(kMethod, sealed_query, request.page_token()));
  store::DossierQuery query = QueryOf(request);
  query.limit = size + 1;  // One more than the page tells whether there is another page.
  RETURN_IF_ERROR(ReadCursor(cursor, query));
  ASSIGN_OR_RETURN(const std::vector<std::string> provinces,
                   ProvincesOf(tx, query, request.external_code()));
  ASSIGN_OR_RETURN(std::vector<Dossier> dossiers,
                   request.external_code().empty()
                       ? store::ListDossiers(tx, query, provinces)
                       : FindByExternalCode(tx, query, provinces, request));
  v1::ListDossiersResponse response;
  if (dossiers.size() > static_cast<size_t>(size)) {
    dossiers.resize(static_cast<size_t>(size));
    response.set_next_page_token(
        env.pages->Seal(kMethod, sealed_query, CursorText(dossiers.back(), query.order)));
  }
  for (const Dossier& dossier : dossiers) *response.add_dossiers() = ToProto(dossier, call.now);
  return response;
}

void ValidateListDossiers(const v1::ListDossiersRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  CheckCenterIn(request.parent(), request.center(), "center", violations);
  if (!request.source_system().empty() && request.external_code().empty()) {
    violations.Add("source_system", "needs external_code");
  }
  if (request.competent_unit().empty()) {
    if (request.competent_line() != 0) violations.Add("competent_line", "needs competent_unit");
    if (request.competent_level() != 0) violations.Add("competent_level", "needs competent_unit");
  }
  if (OrderOf(request.order()) == store::DossierOrder::kCode &&
      !(request.competent_unit().empty() && request.assignee().empty())) {
    // By code it would be looked for among all dossiers of the province.
    violations.Add("order", "must be one by due time for the dossiers of a body or of a post");
  }
}

}  // namespace twotier::routing::handlers
