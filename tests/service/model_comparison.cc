#include "tests/service/model_comparison.h"

#include <rapidcheck.h>

#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/registry/convert.h"

namespace twotier::registry::model {
namespace {

using Stub = v1::RegistryService::Stub;

std::string Text(Day day) { return absl::FormatCivilTime(day); }

// Days on which something begins, and the days before.
std::set<Day> DaysOf(const World& world) {
  std::set<Day> days;
  for (const Day day : world.Days()) {
    days.insert(day);
    if (*world.Days().begin() < day) days.insert(day - 1);
  }
  return days;
}

template <typename T>
void Same(const T& answered, const T& expected, const std::string& what) {
  if (answered == expected) return;
  RC_LOG() << what << std::endl;
  RC_ASSERT(answered == expected);
}

std::string Show(const Facts& facts) {
  return absl::StrJoin(
      std::make_tuple(facts.code, facts.type, facts.full_name, facts.short_name, facts.parent,
                      facts.province, facts.population.value_or(-1), facts.area, facts.act),
      "|");
}

std::string Show(const v1::Unit& unit) {
  return absl::StrJoin(std::make_tuple(unit.code(), static_cast<int>(unit.type()), unit.full_name(),
                                       unit.short_name(), unit.parent(), unit.province_code(),
                                       unit.has_population() ? unit.population() : -1,
                                       unit.area_hectares(), unit.act().number()),
                       "|");
}

}  // namespace

void Comparison::CompareLists(const World& world, std::optional<absl::Time> known) {
  for (const Day day : DaysOf(world)) {
    v1::ListUnitsRequest list;
    list.set_page_size(1000);
    SetDate(day, list.mutable_as_of());
    const auto listed = Ask(&Stub::ListUnits, list, known);
    RC_ASSERT(listed.ok());
    std::map<std::string, std::string> expected;
    for (const std::string& unit : world.UnitsOn(day)) {
      expected[unit] = Show(*world.On(unit, day));
    }
    std::map<std::string, std::string> units;
    for (const v1::Unit& unit : listed->units()) units[unit.name()] = Show(unit);
    Same(units, expected, absl::StrCat("units of ", Text(day), known ? " as known then" : ""));
    CompareCenters(world, day, known);
    CompareCoverage(world, day, known);
  }
}

void Comparison::CompareUnits(const World& world, const std::map<std::string, int64_t>& versions) {
  for (const Day day : DaysOf(world)) {
    for (const auto& [name, history] : world.units) {
      v1::GetUnitRequest get;
      get.set_name(name);
      SetDate(day, get.mutable_as_of());
      const auto got = server_.Call(&Stub::GetUnit, get);
      const Facts* facts = world.On(name, day);
      if (facts == nullptr) {
        RC_ASSERT(Reason(got.status()) == "UNIT_NOT_FOUND");
        continue;
      }
      RC_ASSERT(got.ok());
      RC_ASSERT(Show(got->unit()) == Show(*facts));
      RC_ASSERT(got->unit().version() == versions.at(name));
      // The dates of the version, and no more.
      const auto after = history.upper_bound(day);
      if (got->unit().valid().has_first_date()) {
        RC_ASSERT(ToDay(got->unit().valid().first_date()) == std::prev(after)->first);
      } else {
        RC_ASSERT(std::prev(after)->first == *world.Days().begin());
      }
      RC_ASSERT(got->unit().valid().has_end_date() == (after != history.end()));
      if (after != history.end()) {
        RC_ASSERT(ToDay(got->unit().valid().end_date()) == after->first);
      }
      get.clear_name();
      get.set_code(facts->code);
      RC_ASSERT(server_.Call(&Stub::GetUnit, get)->unit().name() == name);
    }
  }
}

std::vector<v1::Center> Comparison::CentersOn(Day day, std::optional<absl::Time> known) {
  std::vector<v1::Center> centers;
  for (const char* province : {"48", "01"}) {
    v1::ListCentersRequest list;
    list.set_province_code(province);
    list.set_page_size(1000);
    SetDate(day, list.mutable_as_of());
    const auto listed = Ask(&Stub::ListCenters, list, known);
    RC_ASSERT(listed.ok());
    centers.insert(centers.end(), listed->centers().begin(), listed->centers().end());
  }
  return centers;
}

void Comparison::CompareCenters(const World& world, Day day, std::optional<absl::Time> known) {
  std::map<std::string, std::set<std::string>> expected;
  for (const auto& [name, center] : world.centers) {
    const Site& site = world.SiteOn(name, day);
    expected[name] = site.served;
    if (!site.open) expected[name] = {"closed"};
  }
  std::map<std::string, std::set<std::string>> centers;
  for (const v1::Center& center : CentersOn(day, known)) {
    centers[center.name()] = {center.served_units().begin(), center.served_units().end()};
    if (center.state() == v1::CENTER_STATE_CLOSED) {
      centers[center.name()] = {"closed"};
      continue;
    }
    const Facts* unit = world.On(center.unit(), day);  // Who runs it.
    RC_ASSERT(unit != nullptr && unit->province == world.centers.at(center.name()).province);
  }
  Same(centers, expected, absl::StrCat("centers of ", Text(day), known ? " as known then" : ""));
}

void Comparison::CompareCoverage(const World& world, Day day, std::optional<absl::Time> known) {
  v1::GetCoverageRequest ask;
  SetDate(day, ask.mutable_as_of());
  const auto answer = Ask(&Stub::GetCoverage, ask, known);
  RC_ASSERT(answer.ok());
  const v1::Coverage& coverage = answer->coverage();
  RC_ASSERT(coverage.communes() + coverage.provinces() ==
            static_cast<int>(world.UnitsOn(day).size()));
  RC_ASSERT(coverage.uncovered_units_size() == 0);
  RC_ASSERT(coverage.communes_covered() == coverage.communes());
}

void Comparison::CompareResolutions(const World& world) {
  const std::set<Day> days = DaysOf(world);
  for (const Day from : days) {
    for (const Day to : days) {
      const std::set<std::string> units = world.UnitsOn(from);
      const auto found = Resolve(units, from, to);
      for (const std::string& unit : units) {
        const auto expected =
            from <= to ? world.Forwards(unit, from, to) : world.Backwards(unit, from, to);
        Same(found.at(unit), expected, absl::StrCat(unit, " from ", Text(from), " to ", Text(to)));
        // And back again.
        for (const auto& [other, reached] : expected) {
          const auto back =
              from <= to ? world.Backwards(other, to, from) : world.Forwards(other, to, from);
          RC_ASSERT(back.contains(unit));
        }
      }
    }
  }
}

std::map<std::string, std::map<std::string, Reached>> Comparison::Resolve(
    const std::set<std::string>& units, Day from, Day to) {
  v1::ResolveUnitsRequest request;
  for (const std::string& unit : units) {
    request.add_queries()->set_unit(unit);
    SetDate(from, request.mutable_queries()->rbegin()->mutable_from_date());
  }
  SetDate(to, request.mutable_to_date());
  const auto response = server_.Call(&Stub::ResolveUnits, request);
  RC_ASSERT(response.ok());
  std::map<std::string, std::map<std::string, Reached>> found;
  for (const v1::UnitResolution& resolution : response->resolutions()) {
    for (const v1::ResolvedUnit& result : resolution.results()) {
      Shares shares;
      if (result.has_population_ppm()) shares.population = result.population_ppm();
      if (result.has_area_ppm()) shares.area = result.area_ppm();
      found[resolution.queried().name()][result.unit().name()] = {shares, result.relation()};
    }
  }
  return found;
}

void Comparison::ComparePlans(const UnitModel& model, const std::vector<std::string>& events,
                              const std::map<std::string, Report>& reports, Day today) {
  for (const std::string& name : events) {
    v1::GetSuccessionPlanRequest get;
    get.set_name(name);
    const auto got = server_.Call(&Stub::GetSuccessionPlan, get);
    RC_ASSERT(got.ok());
    const v1::SuccessionPlan& plan = got->plan();
    const bool cancelled = model.IsCancelled(name);
    int64_t unplanned = 0;
    int reported = 0;
    for (const v1::SuccessionReport& report : plan.reports()) {
      unplanned += report.open() - report.planned();
      if (report.name() == name + "/successions/registry") {
        RC_ASSERT(report.open() >= report.planned());
        if (cancelled) RC_ASSERT(report.open() == 0);
        continue;
      }
      ++reported;
      RC_ASSERT(report.name() == name + "/successions/routing");
      RC_ASSERT(report.open() == reports.at(name).open);
      RC_ASSERT(report.planned() == reports.at(name).planned);
    }
    RC_ASSERT(reported == static_cast<int>(reports.count(name)));
    RC_ASSERT(plan.unplanned() == unplanned);
    const Change& change =
        (cancelled ? model.Cancelled(name) : model.world().events.at(name)).change;
    const bool answers =
        !cancelled && change.day <= today && unplanned > 0 && !change.caretaker.empty();
    RC_ASSERT(plan.answerable_unit().empty() != answers);
    if (!answers) continue;
    // The caretaker, or what became of it when it ended.
    const World& world = model.world();
    if (world.On(change.caretaker, today) != nullptr) {
      RC_ASSERT(plan.answerable_unit() == change.caretaker);
      continue;
    }
    const Day last = world.LastChange(change.caretaker) - 1;
    RC_ASSERT(world.Forwards(change.caretaker, last, today).contains(plan.answerable_unit()));
  }
}

void Comparison::CompareEvents(const UnitModel& model, const std::vector<std::string>& events,
                               const std::map<std::string, int64_t>& versions, Day today) {
  for (const std::string& name : events) {
    v1::GetChangeEventRequest get;
    get.set_name(name);
    const auto got = server_.Call(&Stub::GetChangeEvent, get);
    RC_ASSERT(got.ok());
    const v1::ChangeEvent& event = got->change_event();
    const bool cancelled = model.IsCancelled(name);
    const Recorded& recorded = cancelled ? model.Cancelled(name) : model.world().events.at(name);
    const Change& change = recorded.change;
    RC_ASSERT(ToDay(event.effective_date()) == change.day);
    RC_ASSERT(event.version() == versions.at(name));
    const v1::ChangeEventState in_time =
        change.day <= today ? v1::CHANGE_EVENT_STATE_IN_FORCE : v1::CHANGE_EVENT_STATE_PENDING;
    RC_ASSERT(event.state() == (cancelled ? v1::CHANGE_EVENT_STATE_CANCELLED : in_time));
    RC_ASSERT(std::set<int>(event.kinds().begin(), event.kinds().end()) == recorded.kinds);
    RC_ASSERT(event.caretaker() == change.caretaker);
    std::set<std::pair<std::string, std::string>> edges;
    std::set<std::pair<std::string, std::string>> expected;
    for (const v1::Succession& edge : event.edges()) edges.emplace(edge.source(), edge.target());
    for (const Edge& edge : change.edges) expected.emplace(edge.source, edge.target);
    RC_ASSERT(edges == expected);
  }
}

}  // namespace twotier::registry::model
