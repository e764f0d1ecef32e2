#include "services/routing/handlers/catalogue.h"

#include <openssl/sha.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/calendar/calendar_file.h"
#include "common/feed/feed.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"
#include "services/routing/catalogue_file.h"
#include "services/routing/store/catalogue_store.h"

namespace twotier::routing::handlers {
namespace {

// What a request asks to be stored.
struct Wanted {
  std::vector<Procedure> procedures;
  const std::string* calendar = nullptr;  // Content of the file; null when there is none.
};

absl::StatusOr<Wanted> ReadFiles(const v1::ImportCatalogueRequest& request) {
  Wanted wanted;
  RowErrors errors;
  for (const v1::CatalogueFile& file : request.files()) {
    if (file.file_name() == kProceduresFile) {
      wanted.procedures = ReadProcedures(file.content(), errors);
    } else {
      calendar::ReadCalendar(file.content(), errors);
      wanted.calendar = &file.content();
    }
  }
  RETURN_IF_ERROR(errors.ToStatus("IMPORT_ROW_INVALID"));
  return wanted;
}

// Newest imported version of each procedure by code. What acts published stands above the table and
// is no part of it; only its numbers count.
struct Latest {
  absl::flat_hash_map<std::string, ProcedureVersion> imported;
  absl::flat_hash_map<std::string, int64_t> numbers;

  static Latest Of(store::StoredProcedures stored) {
    Latest latest;
    const auto count = [&latest](const std::string& code, int64_t number) {
      int64_t& last = latest.numbers[code];
      last = std::max(last, number);
    };
    for (const ProcedureEnd& end : stored.ends) count(end.code, end.version);
    for (ProcedureVersion& version : stored.versions) {
      count(version.procedure.code, version.version);
      if (!version.act.empty()) continue;
      // They come in order of version: the last one of a code stays.
      latest.imported.insert_or_assign(version.procedure.code, std::move(version));
    }
    return latest;
  }
};

absl::Status StoreProcedures(db::Tx& tx, const Call& call, std::vector<Procedure> procedures,
                             Latest& latest, v1::ImportCatalogueResponse& response) {
  for (Procedure& procedure : procedures) {
    const auto [held, added] = latest.imported.try_emplace(procedure.code);
    ProcedureVersion& version = held->second;
    if (!added && version.procedure == procedure) {
      response.set_unchanged(response.unchanged() + 1);
      continue;
    }
    if (added) {
      response.set_added(response.added() + 1);
    } else {
      response.set_changed(response.changed() + 1);
    }
    version.procedure = std::move(procedure);
    version.draft_reasons = DraftReasonsOf(version.procedure);
    version.version = ++latest.numbers[version.procedure.code];
    RETURN_IF_ERROR(store::InsertProcedureVersion(tx, version, call.now));
  }
  return absl::OkStatus();
}

// Returns whether the calendar changed.
absl::StatusOr<bool> StoreCalendar(db::Tx& tx, const Call& call, const std::string* content) {
  if (content == nullptr) return false;
  ASSIGN_OR_RETURN(store::CalendarFile file, store::LoadCalendarFile(tx));
  if (file.version > 0 && file.content == *content) return false;
  ++file.version;
  file.content = *content;
  RETURN_IF_ERROR(store::InsertCalendarFile(tx, file, call.now));
  return true;
}

void CountDrafts(const Latest& latest, v1::ImportCatalogueResponse& response) {
  std::map<DraftReason, int64_t> drafts;
  for (const auto& [code, version] : latest.imported) {
    if (version.published()) response.set_published(response.published() + 1);
    for (const DraftReason reason : version.draft_reasons) ++drafts[reason];
  }
  for (const auto& [reason, count] : drafts) {
    v1::DraftCount* added = response.add_drafts();
    added->set_reason(static_cast<v1::DraftReason>(reason));
    added->set_count(count);
  }
}

}  // namespace

std::string FileDigest(const v1::CatalogueFile& file) {
  const std::string bytes =
      absl::StrCat(file.file_name().size(), ":", file.file_name(), ":", file.content());
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return absl::BytesToHexString(digest);
}

absl::StatusOr<int64_t> AppendCatalogueEvent(db::Tx& tx, const Call& call, absl::string_view kind,
                                             const google::protobuf::Message& body) {
  ASSIGN_OR_RETURN(store::CatalogueHead head, store::LoadCatalogueHead(tx));
  feed::Event event;
  event.subject = std::string(kCatalogueSubject);
  event.version = ++head.version;
  event.kind = std::string(kind);
  event.body = body.SerializeAsString();
  event.previous_hash = head.chain_hash;
  ASSIGN_OR_RETURN(head.chain_hash, feed::Append(tx, call, event));
  RETURN_IF_ERROR(store::StoreCatalogueHead(tx, head));
  return head.version;
}

void CheckAct(const common::v1::LegalAct& act, error::Violations& violations) {
  constexpr size_t kNumberBytesMax = 128;
  if (act.number().empty() || act.number().size() > kNumberBytesMax) {
    violations.Add("act.number", "must have 1 to 128 bytes");
  }
}

absl::StatusOr<v1::ImportCatalogueResponse> ImportCatalogue(
    const Env& env, const Call& call, const v1::ImportCatalogueRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Wanted wanted, ReadFiles(request));
  ASSIGN_OR_RETURN(store::StoredProcedures stored, store::LoadProcedures(tx));
  Latest latest = Latest::Of(std::move(stored));
  v1::ImportCatalogueResponse response;
  RETURN_IF_ERROR(StoreProcedures(tx, call, std::move(wanted.procedures), latest, response));
  ASSIGN_OR_RETURN(const bool calendar_changed, StoreCalendar(tx, call, wanted.calendar));
  for (const v1::CatalogueFile& file : request.files()) {
    RETURN_IF_ERROR(store::RecordImport(tx, FileDigest(file), call.now));
  }
  CountDrafts(latest, response);
  if (calendar_changed || response.added() > 0 || response.changed() > 0) {
    RETURN_IF_ERROR(AppendCatalogueEvent(tx, call, "catalogue.imported", response).status());
    RETURN_IF_ERROR(units::CountChange(tx));
    env.appended();
  }
  ASSIGN_OR_RETURN(const store::CatalogueHead head, store::LoadCatalogueHead(tx));
  response.set_catalogue_version(head.version);
  return response;
}

void ValidateImportCatalogue(const v1::ImportCatalogueRequest& request,
                             error::Violations& violations) {
  std::set<absl::string_view> seen;
  for (int i = 0; i < request.files_size(); ++i) {
    const std::string& name = request.files(i).file_name();
    const std::string field = absl::StrCat("files[", i, "].file_name");
    if (name != kProceduresFile && name != calendar::kCalendarFile) {
      violations.Add(field,
                     absl::StrCat("must be ", kProceduresFile, " or ", calendar::kCalendarFile));
    } else if (!seen.insert(name).second) {
      violations.Add(field, "must not come twice");
    }
  }
}

}  // namespace twotier::routing::handlers
