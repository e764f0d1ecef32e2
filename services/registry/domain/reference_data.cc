#include "services/registry/domain/reference_data.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "common/csv_cells.h"
#include "common/organisation_id.h"

namespace twotier::registry {
namespace {

constexpr size_t kTextBytesMax = 256;  // The longest name of a unit has 70 bytes.

constexpr absl::string_view kVersionColumns[] = {"unit_id",
                                                 "code",
                                                 "valid_from",
                                                 "valid_to",
                                                 "change",
                                                 "type",
                                                 "full_name",
                                                 "short_name",
                                                 "parent_code",
                                                 "area_hectares",
                                                 "area_quality",
                                                 "population",
                                                 "population_quality",
                                                 "population_estimate",
                                                 "latitude",
                                                 "longitude",
                                                 "act"};
constexpr absl::string_view kSuccessionColumns[] = {"source", "target", "effective_from",
                                                    "relation", "act"};
constexpr absl::string_view kTierModelColumns[] = {"province_code", "model",    "commune_site",
                                                   "valid_from",    "valid_to", "source"};
constexpr absl::string_view kCountColumns[] = {"counted_on", "what", "count", "binding", "source"};
constexpr absl::string_view kOrganisationIdColumns[] = {"province_code", "organisation_id",
                                                        "valid_from", "valid_to", "source"};
constexpr absl::string_view kSystemColumns[] = {
    "province_code",        "system_id", "kind", "display_name", "operator",
    "operator_provisional", "source"};

constexpr Word<UnitType> kProvinceTypes[] = {{"province", UnitType::kProvince},
                                             {"centrally_run_city", UnitType::kCentrallyRunCity}};
constexpr Word<UnitType> kDistrictTypes[] = {{"district", UnitType::kDistrict}};
constexpr Word<UnitType> kCommuneTypes[] = {{"commune", UnitType::kCommune},
                                            {"ward", UnitType::kWard},
                                            {"township", UnitType::kTownship},
                                            {"special_zone", UnitType::kSpecialZone},
                                            {"unassigned_area", UnitType::kUnassignedArea}};
// How one version of a unit relates to the version before.
constexpr Word<Relation> kChanges[] = {{"unchanged", Relation::kUnchanged},
                                       {"renamed", Relation::kRenamed},
                                       {"type_changed", Relation::kTypeChanged}};
// How a unit relates to another one that followed it.
constexpr Word<Relation> kRelations[] = {
    {"whole", Relation::kWhole},
    {"part", Relation::kPart},
    {"part_of_area", Relation::kPartOfArea},
    {"part_of_area_all_population", Relation::kPartOfAreaAllPopulation},
    {"all_area", Relation::kAllArea},
    {"part_of_population", Relation::kPartOfPopulation},
    {"became_special_zone", Relation::kBecameSpecialZone}};
constexpr Word<FigureQuality> kQualities[] = {
    {"two_sources", FigureQuality::kTwoSources},
    {"one_source", FigureQuality::kOneSource},
    {"polygon_match", FigureQuality::kPolygonMatch},
    {"from_polygon", FigureQuality::kFromPolygon},
    {"stated_above_polygon", FigureQuality::kStatedAbovePolygon},
    {"area_matched_source", FigureQuality::kAreaMatchedSource},
    {"sources_differ", FigureQuality::kSourcesDiffer},
    {"suspect", FigureQuality::kSuspect},
    {"zeros_restored", FigureQuality::kZerosRestored}};
constexpr Word<TierModel> kModels[] = {{"two_level", TierModel::kTwoLevel},
                                       {"single_level", TierModel::kSingleLevel}};
constexpr Word<CenterKind> kCommuneSites[] = {{"commune", CenterKind::kCommune},
                                              {"branch", CenterKind::kBranch},
                                              {"reception_point", CenterKind::kReceptionPoint}};
constexpr Word<SystemKind> kSystemKinds[] = {{"case_handling", SystemKind::kCaseHandling},
                                             {"data_sharing", SystemKind::kDataSharing},
                                             {"other", SystemKind::kOther}};
constexpr Word<int> kYesNo[] = {{"yes", 1}, {"no", 2}};

absl::Span<const Word<UnitType>> TypesOf(Tier tier) {
  if (tier == Tier::kProvince) return kProvinceTypes;
  if (tier == Tier::kDistrict) return kDistrictTypes;
  return kCommuneTypes;
}

size_t CodeDigits(Tier tier) {
  if (tier == Tier::kProvince) return 2;
  return tier == Tier::kDistrict ? 3 : 5;
}

// First and end of a range, two cells; an empty end means no end. Absent when a cell is wrong.
std::optional<DateRange> ReadRange(CsvCells& cells) {
  const std::optional<absl::CivilDay> first = cells.Day(/*required=*/true);
  const bool before = cells.ok();
  const std::optional<absl::CivilDay> end = cells.Day(/*required=*/false);
  if (!first.has_value() || cells.ok() != before) return std::nullopt;
  const DateRange range{*first, end.value_or(kNoEnd)};
  if (range.end <= range.first) {
    cells.Wrong("must lie after the first date");
    return std::nullopt;
  }
  return range;
}

// Reads one version. `complete` becomes false when a cell that other rows rely on is wrong.
VersionRow ReadVersion(Tier tier, const CsvRow& row, RowErrors& errors, bool& complete) {
  CsvCells cells(row, kVersionColumns, kTextBytesMax, errors);
  VersionRow out;
  out.place = row.place;
  out.tier = tier;
  UnitVersion& version = out.version;
  out.unit_id = cells.Text(/*required=*/true);
  version.code = cells.Code(CodeDigits(tier), /*required=*/false);
  const std::optional<DateRange> valid = ReadRange(cells);
  if (valid.has_value()) version.valid = *valid;
  complete = complete && cells.ok();
  version.change = cells.OneOf<Relation>(kChanges, /*required=*/false);
  version.type = cells.OneOf<UnitType>(TypesOf(tier), /*required=*/true);
  version.full_name = cells.Text(/*required=*/true);
  version.short_name = cells.Text(/*required=*/true);
  out.parent_code = cells.Text(/*required=*/tier != Tier::kProvince);
  version.area_hectares = cells.Count(/*required=*/false).value_or(0);
  version.area_quality = cells.OneOf<FigureQuality>(kQualities, /*required=*/false);
  version.population = cells.Count(/*required=*/false);
  version.population_quality = cells.OneOf<FigureQuality>(kQualities, /*required=*/false);
  version.population_estimate = cells.Count(/*required=*/false).value_or(0);
  const std::optional<int64_t> latitude = cells.Micros(90);
  const std::optional<int64_t> longitude = cells.Micros(180);
  if (latitude.has_value() != longitude.has_value()) {
    cells.Wrong("must be given together with the latitude");
  } else if (latitude.has_value()) {
    version.point = Point{*latitude, *longitude};
  }
  version.act = cells.Text(/*required=*/false);
  if (version.code.empty() && version.type != UnitType::kUnassignedArea) {
    errors.Add(row.place, "code", "must not be empty");
    complete = false;
  }
  return out;
}

SuccessionRow ReadSuccession(const CsvRow& row, RowErrors& errors, bool& complete) {
  CsvCells cells(row, kSuccessionColumns, kTextBytesMax, errors);
  SuccessionRow out;
  out.place = row.place;
  out.source = cells.Text(/*required=*/true);
  out.target = cells.Text(/*required=*/true);
  const std::optional<absl::CivilDay> effective = cells.Day(/*required=*/true);
  if (effective.has_value()) out.effective = *effective;
  complete = complete && cells.ok();
  out.relation = cells.OneOf<Relation>(kRelations, /*required=*/true);
  out.act = cells.Text(/*required=*/true);
  return out;
}

TierModelRow ReadTierModel(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kTierModelColumns, kTextBytesMax, errors);
  TierModelRow out;
  out.place = row.place;
  out.province_code = cells.Code(2, /*required=*/true);
  out.model = cells.OneOf<TierModel>(kModels, /*required=*/true);
  out.commune_site = cells.OneOf<CenterKind>(kCommuneSites, /*required=*/true);
  // Decree 118/2025/NĐ-CP: no commune center where the province chose the single-level model.
  if (cells.ok() &&
      (out.model == TierModel::kTwoLevel) != (out.commune_site == CenterKind::kCommune)) {
    cells.Wrong(
        "must be commune in a two-level province, and branch or reception_point in a "
        "single-level one");
  }
  const std::optional<DateRange> valid = ReadRange(cells);
  if (valid.has_value()) out.valid = *valid;
  out.source = cells.Text(/*required=*/true);
  return out;
}

PublishedCount ReadCount(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kCountColumns, kTextBytesMax, errors);
  PublishedCount out;
  out.place = row.place;
  out.day = cells.Day(/*required=*/true).value_or(absl::CivilDay());
  out.what = cells.Text(/*required=*/true);
  out.count = cells.Count(/*required=*/true).value_or(0);
  out.binding = cells.OneOf<int>(kYesNo, /*required=*/true) == 1;
  out.source = cells.Text(/*required=*/true);
  return out;
}

OrganisationIdRow ReadOrganisationId(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kOrganisationIdColumns, kTextBytesMax, errors);
  OrganisationIdRow out;
  out.place = row.place;
  out.province_code = cells.Code(2, /*required=*/true);
  const std::string text = cells.Text(/*required=*/true);
  const std::optional<std::string> id = ParseOrganisationId(text);
  if (id.has_value() && id->find('.') == std::string::npos) {
    out.organisation_id = *id;
  } else if (!text.empty()) {
    cells.Wrong("must be the id of a province, for example H26");
  }
  if (const std::optional<DateRange> valid = ReadRange(cells); valid.has_value())
    out.valid = *valid;
  out.source = cells.Text(/*required=*/true);
  return out;
}

InformationSystem ReadSystem(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kSystemColumns, kTextBytesMax, errors);
  InformationSystem out;
  out.province_code = cells.Code(2, /*required=*/true);
  out.id = cells.Text(/*required=*/true);
  if (!out.id.empty() && !IsSystemId(out.id)) {
    cells.Wrong("must be lower-case letters, digits and hyphens, at most 40");
  }
  out.kind = cells.OneOf<SystemKind>(kSystemKinds, /*required=*/true);
  out.display_name = cells.Text(/*required=*/true);
  out.operator_name = cells.Text(/*required=*/false);
  out.operator_provisional = cells.OneOf<int>(kYesNo, /*required=*/true) == 1;
  out.source = cells.Text(/*required=*/true);
  out.silent_after_seconds = kSilentAfterSecondsDefault;
  out.down_after_seconds = kDownAfterSecondsDefault;
  out.origin = Origin::kPublished;
  return out;
}

// Orders the rows; a province has one id on a date, and an id of a system means one system.
void OrderRows(ReferenceData& data, RowErrors& errors) {
  std::stable_sort(
      data.organisation_ids.begin(), data.organisation_ids.end(), [](const auto& a, const auto& b) {
        return std::tie(a.province_code, a.valid.first) < std::tie(b.province_code, b.valid.first);
      });
  for (size_t i = 1; i < data.organisation_ids.size(); ++i) {
    const OrganisationIdRow& row = data.organisation_ids[i];
    const OrganisationIdRow& before = data.organisation_ids[i - 1];
    if (row.province_code == before.province_code && row.valid.Overlaps(before.valid)) {
      errors.Add(row.place, "valid_from", "must not lie before the end of the row before");
    }
  }
  std::stable_sort(data.systems.begin(), data.systems.end(), [](const auto& a, const auto& b) {
    return std::tie(a.province_code, a.id) < std::tie(b.province_code, b.id);
  });
  for (size_t i = 1; i < data.systems.size(); ++i) {
    if (data.systems[i].province_code == data.systems[i - 1].province_code &&
        data.systems[i].id == data.systems[i - 1].id) {
      errors.AddFile(kInformationSystemsFile, absl::StrCat("names ", data.systems[i].province_code,
                                                           "/", data.systems[i].id, " twice"));
    }
  }
}

// Content of `name`; reports a file that is missing or there twice.
std::optional<absl::string_view> Find(absl::Span<const DataFile> files, absl::string_view name,
                                      RowErrors& errors) {
  std::optional<absl::string_view> content;
  for (const DataFile& file : files) {
    if (file.name != name) continue;
    if (content.has_value()) errors.AddFile(name, "must be given once");
    content = file.content;
  }
  if (!content.has_value()) errors.AddFile(name, "is missing from the data set");
  return content;
}

void ReadFile(absl::string_view name, absl::string_view content, ReferenceData& data,
              RowErrors& errors) {
  const auto rows = [&](absl::Span<const absl::string_view> columns) {
    return ReadCsv(name, content, columns, errors, data.complete);
  };
  if (name == kSuccessionsFile) {
    for (const CsvRow& row : rows(kSuccessionColumns)) {
      data.successions.push_back(ReadSuccession(row, errors, data.complete));
    }
  } else if (name == kTierModelsFile) {
    for (const CsvRow& row : rows(kTierModelColumns)) {
      data.tier_models.push_back(ReadTierModel(row, errors));
    }
  } else if (name == kPublishedCountsFile) {
    for (const CsvRow& row : rows(kCountColumns)) data.counts.push_back(ReadCount(row, errors));
  } else if (name == kOrganisationIdsFile) {
    for (const CsvRow& row : rows(kOrganisationIdColumns)) {
      data.organisation_ids.push_back(ReadOrganisationId(row, errors));
    }
  } else if (name == kInformationSystemsFile) {
    for (const CsvRow& row : rows(kSystemColumns)) data.systems.push_back(ReadSystem(row, errors));
  } else {
    const Tier tier = name == kProvincesFile   ? Tier::kProvince
                      : name == kDistrictsFile ? Tier::kDistrict
                                               : Tier::kCommune;
    for (const CsvRow& row : rows(kVersionColumns)) {
      data.versions.push_back(ReadVersion(tier, row, errors, data.complete));
    }
  }
}

}  // namespace

ReferenceData ReadReferenceData(absl::Span<const DataFile> files, RowErrors& errors) {
  ReferenceData data;
  for (const DataFile& file : files) {
    if (std::find(std::begin(kReferenceFiles), std::end(kReferenceFiles), file.name) ==
        std::end(kReferenceFiles)) {
      errors.AddFile(file.name, "is not a file of the data set");
    }
  }
  data.complete = true;
  for (const absl::string_view name : kReferenceFiles) {
    const std::optional<absl::string_view> content = Find(files, name, errors);
    if (!content.has_value()) {
      data.complete = false;
      continue;
    }
    ReadFile(name, *content, data, errors);
  }
  OrderRows(data, errors);
  return data;
}

}  // namespace twotier::registry
