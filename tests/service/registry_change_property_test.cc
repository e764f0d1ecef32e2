// Whatever is decided, corrected and taken back, in whatever order: the register answers what a
// model in plain maps answers, at every date and for every instant of knowledge, and the checker
// finds nothing wrong with its database. On both engines.
#include <rapidcheck.h>

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "tests/service/model_comparison.h"
#include "tests/service/registry_change_fixture.h"
#include "tests/service/unit_commands.h"
#include "tests/service/unit_model.h"
#include "tools/verify/verify_units.h"

namespace twotier::registry {
namespace {

using model::Change;
using model::Command;
using model::Day;
using model::Facts;
using model::kEventDays;
using model::Kind;
using model::kReform;
using model::Shares;
using model::UnitModel;
using model::World;
using Stub = v1::RegistryService::Stub;

// A register, its model, and a caller who knows both.
class Register {
 public:
  explicit Register(const testing_support::EngineParam& engine) : database_(engine.make()) {
    server_ = std::make_unique<RegistryServer>(database_);
    const auto imported =
        server_->Call(&Stub::ImportUnits, ImportOf(CommunesOf(model::kIn48, model::kIn01), 1));
    RC_ASSERT(imported.ok());
    for (const auto& [name, history] : model_.world().units) versions_[name] = 1;
    for (const auto& [name, center] : model_.world().centers) versions_[name] = 1;
    Learn("units/u1");
  }

  void Do(const Command& command) {
    server_->clock().Advance(absl::Seconds(1));
    switch (command.kind) {
      case Kind::kCancel:
        return Cancel(command);
      case Kind::kCorrectFacts:
        return CorrectFacts(command);
      case Kind::kCorrectShares:
        return CorrectShares(command);
      case Kind::kReport:
        return Report(command);
      case Kind::kClose:
        return Close(command);
      case Kind::kReopen:
        return Reopen(command);
      case Kind::kWait:
        return server_->clock().Advance(absl::Hours(24 * 14));
      case Kind::kMalformed:
        return Malformed(command);
      default:
        return Apply(command);
    }
  }

  // Everything the register answers, now and as of a few instants before.
  void Compare() {
    server_->Await(known_.back().subject, known_.back().version);
    server_->AwaitNumbered();  // Memory may be ahead of it.
    model::Comparison comparison(*server_);
    comparison.CompareLists(model_.world(), std::nullopt);
    comparison.CompareUnits(model_.world(), versions_);
    comparison.CompareResolutions(model_.world());
    comparison.CompareEvents(model_, event_names_, versions_, Today());
    comparison.ComparePlans(model_, event_names_, reports_, Today());
    constexpr size_t kInstants = 4;
    for (size_t i = 0; i < kInstants; ++i) {
      size_t at = i * known_.size() / kInstants;
      const absl::Time instant = KnownAt(known_[at]);
      // What the sequencer numbered in one go became known together.
      while (at + 1 < known_.size() && KnownAt(known_[at + 1]) == instant) ++at;
      comparison.CompareLists(known_[at].world, instant);
    }
    server_.reset();
    const auto report = verify::VerifyUnits(database_.url());
    RC_ASSERT(report.ok());
    for (const verify::Finding& finding : report->findings) {
      RC_LOG() << finding.rule << ": " << finding.what << std::endl;
    }
    RC_ASSERT(report->findings.empty());
  }

 private:
  // What was believed from the moment on at which a version of `subject` became known.
  struct Knowledge {
    std::string subject;
    int64_t version = 0;
    World world;
  };

  std::string NextId() { return absl::StrFormat("c0000000-0000-4000-8000-%012d", ++ids_); }

  Day Today() { return VietnamDay(server_->clock().Now()); }

  void Learn(const std::string& subject) {
    known_.push_back({subject, versions_[subject], model_.world()});
  }

  absl::Time KnownAt(const Knowledge& then) {
    const std::vector<std::string> rows =
        database_.Run(absl::StrCat("SELECT known_us FROM event WHERE subject = '", then.subject,
                                   "' AND version = ", then.version));
    int64_t us = 0;
    RC_ASSERT(rows.size() == 1 && absl::SimpleAtoi(rows[0], &us));
    return absl::FromUnixMicros(us);
  }

  // Sends what must be refused for `reasons`, or for one of them; nothing is written.
  template <typename Request, typename Response>
  void Refused(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& request, const std::set<std::string>& reasons) {
    const int64_t events = server_->CountEvents();
    const auto response = server_->Call(method, request);
    RC_LOG() << "expected: " << absl::StrJoin(reasons, ", ") << "; got: " << response.status()
             << std::endl;
    RC_ASSERT(reasons.contains(Reason(response.status())));
    RC_ASSERT(server_->CountEvents() == events);
  }

  v1::ApplyChangeEventRequest RequestOf(const Change& change) {
    EventOf event(change.day, NextId());
    event.request().mutable_act()->set_number(change.act);
    for (const std::string& source : change.sources) event.From(source, versions_[source]);
    for (const model::Target& target : change.targets) {
      v1::ChangeTarget* out = event.request().add_targets();
      target.founded ? out->set_key(target.unit) : out->set_unit(target.unit);
      out->set_code(target.code);
      out->set_type(static_cast<v1::UnitType>(target.type));
      out->set_full_name(target.full_name);
      out->set_short_name(target.short_name);
      out->set_parent(target.parent);
    }
    for (const model::Edge& edge : change.edges) {
      event.Edge(edge.source, edge.target);
      SetShares(edge.shares, event.request().mutable_edges(event.request().edges_size() - 1));
    }
    event.Caretaker(change.caretaker);
    return event.request();
  }

  template <typename Message>
  static void SetShares(const Shares& shares, Message* out) {
    if (shares.population) out->set_population_ppm(static_cast<int>(*shares.population));
    if (shares.area) out->set_area_ppm(static_cast<int>(*shares.area));
  }

  void Apply(const Command& command) {
    const std::optional<Change> change = ChangeOf(model_.world(), command);
    if (!change.has_value()) return;
    const v1::ApplyChangeEventRequest request = RequestOf(*change);
    const std::set<std::string> broken = model_.Broken(*change);
    if (!broken.empty()) return Refused(&Stub::ApplyChangeEvent, request, broken);
    const auto applied = server_->Call(&Stub::ApplyChangeEvent, request);
    RC_LOG() << applied.status() << std::endl;
    RC_ASSERT(applied.ok());
    model_.Do(Named(*change, applied->change_event()));
    for (const std::string& source : change->sources) ++versions_[source];
    for (const std::string& unit : applied->change_event().founded_units()) versions_[unit] = 1;
    Touch(applied->effect());
    event_names_.push_back(applied->change_event().name());
    versions_[event_names_.back()] = 1;
    Learn(event_names_.back());
  }

  // The change with the names that the register gave instead of keys.
  static Change Named(Change change, const v1::ChangeEvent& event) {
    change.event = event.name();
    std::map<std::string, std::string> names;
    for (model::Target& target : change.targets) {
      if (!target.founded) continue;
      const std::string key = target.unit;
      target.unit = names[key] = event.founded_units(static_cast<int>(names.size()));
    }
    for (model::Edge& edge : change.edges) {
      if (names.contains(edge.target)) edge.target = names[edge.target];
    }
    if (names.contains(change.caretaker)) change.caretaker = names[change.caretaker];
    return change;
  }

  void Touch(const v1::ChangeEffect& effect) {
    for (const v1::CarriedCenter& center : effect.centers()) {
      versions_[center.after().name()] = center.after().version();
    }
  }

  void Cancel(const Command& command) {
    if (event_names_.empty()) return;
    // The last ones are those that nothing rests on.
    const std::string name = event_names_[event_names_.size() - 1 -
                                          command.a % std::min<size_t>(4, event_names_.size())];
    v1::CancelChangeEventRequest request;
    request.set_name(name);
    request.set_reason("78/NQ");
    request.set_etag(absl::StrCat("\"", versions_[name], "\""));
    request.set_request_id(NextId());
    const std::set<std::string> broken = model_.BrokenByCancelling(name, Today());
    if (!broken.empty()) return Refused(&Stub::CancelChangeEvent, request, broken);
    const auto cancelled = server_->Call(&Stub::CancelChangeEvent, request);
    RC_LOG() << cancelled.status() << std::endl;
    RC_ASSERT(cancelled.ok());
    for (const std::string& source : model_.world().events.at(name).change.sources) {
      ++versions_[source];
    }
    model_.Cancel(name);
    Touch(cancelled->effect());
    ++versions_[name];
    Learn(name);
  }

  void CorrectFacts(const Command& command) {
    const std::vector<std::string> units = Communes(model_.world(), kReform, false);
    const std::string& unit = units[command.a % units.size()];
    const model::History& history = model_.world().units.at(unit);
    auto part = history.begin();
    std::advance(part, command.b % history.size());
    if (!part->second.has_value()) return;
    model::FactCorrection right{unit, part->first};
    v1::CorrectUnitRequest request = CorrectionOf(unit);
    registry::SetDate(part->first, request.mutable_as_of());
    bool same = false;
    switch (command.shares % 3) {
      case 0:
        right.full_name = absl::StrCat("Xã W", command.value % 3);
        same = right.full_name == part->second->full_name;
        request.mutable_update_mask()->add_paths("full_name");
        break;
      case 1:
        right.code = absl::StrFormat("%05d", 1 + command.value % 12);
        same = right.code == part->second->code;
        request.mutable_update_mask()->add_paths("code");
        break;
      default:
        right.type = command.value % 2 == 0 ? v1::UNIT_TYPE_WARD : v1::UNIT_TYPE_COMMUNE;
        same = right.type == part->second->type;
        request.mutable_update_mask()->add_paths("type");
    }
    request.mutable_unit()->set_full_name(right.full_name);
    request.mutable_unit()->set_code(right.code);
    request.mutable_unit()->set_type(static_cast<v1::UnitType>(right.type));
    if (same) return Refused(&Stub::CorrectUnit, request, {"NOTHING_CHANGES"});
    if (!right.code.empty() && model_.IsTaken(right)) {
      return Refused(&Stub::CorrectUnit, request, {"CODE_IN_USE"});
    }
    Correct(request);
    model_.Do(right);
    Learn(unit);
  }

  void CorrectShares(const Command& command) {
    std::map<std::pair<std::string, Day>, std::map<std::string, Shares>> divisions;
    for (const model::Step& step : model_.world().steps) {
      divisions[{step.source, step.day}][step.target] = step.shares;
    }
    std::erase_if(divisions, [](const auto& division) { return division.second.size() != 2; });
    if (divisions.empty()) return;
    auto division = divisions.begin();
    std::advance(division, command.a % divisions.size());
    const auto& [unit, day] = division->first;
    const Shares shares = model::SharesOf(command.shares);
    model::ShareCorrection correction{unit, day, {}};
    v1::CorrectUnitRequest request = CorrectionOf(unit);
    registry::SetDate(kReform, request.mutable_as_of());
    if (model_.world().On(unit, kReform) == nullptr) {
      registry::SetDate(model_.world().units.at(unit).begin()->first, request.mutable_as_of());
    }
    for (const auto& [target, before] : division->second) {
      const bool first = correction.shares.empty();
      const Shares& part = correction.shares[target] = first ? shares : RestOf(shares);
      v1::StepCorrection* step = request.add_steps();
      step->set_target(target);
      registry::SetDate(day, step->mutable_effective_date());
      SetShares(part, step);
    }
    if (shares.population && command.value % 5 == 0) {
      request.mutable_steps(0)->set_population_ppm(request.steps(0).population_ppm() == 0);
      return Refused(&Stub::CorrectUnit, request, {"SHARES_DO_NOT_SUM"});
    }
    if (correction.shares == division->second) {
      return Refused(&Stub::CorrectUnit, request, {"NOTHING_CHANGES"});
    }
    Correct(request);
    model_.Do(correction);
    Learn(unit);
  }

  v1::CorrectUnitRequest CorrectionOf(const std::string& unit) {
    v1::CorrectUnitRequest request;
    request.set_name(unit);
    request.set_reason("sai");
    request.set_etag(absl::StrCat("\"", versions_[unit], "\""));
    request.set_request_id(NextId());
    return request;
  }

  void Correct(const v1::CorrectUnitRequest& request) {
    const auto corrected = server_->Call(&Stub::CorrectUnit, request);
    RC_LOG() << corrected.status() << std::endl;
    RC_ASSERT(corrected.ok());
    ++versions_[request.name()];
    for (const v1::Center& center : corrected->centers()) ++versions_[center.name()];
    for (const std::string& event : corrected->change_events()) ++versions_[event];
  }

  void Report(const Command& command) {
    if (event_names_.empty()) return;
    const std::string& event = event_names_[command.a % event_names_.size()];
    v1::ReportSuccessionRequest request;
    request.set_name(event + "/successions/routing");
    request.set_open(command.value);
    request.set_planned(command.value / 2);
    if (versions_.contains(request.name())) {
      request.set_etag(absl::StrCat("\"", versions_[request.name()], "\""));
    }
    request.set_request_id(NextId());
    if (model_.IsCancelled(event)) {
      return Refused(&Stub::ReportSuccession, request, {"CHANGE_EVENT_CANCELLED"});
    }
    RC_ASSERT(server_->Call(&Stub::ReportSuccession, request).ok());
    reports_[event] = {request.open(), request.planned()};
    ++versions_[request.name()];
    Learn(request.name());
  }

  // Which centers may close, and when, is another test's matter: what is refused changes nothing.
  void Close(const Command& command) {
    std::vector<std::string> names;
    for (const auto& [name, center] : model_.world().centers) {
      if (!center.is_provincial && center.province == "48") names.push_back(name);
    }
    model::Closing closing;
    closing.center = names[command.a % names.size()];
    closing.successor = names[(command.a + 1 + command.b % (names.size() - 1)) % names.size()];
    closing.day = kEventDays[command.day % std::size(kEventDays)];
    v1::CloseCenterRequest request;
    request.set_name(closing.center);
    request.set_successor(closing.successor);
    registry::SetDate(closing.day, request.mutable_effective_date());
    request.mutable_act()->set_number("5/QĐ-UBND");
    request.set_etag(absl::StrCat("\"", versions_[closing.center], "\""));
    request.set_request_id(NextId());
    const int64_t events = server_->CountEvents();
    const auto closed = server_->Call(&Stub::CloseCenter, request);
    RC_LOG() << closed.status() << std::endl;
    if (!closed.ok()) {
      RC_ASSERT(server_->CountEvents() == events);
      RC_ASSERT(closed.status().code() == absl::StatusCode::kFailedPrecondition);
      return;
    }
    for (const v1::Center& center : closed->effect().after()) {
      versions_[center.name()] = center.version();
    }
    model_.Do(closing);
    Learn(closing.center);
  }

  void Reopen(const Command& command) {
    const std::vector<model::Closing> closings = model_.Closings();
    if (closings.empty()) return;
    const model::Closing& closing = closings[command.a % closings.size()];
    v1::CancelCenterChangeRequest request;
    request.set_name(closing.center);
    request.set_reason("6/QĐ-UBND");
    registry::SetDate(closing.day, request.mutable_effective_date());
    request.set_etag(absl::StrCat("\"", versions_[closing.center], "\""));
    request.set_request_id(NextId());
    // A change of units closed it before: the plan fell.
    const std::optional<Day> fell = model_.world().centers.at(closing.center).closed_by_law;
    if (fell.has_value() && *fell <= closing.day) {
      return Refused(&Stub::CancelCenterChange, request, {"CENTER_CHANGE_NOT_FOUND"});
    }
    if (closing.day <= Today()) {
      return Refused(&Stub::CancelCenterChange, request, {"CENTER_CHANGE_IN_FORCE"});
    }
    const auto reopened = server_->Call(&Stub::CancelCenterChange, request);
    RC_LOG() << reopened.status() << std::endl;
    RC_ASSERT(reopened.ok());
    for (const v1::Center& center : reopened->effect().after()) {
      versions_[center.name()] = center.version();
    }
    model_.CancelClosing(closing.center);
    Learn(closing.center);
  }

  void Malformed(const Command& command) {
    const std::optional<model::WrongChange> wrong = model::WrongChangeOf(model_.world(), command);
    if (!wrong.has_value()) return;
    v1::ApplyChangeEventRequest request = RequestOf(wrong->change);
    if (wrong->reasons.contains("STALE_ETAG")) request.mutable_sources(0)->set_etag("\"1000\"");
    Refused(&Stub::ApplyChangeEvent, request, wrong->reasons);
  }

  testing_support::TestDatabase database_;
  std::unique_ptr<RegistryServer> server_;
  UnitModel model_{model::Beginning()};
  std::map<std::string, int64_t> versions_;  // Of records, by their names.
  std::vector<std::string> event_names_;
  std::map<std::string, model::Report> reports_;  // The last ones, by event.
  std::vector<Knowledge> known_;                  // In order.
  int ids_ = 0;
};

class RegistryChangePropertyTest : public ::testing::TestWithParam<testing_support::EngineParam> {};

INSTANTIATE_TEST_SUITE_P(All, RegistryChangePropertyTest,
                         ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryChangePropertyTest, TheRegisterAnswersAsTheModelDoes) {
  // Few long sequences: each one takes a database of its own, which PostgreSQL makes slowly.
  const bool is_postgres = std::string(GetParam().name) == "Postgres";
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = std::min(params.maxSuccess, is_postgres ? 10 : 30);
  const auto result = rc::detail::checkTestable(
      [] {
        const std::vector<Command> commands = *model::AnyCommands();
        Register tested(GetParam());
        for (const Command& command : commands) tested.Do(command);
        tested.Compare();
      },
      rc::detail::TestMetadata{}, params);
  rc::detail::printResultMessage(result, std::cerr);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>());
}

}  // namespace
}  // namespace twotier::registry
