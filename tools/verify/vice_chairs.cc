#include "tools/verify/vice_chairs.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status_macros.h"
#include "twotier/registry/v1/unit.pb.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kViceChairs = "vice chairs";

// The two-tier model begins: before it there were other communes, and districts above them.
const absl::CivilDay kReformDay(2025, 7, 1);

// What a province and its communes were granted of the line of vice chairs (4).
constexpr db::Statement kPools{"verify_vice_chair_pools",
                               "SELECT province_code, unit, granted, year FROM quota WHERE kind = 4"
                               " ORDER BY province_code, unit"};
constexpr db::Statement kUnits{"verify_vice_chair_units",
                               "SELECT u.name, u.body FROM replica_unit u JOIN follower_position f"
                               " ON f.snapshot_id = u.snapshot_id WHERE f.source = 'registry'"};

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// By how much the number of a province's communes changes on a day.
using Steps = std::map<absl::CivilDay, int64_t>;

absl::StatusOr<std::map<std::string, Steps>> ReadCommunes(db::Tx& tx, Report& report) {
  std::map<std::string, Steps> communes;
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kUnits, {}));
  for (const db::Row& row : rows) {
    registry::v1::UnitHistory history;
    if (!history.ParseFromString(row.Bytes(1))) {
      report.Add(kViceChairs, absl::StrCat(row.Text(0), " cannot be read"));
      continue;
    }
    for (const registry::v1::Unit& version : history.versions()) {
      if (version.tier() != registry::v1::TIER_COMMUNE) continue;
      Steps& steps = communes[version.province_code()];
      const common::v1::DateRange& valid = version.valid();
      const absl::CivilDay first =
          valid.has_first_date() ? std::max(kReformDay, DayOf(valid.first_date())) : kReformDay;
      if (valid.has_end_date() && DayOf(valid.end_date()) <= first) continue;
      ++steps[first];
      if (valid.has_end_date()) --steps[DayOf(valid.end_date())];
    }
  }
  return communes;
}

// The most that a province had on one day, until the end of a year.
int64_t MostOf(const Steps& steps, int64_t year) {
  int64_t now = 0;
  int64_t most = 0;
  for (const auto& [day, step] : steps) {
    if (day.year() > year) break;
    now += step;
    most = std::max(most, now);
  }
  return most;
}

}  // namespace

absl::Status VerifyViceChairs(db::Tx& tx, Report& report) {
  ASSIGN_OR_RETURN(const auto communes, ReadCommunes(tx, report));
  ASSIGN_OR_RETURN(const db::Rows pools, tx.Query(kPools, {}));
  for (const db::Row& pool : pools) {
    const auto of_province = communes.find(pool.Text(0));
    const int64_t most =
        of_province == communes.end() ? 0 : MostOf(of_province->second, pool.Int(3));
    // 2.5 on average.
    if (pool.Int(2) * 2 <= most * 5) continue;
    report.Add(kViceChairs, absl::StrCat(pool.Text(0), " ", pool.Text(1), " was granted ",
                                         pool.Int(2), ", with at most ", most, " communes"));
  }
  report.Checked(kViceChairs, absl::StrCat(pools.size(), " grants"));
  return absl::OkStatus();
}

}  // namespace twotier::verify
