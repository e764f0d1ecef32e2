#include "tests/service/dossier_lives.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/calendar/calendar_file.h"
#include "common/clock.h"
#include "common/csv.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "services/routing/catalogue_file.h"
#include "services/routing/convert.h"

namespace twotier::routing::testing {
namespace {

constexpr int kPageSize = 1000;

// What a unit takes in on a day: 15 in a mountain commune; wards so many that the country has
// 172,000 (14.5 million in 84 working days).
constexpr int kCommuneADay = 15;
constexpr int kWardADay = 187;

// Steps and visits come on a few instants of the day, so that a year has some hundred of them: one
// before and one behind the cut-off of 15:00, and one at which only what is online comes.
constexpr int kOfficeHours[] = {9, 16};
constexpr int kOnlineHours[] = {9, 20};

absl::Time HourOf(absl::CivilDay day, int hour) {
  return absl::FromCivil(absl::CivilHour(day) + hour, VietnamTimeZone());
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) { return FromProto(time); }

// The first of `hours` behind `after`, on a day that `open` lets pass.
template <std::size_t N, typename Open>
absl::Time TickAfter(absl::Time after, const int (&hours)[N], Open open) {
  for (absl::CivilDay day = VietnamDay(after);; ++day) {
    if (!open(day)) continue;
    for (const int hour : hours) {
      if (HourOf(day, hour) > after) return HourOf(day, hour);
    }
  }
}

absl::Time OnlineTickAfter(absl::Time after) {
  return TickAfter(after, kOnlineHours, [](absl::CivilDay) { return true; });
}

// The calendar covers every day that lives reach, decided or not.
absl::Time OfficeTickAfter(const calendar::Calendar& calendar, const std::string& province_code,
                           absl::Time after) {
  return TickAfter(after, kOfficeHours, [&](absl::CivilDay day) {
    return calendar.IsWorkingDay(day, province_code).value();
  });
}

absl::Status LoadCommunes(registry::v1::RegistryService::Stub& registry, absl::CivilDay as_of,
                          Country& country) {
  std::map<std::string, std::string> provinces;  // Name by code.
  for (const auto tier : {registry::v1::TIER_PROVINCE, registry::v1::TIER_COMMUNE}) {
    registry::v1::ListUnitsRequest request;
    request.set_tier(tier);
    request.set_page_size(kPageSize);
    ToProto(as_of, request.mutable_as_of());
    do {
      grpc::ClientContext context;
      Identify(context);
      registry::v1::ListUnitsResponse page;
      const grpc::Status status = registry.ListUnits(&context, request, &page);
      if (!status.ok()) return rpc::FromGrpcStatus(status);
      for (const registry::v1::Unit& unit : page.units()) {
        if (tier == registry::v1::TIER_PROVINCE) {
          provinces[unit.code()] = unit.name();
          continue;
        }
        const bool ward = unit.type() == registry::v1::UNIT_TYPE_WARD;
        country.communes.push_back({unit.name(), provinces[unit.province_code()],
                                    unit.province_code(), ward ? kWardADay : kCommuneADay});
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
  }
  if (country.communes.empty()) return absl::FailedPreconditionError("the register is empty");
  return absl::OkStatus();
}

absl::Status LoadProcedures(v1::RoutingService::Stub& routing, absl::CivilDay as_of,
                            Country& country) {
  v1::SearchProceduresRequest request;
  request.set_state(v1::PROCEDURE_STATE_PUBLISHED);
  request.set_page_size(kPageSize);
  ToProto(as_of, request.mutable_as_of());
  do {
    ASSIGN_OR_RETURN(const v1::SearchProceduresResponse page,
                     Invoke(&v1::RoutingService::Stub::SearchProcedures, routing, request));
    country.procedures.insert(country.procedures.end(), page.procedures().begin(),
                              page.procedures().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (country.procedures.empty()) return absl::FailedPreconditionError("no procedure is published");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Country> LoadCountry(registry::v1::RegistryService::Stub& registry,
                                    v1::RoutingService::Stub& routing, absl::CivilDay as_of,
                                    const std::string& source_dir) {
  Country country;
  RETURN_IF_ERROR(LoadCommunes(registry, as_of, country));
  RETURN_IF_ERROR(LoadProcedures(routing, as_of, country));
  ASSIGN_OR_RETURN(const std::string content,
                   ReadFile(absl::StrCat(source_dir, "/services/routing/data/calendar.csv")));
  RowErrors errors;
  country.calendar = calendar::ReadCalendar(content, errors);
  RETURN_IF_ERROR(errors.ToStatus("IMPORT_ROW_INVALID"));
  return country;
}

Life::Life(const Country& country, const Mix& mix, uint64_t seed, int number, absl::CivilDay first,
           absl::CivilDay end)
    : country_(country), number_(number) {
  std::seed_seq sequence{seed, static_cast<uint64_t>(number)};
  random_.seed(sequence);
  const auto communes = static_cast<int>(country.communes.size());
  // Each commune comes once before the large ones come again.
  if (number < communes) {
    commune_ = &country.communes[static_cast<size_t>(number)];
  } else {
    do {
      commune_ = &country.communes[static_cast<size_t>(Below(communes))];
    } while (Below(kWardADay) >= commune_->dossiers_a_day);
  }
  // Which procedures are asked for how often is not published. Of the 803, a quarter is decided by
  // communes: as in Phú Giáo, where 2,760 of 13,188 dossiers were of the commune's competence.
  procedure_ =
      &country.procedures[static_cast<size_t>(Below(static_cast<int>(country.procedures.size())))];
  channel_ = Draw(mix.online) ? v1::CHANNEL_ONLINE
             : Draw(mix.post) ? v1::CHANNEL_POST
                              : v1::CHANNEL_DIRECT;
  const auto days = static_cast<int>(std::max<int64_t>(1, end - first));
  const absl::Time morning = HourOf(first + Below(days), 0) + absl::Hours(Below(20));
  submit_time_ = channel_ == v1::CHANNEL_DIRECT
                     ? OfficeTickAfter(*country.calendar, commune_->province_code, morning)
                     : OnlineTickAfter(morning);
  late_ = Draw(mix.late);
  saturday_ = Draw(mix.saturday);
  DrawSteps(mix);
}

void Life::DrawSteps(const Mix& mix) {
  if (Draw(mix.refused)) {
    steps_ = {"RefuseDossier"};
    return;
  }
  const bool fee = procedure_->has_fee_vnd() ? procedure_->fee_vnd() > 0 : Draw(mix.paid);
  const bool at_reception = fee && Draw(mix.paid_at_reception);
  const bool at_result = fee && !at_reception && Draw(mix.paid_at_result);
  if (at_reception && !DrawPayment(mix)) return;
  steps_.emplace_back("AcceptDossier");
  if (Draw(mix.assigned)) steps_.emplace_back("AssignDossier");
  if (Draw(mix.forwarded)) steps_.insert(steps_.end(), 2, "ForwardDossier");
  const int requests = Draw(mix.supplement) ? 1 + (Draw(mix.second_supplement) ? 1 : 0) : 0;
  for (int i = 0; i < requests; ++i) {
    steps_.emplace_back("RequestSupplement");
    if (Draw(mix.unanswered)) return;
    steps_.emplace_back("ProvideSupplement");
  }
  if (fee && !at_reception && !at_result && !DrawPayment(mix)) return;
  if (late_ && Draw(mix.extended)) steps_.emplace_back("ExtendDueDate");
  steps_.emplace_back("CompleteProcessing");
  const int ended_by = Draw(mix.withdrawn) ? 1 : Draw(mix.stopped) ? 2 : 0;
  if (ended_by == 1) {
    steps_.resize(static_cast<size_t>(Below(static_cast<int>(steps_.size()))));
    steps_.emplace_back("WithdrawDossier");
  } else if (ended_by == 2 && steps_.back() == "CompleteProcessing") {
    steps_.back() = "StopDossier";
  } else {
    if (at_result && !DrawPayment(mix)) return;
    steps_.emplace_back("ReturnResult");
    if (Draw(mix.rated)) steps_.emplace_back("RateDossier");
  }
}

bool Life::DrawPayment(const Mix& mix) {
  steps_.emplace_back("RequestPayment");
  if (Draw(mix.unanswered)) return false;
  steps_.emplace_back("ConfirmPayment");
  return true;
}

v1::ResolveCompetenceRequest Life::Question() const {
  v1::ResolveCompetenceRequest request;
  request.set_procedure_code(procedure_->code());
  request.set_unit(commune_->unit);
  request.set_omit_explanation(true);
  return request;
}

v1::SubmitDossierRequest Life::Submission(const v1::Competence& competence) {
  v1::SubmitDossierRequest request;
  request.set_center(
      competence.reception_places(Below(competence.reception_places_size())).center());
  request.set_procedure_code(procedure_->code());
  request.set_unit(commune_->unit);
  v1::Applicant& applicant = *request.mutable_applicant();
  applicant.set_kind(static_cast<v1::ApplicantKind>(1 + Below(3)));
  applicant.set_full_name("Nguyễn Thị Minh Khai");
  applicant.set_identity_number(absl::StrCat(absl::Dec(number_, absl::kZeroPad12)));
  applicant.set_phone("0900000000");
  applicant.set_address("Số 1, phố Tràng Tiền");
  request.set_channel(channel_);
  for (const char* title : {"Tờ khai", "Bản sao giấy tờ"}) {
    v1::Component& component = *request.add_components();
    component.set_title(title);
    component.set_kind(channel_ == v1::CHANNEL_ONLINE ? v1::COMPONENT_KIND_ELECTRONIC
                                                      : v1::COMPONENT_KIND_ORIGINAL);
  }
  request.set_request_id(NextRequestId());
  return request;
}

StepInputs Life::Inputs(const Known& known, absl::Time now) const {
  StepInputs inputs = {.agency_unit = commune_->province};
  if (procedure_->fee_vnd() > 0) inputs.fee_vnd = procedure_->fee_vnd();
  if (step() == "ExtendDueDate") {
    // A week and a day's work from the later of the two.
    constexpr int kWorkingDays = 6;
    const absl::CivilDay day = VietnamDay(std::max(now, TimeOf(known.dossier.due_time())));
    const auto later =
        country_.calendar->AddWorkingDays(day, kWorkingDays, commune_->province_code);
    if (later.ok()) ToProto(later->day, &inputs.new_due_date);
  }
  return inputs;
}

absl::Time Life::Processed(const Known& known, absl::Time now) {
  const auto tick = [this](absl::Time after) {
    return OfficeTickAfter(*country_.calendar, commune_->province_code, after);
  };
  const absl::Time due = TimeOf(known.dossier.due_time());
  constexpr int kDaysLateMax = 10;
  if (late_) return tick(std::max(now, due) + absl::Hours(24) * Below(kDaysLateMax));
  // Somewhere before the due time; at the last visit before it when that one is past it.
  if (due <= now) return tick(now);
  absl::Time at = tick(now + (due - now) * Below(1000) / 1000);
  for (absl::Time back = due; at > due && back > now; back -= absl::Hours(1))
    at = tick(back - absl::Hours(1));
  return at > now ? at : tick(now);
}

absl::Time Life::Next(const Known& known, absl::Time now) {
  const auto tick = [this](absl::Time after) {
    return OfficeTickAfter(*country_.calendar, commune_->province_code, after);
  };
  const absl::Duration day = absl::Hours(24);
  const std::string& step = steps_[next_];
  if (step == "AcceptDossier" && saturday_) {
    const absl::CivilDay saturday = absl::NextWeekday(VietnamDay(now), absl::Weekday::saturday);
    return HourOf(saturday, kOfficeHours[0]);
  }
  if (step == "ProvideSupplement" || step == "ConfirmPayment") {
    return OnlineTickAfter(now + day * Below(12));
  }
  if (step == "WithdrawDossier" || step == "RateDossier") return OnlineTickAfter(now);
  if (step == "ForwardDossier" && known.away) return tick(now + day * Below(8));
  if (step == "ReturnResult") return tick(now + day * Below(4));
  if (step == "ExtendDueDate") {
    const absl::Time due = TimeOf(known.dossier.due_time());
    return tick(std::max(now, Below(2) == 0 ? due - day : due));
  }
  if (step == "CompleteProcessing" || step == "StopDossier") return Processed(known, now);
  return tick(now);
}

}  // namespace twotier::routing::testing
