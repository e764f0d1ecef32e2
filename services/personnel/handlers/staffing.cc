#include "services/personnel/handlers/staffing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/salary.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/taken_over.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/plan_store.h"
#include "services/personnel/store/post_store.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {
namespace {

constexpr int kQuartersDefault = 8;
constexpr int kQuartersMax = 80;
// Years of estimates: from the first of two tiers on.
constexpr int kYearMin = 2025;
constexpr int kYearMax = 2100;
// Most people in one answer; a province has some ten thousand.
constexpr int kUnplannedMax = 10'000;

// Staff of one unit, province or the country, summed up.
class Tally {
 public:
  void Add(const store::UnitCount& count) {
    lines_[count.quota_kind].set_posts(lines_[count.quota_kind].posts() + count.posts);
    v1::GradeLine& grade = grades_[count.grade];
    grade.set_posts(grade.posts() + count.posts);
    grade.set_filled(grade.filled() + count.filled);
    key_posts_ += count.key_posts;
    key_filled_ += count.key_filled;
  }
  // `own`: what a province has granted on is told by its communes, and is not counted twice.
  void Add(const store::QuotaRow& row, bool own) {
    const QuotaBalance& balance = row.balance;
    v1::StaffingLine& line = lines_[row.quota.kind];
    if (own) line.set_granted(line.granted() + balance.granted);
    if (!own) line.set_granted(line.granted() + balance.granted - balance.distributed);
    line.set_allowance(line.allowance() + balance.allowance);
    line.set_used(line.used() + balance.used);
    line.set_held(line.held() + balance.held);
    line.set_available(line.available() + balance.available());
    line.set_surplus(line.surplus() +
                     std::max<int64_t>(0, balance.used + balance.distributed - balance.granted));
  }
  void FillInto(v1::UnitStaffing* out) const {
    for (const auto& [kind, line] : lines_) {
      v1::StaffingLine* added = out->add_lines();
      *added = line;
      added->set_quota_kind(static_cast<v1::QuotaKind>(kind));
    }
    for (const auto& [grade, line] : grades_) {
      v1::GradeLine* added = out->add_grades();
      *added = line;
      added->set_grade(static_cast<v1::Grade>(grade));
    }
    out->set_key_posts(key_posts_);
    out->set_key_posts_vacant(key_posts_ - key_filled_);
  }

 private:
  std::map<QuotaKind, v1::StaffingLine> lines_;
  std::map<int, v1::GradeLine> grades_;
  int64_t key_posts_ = 0;
  int64_t key_filled_ = 0;
};

using UnitKey = std::pair<std::string, std::string>;  // Province code, unit.

store::PostCursor CursorOf(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '|');
  return parts.size() == 3 ? store::PostCursor{parts[0], parts[1], parts[2]} : store::PostCursor();
}

absl::Status FillVacancy(db::Tx& tx, const Post& post, absl::CivilDay today, v1::Vacancy* out) {
  personnel::ToProto(post, out->mutable_post());
  ToProto(post.vacant_since, out->mutable_vacant_since());
  out->set_vacant_days(today - post.vacant_since);
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> all,
                   store::LoadOfPost(tx, post.province_code, post.Name()));
  for (const store::StoredAppointment& stored : all) {
    const Appointment& appointment = stored.appointment;
    if (appointment.valid.Contains(today)) {
      out->set_acting(out->acting() || appointment.kind == AppointmentKind::kActing);
      continue;
    }
    const bool comes = appointment.valid.first > today && HoldsPost(appointment.kind) &&
                       appointment.valid.first < appointment.valid.end;
    if (comes && !out->has_filled_from()) {
      ToProto(appointment.valid.first, out->mutable_filled_from());
    }
  }
  return absl::OkStatus();
}

// Counts of the units that lie in a province today, or in the country, with the province in which
// each lies.
absl::StatusOr<std::vector<store::UnitCount>> CountsOf(const units::Units& units,
                                                       const std::string& province_code,
                                                       absl::CivilDay today, db::Tx& tx) {
  std::set<std::string> kept_in = {province_code};
  if (!province_code.empty()) {
    for (const std::string& name : UnitsThatWentOver(units, today)) {
      const units::UnitRecord& unit = *units.FindUnit(name);
      if (LiesIn(unit, today) == province_code) kept_in.insert(KeptIn(unit));
    }
  }
  std::vector<store::UnitCount> all;
  for (const std::string& code : kept_in) {
    ASSIGN_OR_RETURN(const std::vector<store::UnitCount> counts, store::LoadCounts(tx, code));
    for (store::UnitCount count : counts) {
      const units::UnitRecord* unit = units.FindUnit(count.unit);
      if (unit != nullptr && !unit->versions.empty()) count.province_code = LiesIn(*unit, today);
      const bool asked = province_code.empty() || count.province_code == province_code;
      if (asked) all.push_back(std::move(count));
    }
  }
  return all;
}

absl::CivilMonth QuarterOf(absl::CivilMonth month) {
  return absl::CivilMonth(month.year(), (month.month() - 1) / 3 * 3 + 1);
}

// The month in which they retire: by the order that says so, or by age. Nothing where they leave
// otherwise before.
std::optional<absl::CivilMonth> RetirementOf(const store::RetirementCount& count) {
  if (count.retires && count.leaves) return absl::CivilMonth(*count.leaves);
  if (count.leaves && *count.leaves <= absl::CivilDay(count.pension_from)) return std::nullopt;
  return count.pension_from;
}

}  // namespace

absl::StatusOr<v1::ListVacanciesResponse> ListVacancies(const Env& env, const Call& call,
                                                        const v1::ListVacanciesRequest& request,
                                                        db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open("ListVacancies", query, request.page_token()));
  const absl::CivilDay today = VietnamDay(call.now);
  const absl::CivilDay since_max =
      request.vacant_days_min() > 0 ? today - request.vacant_days_min() - 1 : today;
  ASSIGN_OR_RETURN(std::vector<Post> posts,
                   store::ListVacant(tx, ProvinceCodeOf(request.parent()), request.unit(), today,
                                     since_max, CursorOf(cursor), size + 1));
  v1::ListVacanciesResponse response;
  if (posts.size() > static_cast<size_t>(size)) {
    posts.resize(static_cast<size_t>(size));
    const Post& last = posts.back();
    response.set_next_page_token(env.pages->Seal(
        "ListVacancies", query, absl::StrCat(last.province_code, "|", last.unit, "|", last.id)));
  }
  for (const Post& post : posts) {
    RETURN_IF_ERROR(FillVacancy(tx, post, today, response.add_vacancies()));
  }
  ToProto(today, response.mutable_as_of());
  return response;
}

void ValidateListVacancies(const v1::ListVacanciesRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  if (!request.unit().empty() && request.parent().empty()) {
    violations.Add("unit", "needs the province as `parent`");
  }
  if (request.vacant_days_min() < 0) violations.Add("vacant_days_min", "must not be negative");
}

absl::StatusOr<v1::ListUnplannedStaffResponse> ListUnplannedStaff(
    const Env& env, const Call& call, const v1::ListUnplannedStaffRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const std::string province_code = ProvinceCodeOf(request.parent());
  v1::ListUnplannedStaffResponse response;
  for (const units::ChangeRecord* change : units->EndingChanges()) {
    const absl::CivilDay day = std::max(VietnamDay(call.now), change->effective);
    for (const std::string& unit : change->ended_units) {
      ASSIGN_OR_RETURN(const std::vector<store::StaffOfUnit> staff,
                       store::ListStaff(tx, province_code, unit, day));
      for (const store::StaffOfUnit& one : staff) {
        if (one.planned) continue;
        response.set_total(response.total() + 1);
        if (response.staff_size() == kUnplannedMax) continue;
        v1::UnplannedStaff* added = response.add_staff();
        added->set_appointment(
            absl::StrCat(request.parent(), "/appointments/", one.appointment_id));
        added->set_person(one.person);
        added->set_unit(unit);
        added->set_change_event(change->name);
        ToProto(change->effective, added->mutable_effective_date());
        added->set_caretaker(change->caretaker);
        added->set_kind(static_cast<v1::AppointmentKind>(one.kind));
      }
    }
  }
  return response;
}

absl::StatusOr<v1::GetStaffingResponse> GetStaffing(const Env& env, const Call& call,
                                                    const v1::GetStaffingRequest& request,
                                                    db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto known, CurrentUnits(*env.snapshots, tx));
  const std::string province_code = ProvinceCodeOf(request.parent());
  ASSIGN_OR_RETURN(const std::vector<store::UnitCount> counts,
                   CountsOf(*known, province_code, VietnamDay(call.now), tx));
  ASSIGN_OR_RETURN(const std::vector<store::QuotaRow> quotas,
                   store::LoadBalances(tx, province_code));
  Tally total;
  std::map<std::string, Tally> provinces;
  std::map<UnitKey, Tally> units;
  for (const store::UnitCount& count : counts) {
    total.Add(count);
    provinces[count.province_code].Add(count);
    if (request.by_unit()) units[{count.province_code, count.unit}].Add(count);
  }
  for (const store::QuotaRow& row : quotas) {
    total.Add(row, false);
    provinces[row.quota.counted_in].Add(row, false);
    if (request.by_unit()) units[{row.quota.counted_in, row.quota.unit}].Add(row, true);
  }
  v1::GetStaffingResponse response;
  total.FillInto(response.mutable_total());
  for (const auto& [code, tally] : provinces) {
    v1::UnitStaffing* added = response.add_provinces();
    added->set_province(absl::StrCat("provinces/", code));
    tally.FillInto(added);
  }
  for (const auto& [key, tally] : units) {
    v1::UnitStaffing* added = response.add_units();
    added->set_province(absl::StrCat("provinces/", key.first));
    added->set_unit(key.second);
    tally.FillInto(added);
  }
  ToProto(VietnamDay(call.now), response.mutable_as_of());
  return response;
}

absl::StatusOr<v1::ForecastRetirementsResponse> ForecastRetirements(
    const Env&, const Call& call, const v1::ForecastRetirementsRequest& request, db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  const int quarters = request.quarters() == 0 ? kQuartersDefault : request.quarters();
  const absl::CivilMonth first = QuarterOf(absl::CivilMonth(today));
  ASSIGN_OR_RETURN(const std::vector<store::RetirementCount> counts,
                   store::CountRetirements(tx, ProvinceCodeOf(request.parent()), today,
                                           first + 3 * quarters - 1));
  v1::ForecastRetirementsResponse response;
  for (int i = 0; i < quarters; ++i) {
    v1::RetirementQuarter* quarter = response.add_quarters();
    const absl::CivilMonth begin = first + 3 * i;
    quarter->set_year(static_cast<int32_t>(begin.year()));
    quarter->set_quarter((begin.month() - 1) / 3 + 1);
  }
  for (const store::RetirementCount& count : counts) {
    const std::optional<absl::CivilMonth> month = RetirementOf(count);
    if (!month || *month >= first + 3 * quarters) continue;
    if (!count.retires && *month <= absl::CivilMonth(today)) {
      response.set_past_the_age(response.past_the_age() + count.people);
      continue;
    }
    v1::RetirementQuarter* quarter =
        response.mutable_quarters(static_cast<int>((*month - first) / 3));
    quarter->set_people(quarter->people() + count.people);
    quarter->set_key_posts(quarter->key_posts() + count.key_posts);
  }
  return response;
}

void ValidateForecastRetirements(const v1::ForecastRetirementsRequest& request,
                                 error::Violations& violations) {
  if (request.quarters() < 0 || request.quarters() > kQuartersMax) {
    violations.Add("quarters", absl::StrCat("must lie between 0 and ", kQuartersMax));
  }
}

absl::StatusOr<v1::EstimateSalariesResponse> EstimateSalaries(
    const Env&, const Call& call, const v1::EstimateSalariesRequest& request, db::Tx& tx) {
  const absl::CivilDay day =
      request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now);
  v1::EstimateSalariesResponse response;
  ASSIGN_OR_RETURN(const feed::Knowledge known, feed::ReadKnowledge(tx));
  const absl::Time as_known_at = std::min(call.now, known.until);
  ASSIGN_OR_RETURN(const int64_t revision, feed::PositionAt(tx, as_known_at));
  response.set_revision(revision);
  response.mutable_as_known_at()->set_seconds(absl::ToUnixSeconds(as_known_at));
  std::vector<SalaryMonths> year;
  if (request.year() > 0) year = SalaryMonthsOf(request.year());
  for (const SalaryMonths& months : year) {
    v1::SalaryMonths* added = response.add_months();
    added->set_first_month(months.first_month);
    added->set_months(months.months);
    added->set_base_vnd(months.base_vnd);
  }
  response.set_base_vnd(BaseSalaryVnd(day).value_or(0));
  ASSIGN_OR_RETURN(const std::vector<store::CoefficientSum> sums,
                   store::SumCoefficients(tx, ProvinceCodeOf(request.parent()), day));
  for (const store::CoefficientSum& sum : sums) {
    v1::SalaryLine* line = response.add_lines();
    line->set_unit(sum.unit);
    line->set_people(sum.people);
    line->set_coefficient_hundredths(sum.hundredths);
    const int hundredths = static_cast<int>(sum.hundredths);
    line->set_monthly_vnd(MonthlySalaryVnd(hundredths, 0, day).value_or(0));
    for (const SalaryMonths& months : year) {
      const absl::CivilDay first(request.year(), months.first_month, 1);
      line->set_yearly_vnd(line->yearly_vnd() +
                           months.months * MonthlySalaryVnd(hundredths, 0, first).value_or(0));
    }
  }
  ToProto(day, response.mutable_as_of());
  return response;
}

void ValidateEstimateSalaries(const v1::EstimateSalariesRequest& request,
                              error::Violations& violations) {
  if (request.year() != 0 && (request.year() < kYearMin || request.year() > kYearMax)) {
    violations.Add("year", absl::StrCat("must lie between ", kYearMin, " and ", kYearMax));
  }
}

}  // namespace twotier::personnel::handlers
