#include "services/registry/handlers/succession.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/status_macros.h"
#include "services/registry/convert_changes.h"
#include "services/registry/domain/rebase.h"
#include "services/registry/domain/succession_plan.h"
#include "services/registry/handlers/events.h"
#include "services/registry/handlers/paging.h"
#include "services/registry/store/change_store.h"

namespace twotier::registry::handlers {
namespace {

absl::Status EventNotFound(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no change event \"", name, "\""),
                           "CHANGE_EVENT_NOT_FOUND");
}

// Lists and plans leave the edges out: an act of 2025 has hundreds.
v1::ChangeEvent WithoutEdges(const ChangeEvent& event, absl::CivilDay today) {
  v1::ChangeEvent out = ToProto(event, today);
  out.clear_edges();
  return out;
}

// Order of the list: "2027-01-01/01J...".
std::string KeyOf(const ChangeEvent& event) {
  return absl::StrCat(absl::FormatCivilTime(event.effective), "/", event.id);
}

bool LiesIn(const UnitTree& tree, const std::string& unit_id, absl::CivilDay day,
            absl::string_view province_code) {
  const std::optional<uint32_t> unit = tree.Find(unit_id);
  const std::optional<VersionRef> ref = unit.has_value() ? tree.On(*unit, day) : std::nullopt;
  return ref.has_value() && tree.version(*ref).province_code == province_code;
}

bool Wanted(const v1::ListChangeEventsRequest& request, const UnitTree& tree,
            const ChangeEvent& event, v1::ChangeEventState state) {
  if (request.has_from_date() && event.effective < ToDay(request.from_date())) return false;
  if (request.state() != v1::CHANGE_EVENT_STATE_UNSPECIFIED && request.state() != state) {
    return false;
  }
  const absl::string_view unit_id = UnitIdOf(request.unit());
  const absl::string_view province_code = request.province_code();
  if (unit_id.empty() && province_code.empty()) return true;
  return std::any_of(event.edges.begin(), event.edges.end(), [&](const ChangeEdge& edge) {
    if (!unit_id.empty() && edge.source_id != unit_id && edge.target_id != unit_id) return false;
    return province_code.empty() ||
           LiesIn(tree, edge.source_id, event.effective - 1, province_code) ||
           LiesIn(tree, edge.target_id, event.effective, province_code);
  });
}

}  // namespace

absl::StatusOr<ChangeEvent> FindRecordedEvent(db::Tx& tx, absl::string_view name) {
  ASSIGN_OR_RETURN(std::optional<ChangeEvent> event,
                   store::LoadChangeEvent(tx, SegmentOf(name, 1)));
  if (!event.has_value()) return EventNotFound(name);
  return *std::move(event);
}

absl::StatusOr<v1::ReportSuccessionResponse> ReportSuccession(
    const Env&, const Call& call, const v1::ReportSuccessionRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const ChangeEvent event, FindRecordedEvent(tx, request.name()));
  if (event.cancelled) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(ChangeEventName(event.id), " was cancelled"),
                             "CHANGE_EVENT_CANCELLED");
  }
  const std::string service(SegmentOf(request.name(), 3));
  ASSIGN_OR_RETURN(const std::optional<SuccessionReport> before,
                   store::LoadReport(tx, event.id, service));
  const int64_t version = before.has_value() ? before->version : 0;
  if (before.has_value() || !request.etag().empty()) {
    RETURN_IF_ERROR(CheckEtag(request.etag(), version));
  }
  SuccessionReport report;
  report.event_id = event.id;
  report.service = service;
  report.version = version + 1;
  report.open = request.open();
  report.planned = request.planned();
  report.unplanned_items = {request.unplanned_items().begin(), request.unplanned_items().end()};
  report.principal = call.principal.name;
  report.reported = call.now;
  RETURN_IF_ERROR(store::WriteReport(tx, report));
  v1::ChangeReference body;
  body.set_principal(call.principal.name);
  body.set_change_event(ChangeEventName(event.id));
  Events events(tx, call, body.SerializeAsString());
  RETURN_IF_ERROR(
      events.Append("", ReportName(event.id, service), report.version, kSuccessionReported));
  v1::ReportSuccessionResponse response;
  *response.mutable_report() = ToProto(report);
  return response;
}

void ValidateReportSuccession(const v1::ReportSuccessionRequest& request,
                              error::Violations& violations) {
  constexpr size_t kServiceBytesMax = 64;
  constexpr size_t kItemBytesMax = 200;
  const absl::string_view service = SegmentOf(request.name(), 3);
  const bool known_form = !service.empty() && service.size() <= kServiceBytesMax &&
                          std::all_of(service.begin(), service.end(), [](unsigned char c) {
                            return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
                          });
  if (!known_form) {
    violations.Add("name", "the service must have 1 to 64 lower-case letters, digits and hyphens");
  } else if (service == kOwnService) {
    violations.Add("name", "the register counts its own centers itself");
  }
  if (request.open() < 0) violations.Add("open", "must not be negative");
  if (request.planned() < 0 || request.planned() > request.open()) {
    violations.Add("planned", "must be 0 to `open`");
  }
  for (int i = 0; i < request.unplanned_items_size(); ++i) {
    const std::string& item = request.unplanned_items(i);
    if (item.empty() || item.size() > kItemBytesMax || item.find('\n') != std::string::npos) {
      violations.Add(absl::StrCat("unplanned_items[", i, "]"),
                     "must have 1 to 200 bytes and no line break");
    }
  }
}

absl::StatusOr<v1::GetSuccessionPlanResponse> GetSuccessionPlan(
    const Env& env, const Call& call, const v1::GetSuccessionPlanRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  const Changes& changes = snapshot->changes();
  const ChangeEvent* event = changes.FindEvent(SegmentOf(request.name(), 1));
  if (event == nullptr) return EventNotFound(request.name());
  const absl::CivilDay today = VietnamDay(call.now);
  const std::vector<SuccessionReport> reports = changes.PlanOf(*event, snapshot->centers());
  v1::GetSuccessionPlanResponse response;
  SetKnowledge(request, response);
  SetDate(today, response.mutable_as_of());
  v1::SuccessionPlan* plan = response.mutable_plan();
  *plan->mutable_change_event() = WithoutEdges(*event, today);
  for (const SuccessionReport& report : reports) *plan->add_reports() = ToProto(report);
  plan->set_unplanned(Unplanned(reports));
  const bool in_force = !event->cancelled && event->effective <= today;
  if (in_force && plan->unplanned() > 0 && !event->caretaker_id.empty()) {
    plan->set_answerable_unit(UnitName(AnswerableUnit(snapshot->tree(), *event, today)));
  }
  return response;
}

absl::StatusOr<v1::GetChangeEventResponse> GetChangeEvent(const Env& env, const Call& call,
                                                          const v1::GetChangeEventRequest& request,
                                                          db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  const ChangeEvent* event = snapshot->changes().FindEvent(SegmentOf(request.name(), 1));
  if (event == nullptr) return EventNotFound(request.name());
  v1::GetChangeEventResponse response;
  SetKnowledge(request, response);
  *response.mutable_change_event() =
      ToProto(*event, VietnamDay(call.now), snapshot->changes().fallen());
  return response;
}

void ValidateListChangeEvents(const v1::ListChangeEventsRequest& request,
                              error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ListChangeEventsResponse> ListChangeEvents(
    const Env& env, const Call& call, const v1::ListChangeEventsRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const NamedPage page, ReadNamedPage(env, "ListChangeEvents", request));
  const absl::CivilDay today = VietnamDay(call.now);
  v1::ListChangeEventsResponse response;
  SetKnowledge(request, response);
  std::string last;
  for (const ChangeEvent& event : snapshot->changes().events()) {
    const std::string key = KeyOf(event);
    if (!page.after.empty() && key <= page.after) continue;
    v1::ChangeEvent out = WithoutEdges(event, today);
    if (!Wanted(request, snapshot->tree(), event, out.state())) continue;
    if (static_cast<size_t>(response.change_events_size()) == page.size) {
      response.set_next_page_token(env.pages->Seal("ListChangeEvents", page.query, last));
      break;
    }
    *response.add_change_events() = std::move(out);
    last = key;
  }
  return response;
}

void ValidateRebaseFigures(const v1::RebaseFiguresRequest& request, error::Violations& violations) {
  std::set<absl::string_view> seen;
  for (int i = 0; i < request.figures_size(); ++i) {
    const v1::UnitFigure& figure = request.figures(i);
    if (figure.value() < -kFigureMax || figure.value() > kFigureMax) {
      violations.Add(absl::StrCat("figures[", i, "].value"), "must be -10^15 to 10^15");
    }
    if (!seen.insert(figure.unit()).second) {
      violations.Add(absl::StrCat("figures[", i, "].unit"), "must be named once");
    }
  }
}

absl::StatusOr<v1::RebaseFiguresResponse> RebaseFigures(const Env& env, const Call& call,
                                                        const v1::RebaseFiguresRequest& request,
                                                        db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  const absl::CivilDay from = ToDay(request.from_date());
  const absl::CivilDay to = request.has_to_date() ? ToDay(request.to_date()) : VietnamDay(call.now);
  error::Violations violations;
  if (to < from) violations.Add("from_date", "must not lie behind the date of the answer");
  RETURN_IF_ERROR(violations.ToStatus());
  std::vector<UnitFigure> figures;
  for (const v1::UnitFigure& figure : request.figures()) {
    figures.push_back({std::string(UnitIdOf(figure.unit())), figure.value()});
  }
  ASSIGN_OR_RETURN(const std::vector<UnitFigure> rebased,
                   registry::RebaseFigures(snapshot->tree(), figures, from, to,
                                           static_cast<ShareBasis>(request.basis())));
  v1::RebaseFiguresResponse response;
  SetKnowledge(request, response);
  SetDate(to, response.mutable_to_date());
  for (const UnitFigure& figure : rebased) {
    v1::UnitFigure* out = response.add_figures();
    out->set_unit(UnitName(figure.unit_id));
    out->set_value(figure.value);
  }
  return response;
}

}  // namespace twotier::registry::handlers
