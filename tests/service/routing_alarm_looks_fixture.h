// Single looks at due dates, by a clock of their own.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_ALARM_LOOKS_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_ALARM_LOOKS_FIXTURE_H_

#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/id.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "prometheus/registry.h"
#include "services/routing/alarms.h"
#include "services/routing/snapshot.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {

// Monday 2 November 2026 and the days behind it.
inline absl::Time At(int day, int hour) {
  return absl::FromCivil(absl::CivilHour(2026, 11, day, hour), VietnamTimeZone());
}

// The service's own looks find nothing: its clock stands before every due date.
class RoutingAlarmLooksTest : public RoutingTest {
 protected:
  RoutingAlarmLooksTest() {
    env_.snapshots = &snapshots_;
    env_.appended = [] {};
    Begin();
  }

  void SetUp() override { Know(); }

  // As a process does.
  void Begin() {
    alarms_ = std::make_unique<Alarms>(Alarms::Parts{.database = &server_.database(),
                                                     .clock = &clock_,
                                                     .ids = &ids_,
                                                     .log = &log_,
                                                     .env = &env_,
                                                     .metrics = &metrics_,
                                                     .leading = [this] { return leading_; }});
  }

  // The units that the database has.
  void Know() {
    std::shared_ptr<const Snapshot> snapshot;
    const absl::Status read = server_.database().ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(snapshot, LoadSnapshot(tx, Snapshot()));
      return absl::OkStatus();
    });
    ASSERT_EQ(read, absl::OkStatus());
    snapshots_.Set(std::move(snapshot));
  }

  void LookAt(absl::Time now) {
    clock_.Set(now);
    const auto more = alarms_->RunSlice();
    ASSERT_TRUE(more.ok()) << more.status();
    EXPECT_FALSE(*more);
  }

  // Value of a gauge that the looks set, by the province that it is labelled with; nothing where it
  // is not there.
  std::optional<double> Gauge(const std::string& name, const std::string& province_code = "") {
    for (const prometheus::MetricFamily& family : metrics_.Collect()) {
      if (family.name != name) continue;
      for (const prometheus::ClientMetric& metric : family.metric) {
        const std::string label = metric.label.empty() ? "" : metric.label[0].value;
        if (label == province_code) return metric.gauge.value;
      }
    }
    return std::nullopt;
  }
  std::optional<double> Looked() {
    return Gauge("twotier_routing_alarms_looked_timestamp_seconds");
  }

  v1::Dossier Accepted() {
    const auto accepted = Accept(server_, Submit(server_, Submission()).value_or(v1::Dossier()));
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return accepted.value_or(v1::Dossier());
  }

  static v1::Body BodyOf(const std::string& title) {
    v1::Body body;
    body.set_unit(kDaNang);
    body.set_title(title);
    return body;
  }
  static v1::Body Justice() { return BodyOf("Sở Tư pháp"); }
  static v1::Body Police() { return BodyOf("Công an Thành phố Đà Nẵng"); }

  v1::Dossier Forward(const v1::Dossier& dossier, const v1::Body& body, absl::Time answer_by) {
    const auto forwarded = testing::Forward(server_, dossier, body.unit(), body.title(), answer_by);
    EXPECT_TRUE(forwarded.ok()) << forwarded.status();
    return forwarded.value_or(v1::Dossier());
  }

  v1::Dossier Read(const v1::Dossier& dossier) {
    v1::GetDossierRequest request;
    request.set_name(dossier.name());
    const auto response = Invoke(&v1::RoutingService::Stub::GetDossier, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::GetDossierResponse()).dossier();
  }

  v1::DossierState StateOf(const v1::Dossier& dossier) { return Read(dossier).state(); }

  // Dossiers that an alarm of the kind was set off for, with its date.
  std::vector<std::pair<std::string, absl::Time>> SetOff(v1::AlarmKind kind) {
    v1::ListAlarmsRequest request;
    request.set_parent("provinces/48");
    request.set_kind(kind);
    const auto response = Invoke(&v1::RoutingService::Stub::ListAlarms, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::pair<std::string, absl::Time>> alarms;
    if (!response.ok()) return alarms;
    for (const v1::Alarm& alarm : response->alarms()) {
      alarms.emplace_back(alarm.dossier(), absl::FromUnixSeconds(alarm.due_time().seconds()));
    }
    return alarms;
  }

  bool leading_ = true;
  FakeClock clock_{Monday()};
  IdSource ids_;
  Log log_{STDERR_FILENO};
  prometheus::Registry metrics_;
  SnapshotHolder snapshots_;
  handlers::Env env_;
  std::unique_ptr<Alarms> alarms_;
};

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_ALARM_LOOKS_FIXTURE_H_
