// The statement of one account, page by page.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/ledger/reads.h"
#include "common/ledger/statement.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/balances.h"
#include "services/budget/handlers/given.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kMethod = "GetStatement";

// What a statement is of, and the instant of the knowledge that it is of; absent: now.
struct Question {
  ledger::StatementQuery query = {};
  std::optional<absl::Time> known = std::nullopt;
};

// What a page goes on with: the cursor, and what the first page was of.
std::string TextOf(const ledger::StatementCursor& cursor, const Question& question) {
  const ledger::StatementQuery& query = question.query;
  const ledger::Totals& totals = cursor.totals;
  return absl::StrCat(
      absl::StrJoin({DayNumber(cursor.effective_day), cursor.recorded_us, cursor.id.line,
                     totals.debits_posted, totals.debits_pending, totals.credits_posted,
                     totals.credits_pending, *query.known_position, DayNumber(query.until_day),
                     absl::ToUnixMicros(*question.known)},
                    "/"),
      "/", cursor.province_code, "/", cursor.id.journal, "/", absl::BytesToHexString(cursor.hash));
}

// A cursor was sealed by this service: it has the form of the one above.
std::optional<ledger::StatementCursor> CursorOf(absl::string_view text, Question& question) {
  if (text.empty()) return std::nullopt;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  int64_t numbers[10] = {};
  for (size_t i = 0; i < std::size(numbers); ++i) {
    if (!absl::SimpleAtoi(parts[i], &numbers[i])) return std::nullopt;
  }
  question.query.known_position = numbers[7];
  question.query.until_day = DayOfNumber(numbers[8]);
  question.known = absl::FromUnixMicros(numbers[9]);
  return ledger::StatementCursor{.effective_day = DayOfNumber(numbers[0]),
                                 .recorded_us = numbers[1],
                                 .province_code = std::string(parts[10]),
                                 .id = {std::string(parts[11]), numbers[2]},
                                 .totals = {numbers[3], numbers[4], numbers[5], numbers[6]},
                                 .hash = absl::HexStringToBytes(parts[12])};
}

// One page. A statement of several pages is of what was numbered when the first one was read:
// what is entered meanwhile for days of its period would be in none of them.
absl::StatusOr<ledger::StatementPage> ReadPage(db::Tx& tx, absl::string_view after, int size,
                                               Question& question) {
  const std::optional<ledger::StatementCursor> cursor = CursorOf(after, question);
  ledger::StatementQuery& query = question.query;
  absl::StatusOr<ledger::StatementPage> page = ledger::ReadStatement(tx, query, cursor, size);
  if (!page.ok() || !page->next.has_value() || query.known_position.has_value()) return page;
  ASSIGN_OR_RETURN(const feed::Knowledge knowledge, feed::ReadKnowledge(tx));
  query.known_position = knowledge.position;
  question.known = knowledge.until;
  return ledger::ReadStatement(tx, query, std::nullopt, size);
}

void FillEntry(const ledger::StatementLine& line, Stage stage, v1::StatementEntry* out) {
  out->set_journal(JournalName(line.province_code, line.id.journal));
  out->set_number(static_cast<int>(line.id.line));
  out->set_kind(static_cast<v1::TransferKind>(line.kind));
  ToProto(line.effective_day, out->mutable_effective_date());
  ToProto(line.recorded, out->mutable_post_time());
  out->set_debit(line.is_debit);
  out->set_other_account(NameOf(line.other));
  out->set_amount_vnd(line.amount);
  out->mutable_act()->set_number(line.act);
  out->set_journal_text(line.text);
  out->set_text(line.line_text);
  if (!line.reverses.empty()) out->set_reverses(JournalName(line.province_code, line.reverses));
  if (!line.reversed_by.empty()) {
    out->set_reversed_by(JournalName(line.province_code, line.reversed_by));
  }
  ToProto(line.after, stage, out->mutable_after());
}

}  // namespace

absl::StatusOr<v1::GetStatementResponse> GetStatement(const Env& env, const Call& call,
                                                      const v1::GetStatementRequest& request,
                                                      db::Tx& tx) {
  const std::string query_text = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open(kMethod, query_text, request.page_token()));
  const std::optional<AccountKey> key = KeyOfName(request.name());
  const absl::Status not_found =
      error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no account ", request.name()),
                        "ACCOUNT_NOT_FOUND", {{"account", request.name()}});
  if (!key.has_value()) return not_found;
  Question question;
  ledger::StatementQuery& query = question.query;
  query.account = IdOf(*key);
  if (request.has_as_known_at()) {
    question.known = FromProto(request.as_known_at());
    ASSIGN_OR_RETURN(query.known_position, ledger::KnownPositionAt(tx, *question.known));
  }
  query.from_day = request.has_first_date() ? FromProto(request.first_date()) : kFirstJournalDay;
  query.until_day = request.has_end_date() ? FromProto(request.end_date())
                                           : VietnamDay(question.known.value_or(call.now)) + 1;
  const absl::StatusOr<ledger::StatementPage> page = ReadPage(tx, after, size, question);
  if (absl::IsNotFound(page.status())) return not_found;
  RETURN_IF_ERROR(page.status());
  v1::GetStatementResponse response;
  ToProto(*key, response.mutable_key());
  ToProto(query.from_day, response.mutable_first_date());
  ToProto(query.until_day, response.mutable_end_date());
  if (question.known.has_value()) ToProto(*question.known, response.mutable_as_known_at());
  ToProto(page->opening, key->stage, response.mutable_opening());
  for (const ledger::StatementLine& line : page->lines) {
    FillEntry(line, key->stage, response.add_entries());
  }
  ToProto(page->closing, key->stage, response.mutable_closing());
  response.set_sha256(absl::BytesToHexString(page->hash));
  if (page->next.has_value()) {
    response.set_next_page_token(
        env.pages->Seal(kMethod, query_text, TextOf(*page->next, question)));
  }
  return response;
}

void ValidateGetStatement(const v1::GetStatementRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  if (request.has_first_date() && request.has_end_date() &&
      FromProto(request.end_date()) < FromProto(request.first_date())) {
    violations.Add("end_date", "is not before the first date");
  }
}

}  // namespace twotier::budget::handlers
