#include "services/personnel/domain/appointment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/errors.h"

namespace twotier::personnel {

absl::string_view NameOf(AppointmentKind kind) {
  switch (kind) {
    case AppointmentKind::kUnknown:
      return "UNSPECIFIED";
    case AppointmentKind::kPermanent:
      return "PERMANENT";
    case AppointmentKind::kActing:
      return "ACTING";
    case AppointmentKind::kConcurrent:
      return "CONCURRENT";
    case AppointmentKind::kSeconded:
      return "SECONDED";
    case AppointmentKind::kContract:
      return "CONTRACT";
  }
  return "UNSPECIFIED";
}

absl::string_view NameOf(EndReason reason) {
  switch (reason) {
    case EndReason::kUnknown:
      return "UNSPECIFIED";
    case EndReason::kTransfer:
      return "TRANSFER";
    case EndReason::kRetirement:
      return "RETIREMENT";
    case EndReason::kResignation:
      return "RESIGNATION";
    case EndReason::kDismissal:
      return "DISMISSAL";
    case EndReason::kDeath:
      return "DEATH";
    case EndReason::kTermEnd:
      return "TERM_END";
    case EndReason::kReorganisation:
      return "REORGANISATION";
    case EndReason::kMainEnded:
      return "MAIN_ENDED";
    case EndReason::kNeverBegan:
      return "NEVER_BEGAN";
    case EndReason::kEnteredWrongly:
      return "ENTERED_WRONGLY";
  }
  return "UNSPECIFIED";
}

PersonState StateAfter(EndReason reason) {
  if (reason == EndReason::kRetirement) return PersonState::kRetired;
  if (reason == EndReason::kDeath) return PersonState::kDead;
  return PersonState::kActive;
}

bool LeavesService(EndReason reason) {
  return reason == EndReason::kRetirement || reason == EndReason::kDeath ||
         reason == EndReason::kResignation || reason == EndReason::kDismissal;
}

std::string Appointment::Name() const {
  return absl::StrCat("provinces/", province_code, "/appointments/", id);
}

bool IsMain(AppointmentKind kind) {
  return kind == AppointmentKind::kPermanent || kind == AppointmentKind::kContract;
}

bool HoldsPost(AppointmentKind kind) {
  return IsMain(kind) || kind == AppointmentKind::kConcurrent || kind == AppointmentKind::kSeconded;
}

bool TakesQuota(AppointmentKind kind) { return kind == AppointmentKind::kPermanent; }

bool GoesWith(AppointmentKind kind, PostKind post) {
  if (kind == AppointmentKind::kActing) return true;
  if (kind != AppointmentKind::kContract) return post != PostKind::kContract;
  return post == PostKind::kOfficial || post == PostKind::kPublicEmployee ||
         post == PostKind::kContract;
}

absl::Status CheckGoesWith(AppointmentKind kind, PostKind post) {
  if (GoesWith(kind, post)) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("a post of the kind ", NameOf(post), " takes no appointment ", NameOf(kind)),
      "APPOINTMENT_KIND_NOT_ALLOWED",
      {{"kind", std::string(NameOf(kind))}, {"post_kind", std::string(NameOf(post))}});
}

bool GivesWay(const Appointment& acting, const Appointment& taken) {
  return acting.kind == AppointmentKind::kActing && HoldsPost(taken.kind) &&
         acting.post == taken.post && acting.valid.Contains(taken.valid.first);
}

std::vector<Conflict> ConflictsOf(const Appointment& candidate,
                                  absl::Span<const Appointment> others) {
  const auto main_twice = [&](const Appointment& other) {
    const bool both_main = IsMain(candidate.kind) && IsMain(other.kind);
    const bool both_away =
        candidate.kind == AppointmentKind::kSeconded && other.kind == AppointmentKind::kSeconded;
    // Nobody holds one post twice, in whatever kinds.
    const bool same_post = candidate.post == other.post;
    return candidate.person == other.person && (both_main || both_away || same_post);
  };
  const auto post_twice = [&](const Appointment& other) {
    return candidate.post == other.post && HoldsPost(candidate.kind) == HoldsPost(other.kind);
  };
  std::vector<Conflict> conflicts;
  for (const Appointment& other : others) {
    if (other.Name() == candidate.Name() || !Overlap(other.valid, candidate.valid)) continue;
    if (main_twice(other)) {
      conflicts.push_back({"APPOINTMENTS_OVERLAP", &other});
    } else if (post_twice(other)) {
      conflicts.push_back({"POST_OCCUPIED", &other});
    }
  }
  return conflicts;
}

ServiceOnRecord ServiceOf(absl::Span<const Appointment> of_person, absl::CivilDay today) {
  ServiceOnRecord service;
  for (const Appointment& appointment : of_person) {
    const absl::CivilDay end = appointment.valid.end;
    if (!IsMain(appointment.kind) || !LeavesService(appointment.end_reason) || end > today) {
      continue;
    }
    service.left = std::max(service.left.value_or(end), end);
    // Nobody who is dead is retired.
    service.state = std::max(service.state, StateAfter(appointment.end_reason));
  }
  return service;
}

absl::Status CheckMainCovers(const Appointment& candidate,
                             absl::Span<const Appointment> of_person) {
  if (IsMain(candidate.kind)) return absl::OkStatus();
  std::vector<DayRange> mains;
  const bool acts = candidate.kind == AppointmentKind::kActing;
  for (const Appointment& other : of_person) {
    if (!IsMain(other.kind) || other.person != candidate.person) continue;
    if (acts || GoesWith(other.kind, candidate.post_kind)) mains.push_back(other.valid);
  }
  std::sort(mains.begin(), mains.end(),
            [](const DayRange& a, const DayRange& b) { return a.first < b.first; });
  absl::CivilDay covered_until = candidate.valid.first;
  for (const DayRange& main : mains) {
    if (main.first <= covered_until) covered_until = std::max(covered_until, main.end);
  }
  if (covered_until >= candidate.valid.end) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the person has no main appointment on ", absl::FormatCivilTime(covered_until)),
      "NO_MAIN_APPOINTMENT", {{"first_date", absl::FormatCivilTime(covered_until)}});
}

absl::Status CheckServes(const Appointment& candidate, absl::Span<const Appointment> of_person) {
  for (const Appointment& other : of_person) {
    const PersonState state = StateAfter(other.end_reason);
    if (state == PersonState::kActive || other.person != candidate.person) continue;
    if (!IsMain(other.kind) || other.valid.end > candidate.valid.first) continue;
    const std::string date = absl::FormatCivilTime(other.valid.end);
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat(candidate.person, " is ", NameOf(state), " from ", date, " on"),
        "PERSON_NOT_ACTIVE",
        {{"person", candidate.person}, {"state", std::string(NameOf(state))}, {"date", date}});
  }
  return absl::OkStatus();
}

}  // namespace twotier::personnel
