// Changes of units to messages of twotier.registry.v1 and back, and their names.
#ifndef TWOTIER_SERVICES_REGISTRY_CONVERT_CHANGES_H_
#define TWOTIER_SERVICES_REGISTRY_CONVERT_CHANGES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/call.h"
#include "services/registry/convert.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/correction.h"
#include "services/registry/domain/import.h"
#include "twotier/registry/v1/change.pb.h"

namespace twotier::registry {

std::string ChangeEventName(absl::string_view event_id);
std::string ReportName(absl::string_view event_id, absl::string_view service);

// As it stands on `today`; without a date, as the feed carries it.
v1::ChangeEvent ToProto(const ChangeEvent& event, std::optional<absl::CivilDay> today);
// The same, with what of `centers` fell by it.
v1::ChangeEvent ToProto(const ChangeEvent& event, std::optional<absl::CivilDay> today,
                        absl::Span<const CenterHistory> centers);
// Adds what was planned of the center for later and fell.
void AddFallen(const CenterHistory& center,
               google::protobuf::RepeatedPtrField<v1::Center>* versions);
v1::SuccessionReport ToProto(const SuccessionReport& report);

v1::Resource ToResource(const ChangeEvent& event, absl::Span<const CenterHistory> centers);
v1::Resource ToResource(const SuccessionReport& report);
v1::Resource ToResource(const WithdrawnUnit& unit);

// What the validators of the two have seen to is taken for granted. Founded units get ids of the
// call.
ChangeRequest FromProto(const v1::ApplyChangeEventRequest& request, const Call& call);
// `today` stands for an absent date.
Correction FromProto(const v1::CorrectUnitRequest& request, absl::CivilDay today);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_CONVERT_CHANGES_H_
