#include "services/budget/handlers/periods.h"

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/store/period_store.h"

namespace twotier::budget::handlers {
namespace {

// 0: no budget year that accounts may be of.
int YearOf(absl::string_view name) {
  const absl::string_view text = name.substr(name.rfind('/') + 1);
  int year = 0;
  if (text.size() != 4 || !absl::SimpleAtoi(text, &year)) return 0;
  return year >= kFirstYear && year <= kLastYear ? year : 0;
}

void CheckName(absl::string_view name, error::Violations& violations) {
  if (YearOf(name) != 0) return;
  violations.Add("name", absl::StrCat("ends in a year from ", kFirstYear, " to ", kLastYear));
}

absl::StatusOr<store::PeriodRow> Find(db::Tx& tx, absl::string_view name) {
  const std::string province_code(ProvinceCodeOf(name));
  ASSIGN_OR_RETURN(const auto periods, store::LoadPeriods(tx, province_code));
  for (const store::PeriodRow& period : periods) {
    if (period.year == YearOf(name)) return period;
  }
  return store::PeriodRow{.province_code = province_code, .year = YearOf(name)};
}

void ToProto(const store::PeriodRow& row, v1::Period* out) {
  out->set_name(absl::StrCat("provinces/", row.province_code, "/periods/", row.year));
  if (row.version > 0) {
    budget::ToProto(row.through, out->mutable_through_date());
    out->mutable_act()->set_number(row.act);
  }
  out->set_version(row.version);
  out->set_etag(EtagOf(row.version));
}

absl::Status Store(const Env& env, const Call& call, db::Tx& tx, store::PeriodRow row,
                   absl::string_view kind, v1::Period* out) {
  ++row.version;
  feed::Event event;
  event.province_code = row.province_code;
  event.subject = absl::StrCat("provinces/", row.province_code, "/periods/", row.year);
  event.version = row.version;
  event.kind = std::string(kind);
  event.previous_hash = row.chain_hash;
  Events events(env, call, tx);
  RETURN_IF_ERROR(events.Append(std::move(event), [&](const std::string& hash) {
    row.chain_hash = hash;
    return store::PutPeriod(tx, row);
  }));
  ToProto(row, out);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetPeriodResponse> GetPeriod(const Env&, const Call&,
                                                const v1::GetPeriodRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::PeriodRow row, Find(tx, request.name()));
  v1::GetPeriodResponse response;
  ToProto(row, response.mutable_period());
  return response;
}

void ValidateGetPeriod(const v1::GetPeriodRequest& request, error::Violations& violations) {
  CheckName(request.name(), violations);
}

absl::StatusOr<v1::ClosePeriodResponse> ClosePeriod(const Env& env, const Call& call,
                                                    const v1::ClosePeriodRequest& request,
                                                    db::Tx& tx) {
  ASSIGN_OR_RETURN(store::PeriodRow row, Find(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), row.version));
  const absl::CivilDay through = FromProto(request.through_date());
  const absl::CivilDay today = VietnamDay(call.now);
  if (through > today) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("nothing is entered after ", absl::FormatCivilTime(today), " yet"),
        "EFFECTIVE_IN_FUTURE",
        {{"date", absl::FormatCivilTime(through)}, {"today", absl::FormatCivilTime(today)}});
  }
  if (row.version > 0 && through <= row.through) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the books are closed through ", absl::FormatCivilTime(row.through)),
        "PERIOD_CLOSED", {{"through_date", absl::FormatCivilTime(row.through)}, {"act", row.act}});
  }
  row.through = through;
  row.act = request.act().number();
  v1::ClosePeriodResponse response;
  RETURN_IF_ERROR(Store(env, call, tx, std::move(row), "period.closed", response.mutable_period()));
  return response;
}

void ValidateClosePeriod(const v1::ClosePeriodRequest& request, error::Violations& violations) {
  CheckName(request.name(), violations);
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::ReopenPeriodResponse> ReopenPeriod(const Env& env, const Call& call,
                                                      const v1::ReopenPeriodRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(store::PeriodRow row, Find(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), row.version));
  const absl::CivilDay from = FromProto(request.from_date());
  if (row.version == 0 || from > row.through) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             "the books are not closed for that date", "PERIOD_OPEN",
                             {{"from_date", absl::FormatCivilTime(from)}});
  }
  row.through = from - 1;
  row.act = request.act().number();
  v1::ReopenPeriodResponse response;
  RETURN_IF_ERROR(
      Store(env, call, tx, std::move(row), "period.reopened", response.mutable_period()));
  return response;
}

void ValidateReopenPeriod(const v1::ReopenPeriodRequest& request, error::Violations& violations) {
  CheckName(request.name(), violations);
  CheckAct(request.act(), violations);
}

}  // namespace twotier::budget::handlers
