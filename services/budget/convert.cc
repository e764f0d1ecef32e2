#include "services/budget/convert.h"

#include <string>

#include "common/etag.h"
#include "common/rpc/rules.h"

namespace twotier::budget {

absl::CivilDay FromProto(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void ToProto(absl::CivilDay day, google::type::Date* out) {
  out->set_year(static_cast<int>(day.year()));
  out->set_month(day.month());
  out->set_day(day.day());
}

void ToProto(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  out->set_seconds(seconds);
  out->set_nanos(
      static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixMicros(time.seconds() * 1'000'000 + time.nanos() / 1'000);
}

AccountKey FromProto(absl::string_view province_code, const v1::AccountKey& key) {
  return {std::string(province_code),
          key.unit(),
          key.year(),
          v1::Stage_IsValid(key.stage()) ? static_cast<Stage>(key.stage()) : Stage::kUnknown,
          {key.line().chapter(), key.line().item(), key.line().sub_item(), key.line().source()},
          key.purpose()};
}

void ToProto(const AccountKey& key, v1::AccountKey* out) {
  out->set_unit(key.unit);
  out->set_year(key.year);
  out->set_stage(static_cast<v1::Stage>(key.stage));
  out->mutable_line()->set_chapter(key.line.chapter);
  out->mutable_line()->set_item(key.line.item);
  out->mutable_line()->set_sub_item(key.line.sub_item);
  out->mutable_line()->set_source(key.line.source);
  out->set_purpose(key.purpose);
}

void ToProto(const store::AccountRow& row, v1::Account* out) {
  out->set_name(NameOf(row.key));
  ToProto(row.key, out->mutable_key());
  out->set_currency_code("VND");
  out->set_state(row.close_act.empty() ? v1::ACCOUNT_STATE_OPEN : v1::ACCOUNT_STATE_CLOSED);
  if (!row.close_act.empty()) out->mutable_close_act()->set_number(row.close_act);
  ToProto(row.open_time, out->mutable_open_time());
  out->set_version(row.version);
  out->set_etag(EtagOf(row.version));
}

void ToProto(const ledger::Totals& totals, Stage stage, v1::Balance* out) {
  out->set_credits_vnd(totals.credits_posted);
  out->set_debits_vnd(totals.debits_posted);
  out->set_held_vnd(totals.debits_pending);
  out->set_incoming_vnd(totals.credits_pending);
  const int64_t balance = totals.credits_posted - totals.debits_posted;
  out->set_balance_vnd(balance);
  if (HasLimit(stage)) out->set_available_vnd(balance - totals.debits_pending);
}

absl::string_view ProvinceCodeOf(absl::string_view name) { return rpc::ProvinceOf(name); }

}  // namespace twotier::budget
