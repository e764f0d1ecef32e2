#include "services/budget/staff_copy.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "common/clock.h"
#include "common/feed/follower_grpc.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/account.h"
#include "services/budget/store/staff_store.h"

namespace twotier::budget {
namespace {

// The staff of the country is added up in a second.
constexpr absl::Duration kCallTimeout = absl::Seconds(30);
constexpr absl::string_view kAggregate = "staff";

// Why nothing was copied.
constexpr absl::string_view kAway = "away";
constexpr absl::string_view kRefused = "refused";
constexpr absl::string_view kNotWritten = "not_written";

bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

double SecondsOf(absl::CivilDay day) {
  return absl::ToDoubleSeconds(absl::FromCivil(day, VietnamTimeZone()) - absl::UnixEpoch());
}

using Figures = std::map<store::StaffKey, store::StaffFigure>;

// Places that a unit has itself and nobody fills. Of `granted` a province has distributed most:
// what is free knows of that. A place that is promised is nobody's yet, and a surplus that is
// allowed for a while is no place.
int64_t VacantOf(const personnel::v1::StaffingLine& line) {
  return std::max<int64_t>(0, line.available() - line.allowance() + line.held());
}

Figures FiguresOf(const std::string& province_code,
                  const personnel::v1::GetStaffingResponse& staffing) {
  Figures figures;
  for (const personnel::v1::UnitStaffing& unit : staffing.units()) {
    if (ProvinceCodeOf(unit.province()) != province_code) continue;
    for (const personnel::v1::StaffingLine& line : unit.lines()) {
      figures[{province_code, unit.unit(), line.quota_kind()}] = {VacantOf(line), line.used()};
    }
  }
  return figures;
}

}  // namespace

StaffCopy::StaffCopy(const Parts& parts, const std::string& target, absl::string_view principal)
    : parts_(parts),
      personnel_(personnel::v1::PersonnelService::NewStub(feed::CreateFollowerChannel(target))),
      calls_(std::string(principal), kCallTimeout),
      heard_(prometheus::BuildGauge()
                 .Name("twotier_budget_staff_heard_timestamp_seconds")
                 .Help("When the last day on which personnel was heard began in Viet Nam.")
                 .Register(*parts.metrics)
                 .Add({})),
      failures_(prometheus::BuildCounter()
                    .Name("twotier_budget_staff_copy_failures_total")
                    .Help("Tries to copy the staff of the country that copied nothing.")
                    .Register(*parts.metrics)) {
  for (const absl::string_view reason : {kAway, kRefused, kNotWritten}) {
    failures_.Add({{"reason", std::string(reason)}});
  }
}

absl::StatusOr<bool> StaffCopy::RunSlice() {
  if (!parts_.leading()) return false;
  if (absl::Status shown = ShowHeard(); !shown.ok()) {
    Tell(shown, kNotWritten);
    return false;
  }
  personnel::v1::GetStaffingRequest request;
  request.set_by_unit(true);
  const absl::StatusOr<personnel::v1::GetStaffingResponse> staffing =
      calls_.Ask(*personnel_, &Personnel::GetStaffing, request);
  if (staffing.ok()) {
    Tell(KeepAll(*staffing), kNotWritten);
  } else if (!absl::IsCancelled(staffing.status())) {  // The process ends.
    Tell(staffing.status(), IsAway(staffing.status()) ? kAway : kRefused);
  }
  return false;
}

absl::Status StaffCopy::ShowHeard() {
  if (shown_) return absl::OkStatus();
  RETURN_IF_ERROR(parts_.database->ReadNow([this](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto span, store::FindHeard(tx, VietnamDay(parts_.clock->Now())));
    if (span) heard_.Set(SecondsOf(span->last));
    return absl::OkStatus();
  }));
  shown_ = true;
  return absl::OkStatus();
}

void StaffCopy::Tell(const absl::Status& status, absl::string_view reason) {
  if (!status.ok()) failures_.Add({{"reason", std::string(reason)}}).Increment();
  if (status.ok() != failing_) return;
  failing_ = !status.ok();
  if (failing_) {
    parts_.log->Write(Severity::kWarning, "staff_not_copied",
                      {{"reason", reason}, {"message", status.ToString()}});
  } else {
    parts_.log->Write(Severity::kInfo, "staff_copied_again", {});
  }
}

absl::Status StaffCopy::KeepAll(const personnel::v1::GetStaffingResponse& staffing) {
  // Also the provinces that personnel told of before: it may have nothing left of them.
  std::set<std::string> provinces = parts_.env->snapshots->Get()->units->Provinces();
  for (const personnel::v1::UnitStaffing& province : staffing.provinces()) {
    provinces.insert(std::string(ProvinceCodeOf(province.province())));
  }
  // One after the other, so that callers' units pass in between.
  for (const std::string& province_code : provinces) {
    RETURN_IF_ERROR(Keep(province_code, staffing));
  }
  RETURN_IF_ERROR(parts_.database->Write(
      {{std::string(kCentral), std::string(kAggregate)}},
      [&](db::Tx& tx) { return store::PutHeard(tx, FromProto(staffing.as_of())); }));
  heard_.Set(SecondsOf(FromProto(staffing.as_of())));
  return absl::OkStatus();
}

absl::Status StaffCopy::Keep(const std::string& province_code,
                             const personnel::v1::GetStaffingResponse& staffing) {
  const Figures told = FiguresOf(province_code, staffing);
  const absl::CivilDay day = FromProto(staffing.as_of());
  std::map<store::StaffKey, store::StaffRow> kept;
  const auto load = [&](db::Tx& tx) -> absl::Status {
    kept.clear();
    ASSIGN_OR_RETURN(const std::vector<store::StaffRow> rows,
                     store::ListStaff(tx, province_code, day));
    for (const store::StaffRow& row : rows) kept[row.key] = row;
    return absl::OkStatus();
  };
  const auto changed = [&] {
    std::vector<store::StaffRow> rows;
    for (const auto& [key, figure] : told) {
      const auto before = kept.find(key);
      if (before == kept.end() || before->second.figure != figure)
        rows.push_back({key, day, figure});
    }
    for (const auto& [key, before] : kept) {
      if (before.figure && !told.contains(key)) rows.push_back({key, day, std::nullopt});
    }
    return rows;
  };
  // While nothing changes nothing is written.
  RETURN_IF_ERROR(parts_.database->ReadNow(load));
  if (changed().empty()) return absl::OkStatus();
  return parts_.database->Write(
      {{province_code, std::string(kAggregate)}}, [&](db::Tx& tx) -> absl::Status {
        RETURN_IF_ERROR(load(tx));
        for (const store::StaffRow& row : changed()) {
          const auto before = kept.find(row.key);
          RETURN_IF_ERROR(
              store::PutStaff(tx, row, before == kept.end() ? nullptr : &before->second));
        }
        return absl::OkStatus();
      });
}

}  // namespace twotier::budget
