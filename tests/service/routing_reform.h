// Changes that the played registry sends: two wards become one on the day after Monday().
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_REFORM_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_REFORM_H_

#include <string>
#include <vector>

#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {

inline constexpr char kMerged[] = "units/commune20999";
inline constexpr char kMergedCode[] = "20999";
inline constexpr char kEvent[] = "changeEvents/e1";

// The day after Monday().
inline void SetTuesday(google::type::Date* date) { SetDate(date, 2026, 11, 3); }

// `unit` ends on Tuesday and becomes `targets`.
inline registry::v1::Resource EndsAs(registry::v1::Resource unit,
                                     const std::vector<std::string>& targets) {
  SetTuesday(unit.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date());
  for (const std::string& target : targets) {
    registry::v1::Succession* step = unit.mutable_unit()->add_successions();
    step->set_source(unit.subject());
    step->set_target(target);
    SetTuesday(step->mutable_effective_date());
  }
  return unit;
}

// `center` changes on Tuesday.
inline registry::v1::Resource Becomes(registry::v1::Resource center,
                                      registry::v1::CenterState state,
                                      const std::vector<std::string>& served) {
  registry::v1::Center* before = center.mutable_center()->mutable_versions(0);
  SetTuesday(before->mutable_valid()->mutable_end_date());
  registry::v1::Center* after = center.mutable_center()->add_versions();
  *after = *before;
  after->mutable_valid()->Clear();
  SetTuesday(after->mutable_valid()->mutable_first_date());
  after->set_state(state);
  after->clear_served_units();
  for (const std::string& unit : served) after->add_served_units(unit);
  return center;
}

// Every unit of Đà Nẵng ends on Tuesday.
inline std::vector<registry::v1::Resource> EndOfProvince(PlayedRegistry& registry) {
  std::vector<registry::v1::Resource> ends;
  for (const char* unit : {kDaNang, kHaiChau, kAnHai, kHoaVang}) {
    ends.push_back(EndsAs(registry.Current(unit), {}));
  }
  return ends;
}

inline registry::v1::Resource Event(const std::vector<std::string>& ended,
                                    const std::string& caretaker) {
  registry::v1::Resource resource;
  resource.set_subject(kEvent);
  registry::v1::ChangeEvent* event = resource.mutable_change_event();
  event->set_name(kEvent);
  SetTuesday(event->mutable_effective_date());
  for (const std::string& unit : ended) event->add_ended_units(unit);
  event->set_caretaker(caretaker);
  return resource;
}

// Hải Châu and An Hải become one ward on Tuesday, which the center of Hải Châu serves; that of An
// Hải closes.
inline std::vector<registry::v1::Resource> Merger(
    PlayedRegistry& registry,
    registry::v1::CenterState of_hai_chau = registry::v1::CENTER_STATE_OPERATING) {
  registry::v1::Resource merged =
      UnitResource(kMerged, registry::v1::TIER_COMMUNE, kMergedCode, "Phường Sông Hàn");
  SetTuesday(merged.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_first_date());
  return {merged,
          EndsAs(registry.Current(kHaiChau), {kMerged}),
          EndsAs(registry.Current(kAnHai), {kMerged}),
          Becomes(registry.Current(kCenter), of_hai_chau, {kMerged}),
          Becomes(registry.Current(kOtherCenter), registry::v1::CENTER_STATE_CLOSED, {}),
          Event({kHaiChau, kAnHai}, kMerged)};
}

// An Hải goes on in Hà Nội under another code from Tuesday on.
inline registry::v1::Resource AnHaiGoesOver(PlayedRegistry& registry) {
  registry::v1::Resource an_hai = registry.Current(kAnHai);
  registry::v1::Unit* before = an_hai.mutable_unit()->mutable_versions(0);
  SetTuesday(before->mutable_valid()->mutable_end_date());
  registry::v1::Unit* after = an_hai.mutable_unit()->add_versions();
  *after = *before;
  after->mutable_valid()->Clear();
  SetTuesday(after->mutable_valid()->mutable_first_date());
  after->set_code("01902");
  after->set_province_code("01");
  return an_hai;
}

// The event of it.
inline registry::v1::Resource EventOfGoingOver() {
  registry::v1::Resource resource = Event({}, "");
  registry::v1::ChangeEvent* event = resource.mutable_change_event();
  event->add_kinds(registry::v1::CHANGE_KIND_REPARENT);
  registry::v1::Succession* itself = event->add_edges();
  itself->set_source(kAnHai);
  itself->set_target(kAnHai);
  return resource;
}

inline constexpr char kTakenOver[] = "units/commune01901";  // Hải Châu behind the merger below.
inline constexpr char kTakenOverCenter[] = "provinces/01/centers/H01.1";

// Đà Nẵng becomes a part of Hà Nội on Tuesday. Hải Châu becomes a ward there, which a new center
// serves; An Hải goes on under another code, and its center stays open beside that; Hòa Vang is
// divided between the two, and An Hải answers for it. The other centers of Đà Nẵng close.
inline std::vector<registry::v1::Resource> MergerOfProvinces(PlayedRegistry& registry) {
  registry::v1::Resource ward =
      UnitResource(kTakenOver, registry::v1::TIER_COMMUNE, "01901", "Phường Sông Hàn");
  SetTuesday(ward.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_first_date());
  registry::v1::Resource center = registry.Current(kHaNoiCenter);
  center.set_subject(kTakenOverCenter);
  registry::v1::Center* version = center.mutable_center()->mutable_versions(0);
  version->set_name(kTakenOverCenter);
  version->set_kind(registry::v1::CENTER_KIND_COMMUNE);
  version->set_organisation_id("H01.1");
  version->clear_served_units();
  version->add_served_units(kTakenOver);
  SetTuesday(version->mutable_valid()->mutable_first_date());
  return {ward,
          AnHaiGoesOver(registry),
          center,
          EndsAs(registry.Current(kDaNang), {kHaNoi}),
          EndsAs(registry.Current(kHaiChau), {kTakenOver}),
          EndsAs(registry.Current(kHoaVang), {kTakenOver, kAnHai}),
          Becomes(registry.Current(kCenter), registry::v1::CENTER_STATE_CLOSED, {}),
          Becomes(registry.Current(kProvincialCenter), registry::v1::CENTER_STATE_CLOSED, {}),
          Event({kDaNang, kHaiChau, kHoaVang}, kAnHai)};
}

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_REFORM_H_
