#include "services/budget/norm_import.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "services/budget/handlers/norm_sets.h"
#include "services/budget/norm_files.h"
#include "services/budget/store/norm_store.h"

namespace twotier::budget {
namespace {

// Below `norms/`: the province's code and the norm set's id.
struct Shipped {
  absl::string_view province_code, norm_set_id;
};
constexpr Shipped kShipped[] = {{"48", "recurrent-2026"}, {"48", "investment-2026"}};

absl::StatusOr<v1::PublishNormSetRequest> ReadShipped(const Shipped& shipped,
                                                      const std::string& directory) {
  const std::string file =
      absl::StrCat("norms/", shipped.province_code, "/", shipped.norm_set_id, kNormFileEnding);
  ASSIGN_OR_RETURN(const std::string text, ReadFile(absl::StrCat(directory, "/", file)));
  v1::PublishNormSetRequest request;
  request.set_parent(absl::StrCat("provinces/", shipped.province_code));
  request.set_norm_set_id(std::string(shipped.norm_set_id));
  ASSIGN_OR_RETURN(*request.mutable_content(), ReadNormText(file, text));
  error::Violations violations;
  handlers::ValidatePublishNormSet(request, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return request;
}

}  // namespace

absl::Status ImportNormFiles(const server::Parts& parts, const handlers::Env& env,
                             absl::string_view principal, const std::string& directory) {
  for (const Shipped& shipped : kShipped) {
    ASSIGN_OR_RETURN(const v1::PublishNormSetRequest request, ReadShipped(shipped, directory));
    Call call;
    call.now = parts.clock.Now();
    call.principal.name = std::string(principal);
    call.new_id = parts.ids.New(call.now);
    RETURN_IF_ERROR(parts.database.Write(
        {{std::string(shipped.province_code), "norms"}}, [&](db::Tx& tx) -> absl::Status {
          ASSIGN_OR_RETURN(const std::optional<store::NormSetRow> published,
                           store::FindNormSet(tx, shipped.province_code, shipped.norm_set_id, 0));
          if (published) return absl::OkStatus();
          ASSIGN_OR_RETURN(const v1::PublishNormSetResponse response,
                           handlers::PublishNormSet(env, call, request, tx));
          parts.log.Write(Severity::kInfo, "norm_set_published",
                          {{"norm_set", response.norm_set().name()}});
          return absl::OkStatus();
        }));
  }
  return absl::OkStatus();
}

}  // namespace twotier::budget
