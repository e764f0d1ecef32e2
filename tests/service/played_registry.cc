#include "tests/service/played_registry.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace twotier::testing_support {
namespace {

namespace registry_v1 = registry::v1;

registry_v1::Resource EndedUnit() {
  registry_v1::Resource resource =
      UnitResource(kEnded, registry_v1::TIER_COMMUNE, "20001", "Phường Thạch Thang");
  common::v1::DateRange* valid = resource.mutable_unit()->mutable_versions(0)->mutable_valid();
  SetDate(valid->mutable_first_date(), 2025, 6, 30);
  SetDate(valid->mutable_end_date(), 2025, 7, 1);
  for (const char* target : {kHaiChau, kAnHai}) {
    registry_v1::Succession* step = resource.mutable_unit()->add_successions();
    step->set_source(kEnded);
    step->set_target(target);
    SetDate(step->mutable_effective_date(), 2025, 7, 1);
  }
  return resource;
}

registry_v1::Resource CenterResource(const std::string& name, registry_v1::CenterKind kind,
                                     std::vector<std::string> served) {
  registry_v1::Resource resource;
  resource.set_subject(name);
  resource.set_version(1);
  resource.set_kind("center.imported");
  registry_v1::Center* center = resource.mutable_center()->add_versions();
  const std::string id = name.substr(name.rfind('/') + 1);
  center->set_name(name);
  center->set_kind(kind);
  center->set_state(registry_v1::CENTER_STATE_OPERATING);
  center->set_display_name(absl::StrCat("Trung tâm ", id));
  for (std::string& unit : served) center->add_served_units(std::move(unit));
  center->set_organisation_id(id);
  SetDate(center->mutable_valid()->mutable_first_date(), 2025, 7, 1);
  return resource;
}

std::vector<registry_v1::Resource> Country() {
  using registry_v1::TIER_COMMUNE;
  using registry_v1::TIER_PROVINCE;
  std::vector<registry_v1::Resource> all = {
      UnitResource(kDaNang, TIER_PROVINCE, "48", "Thành phố Đà Nẵng"),
      UnitResource(kHaiChau, TIER_COMMUNE, "20194", "Phường Hải Châu"),
      UnitResource(kAnHai, TIER_COMMUNE, "20195", "Phường An Hải"),
      UnitResource(kHoaVang, TIER_COMMUNE, "20196", "Xã Hòa Vang"),
      EndedUnit(),
      UnitResource(kHaNoi, TIER_PROVINCE, "01", "Thành phố Hà Nội"),
      UnitResource(kLonely, TIER_COMMUNE, "99001", "Xã Không Trung Tâm"),
      CenterResource(kProvincialCenter, registry_v1::CENTER_KIND_PROVINCIAL, {kDaNang, kHoaVang}),
      CenterResource(kCenter, registry_v1::CENTER_KIND_COMMUNE, {kHaiChau}),
      CenterResource(kOtherCenter, registry_v1::CENTER_KIND_COMMUNE, {kAnHai}),
      CenterResource(kSuspendedCenter, registry_v1::CENTER_KIND_RECEPTION_POINT, {kHaiChau}),
      CenterResource(kHaNoiCenter, registry_v1::CENTER_KIND_PROVINCIAL, {kHaNoi})};
  for (registry_v1::Resource& resource : all) {
    if (resource.subject() == kSuspendedCenter) {
      resource.mutable_center()->mutable_versions(0)->set_state(
          registry_v1::CENTER_STATE_SUSPENDED);
    }
  }
  return all;
}

}  // namespace

namespace {

registry_v1::UnitType TypeOf(const std::string& full_name) {
  if (full_name.rfind("Phường", 0) == 0) return registry_v1::UNIT_TYPE_WARD;
  if (full_name.rfind("Xã", 0) == 0) return registry_v1::UNIT_TYPE_COMMUNE;
  return registry_v1::UNIT_TYPE_CENTRALLY_RUN_CITY;
}

}  // namespace

void SetDate(google::type::Date* date, int year, int month, int day) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

registry_v1::Resource UnitResource(const std::string& name, registry_v1::Tier tier,
                                   const std::string& code, const std::string& full_name) {
  registry_v1::Resource resource;
  resource.set_subject(name);
  resource.set_version(1);
  resource.set_kind("unit.imported");
  resource.mutable_unit()->set_name(name);
  registry_v1::Unit* unit = resource.mutable_unit()->add_versions();
  unit->set_name(name);
  unit->set_tier(tier);
  unit->set_code(code);
  unit->set_full_name(full_name);
  unit->set_type(TypeOf(full_name));
  unit->set_province_code(code.substr(0, 2) == "01" || code == "01" ? "01"
                          : code.substr(0, 2) == "99"               ? "99"
                                                                    : "48");
  unit->mutable_act()->set_number("1659/NQ-UBTVQH15");
  SetDate(unit->mutable_valid()->mutable_first_date(), 2025, 7, 1);
  return resource;
}

PlayedRegistry::PlayedRegistry() : snapshot_(Country()) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) std::abort();
}

PlayedRegistry::~PlayedRegistry() { Stop(); }

std::string PlayedRegistry::address() const { return absl::StrCat("127.0.0.1:", port_); }

void PlayedRegistry::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  server_->Shutdown();
}

registry_v1::Resource PlayedRegistry::CenterIn(const std::string& center,
                                               registry_v1::CenterState state) {
  absl::MutexLock lock(&mutex_);
  for (registry_v1::Resource& resource : snapshot_) {
    if (resource.subject() != center) continue;
    resource.set_version(resource.version() + 1);
    resource.mutable_center()->mutable_versions(0)->set_state(state);
    return resource;
  }
  std::abort();
}

void PlayedRegistry::SetCenterState(const std::string& center, registry_v1::CenterState state) {
  registry_v1::Resource changed = CenterIn(center, state);
  absl::MutexLock lock(&mutex_);
  changes_.push_back({std::move(changed)});
}

registry_v1::Resource PlayedRegistry::Current(const std::string& subject) {
  absl::MutexLock lock(&mutex_);
  for (const registry_v1::Resource& resource : snapshot_) {
    if (resource.subject() == subject) return resource;
  }
  std::abort();
}

void PlayedRegistry::Send(std::vector<registry_v1::Resource> resources) {
  absl::MutexLock lock(&mutex_);
  for (registry_v1::Resource& resource : resources) {
    const auto held = std::find_if(
        snapshot_.begin(), snapshot_.end(),
        [&](const registry_v1::Resource& other) { return other.subject() == resource.subject(); });
    resource.set_version(held == snapshot_.end() ? 1 : held->version() + 1);
    if (held == snapshot_.end()) {
      snapshot_.push_back(resource);
    } else {
      *held = resource;
    }
  }
  changes_.push_back(std::move(resources));
}

void PlayedRegistry::SetOrganisationId(const std::string& center,
                                       const std::string& organisation_id) {
  absl::MutexLock lock(&mutex_);
  for (registry_v1::Resource& resource : snapshot_) {
    if (resource.subject() != center) continue;
    resource.set_version(resource.version() + 1);
    resource.mutable_center()->mutable_versions(0)->set_organisation_id(organisation_id);
    changes_.push_back({resource});
  }
}

grpc::Status PlayedRegistry::WatchChanges(
    grpc::ServerContext* context, const registry_v1::WatchChangesRequest* request,
    grpc::ServerWriter<registry_v1::WatchChangesResponse>* writer) {
  size_t next = 0;
  registry_v1::WatchChangesResponse message;
  if (request->resume_token().empty()) {
    {
      absl::MutexLock lock(&mutex_);
      next = changes_.size();
      for (const auto& resource : snapshot_) {
        *message.mutable_snapshot_part()->add_resources() = resource;
      }
    }
    writer->Write(message);
    message.Clear();
    message.mutable_snapshot_end()->set_resume_token(absl::StrCat(next));
    writer->Write(message);
  } else if (!absl::SimpleAtoi(request->resume_token(), &next)) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "not a token of this registry");
  }
  while (!context->IsCancelled()) {
    message.Clear();
    {
      absl::MutexLock lock(&mutex_);
      const auto something = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stopped_ || changes_.size() > next;
      };
      // The time-out only looks whether the caller has gone.
      mutex_.AwaitWithTimeout(absl::Condition(&something), absl::Milliseconds(50));
      if (stopped_) break;
      if (changes_.size() == next) continue;
      for (const auto& resource : changes_[next++]) {
        *message.mutable_group()->add_changes() = resource;
      }
      message.mutable_group()->set_resume_token(absl::StrCat(next));
    }
    writer->Write(message);
  }
  return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the registry stops");
}

registry_v1::SuccessionReport PlayedRegistry::ReportOf(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  return reports_[name];
}

void PlayedRegistry::RefuseReports(int count, grpc::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  refused_reports_ = count;
  refusal_ = code;
}

int PlayedRegistry::reports_asked_for() {
  absl::MutexLock lock(&mutex_);
  return reports_asked_for_;
}

grpc::Status PlayedRegistry::GetSuccessionPlan(grpc::ServerContext*,
                                               const registry_v1::GetSuccessionPlanRequest* request,
                                               registry_v1::GetSuccessionPlanResponse* response) {
  absl::MutexLock lock(&mutex_);
  ++reports_asked_for_;
  for (const auto& [name, report] : reports_) {
    if (name.rfind(request->name() + "/", 0) != 0 || report.version() == 0) continue;
    *response->mutable_plan()->add_reports() = report;
  }
  return grpc::Status::OK;
}

grpc::Status PlayedRegistry::ReportSuccession(grpc::ServerContext*,
                                              const registry_v1::ReportSuccessionRequest* request,
                                              registry_v1::ReportSuccessionResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (refused_reports_ > 0) {
    --refused_reports_;
    return grpc::Status(refusal_, "as the test wants it");
  }
  registry_v1::SuccessionReport& report = reports_[request->name()];
  if (request->etag() != report.etag()) {
    return grpc::Status(grpc::StatusCode::ABORTED, "another report came first");
  }
  report.set_name(request->name());
  report.set_open(request->open());
  report.set_planned(request->planned());
  *report.mutable_unplanned_items() = request->unplanned_items();
  report.set_version(report.version() + 1);
  report.set_etag(absl::StrCat("\"", report.version(), "\""));
  *response->mutable_report() = report;
  return grpc::Status::OK;
}

}  // namespace twotier::testing_support
