// Figures that were published of staff and quotas, and what they grant.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_PUBLISHED_FIGURE_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_PUBLISHED_FIGURE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/personnel/domain/organisation.h"

namespace twotier::personnel {

// Whom or what a figure counts. The numbers of the contract.
enum class PublishedStaff {
  kUnknown = 0,
  kCommuneStaff = 1,
  kCommuneOfficeStaff = 2,
  kDepartmentStaff = 3,
  kPartTimers = 4,
  kPublicEmployees = 5,
  kAllStaff = 6,
  kAllStaffOfCommunes = 7,
  kContracts = 8,
  kEducationContracts = 9,
  kDepartmentEducationContracts = 10,
  kCouncilChairs = 11,
  kCouncilViceChairs = 12,
  kCommitteeChairs = 13,
  kCommitteeViceChairs = 14,
  kOfficeHeads = 15,
  kOfficeDeputyHeads = 16,
  kLeadershipPosts = 17,
  kProfessionalPosts = 18,
};

// What it says of them. The numbers of the contract.
enum class PublishedMeasure {
  kUnknown = 0,
  kQuota = 1,
  kFormerQuota = 2,
  kFrame = 3,
  kReserve = 4,
  kPresent = 5,
  kPosts = 6,
  kVacant = 7,
  kSurplus = 8,
  kShortage = 9,
  kUnitsAbove = 10,
  kUnitsShort = 11,
  kKinds = 12,
};

struct PublishedFigure {
  std::string province_code;  // Empty: of the country.
  std::string unit_code;      // Of a commune; empty: all of the province.
  PublishedStaff staff = PublishedStaff::kUnknown;
  PublishedMeasure measure = PublishedMeasure::kUnknown;
  int64_t value = 0;
  absl::CivilDay as_of;
  std::optional<absl::CivilDay> last_day;   // On which it holds; nothing: not known.
  QuotaKind quota_kind = QuotaKind::kNone;  // Line on which it is granted; none: it is not.
  std::string document;
  std::string source;
  bool proven = false;
  std::string note;

  // What tells it from the others.
  auto Key() const { return std::tie(province_code, unit_code, staff, measure, as_of); }
  friend bool operator==(const PublishedFigure&, const PublishedFigure&) = default;
};

// What is wrong with a figure beside the others.
struct WrongFigure {
  size_t index = 0;
  absl::string_view column;
  absl::string_view what;
};
// Each is there once; only a proven quota of a whole province whose last day is known is
// granted, and on each day one for each kind of staff: that of the next year follows.
std::vector<WrongFigure> WrongAmong(absl::Span<const PublishedFigure> figures);

// What the figures grant a province on one line: its kinds of staff together.
struct PublishedQuota {
  QuotaKind kind = QuotaKind::kNone;
  int64_t posts = 0;
  int year = 0;     // Of the newest of them.
  std::string act;  // Their documents.

  friend bool operator==(const PublishedQuota&, const PublishedQuota&) = default;
};

// Of those that hold on `day`, in order of the lines.
std::vector<PublishedQuota> QuotasOf(absl::Span<const PublishedFigure> figures,
                                     absl::string_view province_code, absl::CivilDay day);

// What a line is granted from a day on.
struct LaterQuota {
  absl::CivilDay first;
  PublishedQuota quota;

  friend bool operator==(const LaterQuota&, const LaterQuota&) = default;
};
// Of the days behind `day` on which a quota begins, in order of the days and lines. What holds on
// `day` or later and ends without another of its staff that follows goes on to count: nobody said
// what comes instead.
std::vector<LaterQuota> LaterQuotasOf(absl::Span<const PublishedFigure> figures,
                                      absl::string_view province_code, absl::CivilDay day);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_PUBLISHED_FIGURE_H_
