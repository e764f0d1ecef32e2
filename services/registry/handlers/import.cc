#include "services/registry/handlers/import.h"

#include <openssl/sha.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/registry/convert_operations.h"
#include "services/registry/handlers/events.h"
#include "services/registry/store/register_store.h"

namespace twotier::registry::handlers {
namespace {

// The event holds all counts that are stored from now on: what was published when is not told by
// their rows.
absl::Status WriteCounts(db::Tx& tx, const std::vector<PublishedCount>& counts, Events& events) {
  if (counts.empty()) return absl::OkStatus();
  for (const PublishedCount& count : counts) RETURN_IF_ERROR(store::WriteCount(tx, count));
  ASSIGN_OR_RETURN(const std::vector<PublishedCount> stored, store::LoadCounts(tx));
  ASSIGN_OR_RETURN(const int64_t last, feed::LastVersion(tx, "", kPublishedCountsSubject));
  return events.Append("", std::string(kPublishedCountsSubject), last + 1, kPublishedCountsImported,
                       ToProto(stored).SerializeAsString());
}

absl::Status WritePlan(db::Tx& tx, const ImportPlan& plan, Events& events) {
  for (const UnitHistory& unit : plan.units) {
    RETURN_IF_ERROR(store::WriteUnit(tx, unit));
    RETURN_IF_ERROR(events.Append("", UnitName(unit.id), unit.version, unit.last_change));
  }
  for (const CenterHistory& center : plan.centers) {
    RETURN_IF_ERROR(store::WriteCenter(tx, center));
    RETURN_IF_ERROR(events.Append(center.province_code, CenterName(center.province_code, center.id),
                                  center.version, kCenterImported));
  }
  for (const TierModelHistory& history : plan.tier_models) {
    RETURN_IF_ERROR(store::WriteTierModels(tx, history));
    RETURN_IF_ERROR(events.Append(history.province_code, TierModelSubject(history.province_code),
                                  history.version, kTierModelImported));
  }
  for (const InformationSystem& system : plan.systems) {
    RETURN_IF_ERROR(store::WriteSystem(tx, system));
    RETURN_IF_ERROR(events.Append(system.province_code, SystemName(system.province_code, system.id),
                                  system.version, kSystemImported));
  }
  return WriteCounts(tx, plan.counts, events);
}

}  // namespace

std::string DataSetDigest(const v1::ImportUnitsRequest& request) {
  std::vector<std::pair<absl::string_view, absl::string_view>> files;
  for (const v1::ImportFile& file : request.files()) {
    files.emplace_back(file.file_name(), file.content());
  }
  std::sort(files.begin(), files.end());
  std::string bytes;
  for (const auto& [name, content] : files) {
    absl::StrAppend(&bytes, name.size(), ":", name, content.size(), ":", content);
  }
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

absl::StatusOr<v1::ImportUnitsResponse> ImportUnits(const Env&, const Call& call,
                                                    const v1::ImportUnitsRequest& request,
                                                    db::Tx& tx) {
  std::vector<DataFile> files;
  for (const v1::ImportFile& file : request.files()) {
    files.push_back({file.file_name(), file.content()});
  }
  ASSIGN_OR_RETURN(RegisterState stored, store::LoadRegister(tx));
  ASSIGN_OR_RETURN(PreparedImport prepared, PrepareImport(files, stored.tier_models));
  const ImportPlan plan = PlanImport(std::move(prepared.state), stored);
  ASSIGN_OR_RETURN(const std::vector<CheckedCount> counts, CheckPlan(plan, std::move(stored)));

  const std::string digest = DataSetDigest(request);
  v1::ImportReference reference;
  reference.set_data_sha256(digest);
  Events events(tx, call, reference.SerializeAsString());
  RETURN_IF_ERROR(WritePlan(tx, plan, events));
  RETURN_IF_ERROR(store::RecordImport(tx, absl::BytesToHexString(digest), call.now));

  v1::ImportUnitsResponse response;
  for (const Difference& difference : plan.differences) {
    v1::ImportDifference* out = response.add_differences();
    out->set_kind(std::string(difference.kind));
    out->set_added(difference.added);
    out->set_changed(difference.changed);
    out->set_unchanged(difference.unchanged);
    out->set_kept(difference.kept);
  }
  for (const CheckedCount& count : counts) {
    v1::CountCheck* out = response.add_counts();
    out->set_what(count.what);
    out->set_published(count.published);
    out->set_counted(count.counted);
  }
  return response;
}

}  // namespace twotier::registry::handlers
