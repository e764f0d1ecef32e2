#include "tests/service/staff_plan.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace twotier::personnel::testing {
namespace {

constexpr int kRowsOfCall = 500;
constexpr int kChoicesOfCall = 1'000;
constexpr int kDays = 20;  // From the plan's signing to its day.
// Posts of the new units for each who comes: some stay vacant, so that there is a choice.
constexpr double kRoom = 1.05;

// So that those who watch do not become the load.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);

const absl::CivilDay kDay = kToday + kDays;

class StaffPlan {
 public:
  StaffPlan(PersonnelServer& server, const StaffPlanOptions& options)
      : server_(server),
        options_(options),
        parent_(absl::StrCat("provinces/", options.province_code)) {
    figures_.people = static_cast<int64_t>(options.from_units.size()) * options.people_each;
  }

  absl::StatusOr<StaffPlanFigures> Run() {
    RETURN_IF_ERROR(Fill());
    RETURN_IF_ERROR(Create());
    RETURN_IF_ERROR(Timed(figures_.proposed, [this] { return Propose(); }));
    RETURN_IF_ERROR(Timed(figures_.edited, [this] { return Edit(); }));
    RETURN_IF_ERROR(Timed(figures_.signed_in, [this] { return Sign(); }));
    RETURN_IF_ERROR(Timed(figures_.held, [this] { return Hold(); }));
    RETURN_IF_ERROR(WatchItsDay());
    return figures_;
  }

 private:
  template <typename Step>
  static absl::Status Timed(absl::Duration& took, Step step) {
    const absl::Time begin = absl::Now();
    absl::Status status = step();
    took = absl::Now() - begin;
    return status;
  }

  absl::Status Grant(const std::string& unit, int64_t posts) {
    v1::GrantQuotaRequest request;
    request.set_parent(parent_);
    request.set_unit(unit);
    request.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
    request.set_posts(posts);
    request.set_year(2026);
    request.mutable_act()->set_number("15/QĐ-UBND");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::GrantQuota, request).status();
  }

  absl::Status Import(const std::vector<v1::StaffRow>& rows) {
    v1::ImportStaffRequest request;
    request.set_parent(parent_);
    Set(request.mutable_list_date(), absl::CivilDay(2025, 7, 1));
    request.mutable_act()->set_number("759/QĐ-TTg");
    for (size_t begin = 0; begin < rows.size(); begin += kRowsOfCall) {
      request.clear_rows();
      for (size_t i = begin; i < std::min(rows.size(), begin + kRowsOfCall); ++i) {
        *request.add_rows() = rows[i];
      }
      request.set_request_id(RequestId());
      RETURN_IF_ERROR(server_.Call(&Stub::ImportStaff, request).status());
    }
    return absl::OkStatus();
  }

  // The chair, who signs; everybody's post; and as many vacant ones, dealt out unevenly.
  absl::Status Fill() {
    const int64_t room = static_cast<int64_t>(static_cast<double>(figures_.people) * kRoom) + 1;
    const auto to = static_cast<int64_t>(options_.to_units.size());
    std::vector<int64_t> posts(options_.to_units.size(), room / to / 2);
    for (int64_t left = room - to * (room / to / 2), i = 0; left > 0; --left, ++i) {
      ++posts[static_cast<size_t>((i * i) % to)];
    }
    RETURN_IF_ERROR(Grant(options_.province_unit, 1 + figures_.people + room));
    std::vector<v1::StaffRow> rows;
    int person = 1;
    rows.push_back(Row(options_.province_unit, v1::BODY_KIND_COMMITTEE,
                       v1::POST_KIND_COMMITTEE_CHAIR, 1, person++));
    for (const std::string& unit : options_.from_units) {
      RETURN_IF_ERROR(Grant(unit, options_.people_each));
      for (int i = 1; i <= options_.people_each; ++i) {
        rows.push_back(Row(unit, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, i, person++));
      }
    }
    for (size_t unit = 0; unit < posts.size(); ++unit) {
      RETURN_IF_ERROR(Grant(options_.to_units[unit], posts[unit]));
      for (int i = 1; i <= posts[unit]; ++i) {
        rows.push_back(
            Row(options_.to_units[unit], v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, i, 0));
      }
    }
    return Import(rows);
  }

  absl::Status Create() {
    v1::CreateReorganisationPlanRequest request;
    request.set_parent(parent_);
    request.set_display_name("Sắp xếp đơn vị hành chính");
    Set(request.mutable_effective_date(), kDay);
    request.mutable_act()->set_number("30/NQ-HĐND");
    for (const std::string& unit : options_.from_units) request.add_from_units(unit);
    for (const std::string& unit : options_.to_units) request.add_to_units(unit);
    request.set_request_id(RequestId());
    ASSIGN_OR_RETURN(const auto response, server_.Call(&Stub::CreateReorganisationPlan, request));
    plan_ = response.plan();
    if (plan_.people() == figures_.people) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(plan_.people(), " people are in the plan"));
  }

  absl::Status Propose() {
    v1::ProposeReorganisationPlanRequest request;
    request.set_name(plan_.name());
    ASSIGN_OR_RETURN(proposal_, server_.Call(&Stub::ProposeReorganisationPlan, request));
    if (proposal_.unplaced() == 0) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(proposal_.unplaced(), " people have no post"));
  }

  absl::Status Edit() {
    for (int begin = 0; begin < proposal_.choices_size(); begin += kChoicesOfCall) {
      v1::EditReorganisationPlanRequest request;
      request.set_name(plan_.name());
      request.set_etag(plan_.etag());
      for (int i = begin; i < std::min(proposal_.choices_size(), begin + kChoicesOfCall); ++i) {
        *request.add_choices() = proposal_.choices(i);
      }
      request.set_request_id(RequestId());
      ASSIGN_OR_RETURN(const auto response, server_.Call(&Stub::EditReorganisationPlan, request));
      plan_ = response.plan();
    }
    return absl::OkStatus();
  }

  absl::Status Sign() {
    v1::ListIncumbentsRequest chair;
    chair.set_parent(parent_);
    chair.set_unit(options_.province_unit);
    ASSIGN_OR_RETURN(const auto found, server_.Call(&Stub::ListIncumbents, chair));
    v1::SignReorganisationPlanRequest request;
    request.set_name(plan_.name());
    request.set_etag(plan_.etag());
    request.mutable_form()->set_number("99/QĐ-UBND");
    Set(request.mutable_form()->mutable_sign_date(), kToday);
    request.mutable_form()->set_signer_post(found.incumbents(0).appointment().post());
    request.set_request_id(RequestId());
    ASSIGN_OR_RETURN(const auto response, server_.Call(&Stub::SignReorganisationPlan, request));
    plan_ = response.plan();
    return absl::OkStatus();
  }

  absl::Status Hold() {
    while (plan_.held() < plan_.people()) {
      v1::ExecuteReorganisationPlanRequest request;
      request.set_name(plan_.name());
      request.set_request_id(RequestId());
      absl::Duration took;
      RETURN_IF_ERROR(Timed(took, [&]() -> absl::Status {
        ASSIGN_OR_RETURN(const auto response,
                         server_.Call(&Stub::ExecuteReorganisationPlan, request));
        plan_ = response.plan();
        return absl::OkStatus();
      }));
      figures_.slice_max = std::max(figures_.slice_max, took);
    }
    return absl::OkStatus();
  }

  // People in the old units, and in the new ones.
  absl::StatusOr<std::pair<int64_t, int64_t>> Look() {
    v1::GetStaffingRequest request;
    request.set_parent(parent_);
    request.set_by_unit(true);
    ASSIGN_OR_RETURN(const auto response, server_.Call(&Stub::GetStaffing, request));
    const std::set<std::string> from(options_.from_units.begin(), options_.from_units.end());
    const std::set<std::string> to(options_.to_units.begin(), options_.to_units.end());
    std::pair<int64_t, int64_t> seen;
    for (const v1::UnitStaffing& unit : response.units()) {
      for (const v1::GradeLine& grade : unit.grades()) {
        if (from.contains(unit.unit())) seen.first += grade.filled();
        if (to.contains(unit.unit())) seen.second += grade.filled();
      }
    }
    return seen;
  }

  // Somebody else's call that takes the lane of the province.
  absl::Status Knock() {
    v1::GrantQuotaRequest request;
    request.set_parent(parent_);
    request.set_unit(options_.province_unit);
    request.set_quota_kind(v1::QUOTA_KIND_PUBLIC_EMPLOYEE);
    request.set_posts(1);
    request.set_year(2026);
    request.mutable_act()->set_number("16/QĐ-UBND");
    request.set_request_id(RequestId());
    request.set_validate_only(true);
    return server_.Call(&Stub::GrantQuota, request).status();
  }

  absl::Status WatchItsDay() {
    absl::Notification over;
    absl::Status looked, knocked;
    std::thread looking([&] {
      const std::pair<int64_t, int64_t> before{figures_.people, 0}, after{0, figures_.people};
      while (looked.ok() && !over.WaitForNotificationWithTimeout(kBetweenLooks)) {
        const absl::StatusOr<std::pair<int64_t, int64_t>> seen = Look();
        looked = seen.status();
        if (!looked.ok() || *seen == before || *seen == after) continue;
        looked = absl::InternalError(absl::StrCat("of the plan was seen: ", seen->first,
                                                  " in the old units, ", seen->second,
                                                  " in the new ones"));
      }
    });
    std::thread knocking([&] {
      while (knocked.ok() && !over.WaitForNotificationWithTimeout(kBetweenLooks)) {
        absl::Duration took;
        knocked = Timed(took, [this] { return Knock(); });
        figures_.blocked_max = std::max(figures_.blocked_max, took);
      }
    });
    const absl::Time begin = absl::Now();
    server_.GoTo(kDay);
    figures_.in_force = absl::Now() - begin;
    over.Notify();
    looking.join();
    knocking.join();
    RETURN_IF_ERROR(looked);
    RETURN_IF_ERROR(knocked);
    ASSIGN_OR_RETURN(const auto seen, Look());
    if (seen.second == figures_.people) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(seen.second, " people are in the new units"));
  }

  PersonnelServer& server_;
  const StaffPlanOptions& options_;
  const std::string parent_;
  StaffPlanFigures figures_;
  v1::ReorganisationPlan plan_;
  v1::ProposeReorganisationPlanResponse proposal_;
};

}  // namespace

absl::StatusOr<StaffPlanFigures> RunStaffPlan(PersonnelServer& server,
                                              const StaffPlanOptions& options) {
  return StaffPlan(server, options).Run();
}

}  // namespace twotier::personnel::testing
