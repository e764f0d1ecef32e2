#include "services/budget/handlers/credit_lines.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/handlers/credit_rows.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/store/credit_store.h"
#include "services/budget/store/step_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kCreditsMax = 1000;  // Of a unit and year: twelve months, and some acts.

v1::CreditState StateOf(const store::CreditRow& row) {
  if (row.moved) return v1::CREDIT_STATE_MOVED;
  return row.closed ? v1::CREDIT_STATE_CLOSED : v1::CREDIT_STATE_OPEN;
}

void ToProto(const store::CreditRow& row, absl::CivilDay today, v1::CreditLine* out) {
  out->set_name(NameOf(row));
  out->set_unit(row.unit);
  out->set_budget_year(row.budget_year);
  out->set_kind(static_cast<v1::CreditKind>(row.kind));
  out->set_month(row.month);
  out->set_limit_vnd(row.limit_vnd);
  out->set_legal_max_vnd(row.legal_max_vnd);
  out->set_drawn_vnd(row.drawn_vnd);
  out->set_repaid_vnd(row.repaid_vnd);
  budget::ToProto(row.last_day, out->mutable_last_date());
  out->set_account(absl::StrCat("provinces/", row.province_code, "/accounts/", row.account_id));
  out->set_state(StateOf(row));
  out->mutable_act()->set_number(row.act);
  out->set_overdue(today > row.last_day && OwedOf(row) > 0);
  out->set_version(row.version);
  out->set_etag(EtagOf(row.version));
}

Matter MatterOf(CreditKind kind) {
  if (kind == CreditKind::kProvisional) return Matter::kProvisionalAllocation;
  return kind == CreditKind::kAdvance ? Matter::kAdvance : Matter::kLoanToCommune;
}

// The day on which the estimate of a budget year was decided, whichever tells of it first: the
// Council's step, which somebody records, or the ledger, where what it decided is approved. Nothing
// while it is not.
absl::StatusOr<std::optional<absl::CivilDay>> EstimateDecided(db::Tx& tx, const Acting& acting) {
  const Place& place = acting.place;
  ASSIGN_OR_RETURN(const auto steps,
                   store::LoadSteps(tx, place.province_code, acting.budget_year, place.unit));
  const absl::string_view council =
      place.level == Level::kCommune ? "commune-council" : "province-council";
  ASSIGN_OR_RETURN(std::optional<absl::CivilDay> decided,
                   ApprovedSince(tx, acting.Key(Stage::kApproved, Line(), "")));
  for (const store::StepRow& row : steps) {
    if (row.key.first == council) decided = decided ? std::min(*decided, row.day) : row.day;
  }
  return decided;
}

// What is dated back is entered today, when the decision is known.
absl::Status CheckUndecided(db::Tx& tx, const Call& call, const Acting& acting) {
  ASSIGN_OR_RETURN(const auto decided, EstimateDecided(tx, acting));
  if (!decided || std::max(acting.effective_day, VietnamDay(call.now)) < *decided) {
    return absl::OkStatus();
  }
  return error::WithReason(absl::StatusCode::kFailedPrecondition, "the estimate is decided",
                           "ESTIMATE_DECIDED", {{"decided_date", absl::FormatCivilTime(*decided)}});
}

// Lines of the unit and year of one kind (and month, of a provisional one), open ones with their
// limit and closed ones with what was drawn, together: also those of units that it follows.
absl::StatusOr<std::pair<int, int64_t>> Granted(db::Tx& tx, const Acting& acting, CreditKind kind,
                                                int month) {
  ASSIGN_OR_RETURN(const auto rows,
                   store::ListCredits(tx, acting.place.province_code, acting.budget_year,
                                      acting.place.full_unit, "", kCreditsMax));
  std::pair<int, int64_t> granted;
  for (const store::CreditRow& row : rows) {
    if (row.kind != kind || row.month != month) continue;
    ++granted.first;
    granted.second = SumUpToMax(granted.second, row.closed ? row.drawn_vnd : row.limit_vnd);
  }
  return granted;
}

// The terms of a line. Advances of a year count together, and so do provisional lines of a month.
absl::StatusOr<CreditTerms> Terms(const Acting& acting, const v1::OpenCreditLineRequest& request,
                                  int64_t granted_vnd) {
  CreditRequest asked;
  asked.kind = static_cast<CreditKind>(request.kind());
  asked.level = acting.place.level;
  asked.budget_year = acting.budget_year;
  asked.month = request.month();
  asked.amount_vnd = request.limit_vnd();
  if (asked.kind != CreditKind::kLoan) asked.amount_vnd = SumUpToMax(asked.amount_vnd, granted_vnd);
  asked.base_vnd = request.base_vnd();
  asked.decided = acting.effective_day;
  if (request.has_last_date()) asked.last_day = FromProto(request.last_date());
  return TermsOf(asked, acting.reference().limits);
}

absl::StatusOr<store::CreditRow> FindRow(db::Tx& tx, absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  ASSIGN_OR_RETURN(auto row, store::FindCredit(tx, parts[1], parts[3]));
  if (row) return *std::move(row);
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no credit line ", name),
                           "CREDIT_LINE_NOT_FOUND", {{"name", std::string(name)}});
}

absl::Status CheckOpen(const store::CreditRow& row, absl::CivilDay day) {
  if (!row.closed && day <= row.last_day) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(NameOf(row), " can be drawn on no more"),
                           "CREDIT_LINE_ENDED",
                           {{"name", NameOf(row)},
                            {"last_day", absl::FormatCivilTime(row.last_day)},
                            {"closed", row.closed ? "1" : "0"}});
}

// The unit of a line that is there, acting on a day by an act.
template <typename Request>
absl::StatusOr<Acting> ActingOn(const Env& env, const Call& call, const store::CreditRow& row,
                                const Request& request, db::Tx& tx) {
  v1::BudgetDecision decision;
  decision.set_parent(absl::StrCat("provinces/", row.province_code));
  decision.set_unit(row.unit);
  decision.set_budget_year(row.budget_year);
  *decision.mutable_effective_date() = request.effective_date();
  *decision.mutable_act() = request.act();
  return ActingOf(env, call, decision, tx);
}

// What may be paid before the estimate is decided. The codes of an item's sub-items lie in the
// fifty that begin with it: 6951 is of 6950. A line that does not tell its sub-item might be
// anything.
absl::Status CheckItem(const Acting& acting, const Line& line) {
  constexpr int kCodesOfItem = 50;
  int code = 0;
  if (!absl::SimpleAtoi(line.sub_item, &code)) return CheckProvisionalItem({});
  const ClassificationCode* item = acting.reference().classification.Find(
      Segment::kItem, absl::StrFormat("%04d", code - code % kCodesOfItem), acting.budget_year);
  return item == nullptr ? absl::OkStatus() : CheckProvisionalItem(*item);
}

// A line of its own, with the accounts that it moves between. A month has one provisional line; of
// the others each act makes a further one. ALREADY_EXISTS `CREDIT_LINE_EXISTS`.
absl::StatusOr<store::CreditRow> NewRow(db::Tx& tx, const Acting& acting,
                                        const v1::OpenCreditLineRequest& request) {
  const auto kind = static_cast<CreditKind>(request.kind());
  ASSIGN_OR_RETURN(const auto granted, Granted(tx, acting, kind, request.month()));
  store::CreditRow row;
  row.province_code = acting.place.province_code;
  row.unit = acting.place.full_unit;
  row.budget_year = acting.budget_year;
  row.kind = kind;
  row.month = request.month();
  row.limit_vnd = request.limit_vnd();
  row.act = acting.act;
  const bool monthly = kind == CreditKind::kProvisional;
  const std::string number =
      monthly ? absl::StrFormat("p-%02d", request.month())
              : absl::StrCat(kind == CreditKind::kAdvance ? "a-" : "l-", granted.first + 1);
  row.id = absl::StrCat(row.budget_year, ".", number, ".",
                        absl::StripPrefix(absl::string_view(row.unit), "units/"));
  ASSIGN_OR_RETURN(const auto held, store::FindCredit(tx, row.province_code, row.id));
  if (held) {
    return error::WithReason(absl::StatusCode::kAlreadyExists,
                             absl::StrCat("the month has ", NameOf(*held)), "CREDIT_LINE_EXISTS",
                             {{"name", NameOf(*held)}});
  }
  ASSIGN_OR_RETURN(const CreditTerms terms, Terms(acting, request, granted.second));
  row.legal_max_vnd = terms.max_vnd;
  row.last_day = terms.last_day;
  const std::string purpose = absl::StrCat("credit-", number);
  row.account_id = AccountIdOf(acting.Key(Stage::kAllocated, Line(), purpose));
  AccountKey source = acting.Key(Stage::kSource, Line(), purpose);
  if (kind == CreditKind::kLoan) {
    const units::UnitRecord* lender =
        acting.snapshot->units->FindUnitByCode(acting.place.province_code, acting.effective_day);
    if (lender == nullptr) {
      return error::WithReason(absl::StatusCode::kNotFound, "the province has no unit that day",
                               "UNIT_NOT_FOUND", {{"unit", acting.place.province_code}});
    }
    source = acting.Key(Stage::kAllocated, LineOf(request.lender_line()), "");
    source.unit = lender->name;
  }
  row.source_account_id = AccountIdOf(source);
  return row;
}

}  // namespace

absl::StatusOr<v1::OpenCreditLineResponse> OpenCreditLine(const Env& env, const Call& call,
                                                          const v1::OpenCreditLineRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(Acting acting, ActingOf(env, call, request.decision(), tx));
  const auto kind = static_cast<CreditKind>(request.kind());
  // Terms come first: they say that only communes borrow, before who may lend is looked up.
  ASSIGN_OR_RETURN(store::CreditRow row, NewRow(tx, acting, request));
  Acting deciding = acting;
  if (kind == CreditKind::kLoan) deciding.place.level = Level::kProvince;
  RETURN_IF_ERROR(RuleFor(deciding, MatterOf(kind), request.decision().body()).status());
  if (kind == CreditKind::kProvisional) RETURN_IF_ERROR(CheckUndecided(tx, call, acting));
  Events events(env, call, tx);
  v1::OpenCreditLineResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      PostLines(env, call, events, tx, acting, "journal.posted", "credit line opened",
                {SourceOf(row), AccountOf(row)},
                {PostLine(SourceOf(row), AccountOf(row), row.limit_vnd, "credit line opened")}));
  ASSIGN_OR_RETURN(row.chain_hash,
                   events.AppendFirst(row.province_code, NameOf(row), "creditLine.opened"));
  RETURN_IF_ERROR(store::InsertCredit(tx, row));
  ToProto(row, VietnamDay(call.now), response.mutable_credit_line());
  return response;
}

void ValidateOpenCreditLine(const v1::OpenCreditLineRequest& request,
                            error::Violations& violations) {
  CheckDecision(request.decision(), violations);
  CheckPositive(request.limit_vnd(), "limit_vnd", violations);
  CheckLine(request.lender_line(), "lender_line", violations);
  const bool provisional = request.kind() == v1::CREDIT_KIND_PROVISIONAL;
  const bool loan = request.kind() == v1::CREDIT_KIND_LOAN;
  if (provisional != (request.month() >= 1 && request.month() <= 12) ||
      (!provisional && request.month() != 0)) {
    violations.Add("month", "must be 1 to 12 for a provisional one, else 0");
  }
  if (loan ? request.base_vnd() != 0 : request.base_vnd() <= 0) {
    violations.Add("base_vnd", "must be above 0, and 0 for a loan");
  }
  if (provisional == request.has_last_date()) {
    violations.Add("last_date", "must be given for an advance and a loan, only");
  } else if (request.has_last_date() && request.decision().has_effective_date() &&
             FromProto(request.last_date()) < FromProto(request.decision().effective_date())) {
    violations.Add("last_date", "must not be before decision.effective_date");
  }
}

absl::StatusOr<v1::DrawCreditLineResponse> DrawCreditLine(const Env& env, const Call& call,
                                                          const v1::DrawCreditLineRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(store::CreditRow row, FindRow(tx, request.name()));
  ASSIGN_OR_RETURN(const Acting acting, ActingOn(env, call, row, request, tx));
  RETURN_IF_ERROR(CheckOpen(row, std::max(acting.effective_day, VietnamDay(call.now))));
  // An advance is drawn before its year begins; its own last day lies within the year.
  if (row.kind != CreditKind::kAdvance) RETURN_IF_ERROR(acting.CheckInTime(YearAct::kPayment));
  const Line line = LineOf(request.line());
  if (row.kind == CreditKind::kProvisional) {
    RETURN_IF_ERROR(CheckItem(acting, line));
    RETURN_IF_ERROR(CheckUndecided(tx, call, acting));
  }
  const int64_t undrawn = row.limit_vnd - row.drawn_vnd;
  if (request.amount_vnd() > undrawn) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(NameOf(row), " has ", undrawn, " left"), "LIMIT_EXCEEDED",
                             {{"account", budget::NameOf(AccountOf(row))},
                              {"available", absl::StrCat(undrawn)},
                              {"asked", absl::StrCat(request.amount_vnd())},
                              {"held", "0"}});
  }
  AccountKey paid = AccountOf(row);
  paid.stage = Stage::kPaid;
  paid.line = line;
  Events events(env, call, tx);
  v1::DrawCreditLineResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      PostLines(env, call, events, tx, acting, "journal.posted", request.text(),
                {AccountOf(row), paid},
                {PostLine(AccountOf(row), paid, request.amount_vnd(), request.text())}));
  row.drawn_vnd += request.amount_vnd();
  RETURN_IF_ERROR(WriteChange(events, tx, row, "creditLine.drawn"));
  ToProto(row, VietnamDay(call.now), response.mutable_credit_line());
  return response;
}

void ValidateDrawCreditLine(const v1::DrawCreditLineRequest& request,
                            error::Violations& violations) {
  CheckLine(request.line(), "line", violations);
  CheckPositive(request.amount_vnd(), "amount_vnd", violations);
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::RepayCreditLineResponse> RepayCreditLine(
    const Env& env, const Call& call, const v1::RepayCreditLineRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(store::CreditRow row, FindRow(tx, request.name()));
  ASSIGN_OR_RETURN(Acting acting, ActingOn(env, call, row, request, tx));
  const int64_t owed = OwedOf(row);
  if (request.amount_vnd() > owed) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("only ", owed, " are owed on ", NameOf(row)), "REPAYS_TOO_MUCH",
        {{"owed_vnd", absl::StrCat(owed)}, {"asked_vnd", absl::StrCat(request.amount_vnd())}});
  }
  const AccountKey to = GivenBackTo(row, acting.effective_day);
  acting.budget_year = to.year;
  const AccountKey from = acting.Key(Stage::kAllocated, LineOf(request.line()), "");
  Events events(env, call, tx);
  v1::RepayCreditLineResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      PostLines(env, call, events, tx, acting, "journal.posted", "credit line repaid", {from, to},
                {PostLine(from, to, request.amount_vnd(), "credit line repaid")}));
  row.repaid_vnd += request.amount_vnd();
  RETURN_IF_ERROR(WriteChange(events, tx, row, "creditLine.repaid"));
  ToProto(row, VietnamDay(call.now), response.mutable_credit_line());
  return response;
}

void ValidateRepayCreditLine(const v1::RepayCreditLineRequest& request,
                             error::Violations& violations) {
  CheckLine(request.line(), "line", violations);
  CheckPositive(request.amount_vnd(), "amount_vnd", violations);
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::CloseCreditLineResponse> CloseCreditLine(
    const Env& env, const Call& call, const v1::CloseCreditLineRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(store::CreditRow row, FindRow(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), row.version));
  ASSIGN_OR_RETURN(const Acting acting, ActingOn(env, call, row, request, tx));
  // A line that only lapsed may still be closed: what was not drawn goes back.
  RETURN_IF_ERROR(CheckOpen(row, row.last_day));
  const int64_t rest = row.limit_vnd - row.drawn_vnd;
  Events events(env, call, tx);
  v1::CloseCreditLineResponse response;
  if (rest > 0) {
    const AccountKey to = GivenBackTo(row, acting.effective_day);
    ASSIGN_OR_RETURN(*response.mutable_journal(),
                     PostLines(env, call, events, tx, acting, "journal.posted",
                               "credit line closed", {AccountOf(row), to},
                               {PostLine(AccountOf(row), to, rest, "credit line closed")}));
  }
  row.closed = true;
  RETURN_IF_ERROR(WriteChange(events, tx, row, "creditLine.closed"));
  ToProto(row, VietnamDay(call.now), response.mutable_credit_line());
  return response;
}

void ValidateCloseCreditLine(const v1::CloseCreditLineRequest& request,
                             error::Violations& violations) {
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::ListCreditLinesResponse> ListCreditLines(
    const Env& env, const Call& call, const v1::ListCreditLinesRequest& request, db::Tx& tx) {
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open("ListCreditLines", query, request.page_token()));
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const auto rows,
                   store::ListCredits(tx, ProvinceCodeOf(request.parent()), request.budget_year(),
                                      request.unit(), after, size + 1));
  v1::ListCreditLinesResponse response;
  for (const store::CreditRow& row : rows) {
    if (response.credit_lines_size() == size) {
      const std::string& last = rows[size - 1].id;
      response.set_next_page_token(env.pages->Seal("ListCreditLines", query, last));
      break;
    }
    ToProto(row, VietnamDay(call.now), response.add_credit_lines());
  }
  return response;
}

void ValidateListCreditLines(const v1::ListCreditLinesRequest& request,
                             error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
  page::CheckSize(request.page_size(), violations);
}

}  // namespace twotier::budget::handlers
