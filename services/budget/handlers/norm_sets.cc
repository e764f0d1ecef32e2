#include "services/budget/handlers/norm_sets.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/etag.h"
#include "common/feed/feed.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/events.h"
#include "services/budget/norm_convert.h"
#include "services/budget/store/norm_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kPublished = "norm_set.published";
constexpr absl::string_view kListMethod = "ListNormSets";

std::string NameOfNormSet(absl::string_view province_code, absl::string_view norm_set_id) {
  return absl::StrCat("provinces/", province_code, "/normSets/", norm_set_id);
}

// Id of `provinces/{province_code}/normSets/{norm_set_id}`.
absl::string_view IdOf(absl::string_view name) { return name.substr(name.rfind('/') + 1); }

absl::Status NotFound(absl::string_view name, int64_t version) {
  const std::string text = version == 0 ? "" : absl::StrCat(" in version ", version);
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no norm set ", name, text),
                           "NORM_SET_NOT_FOUND", {{"norm_set", std::string(name)}});
}

absl::Status Unreadable(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("norm set ", name, " cannot be read"), "UNREADABLE_ROW",
                           {{"subject", std::string(name)}});
}

absl::StatusOr<store::NormSetRow> Require(db::Tx& tx, absl::string_view name, int64_t version) {
  ASSIGN_OR_RETURN(const std::optional<store::NormSetRow> row,
                   store::FindNormSet(tx, ProvinceCodeOf(name), IdOf(name), version));
  if (!row) return NotFound(name, version);
  return *row;
}

absl::Status Fill(const store::NormSetRow& row, v1::NormSet* out) {
  out->set_name(NameOfNormSet(row.province_code, row.norm_set_id));
  out->set_version(row.version);
  if (!out->mutable_content()->ParseFromString(row.content)) return Unreadable(out->name());
  out->set_publisher(row.publisher);
  ToProto(row.publish_time, out->mutable_publish_time());
  out->set_etag(EtagOf(row.version));
  return absl::OkStatus();
}

// What lists show.
std::string HeadOf(const v1::NormSetContent& content) {
  v1::NormSetContent head;
  head.set_title(content.title());
  *head.mutable_act() = content.act();
  head.set_body(content.body());
  *head.mutable_decision_date() = content.decision_date();
  head.set_first_year(content.first_year());
  head.set_last_year(content.last_year());
  *head.mutable_recipients() = content.recipients();
  return head.SerializeAsString();
}

bool IsId(absl::string_view id) {
  return absl::ascii_islower(static_cast<unsigned char>(id[0])) &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

}  // namespace

absl::StatusOr<v1::PublishNormSetResponse> PublishNormSet(const Env& env, const Call& call,
                                                          const v1::PublishNormSetRequest& request,
                                                          db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  RETURN_IF_ERROR(
      CheckResolution(env, call,
                      {.matter = Matter::kNorms,
                       .province_code = province_code,
                       .years = {request.content().first_year(), request.content().last_year()},
                       .body = request.content().body(),
                       .day = FromProto(request.content().decision_date())},
                      tx));
  ASSIGN_OR_RETURN(const std::optional<store::NormSetRow> last,
                   store::FindNormSet(tx, province_code, request.norm_set_id(), 0));
  if (last || !request.etag().empty()) {
    RETURN_IF_ERROR(CheckEtag(request.etag(), last ? last->version : 0));
  }
  store::NormSetRow row;
  row.province_code = std::string(province_code);
  row.norm_set_id = request.norm_set_id();
  row.version = last ? last->version + 1 : 1;
  row.content = request.content().SerializeAsString();
  row.publisher = call.principal.name;
  row.publish_time = call.now;
  feed::Event event;
  event.province_code = row.province_code;
  event.subject = NameOfNormSet(province_code, row.norm_set_id);
  event.version = row.version;
  event.kind = std::string(kPublished);
  if (last) event.previous_hash = last->chain_hash;
  Events events(env, call, tx);
  RETURN_IF_ERROR(events.Append(std::move(event), [&](const std::string& hash) {
    row.chain_hash = hash;
    return store::InsertNormSet(tx, row, HeadOf(request.content()));
  }));
  v1::PublishNormSetResponse response;
  RETURN_IF_ERROR(Fill(row, response.mutable_norm_set()));
  return response;
}

void ValidatePublishNormSet(const v1::PublishNormSetRequest& request,
                            error::Violations& violations) {
  if (!request.norm_set_id().empty() && !IsId(request.norm_set_id())) {
    violations.Add("norm_set_id", "must be lower-case letters, digits and hyphens, a letter first");
  }
  if (request.has_content()) Compile(FromProto(request.content()), "content.", violations);
}

absl::StatusOr<v1::GetNormSetResponse> GetNormSet(const Env&, const Call&,
                                                  const v1::GetNormSetRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::NormSetRow row, Require(tx, request.name(), request.version()));
  v1::GetNormSetResponse response;
  RETURN_IF_ERROR(Fill(row, response.mutable_norm_set()));
  return response;
}

void ValidateGetNormSet(const v1::GetNormSetRequest& request, error::Violations& violations) {
  if (request.version() < 0) violations.Add("version", "must not be negative");
}

absl::StatusOr<v1::ListNormSetsResponse> ListNormSets(const Env& env, const Call&,
                                                      const v1::ListNormSetsRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open(kListMethod, query, request.page_token()));
  const std::pair<std::string, std::string> after = absl::StrSplit(cursor, '@');
  int64_t after_version = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(after.second, &after_version)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  ASSIGN_OR_RETURN(const std::vector<store::NormSetRow> rows,
                   store::ListNormSets(tx, ProvinceCodeOf(request.parent()), after.first,
                                       after_version, size + 1));
  v1::ListNormSetsResponse response;
  for (const store::NormSetRow& row : rows) {
    if (response.norm_sets_size() == size) {
      const v1::NormSet& shown = response.norm_sets(size - 1);
      response.set_next_page_token(env.pages->Seal(
          kListMethod, query, absl::StrCat(IdOf(shown.name()), "@", shown.version())));
      break;
    }
    RETURN_IF_ERROR(Fill(row, response.add_norm_sets()));
  }
  return response;
}

void ValidateListNormSets(const v1::ListNormSetsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<ReadyNormSet> LoadNormSet(db::Tx& tx, absl::string_view name, int64_t version) {
  ASSIGN_OR_RETURN(const store::NormSetRow row, Require(tx, name, version));
  v1::NormSetContent content;
  if (!content.ParseFromString(row.content)) return Unreadable(name);
  error::Violations violations;
  ReadyNormSet ready{row.version, Compile(FromProto(content), "", violations)};
  if (!violations.empty()) return Unreadable(name);
  return ready;
}

}  // namespace twotier::budget::handlers
