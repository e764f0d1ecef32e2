#include "services/budget/reference_import.h"

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/reference_file.h"
#include "services/budget/store/reference_store.h"

namespace twotier::budget {
namespace {

absl::StatusOr<v1::ImportReferenceDataRequest> ReadFiles(const std::string& directory) {
  v1::ImportReferenceDataRequest request;
  for (const absl::string_view name : ReferenceFileNames()) {
    v1::ReferenceFile* file = request.add_files();
    file->set_file_name(std::string(name));
    ASSIGN_OR_RETURN(*file->mutable_content(), ReadFile(absl::StrCat(directory, "/", name)));
  }
  return request;
}

absl::StatusOr<v1::ImportReferenceDataRequest> OnlyNew(const v1::ImportReferenceDataRequest& all,
                                                       db::Tx& tx) {
  v1::ImportReferenceDataRequest request;
  for (const v1::ReferenceFile& file : all.files()) {
    ASSIGN_OR_RETURN(const bool imported,
                     store::IsReferenceImported(tx, handlers::FileDigest(file)));
    if (!imported) *request.add_files() = file;
  }
  return request;
}

}  // namespace

absl::Status ImportReferenceFiles(const server::Parts& parts, const handlers::Env& env,
                                  absl::string_view principal, const std::string& directory) {
  ASSIGN_OR_RETURN(const v1::ImportReferenceDataRequest all, ReadFiles(directory));
  Call call;
  call.now = parts.clock.Now();
  call.principal.name = std::string(principal);
  call.new_id = parts.ids.New(call.now);
  return parts.database.Write(
      {{"", std::string(handlers::kReferenceSubject)}}, [&](db::Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const v1::ImportReferenceDataRequest request, OnlyNew(all, tx));
        if (request.files().empty()) return absl::OkStatus();
        ASSIGN_OR_RETURN(const v1::ImportReferenceDataResponse response,
                         handlers::ImportReferenceData(env, call, request, tx));
        parts.log.Write(Severity::kInfo, "reference_data_imported",
                        {{"version", response.version()}, {"files", response.files_size()}});
        return absl::OkStatus();
      });
}

}  // namespace twotier::budget
