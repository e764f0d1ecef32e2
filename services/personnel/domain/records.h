// What personnel keeps, as its rules and its tables share it.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_RECORDS_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/personnel/domain/day_range.h"
#include "services/personnel/domain/organisation.h"
#include "services/personnel/domain/quota.h"
#include "services/personnel/domain/retirement.h"
#include "services/personnel/domain/standards.h"

namespace twotier::personnel {

struct Body {
  std::string province_code;
  std::string id;
  std::string unit;
  BodyKind kind = BodyKind::kUnknown;
  std::string display_name;
  DayRange valid;
  std::string act;
  std::string end_act;
  int64_t version = 1;
  std::string chain_hash;  // Of its last event.

  std::string Name() const;
};

struct Post {
  std::string province_code;
  std::string id;
  std::string body_id;
  BodyKind body_kind = BodyKind::kUnknown;
  std::string unit;
  PostKind kind = PostKind::kUnknown;
  std::string title;
  int number = 0;  // In a staff list, among those of its body and kind; 0: it came by no list.
  int grade = 0;   // The numbers of the contract.
  int allowance_hundredths = 0;
  bool vice_chair = false;  // Counts in the province's pool too.
  Standards standards;
  DayRange valid;
  std::string act;
  // Today's state, so that vacancies are found without looking at appointments.
  std::string holder;           // Id of the appointment that holds it; empty: nobody.
  absl::CivilDay vacant_since;  // Meaningful while nobody does.
  int64_t version = 1;
  std::string chain_hash;

  std::string Name() const;
  std::string BodyName() const;
};

enum class PersonState { kUnknown = 0, kActive = 1, kRetired = 2, kDead = 3 };
absl::string_view NameOf(PersonState state);

// Somebody without the data of who it is: those stay in the store and the handlers that return
// them.
struct Person {
  std::string id;
  std::string managing_province;  // Code.
  Qualifications qualifications;
  int grade = 0;
  int rank_hundredths = 0;
  PersonState state = PersonState::kActive;
  std::optional<absl::CivilDay> left;  // Last time the service of the State ended.
  bool synthetic = false;
  int64_t version = 1;

  std::string Name() const;
};

// The numbers of the contract.
enum class OrderKind {
  kUnknown = 0,
  kAppoint = 1,
  kTransfer = 2,
  kSecond = 3,
  kEnd = 4,
  kCorrect = 5,
  kImport = 6,
  kReorganisation = 7,
};

struct Order {
  std::string province_code;
  std::string id;
  OrderKind kind = OrderKind::kUnknown;
  std::string number;
  absl::CivilDay sign_day;
  std::string signer_post;  // Name; empty: the centre.
  std::string signer;       // Name of the person.
  absl::CivilDay effective_day;
  std::string reason;
  std::string agreement;  // Act by which another province agreed.
  absl::Time created;
  int open_effects = 0;  // That wait for their day.
  int64_t version = 1;
  std::string chain_hash;

  std::string Name() const;
};

// What a unit is granted from a later day on.
struct PlannedGrant {
  absl::CivilDay first;
  int year = 0;
  int64_t posts = 0;
  std::string act;

  friend bool operator==(const PlannedGrant&, const PlannedGrant&) = default;
};

// One line of quota of one unit. What is held and used stands in the ledger.
struct Quota {
  std::string province_code;  // Under which it is kept.
  std::string counted_in;     // Code of the province whose grants it is among: where its unit lies.
  std::string unit;
  QuotaKind kind = QuotaKind::kNone;
  int64_t granted = 0;
  int64_t distributed = 0;
  int64_t allowance = 0;  // In force in the ledger; above what `steps` say while some is overdue.
  std::vector<AllowanceStep> steps;
  std::vector<PlannedGrant> planned;  // In order of their days, one a day.
  int year = 0;
  std::string act;
  int64_t version = 0;  // 0: none was granted yet.
  std::string chain_hash;

  std::string Name() const;
  int64_t Overdue(absl::CivilDay today) const { return allowance - AllowanceOn(steps, today); }
};

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_RECORDS_H_
