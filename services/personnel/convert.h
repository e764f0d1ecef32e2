// Between the domain's structs and the contract's messages.
#ifndef TWOTIER_SERVICES_PERSONNEL_CONVERT_H_
#define TWOTIER_SERVICES_PERSONNEL_CONVERT_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "services/personnel/domain/appointment.h"
#include "services/personnel/domain/published_figure.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/quota_store.h"
#include "twotier/common/v1/types.pb.h"
#include "twotier/personnel/v1/order.pb.h"
#include "twotier/personnel/v1/organisation.pb.h"
#include "twotier/personnel/v1/person.pb.h"
#include "twotier/personnel/v1/published_figure.pb.h"
#include "twotier/personnel/v1/quota.pb.h"

namespace twotier::personnel {

absl::CivilDay FromProto(const google::type::Date& date);
void ToProto(absl::CivilDay day, google::type::Date* out);
void ToProto(absl::Time time, google::protobuf::Timestamp* out);
void ToProto(const DayRange& range, common::v1::DateRange* out);

// Province code of `provinces/{province_code}`, also of what lies below it.
std::string ProvinceCodeOf(absl::string_view name);
// Province code and id of `provinces/{province_code}/{collection}/{id}`.
std::pair<std::string, std::string> SplitName(absl::string_view name);

Standards FromProto(const v1::PostStandards& standards);
// Without what follows from the day of birth.
Qualifications FromProto(const v1::Qualifications& qualifications);

void ToProto(const Body& body, v1::Body* out);
void ToProto(const Post& post, v1::Post* out);
void ToProto(const Order& order, v1::Order* out);
void ToProto(const Appointment& appointment, v1::Appointment* out);
void ToProto(const Person& person, v1::Qualifications* out);
void ToProto(const store::PersonRow& row, v1::Person* out);
void ToProto(const store::QuotaRow& row, absl::CivilDay today, v1::Quota* out);
void ToProto(const PublishedFigure& figure, v1::PublishedFigure* out);
void ToProto(const std::string& appointment, const store::RatingRow& rating, v1::Rating* out);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_CONVERT_H_
