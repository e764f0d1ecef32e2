// What the tests of the domain share: the data set of this repository, and small made-up ones.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_TESTING_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_TESTING_H_

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/registry/domain/import.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry::testing {

// Files by name, so that a test can change one.
using Files = std::map<std::string, std::string>;

// Tests run in the root of the checkout.
inline std::string ReadFileForTest(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline Files NationalFiles() {
  Files files;
  for (const absl::string_view name : kReferenceFiles) {
    files[std::string(name)] = ReadFileForTest(absl::StrCat("services/registry/data/", name));
  }
  return files;
}

inline absl::StatusOr<PreparedImport> Prepare(const Files& files) {
  std::vector<DataFile> views;
  for (const auto& [name, content] : files) views.push_back({name, content});
  return PrepareImport(views);
}

// The national data, read once.
inline const PreparedImport& National() {
  static const PreparedImport* const prepared =
      new PreparedImport(Prepare(NationalFiles()).value());
  return *prepared;
}

inline const UnitTree& NationalTree() {
  static const UnitTree* const tree = new UnitTree(UnitTree::Build(National().state.units).value());
  return *tree;
}

// One province 48 with two communes until 30 June 2025, merged into one; 00002 goes on. Valid as it
// is.
inline Files SmallFiles() {
  const std::string header =
      "unit_id,code,valid_from,valid_to,change,type,full_name,short_name,parent_code,area_hectares,"
      "area_quality,population,population_quality,population_estimate,latitude,longitude,act\n";
  Files files;
  files["provinces.csv"] =
      header + "uP,48,2025-06-30,,,centrally_run_city,Thành phố Đà Nẵng,Đà Nẵng,,,,,,,,,\n";
  files["districts.csv"] =
      header + "uD,490,2025-06-30,2025-07-01,,district,Quận Liên Chiểu,Liên Chiểu,48,,,,,,,,\n";
  files["communes.csv"] = header +
                          "uA,00001,2025-06-30,2025-07-01,,ward,Phường A,A,490,,,,,,,,\n"
                          "uB,00002,2025-06-30,2025-07-01,,commune,Xã B,B,490,,,,,,,,\n"
                          "uB,00002,2025-07-01,,unchanged,commune,Xã "
                          "B,B,48,120,two_sources,10,one_source,10,16.1,108.1,9/NQ\n"
                          "uC,00003,2025-06-30,2025-07-01,,ward,Phường C,C,490,,,,,,,,\n"
                          "uN,00001,2025-07-01,,,ward,Phường N,N,48,,,,,,,,9/NQ\n";
  files["successions.csv"] =
      "source,target,effective_from,relation,act\n"
      "00001,00001,2025-07-01,whole,9/NQ\n"
      "00003,00001,2025-07-01,part,9/NQ\n"
      "00003,00002,2025-07-01,part,9/NQ\n";
  files["tier_models.csv"] =
      "province_code,model,commune_site,valid_from,valid_to,source\n"
      "48,two_level,commune,2025-07-01,,118/2025/NĐ-CP\n";
  files["published_counts.csv"] =
      "counted_on,what,count,binding,source\n"
      "2025-07-01,communes_of_any_type,2,yes,test\n"
      "2025-08-01,commune_centers,3,no,test\n";
  files["organisation_ids.csv"] = "province_code,organisation_id,valid_from,valid_to,source\n";
  files["information_systems.csv"] =
      "province_code,system_id,kind,display_name,operator,operator_provisional,source\n"
      "48,case-handling,case_handling,Hệ thống thông tin giải quyết thủ tục hành chính,,yes,test\n";
  return files;
}

// A unit that stands from 1 July 2025 on.
inline UnitHistory UnitForTest(const std::string& id, Tier tier, UnitType type,
                               const std::string& code, const std::string& full_name,
                               const std::string& parent_id, const std::string& province_code) {
  UnitVersion version;
  version.valid = {absl::CivilDay(2025, 7, 1), kNoEnd};
  version.type = type;
  version.code = code;
  version.full_name = version.short_name = full_name;
  version.parent_id = parent_id;
  version.province_code = province_code;
  version.population = 1000;
  version.area_hectares = 10;
  return {id, tier, 1, {version}, {}};
}

// Province uP (48) with the communes u1 to u4, codes 00001 to 00004, and province uQ (01) with u9,
// code 00009.
inline std::vector<UnitHistory> TwoProvinces() {
  std::vector<UnitHistory> units = {
      UnitForTest("uP", Tier::kProvince, UnitType::kProvince, "48", "Tỉnh P", "", "48"),
      UnitForTest("uQ", Tier::kProvince, UnitType::kProvince, "01", "Tỉnh Q", "", "01"),
      UnitForTest("u9", Tier::kCommune, UnitType::kCommune, "00009", "Xã 9", "uQ", "01")};
  for (const std::string n : {"1", "2", "3", "4"}) {
    units.push_back(UnitForTest("u" + n, Tier::kCommune, UnitType::kCommune, "0000" + n, "Xã " + n,
                                "uP", "48"));
  }
  return units;
}

}  // namespace twotier::registry::testing

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_TESTING_H_
