// Enumerators of the domain have the numbers of the contract, because the store and convert.cc cast
// them.

#include "services/registry/convert.h"

#include "gtest/gtest.h"

namespace twotier::registry {
namespace {

template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(Tier::kProvince, v1::TIER_PROVINCE));
static_assert(Same(Tier::kDistrict, v1::TIER_DISTRICT));
static_assert(Same(Tier::kCommune, v1::TIER_COMMUNE) && v1::Tier_ARRAYSIZE == 4);

static_assert(Same(UnitType::kProvince, v1::UNIT_TYPE_PROVINCE));
static_assert(Same(UnitType::kCentrallyRunCity, v1::UNIT_TYPE_CENTRALLY_RUN_CITY));
static_assert(Same(UnitType::kDistrict, v1::UNIT_TYPE_DISTRICT));
static_assert(Same(UnitType::kCommune, v1::UNIT_TYPE_COMMUNE));
static_assert(Same(UnitType::kWard, v1::UNIT_TYPE_WARD));
static_assert(Same(UnitType::kTownship, v1::UNIT_TYPE_TOWNSHIP));
static_assert(Same(UnitType::kSpecialZone, v1::UNIT_TYPE_SPECIAL_ZONE));
static_assert(Same(UnitType::kUnassignedArea, v1::UNIT_TYPE_UNASSIGNED_AREA));
static_assert(v1::UnitType_ARRAYSIZE == 9);

static_assert(Same(Relation::kWhole, v1::RELATION_WHOLE));
static_assert(Same(Relation::kPart, v1::RELATION_PART));
static_assert(Same(Relation::kPartOfArea, v1::RELATION_PART_OF_AREA));
static_assert(Same(Relation::kPartOfAreaAllPopulation, v1::RELATION_PART_OF_AREA_ALL_POPULATION));
static_assert(Same(Relation::kAllArea, v1::RELATION_ALL_AREA));
static_assert(Same(Relation::kPartOfPopulation, v1::RELATION_PART_OF_POPULATION));
static_assert(Same(Relation::kUnchanged, v1::RELATION_UNCHANGED));
static_assert(Same(Relation::kBecameSpecialZone, v1::RELATION_BECAME_SPECIAL_ZONE));
static_assert(Same(Relation::kTypeChanged, v1::RELATION_TYPE_CHANGED));
static_assert(Same(Relation::kRenamed, v1::RELATION_RENAMED) && v1::Relation_ARRAYSIZE == 11);

static_assert(Same(FigureQuality::kTwoSources, v1::FIGURE_QUALITY_TWO_SOURCES));
static_assert(Same(FigureQuality::kOneSource, v1::FIGURE_QUALITY_ONE_SOURCE));
static_assert(Same(FigureQuality::kPolygonMatch, v1::FIGURE_QUALITY_POLYGON_MATCH));
static_assert(Same(FigureQuality::kFromPolygon, v1::FIGURE_QUALITY_FROM_POLYGON));
static_assert(Same(FigureQuality::kStatedAbovePolygon, v1::FIGURE_QUALITY_STATED_ABOVE_POLYGON));
static_assert(Same(FigureQuality::kAreaMatchedSource, v1::FIGURE_QUALITY_AREA_MATCHED_SOURCE));
static_assert(Same(FigureQuality::kSourcesDiffer, v1::FIGURE_QUALITY_SOURCES_DIFFER));
static_assert(Same(FigureQuality::kSuspect, v1::FIGURE_QUALITY_SUSPECT));
static_assert(Same(FigureQuality::kZerosRestored, v1::FIGURE_QUALITY_ZEROS_RESTORED));
static_assert(v1::FigureQuality_ARRAYSIZE == 10);

static_assert(Same(CenterKind::kProvincial, v1::CENTER_KIND_PROVINCIAL));
static_assert(Same(CenterKind::kCommune, v1::CENTER_KIND_COMMUNE));
static_assert(Same(CenterKind::kBranch, v1::CENTER_KIND_BRANCH));
static_assert(Same(CenterKind::kReceptionPoint, v1::CENTER_KIND_RECEPTION_POINT));
static_assert(v1::CenterKind_ARRAYSIZE == 5);

static_assert(Same(CenterState::kPlanned, v1::CENTER_STATE_PLANNED));
static_assert(Same(CenterState::kReady, v1::CENTER_STATE_READY));
static_assert(Same(CenterState::kOperating, v1::CENTER_STATE_OPERATING));
static_assert(Same(CenterState::kSuspended, v1::CENTER_STATE_SUSPENDED));
static_assert(Same(CenterState::kClosed, v1::CENTER_STATE_CLOSED));
static_assert(v1::CenterState_ARRAYSIZE == 6);

static_assert(Same(TierModel::kTwoLevel, v1::TIER_MODEL_TWO_LEVEL));
static_assert(Same(TierModel::kSingleLevel, v1::TIER_MODEL_SINGLE_LEVEL));
static_assert(v1::TierModel_ARRAYSIZE == 3);
static_assert(Same(Origin::kPublished, v1::ORIGIN_PUBLISHED));
static_assert(Same(Origin::kDerived, v1::ORIGIN_DERIVED));
static_assert(Same(Origin::kRecorded, v1::ORIGIN_RECORDED) && v1::Origin_ARRAYSIZE == 4);

static_assert(Same(ReadinessItem::kStaffInPost, v1::READINESS_ITEM_STAFF_IN_POST));
static_assert(Same(ReadinessItem::kProceduresPublished, v1::READINESS_ITEM_PROCEDURES_PUBLISHED));
static_assert(Same(ReadinessItem::kTreasuryAccount, v1::READINESS_ITEM_TREASURY_ACCOUNT));
static_assert(Same(ReadinessItem::kSeal, v1::READINESS_ITEM_SEAL));
static_assert(Same(ReadinessItem::kPremisesAndEquipment,
                   v1::READINESS_ITEM_PREMISES_AND_EQUIPMENT));
static_assert(v1::ReadinessItem_ARRAYSIZE == 6);

static_assert(Same(SystemKind::kCaseHandling, v1::SYSTEM_KIND_CASE_HANDLING));
static_assert(Same(SystemKind::kDataSharing, v1::SYSTEM_KIND_DATA_SHARING));
static_assert(Same(SystemKind::kOther, v1::SYSTEM_KIND_OTHER) && v1::SystemKind_ARRAYSIZE == 4);
static_assert(Same(ConnectionState::kConnected, v1::CONNECTION_STATE_CONNECTED));
static_assert(Same(ConnectionState::kSilent, v1::CONNECTION_STATE_SILENT));
static_assert(Same(ConnectionState::kDown, v1::CONNECTION_STATE_DOWN));
static_assert(v1::ConnectionState_ARRAYSIZE == 4);
static_assert(Same(IncidentSeverity::kMinor, v1::INCIDENT_SEVERITY_MINOR));
static_assert(Same(IncidentSeverity::kMajor, v1::INCIDENT_SEVERITY_MAJOR));
static_assert(Same(IncidentSeverity::kCritical, v1::INCIDENT_SEVERITY_CRITICAL));
static_assert(v1::IncidentSeverity_ARRAYSIZE == 4);

TEST(ConvertTest, UnitKeepsWhatIsKnownAndLeavesOutWhatIsNot) {
  UnitHistory unit{"u1", Tier::kCommune, 3, {}, {}};
  UnitVersion version;
  version.valid = {absl::CivilDay(2025, 6, 30), absl::CivilDay(2025, 7, 1)};
  version.type = UnitType::kWard;
  version.code = "00004";
  version.full_name = "Phường Ba Đình";
  version.short_name = "Ba Đình";
  version.parent_id = "u2";
  v1::Unit proto = ToProto(unit, version);
  EXPECT_EQ(proto.name(), "units/u1");
  EXPECT_EQ(proto.ascii_name(), "Ba Dinh");
  EXPECT_EQ(proto.parent(), "units/u2");
  EXPECT_EQ(proto.etag(), "\"3\"");
  EXPECT_FALSE(proto.valid().has_first_date()) << "it may have been so for long";
  EXPECT_EQ(proto.valid().end_date().day(), 1);
  EXPECT_FALSE(proto.has_population());
  EXPECT_FALSE(proto.has_point());
  EXPECT_FALSE(proto.has_act());

  version.valid = {absl::CivilDay(2025, 7, 1), kNoEnd};
  version.population = 0;
  version.point = Point{21'038'530, 105'838'061};
  version.act = "1656/NQ-UBTVQH15";
  proto = ToProto(unit, version);
  EXPECT_EQ(proto.valid().first_date().month(), 7);
  EXPECT_FALSE(proto.valid().has_end_date());
  EXPECT_TRUE(proto.has_population());
  EXPECT_DOUBLE_EQ(proto.point().longitude(), 105.838061);
  EXPECT_EQ(proto.act().number(), "1656/NQ-UBTVQH15");
}

TEST(ConvertTest, SegmentsOfNames) {
  EXPECT_EQ(SegmentOf("provinces/48/centers/H48", 1), "48");
  EXPECT_EQ(SegmentOf("provinces/48/centers/H48", 3), "H48");
  EXPECT_EQ(SegmentOf("provinces/48/centers/H48", 4), "");
}

TEST(ConvertTest, NamesOfUnits) {
  EXPECT_EQ(UnitIdOf("units/u1"), "u1");
  EXPECT_EQ(UnitIdOf("provinces/48/centers/H48"), "");
  EXPECT_EQ(CenterName("48", "H48.20194"), "provinces/48/centers/H48.20194");
}

}  // namespace
}  // namespace twotier::registry
