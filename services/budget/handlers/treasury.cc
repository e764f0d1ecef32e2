#include "services/budget/handlers/treasury.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "common/feed/feed.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/treasury_books.h"

namespace twotier::budget::handlers {
namespace {

// What a question about the statements of a unit rests on.
struct Asked {
  std::shared_ptr<const Snapshot> snapshot;
  store::TreasuryBooks books;

  const calendar::Calendar& days() const { return *snapshot->reference->calendar; }
};

template <typename Request>
absl::StatusOr<Asked> Ask(const Env& env, const Call& call, const Request& request, db::Tx& tx) {
  Asked asked;
  ASSIGN_OR_RETURN(asked.snapshot, ReferencedSnapshot(env, tx));
  ASSIGN_OR_RETURN(const Place place, PlaceOf(*asked.snapshot->units, request.parent(),
                                              request.unit(), VietnamDay(call.now)));
  asked.books = {place.province_code, place.full_unit, request.budget_year()};
  return asked;
}

void ToProto(const StatementLine& line, v1::TreasuryLine* out) {
  out->set_line_id(line.item.id);
  budget::ToProto(line.item.day, out->mutable_value_date());
  out->set_direction(static_cast<v1::CashDirection>(line.item.direction));
  out->set_amount_vnd(line.item.amount_vnd);
  out->set_reference(line.item.reference);
  out->set_treasury_code(line.treasury_code);
  out->set_text(line.text);
}

void ToProto(const BookEntry& entry, v1::BookEntry* out) {
  out->set_province_code(entry.id.book);
  out->set_journal_id(entry.id.journal);
  out->set_line(entry.id.line);
  budget::ToProto(entry.item.day, out->mutable_date());
  out->set_direction(static_cast<v1::CashDirection>(entry.item.direction));
  out->set_amount_vnd(entry.item.amount_vnd);
}

std::string NameOf(const Asked& asked, const store::StatementHead& head) {
  return absl::StrCat("provinces/", asked.books.province_code, "/treasuryStatements/", head.id);
}

void ToProto(const Asked& asked, const store::StatementHead& head, v1::TreasuryStatement* out) {
  out->set_name(NameOf(asked, head));
  out->set_unit(asked.books.unit);
  out->set_budget_year(asked.books.budget_year);
  budget::ToProto(head.period.first, out->mutable_first_date());
  budget::ToProto(head.period.last, out->mutable_last_date());
  out->set_lines(head.lines);
  out->set_sha256(head.sha256);
  budget::ToProto(head.imported, out->mutable_import_time());
}

std::string DigestOf(const v1::ImportTreasuryStatementRequest& request) {
  Sha256 digest;
  digest.Bytes(request.content());
  return absl::BytesToHexString(digest.Finish());
}

// Keeps the lines that no earlier statement has. One that says something else than it said before
// is wrong.
absl::StatusOr<int64_t> InsertNewLines(db::Tx& tx, const Asked& asked,
                                       const store::StatementHead& head,
                                       const std::vector<StatementRow>& rows) {
  RowErrors errors;
  std::vector<const StatementLine*> added;
  for (const StatementRow& row : rows) {
    ASSIGN_OR_RETURN(const auto held, store::FindTreasuryLine(tx, asked.books, row.line.item.id));
    if (!held) {
      added.push_back(&row.line);
    } else if (!(*held == row.line)) {
      errors.Add(row.place, "line_id", "was imported before and said something else");
    }
  }
  RETURN_IF_ERROR(errors.ToStatus("STATEMENT_LINE_INVALID"));
  for (const StatementLine* line : added) {
    RETURN_IF_ERROR(store::InsertTreasuryLine(tx, asked.books, head.id, *line));
  }
  return static_cast<int64_t>(added.size());
}

absl::Status Tell(const Env& env, db::Tx& tx, const Call& call, const Asked& asked,
                  std::string subject, absl::string_view kind,
                  const google::protobuf::Message& body) {
  feed::Event event;
  event.province_code = asked.books.province_code;
  event.subject = std::move(subject);
  event.version = 1;
  event.kind = std::string(kind);
  event.body = body.SerializeAsString();
  RETURN_IF_ERROR(feed::Append(tx, call, event).status());
  env.appended();
  return absl::OkStatus();
}

// Writes down a match, of the open line at `line`, or of an entry alone.
absl::Status WriteMatch(db::Tx& tx, const Asked& asked, const OpenItems& open,
                        std::optional<size_t> line, const store::MatchRow& match) {
  if (line && !open.IsOwn(*line)) {
    RETURN_IF_ERROR(store::TakeTreasuryLine(tx, asked.books, match.line_id));
  }
  return store::InsertMatch(tx, asked.books, match);
}

// Matches what is open by the rules and writes down what was found.
template <typename Response>
absl::Status MatchOpen(db::Tx& tx, const Call& call, const Asked& asked, Response& response) {
  ASSIGN_OR_RETURN(const OpenItems open, LoadOpenItems(tx, asked.books));
  ASSIGN_OR_RETURN(const Reconciled found,
                   ReconcileOpen(open, asked.days(), asked.books.province_code));
  std::map<MatchRule, int64_t> counts;
  for (const Match& match : found.matches) {
    ++counts[match.rule];
    store::MatchRow row;
    row.line_id = open.lines[match.line].item.id;
    row.entry = open.entries[match.entry].id;
    row.rule = static_cast<int>(match.rule);
    row.matched = call.now;
    RETURN_IF_ERROR(WriteMatch(tx, asked, open, match.line, row));
  }
  for (const auto& [rule, count] : counts) {
    v1::MatchCount* out = response.add_matches();
    out->set_rule(static_cast<v1::MatchRule>(rule));
    out->set_count(count);
  }
  response.set_lines_open(std::count_if(found.open_lines.begin(), found.open_lines.end(),
                                        [&open](size_t line) { return open.IsOwn(line); }));
  return absl::OkStatus();
}

v1::TreasuryBreak BreakMessage(const OpenItems& open, const Break& each, absl::CivilDay today) {
  v1::TreasuryBreak out;
  out.set_age_days(today - each.day);
  if (each.line < 0) {
    out.set_kind(v1::BREAK_KIND_NOT_IN_STATEMENT);
    ToProto(open.entries[each.entry], out.mutable_entry());
    return out;
  }
  out.set_kind(v1::BREAK_KIND_NOT_IN_BOOKS);
  ToProto(open.lines[each.line], out.mutable_line());
  for (const Candidate& candidate : each.candidates) {
    v1::BreakCandidate* shown = out.add_candidates();
    ToProto(open.entries[candidate.entry], shown->mutable_entry());
    shown->set_amount_differs(candidate.amount_differs);
    if (candidate.amount_differs) out.set_kind(v1::BREAK_KIND_AMOUNT_DIFFERS);
  }
  return out;
}

absl::Status NotOpen(absl::string_view item) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(item, " is not open"), "BREAK_NOT_OPEN",
                           {{"item", std::string(item)}});
}

// Place of an open line; nothing: it is not open.
std::optional<size_t> FindLine(const OpenItems& open, absl::string_view line_id) {
  const auto found =
      std::find_if(open.lines.begin(), open.lines.end(),
                   [line_id](const StatementLine& each) { return each.item.id == line_id; });
  if (found == open.lines.end()) return std::nullopt;
  return found - open.lines.begin();
}

// What is resolved, taken from what is open.
absl::StatusOr<store::MatchRow> Resolution(const OpenItems& open, std::optional<size_t> place,
                                           const v1::ResolveBreakRequest& request) {
  store::MatchRow row;
  row.line_id = request.line_id();
  if (!row.line_id.empty() && !place) return NotOpen(row.line_id);
  const StatementLine* line = place ? &open.lines[*place] : nullptr;
  row.rule = v1::MATCH_RULE_EXPLAINED;
  if (!request.has_entry()) return row;
  row.entry = {request.entry().province_code(), request.entry().journal_id(),
               request.entry().line()};
  const auto entry = std::find_if(open.entries.begin(), open.entries.end(),
                                  [&row](const BookEntry& each) { return each.id == row.entry; });
  if (entry == open.entries.end()) return NotOpen(row.entry.journal);
  if (line == nullptr) return row;
  row.rule = v1::MATCH_RULE_BY_HAND;
  if (line->item.direction == entry->item.direction &&
      line->item.amount_vnd == entry->item.amount_vnd) {
    return row;
  }
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(row.line_id, " and ", row.entry.journal, " differ in direction or amount"),
      "AMOUNT_DIFFERS",
      {{"line_vnd", absl::StrCat(line->item.amount_vnd)},
       {"entry_vnd", absl::StrCat(entry->item.amount_vnd)}});
}

}  // namespace

absl::StatusOr<v1::ImportTreasuryStatementResponse> ImportTreasuryStatement(
    const Env& env, const Call& call, const v1::ImportTreasuryStatementRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(env, call, request, tx));
  v1::ImportTreasuryStatementResponse response;
  store::StatementHead head;
  head.sha256 = DigestOf(request);
  ASSIGN_OR_RETURN(const auto held, store::FindStatement(tx, asked.books, head.sha256));
  if (held) {
    response.set_repeated_file(true);
    ToProto(asked, *held, response.mutable_statement());
    ASSIGN_OR_RETURN(const OpenItems open, LoadOpenItems(tx, asked.books));
    response.set_lines_open(static_cast<int64_t>(open.lines.size()));
    return response;
  }
  RowErrors errors;
  head.period = {FromProto(request.first_date()), FromProto(request.last_date())};
  const std::vector<StatementRow> rows = ReadStatementFile(
      request.content(), head.period, asked.snapshot->reference->treasury, errors);
  RETURN_IF_ERROR(errors.ToStatus("STATEMENT_LINE_INVALID"));
  head.id = call.new_id;
  head.lines = static_cast<int64_t>(rows.size());
  head.imported = call.now;
  ASSIGN_OR_RETURN(const int64_t added, InsertNewLines(tx, asked, head, rows));
  response.set_lines_new(added);
  RETURN_IF_ERROR(store::InsertStatement(tx, asked.books, head));
  ToProto(asked, head, response.mutable_statement());
  RETURN_IF_ERROR(MatchOpen(tx, call, asked, response));
  RETURN_IF_ERROR(Tell(env, tx, call, asked, NameOf(asked, head), "treasuryStatement.imported",
                       response.statement()));
  return response;
}

void ValidateImportTreasuryStatement(const v1::ImportTreasuryStatementRequest& request,
                                     error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
  if (request.has_first_date() && request.has_last_date() &&
      FromProto(request.last_date()) < FromProto(request.first_date())) {
    violations.Add("last_date", "must not be before first_date");
  }
}

absl::StatusOr<v1::MatchTreasuryLinesResponse> MatchTreasuryLines(
    const Env& env, const Call& call, const v1::MatchTreasuryLinesRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(env, call, request, tx));
  v1::MatchTreasuryLinesResponse response;
  RETURN_IF_ERROR(MatchOpen(tx, call, asked, response));
  if (response.matches_size() == 0) return response;
  RETURN_IF_ERROR(Tell(
      env, tx, call, asked,
      absl::StrCat("provinces/", asked.books.province_code, "/treasuryMatchings/", call.new_id),
      "treasuryLines.matched", response));
  return response;
}

void ValidateMatchTreasuryLines(const v1::MatchTreasuryLinesRequest& request,
                                error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
}

absl::StatusOr<v1::ListBreaksResponse> ListBreaks(const Env& env, const Call& call,
                                                  const v1::ListBreaksRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(env, call, request, tx));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open("ListBreaks", query, request.page_token()));
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const auto statements, store::LoadStatements(tx, asked.books));
  ASSIGN_OR_RETURN(const OpenItems open, LoadOpenItems(tx, asked.books));
  ASSIGN_OR_RETURN(const Reconciled found,
                   ReconcileOpen(open, asked.days(), asked.books.province_code));
  v1::ListBreaksResponse response;
  std::string last;
  for (const Break& each : BreaksOf(open, found, statements)) {
    const std::string cursor = absl::StrCat(absl::FormatCivilTime(each.day), " ", each.id);
    if (!after.empty() && cursor <= after) continue;
    if (response.breaks_size() == size) {
      response.set_next_page_token(env.pages->Seal("ListBreaks", query, last));
      break;
    }
    *response.add_breaks() = BreakMessage(open, each, VietnamDay(call.now));
    last = cursor;
  }
  return response;
}

void ValidateListBreaks(const v1::ListBreaksRequest& request, error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ResolveBreakResponse> ResolveBreak(const Env& env, const Call& call,
                                                      const v1::ResolveBreakRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(env, call, request, tx));
  ASSIGN_OR_RETURN(const OpenItems open, LoadOpenItems(tx, asked.books));
  const std::optional<size_t> line = FindLine(open, request.line_id());
  ASSIGN_OR_RETURN(store::MatchRow row, Resolution(open, line, request));
  row.act = request.act().number();
  row.text = request.text();
  row.matched = call.now;
  RETURN_IF_ERROR(WriteMatch(tx, asked, open, line, row));
  v1::ResolveBreakResponse response;
  response.set_rule(static_cast<v1::MatchRule>(row.rule));
  const int64_t resolved = line && open.IsOwn(*line) ? 1 : 0;
  response.set_lines_open(static_cast<int64_t>(open.lines_own) - resolved);
  RETURN_IF_ERROR(
      Tell(env, tx, call, asked,
           absl::StrCat("provinces/", asked.books.province_code, "/treasuryBreaks/", call.new_id),
           "treasuryBreak.resolved", response));
  return response;
}

void ValidateResolveBreak(const v1::ResolveBreakRequest& request, error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
  if (request.line_id().empty() && !request.has_entry()) {
    violations.Add("line_id", "must be given, or entry, or both");
  }
  if (request.has_entry() && (request.entry().journal_id().empty() || request.entry().line() < 1)) {
    violations.Add("entry", "must name a journal and a line of it from 1");
  }
  CheckAct(request.act(), violations);
}

}  // namespace twotier::budget::handlers
