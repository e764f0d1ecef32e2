#include "services/routing/succession_reports.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/routing/store/rerouting_store.h"

namespace twotier::routing {
namespace {

// Dossiers that one query looks at.
constexpr int kScanned = 1000;
// How often dossiers are counted again while an event leaves something to be done, at most. An
// event may be planned months ahead: where there are many dossiers, counting takes a twentieth of
// the time.
constexpr absl::Duration kCountedAgain = absl::Minutes(1);
constexpr int kShareOfCounting = 20;

prometheus::Family<prometheus::Counter>& Reports(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("twotier_routing_succession_reports_total")
      .Help("Reports to the registry of how far dossiers are with a change of units.")
      .Register(registry);
}

prometheus::Gauge& MakeGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

SuccessionReports::SuccessionReports(Parts parts,
                                     std::unique_ptr<units::SuccessionReporter> reporter)
    : parts_(std::move(parts)),
      reporter_(std::move(reporter)),
      sent_(Reports(*parts_.metrics).Add({{"outcome", "sent"}})),
      unchanged_(Reports(*parts_.metrics).Add({{"outcome", "unchanged"}})),
      failed_(Reports(*parts_.metrics).Add({{"outcome", "failed"}})),
      unplanned_(
          MakeGauge(*parts_.metrics, "twotier_routing_succession_unplanned",
                    "Undecided dossiers and assignments that rest on units which have ended or "
                    "gone over to another province.")),
      age_(MakeGauge(*parts_.metrics, "twotier_routing_succession_report_age_seconds",
                     "Age of what the registry was told; 0 while there is nothing to tell.")) {}

absl::StatusOr<bool> SuccessionReports::RunSlice() {
  if (!parts_.leading()) {
    pass_ = nullptr;
    // Another process counts now.
    unplanned_.Set(0);
    age_.Set(0);
    return false;
  }
  const bool told = reported_ != absl::InfinitePast() && !reported_events_.empty();
  age_.Set(told ? absl::ToDoubleSeconds(parts_.clock->Now() - reported_) : 0);
  if (pass_ == nullptr) {
    ASSIGN_OR_RETURN(pass_, Begin());
  }
  if (pass_ == nullptr) return false;
  if (!pass_->provinces.empty()) {
    const absl::Time begin = absl::Now();
    const absl::Status counted = CountSlice(*pass_);
    pass_->counted += absl::Now() - begin;
    RETURN_IF_ERROR(counted);
    return true;
  }
  const std::unique_ptr<Pass> counted = std::move(pass_);
  RETURN_IF_ERROR(CountRerouted(*counted));
  ReportAll(*counted);
  return false;
}

absl::StatusOr<std::unique_ptr<SuccessionReports::Pass>> SuccessionReports::Begin() {
  const std::shared_ptr<const Snapshot> snapshot = parts_.env->snapshots->Get();
  const std::shared_ptr<const Register>& units = snapshot->units;
  if (snapshot->catalogue_version != catalogue_version_) Reopen(*snapshot);
  auto pass = std::make_unique<Pass>();
  pass->began = parts_.clock->Now();
  pass->units = units;
  std::set<std::string> concerned;
  bool known = true;
  for (const ChangeRecord* change : units->EndingOrMovingChanges()) {
    if (settled_.contains(change->name)) continue;
    known = known && reported_events_.contains(change->name);
    AddEvent(*change, *pass);
    std::vector<const UnitRecord*> records = units->MovedBy(*change);
    for (const std::string& unit : change->ended_units) records.push_back(units->FindUnit(unit));
    for (const UnitRecord* record : records) {
      if (record == nullptr) continue;
      for (const UnitVersion& version : record->versions) concerned.insert(version.province_code);
    }
  }
  const bool young = known && pass->began - reported_ < again_;
  if (pass->left.empty() || young) return std::unique_ptr<Pass>();
  RETURN_IF_ERROR(AddProvinces(*snapshot, concerned, *pass));
  CountAssignments(*snapshot, *pass);
  return pass;
}

void SuccessionReports::AddEvent(const ChangeRecord& change, Pass& pass) {
  Left& left = pass.left[change.name];
  left.event = change.name;
  left.effective = change.effective;
  for (const std::string& unit : change.ended_units) pass.event_of.emplace(unit, change.name);
  for (const UnitRecord* unit : pass.units->MovedBy(change)) {
    pass.events_moving[unit->name].push_back(change.name);
  }
}

void SuccessionReports::Reopen(const Snapshot& snapshot) {
  Pass pass;
  pass.began = parts_.clock->Now();
  pass.units = snapshot.units;
  for (const ChangeRecord* change : snapshot.units->EndingOrMovingChanges()) {
    if (settled_.contains(change->name)) AddEvent(*change, pass);
  }
  CountAssignments(snapshot, pass);
  for (const auto& [event, left] : pass.left) {
    if (left.open == 0) continue;
    settled_.erase(event);
    reported_events_.erase(event);
  }
  catalogue_version_ = snapshot.catalogue_version;
}

absl::Status SuccessionReports::AddProvinces(const Snapshot& snapshot,
                                             const std::set<std::string>& concerned,
                                             Pass& pass) const {
  std::set<std::string> whole;
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    whole.clear();
    for (const std::string& host_code : concerned) {
      ASSIGN_OR_RETURN(const std::vector<std::string> provinces, store::ProvincesIn(tx, host_code));
      whole.insert(provinces.begin(), provinces.end());
    }
    return absl::OkStatus();
  }));
  std::set<std::string> all = snapshot.units->Provinces();
  all.insert(whole.begin(), whole.end());
  for (const std::string& province_code : all) {
    pass.all_provinces.push_back(province_code);
    if (!whole.contains(province_code)) pass.forwarded_only.insert(province_code);
  }
  pass.provinces = pass.all_provinces;
  return absl::OkStatus();
}

void SuccessionReports::CountAssignments(const Snapshot& snapshot, Pass& pass) const {
  const absl::CivilDay today = VietnamDay(pass.began);
  for (const CatalogueEntry* entry : snapshot.catalogue->entries()) {
    for (const Assignment& assignment : entry->assignments) {
      auto event = pass.event_of.find(assignment.territory);
      for (const UnitRecord* province : snapshot.units->UnitsOfCode(assignment.province_code)) {
        if (event == pass.event_of.end()) event = pass.event_of.find(province->name);
      }
      std::set<std::string> events;
      if (event != pass.event_of.end()) events.insert(event->second);
      const auto moving = pass.events_moving.find(assignment.territory);
      if (events.empty() && moving != pass.events_moving.end()) {
        events.insert(moving->second.begin(), moving->second.end());
      }
      for (const std::string& name : events) {
        Left& left = pass.left.find(name)->second;
        const bool lapsed = IsLapsed(assignment, entry->AssignmentsIn(assignment.province_code),
                                     *snapshot.units, std::max(left.effective, today));
        if (lapsed) left.Add(assignment.Name());
      }
    }
  }
}

void SuccessionReports::Left::Add(std::string item) {
  ++open;
  if (items.size() < units::kReportItemsMax) items.push_back(std::move(item));
}

std::set<std::string> SuccessionReports::EventsLeaving(const DossierBasis& basis,
                                                       const Pass& pass) {
  std::set<std::string> events;
  for (const absl::string_view unit : UnitsOf(basis)) {
    const auto event = pass.event_of.find(unit);
    if (event != pass.event_of.end()) events.insert(event->second);
  }
  const auto moving = pass.events_moving.find(basis.unit);
  if (moving == pass.events_moving.end()) return events;
  for (const std::string& event : moving->second) {
    const absl::CivilDay effective = pass.left.find(event)->second.effective;
    const absl::CivilDay day = std::max(effective, VietnamDay(pass.began));
    if (IsLeftBehind(*pass.units, basis, day)) events.insert(event);
  }
  return events;
}

absl::Status SuccessionReports::CountSlice(Pass& pass) {
  const std::string province_code = pass.provinces.back();
  std::vector<store::BasisRow> rows;
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    const auto scan =
        pass.forwarded_only.contains(province_code) ? store::ScanForwarded : store::ScanDossiers;
    ASSIGN_OR_RETURN(rows, scan(tx, province_code, pass.after_code, kScanned));
    return absl::OkStatus();
  }));
  for (const store::BasisRow& row : rows) {
    if (!IsUndecided(row.basis)) continue;
    for (const std::string& event : EventsLeaving(row.basis, pass)) {
      pass.left.find(event)->second.Add(
          absl::StrCat("provinces/", province_code, "/dossiers/", row.code));
    }
  }
  pass.after_code = rows.empty() ? "" : rows.back().code;
  if (rows.size() < kScanned) {
    pass.provinces.pop_back();
    pass.after_code.clear();
  }
  return absl::OkStatus();
}

absl::Status SuccessionReports::CountRerouted(Pass& pass) {
  return parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    for (auto& [event, left] : pass.left) {
      left.planned = 0;
      for (const std::string& province_code : pass.all_provinces) {
        ASSIGN_OR_RETURN(const int64_t planned, store::CountRerouted(tx, province_code, event));
        left.planned += planned;
      }
    }
    return absl::OkStatus();
  });
}

void SuccessionReports::ReportAll(const Pass& pass) {
  const absl::CivilDay today = VietnamDay(parts_.clock->Now());
  int64_t unplanned = 0;
  absl::Status status;
  std::set<std::string> reported;
  for (const auto& [event, left] : pass.left) {
    if (left.effective <= today) unplanned += left.open;
    const absl::StatusOr<bool> sent = reporter_->Report({.event = left.event,
                                                         .open = left.open + left.planned,
                                                         .planned = left.planned,
                                                         .unplanned = left.items});
    if (!sent.ok()) {
      failed_.Increment();
      status.Update(sent.status());
      continue;
    }
    (*sent ? sent_ : unchanged_).Increment();
    reported.insert(event);
    // Not on the day itself: a submission of the eve may end after midnight.
    if (left.effective < today && left.open == 0) settled_.insert(event);
  }
  unplanned_.Set(static_cast<double>(unplanned));
  // Said once, not at each attempt: the registry may be away for long.
  if (!status.ok() && !failing_) {
    parts_.log->Write(Severity::kWarning, "succession_not_reported",
                      {{"message", status.ToString()}});
  }
  failing_ = !status.ok();
  if (failing_) return;
  reported_ = pass.began;
  again_ = std::max(kCountedAgain, kShareOfCounting * pass.counted);
  reported_events_ = std::move(reported);
}

}  // namespace twotier::routing
