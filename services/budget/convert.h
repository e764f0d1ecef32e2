// Between the domain's structs and the contract's messages.
#ifndef TWOTIER_SERVICES_BUDGET_CONVERT_H_
#define TWOTIER_SERVICES_BUDGET_CONVERT_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/ledger/ledger.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "services/budget/domain/account.h"
#include "services/budget/store/account_store.h"
#include "twotier/budget/v1/account.pb.h"
#include "twotier/budget/v1/balance.pb.h"

namespace twotier::budget {

absl::CivilDay FromProto(const google::type::Date& date);
void ToProto(absl::CivilDay day, google::type::Date* out);
void ToProto(absl::Time time, google::protobuf::Timestamp* out);
// Instants have microseconds here and in the database: smaller parts are dropped.
absl::Time FromProto(const google::protobuf::Timestamp& time);

AccountKey FromProto(absl::string_view province_code, const v1::AccountKey& key);
void ToProto(const AccountKey& key, v1::AccountKey* out);
void ToProto(const store::AccountRow& row, v1::Account* out);

// Of an account of `stage`.
void ToProto(const ledger::Totals& totals, Stage stage, v1::Balance* out);

// Province code of `provinces/{province_code}`, also of what lies below it.
absl::string_view ProvinceCodeOf(absl::string_view name);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_CONVERT_H_
