// Information systems, incidents and opening hours to messages of twotier.registry.v1 and their
// names.
#ifndef TWOTIER_SERVICES_REGISTRY_CONVERT_OPERATIONS_H_
#define TWOTIER_SERVICES_REGISTRY_CONVERT_OPERATIONS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/registry/convert.h"
#include "services/registry/domain/information_system.h"
#include "services/registry/domain/opening.h"
#include "twotier/registry/v1/information_system.pb.h"
#include "twotier/registry/v1/opening.pb.h"

namespace twotier::registry {

std::string SystemName(absl::string_view province_code, absl::string_view system_id);
std::string IncidentName(const Incident& incident);
std::string OpeningHoursName(absl::string_view province_code, absl::string_view center_id);

void SetTime(absl::Time time, google::protobuf::Timestamp* out);
absl::Time ToTime(const google::protobuf::Timestamp& time);

// Without what depends on the instant: connection, heartbeat, incidents.
v1::InformationSystem ToProto(const InformationSystem& system);
// Without what depends on the instant: overdue, age.
v1::Incident ToProto(const Incident& incident);
// With it.
v1::Incident ToProto(const Incident& incident, absl::Time now);
v1::OpeningHours ToProto(const OpeningHours& hours);

std::vector<DayInterval> ToIntervals(
    const google::protobuf::RepeatedPtrField<v1::DayInterval>& intervals);
void SetIntervals(const std::vector<DayInterval>& intervals,
                  google::protobuf::RepeatedPtrField<v1::DayInterval>* out);

v1::Resource ToResource(const InformationSystem& system);
v1::Resource ToResource(const Incident& incident);
v1::Resource ToResource(const OpeningHours& hours);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_CONVERT_OPERATIONS_H_
