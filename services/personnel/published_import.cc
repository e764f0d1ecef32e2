#include "services/personnel/published_import.h"

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "services/personnel/handlers/published_figures.h"
#include "services/personnel/published_file.h"
#include "services/personnel/store/published_store.h"

namespace twotier::personnel {

absl::Status ImportPublishedFile(const server::Parts& parts, const handlers::Env& env,
                                 absl::string_view principal, const std::string& directory) {
  v1::ImportPublishedFiguresRequest request;
  ASSIGN_OR_RETURN(*request.mutable_content(),
                   ReadFile(absl::StrCat(directory, "/", kPublishedFiguresFile)));
  Call call;
  call.now = parts.clock.Now();
  call.principal.name = std::string(principal);
  call.new_id = parts.ids.New(call.now);
  return parts.database.Write(
      {{"", std::string(handlers::kFiguresSubject)}}, [&](db::Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const bool imported, store::WasPublished(tx, request.content()));
        if (imported) return absl::OkStatus();
        ASSIGN_OR_RETURN(const v1::ImportPublishedFiguresResponse response,
                         handlers::ImportPublishedFigures(env, call, request, tx));
        parts.log.Write(Severity::kInfo, "published_figures_imported",
                        {{"version", response.version()}, {"figures", response.figures()}});
        return absl::OkStatus();
      });
}

}  // namespace twotier::personnel
