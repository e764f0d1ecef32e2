// Domain structs to messages of twotier.registry.v1, dates both ways, and resource names.
#ifndef TWOTIER_SERVICES_REGISTRY_CONVERT_H_
#define TWOTIER_SERVICES_REGISTRY_CONVERT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/counts.h"
#include "services/registry/domain/import.h"
#include "services/registry/domain/resolution.h"
#include "services/registry/domain/unit.h"
#include "twotier/registry/v1/center.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"
#include "twotier/registry/v1/unit.pb.h"

namespace twotier::registry {

// Kinds of the feed's events; those of units, centers and systems stand in their records.
inline constexpr absl::string_view kTierModelImported = "tier_model.imported";
inline constexpr absl::string_view kPublishedCountsImported = "published_counts.imported";

// Subject of all published counts in the feed. They are what others are measured by and no
// resource: consumers of the feed do not get them.
inline constexpr absl::string_view kPublishedCountsSubject = "publishedCounts";
inline constexpr absl::string_view kTierModelSet = "tier_model.set";

std::string UnitName(absl::string_view unit_id);
std::string CenterName(absl::string_view province_code, absl::string_view center_id);
// Segment `n`, from 0, of a resource name; empty when it has fewer.
absl::string_view SegmentOf(absl::string_view name, int n);
// Subject of a province's tier models in the feed.
std::string TierModelSubject(absl::string_view province_code);
// Id of a name that has the form `units/{id}`; empty for any other text.
absl::string_view UnitIdOf(absl::string_view name);

absl::CivilDay ToDay(const google::type::Date& date);
void SetDate(absl::CivilDay day, google::type::Date* out);
// What holds since the data begin may have held for long: its first date is left out.
void SetRange(const DateRange& range, common::v1::DateRange* out);

// Instants have microseconds here and in the database: smaller parts are dropped.
absl::Time ToTime(const google::protobuf::Timestamp& time);
void SetTime(absl::Time time, google::protobuf::Timestamp* out);

v1::Unit ToProto(const UnitHistory& unit, const UnitVersion& version);
v1::Succession ToProto(const UnitHistory& source, const Succession& step);
v1::Center ToProto(const CenterHistory& center, const CenterVersion& version);
v1::ProvinceTierModel ToProto(const TierModelHistory& history, const TierModelRow& row);
v1::Coverage ToProto(const Coverage& coverage, absl::CivilDay as_of);

v1::PublishedCounts ToProto(absl::Span<const PublishedCount> counts);
std::vector<PublishedCount> FromProto(const v1::PublishedCounts& counts);

// What the feed carries: a record in the state it has now.
v1::Resource ToResource(const UnitHistory& unit);
v1::Resource ToResource(const CenterHistory& center);
v1::Resource ToResource(const TierModelHistory& history);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_CONVERT_H_
