// Sets off what the clock of dossiers says: due soon, overdue, stopped because the applicant did
// not answer, taken back because another agency did not.
#ifndef TWOTIER_SERVICES_ROUTING_ALARMS_H_
#define TWOTIER_SERVICES_ROUTING_ALARMS_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/server/work_parts.h"
#include "common/shown_lag.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/routing/counter_metrics.h"
#include "services/routing/domain/alarm.h"
#include "services/routing/handlers/env.h"
#include "services/routing/store/alarm_store.h"

namespace twotier::routing {

// Nothing is kept for each dossier: due dates stand in an index, and a mark for each province says
// up to where it has been looked at. A slice fires what lies between mark and now and moves the
// mark, in one transaction; so an alarm is set off once, also across restarts and processes. A step
// that was admitted before a due time and ends behind the look at it sets its dossier's clock going
// where nobody looks again; a second look, kSettled later, finds those. A province that fails does
// not hold up the others, nor does a dossier that cannot be stopped or taken back. What another
// system owns is told of alone.
//
// A look counts what lies at the counters too, now and then (counter_metrics.h).
//
// Metrics: twotier_routing_alarms_fired_total{kind};
// twotier_routing_alarm_lag_seconds{province_code}: how late looks at the province have set off
// what they found, the largest of some two minutes, 0 when nothing was due;
// twotier_routing_alarms_looked_timestamp_seconds: the instant of the last look that left nothing
// to be set off in any province, which stands still when a province or a dossier fails, and until
// units are known. Only the process that looks has the last two.
//
// Not thread-safe.
class Alarms {
 public:
  using Parts = server::WorkParts<handlers::Env>;
  explicit Alarms(const Parts& parts);

  // One slice of every province. True: there is more at once. Never fails as a whole.
  absl::StatusOr<bool> RunSlice();

 private:
  using Find = std::function<absl::StatusOr<std::vector<Alarm>>(db::Tx&)>;
  using Move = std::function<absl::Status(db::Tx&, const store::AlarmMark&)>;
  // A look at the due dates of a province.
  struct Look {
    AlarmKind kind = AlarmKind::kUnknown;
    Find find = nullptr;
    Move move = nullptr;  // Told of the last alarm, in the transaction that sets them off.
    // Told of what was set off, and whether there may be more. Null: nobody is.
    std::function<void(const std::vector<Alarm>&, bool)> ended = nullptr;
    std::vector<Alarm> found = {};  // And then set off.
  };
  // A look at the unanswered dossiers of a province, over several slices.
  struct Refusals {
    store::AlarmMark behind;  // Up to where it is.
    // Codes that could not go on when they were last looked at, and when each is tried again.
    std::map<std::string, absl::Time> again;
    std::map<std::string, absl::Time> met;  // The same of this look so far.

    bool any() const { return !again.empty() || !met.empty(); }
  };
  // What is shown of a province.
  struct Lag {
    ShownLag lag;
    prometheus::Gauge* gauge = nullptr;
  };

  absl::StatusOr<bool> RunProvince(const std::string& province_code);
  Look FirstLook(const std::string& province_code, AlarmKind kind, absl::Time now);
  // Nothing while it is too early for another one.
  std::optional<Look> SecondLook(const std::string& province_code, AlarmKind kind, absl::Time now);
  // What was handed in online before that is to be answered by now.
  absl::Time AnsweredBy(const std::string& province_code, absl::Time now) const;
  // Sets off what is found, in one transaction that looks again.
  absl::Status Fire(const std::string& province_code, absl::Time now, Look& look);
  // Stops, or takes back, what nobody has answered.
  absl::StatusOr<bool> GoOn(const std::string& province_code, absl::Time now,
                            std::vector<Alarm> unanswered);
  void Count(AlarmKind kind, size_t fired, absl::Duration lag);
  void ShowLag(const std::string& province_code);
  // Another process looks, and says how it goes.
  void SayNothing();

  const Parts parts_;
  prometheus::Counter& due_soon_;
  prometheus::Counter& overdue_;
  prometheus::Counter& unanswered_;
  prometheus::Counter& agency_silent_;
  prometheus::Family<prometheus::Gauge>& lags_;
  prometheus::Family<prometheus::Gauge>& looked_;
  prometheus::Gauge* looked_gauge_ = nullptr;
  // Up to where the second looks are. Not kept: a process that begins looks at everything once.
  std::map<std::pair<std::string, AlarmKind>, store::AlarmMark> settled_;
  std::map<std::string, Refusals> refusals_;  // By province.
  std::map<std::string, Lag> shown_;          // By province.
  absl::Duration lag_;                        // Of the province that is looked at, so far.
  CounterMetrics at_counter_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_ALARMS_H_
