#include "common/ledger/tables.h"

#include <optional>

#include "absl/numeric/int128.h"
#include "common/ledger/store.h"

namespace twotier::ledger {

Account ReadAccount(const db::Row& row) {
  Account account{.id = {row.Text(0), row.Text(1)},
                  .unit = row.Text(2),
                  .limit = static_cast<Limit>(row.Int(3)),
                  .opened_day = ToDay(row.Int(4)),
                  .version = row.Int(6),
                  .totals = {.debits_posted = row.Int(7),
                             .debits_pending = row.Int(8),
                             .credits_posted = row.Int(9),
                             .credits_pending = row.Int(10)}};
  if (const std::optional<int64_t> closed = row.OptInt(5)) account.closed_day = ToDay(*closed);
  return account;
}

Transfer ReadTransfer(const db::Row& row) {
  return {.journal = {.id = row.Text(0),
                      .effective_day = ToDay(row.Int(8)),
                      .act = row.Text(13),
                      .text = row.Text(14),
                      .subject = row.Text(16),
                      .version = row.Int(17),
                      .reverses = row.Text(12)},
          .number = row.Int(1),
          .line = {.kind = static_cast<Kind>(row.Int(2)),
                   .debit = {row.Text(3), row.Text(4)},
                   .credit = {row.Text(5), row.Text(6)},
                   .amount = row.Int(7),
                   .hold = {row.Text(9), row.Int(10)},
                   .expiry_day = ToDay(row.Int(11)),
                   .text = row.Text(15)},
          .recorded_us = row.Int(18),
          .result = row.Int(19)};
}

Hold ReadHold(const db::Row& row, size_t first) {
  const auto text = [&](size_t column) { return row.Text(first + column); };
  const auto number = [&](size_t column) { return row.Int(first + column); };
  return {.id = {text(0), number(1)},
          .debit = {text(2), text(3)},
          .credit = {text(4), text(5)},
          .amount = number(6),
          .remaining = number(7),
          .effective_day = ToDay(number(8)),
          .expiry_day = ToDay(number(9)),
          .end = static_cast<HoldEnd>(number(10))};
}

void ReadSums(const db::Row& row, size_t first, bool is_debit, Totals& totals) {
  const absl::int128 pending = absl::int128(row.Int(first + 1)) * 4294967296 + row.Int(first + 2);
  (is_debit ? totals.debits_posted : totals.credits_posted) += row.Int(first);
  (is_debit ? totals.debits_pending : totals.credits_pending) += static_cast<int64_t>(pending);
}

std::vector<db::Migration> Migrations() {
  return {
      {.module = "ledger",
       .version = 1,
       .name = "accounts, transfers and holds",
       .statements =
           {
               // The limit is the engine's too: whatever a statement adds, these rows do not
               // exceed it. Differences of totals that are not negative stay within 64 bits.
               "CREATE TABLE ledger_account (province_code TEXT NOT NULL, account_id TEXT NOT NULL,"
               " unit TEXT NOT NULL, limit_kind BIGINT NOT NULL, opened_day BIGINT NOT NULL,"
               " closed_day BIGINT, version BIGINT NOT NULL,"
               " debits_posted BIGINT NOT NULL CHECK (debits_posted >= 0),"
               " debits_pending BIGINT NOT NULL CHECK (debits_pending >= 0),"
               " credits_posted BIGINT NOT NULL CHECK (credits_posted >= 0),"
               " credits_pending BIGINT NOT NULL CHECK (credits_pending >= 0),"
               " CHECK (limit_kind <> 1 OR credits_posted - debits_posted >= debits_pending),"
               " CHECK (limit_kind <> 2 OR debits_posted - credits_posted >= credits_pending),"
               " CHECK (closed_day IS NULL OR (debits_pending = 0 AND credits_pending = 0)),"
               " PRIMARY KEY (province_code, account_id))",
               // `province_code` is the book's. `result`: 0, or why it failed; a failed one counts
               // nowhere and keeps its id from being used again.
               "CREATE TABLE ledger_transfer (province_code TEXT NOT NULL, journal TEXT NOT NULL,"
               " line BIGINT NOT NULL, kind BIGINT NOT NULL, debit_province TEXT NOT NULL,"
               " debit_account TEXT NOT NULL, credit_province TEXT NOT NULL,"
               " credit_account TEXT NOT NULL, amount BIGINT NOT NULL,"
               " effective_day BIGINT NOT NULL, hold_journal TEXT NOT NULL,"
               " hold_line BIGINT NOT NULL, expiry_day BIGINT NOT NULL, reverses TEXT NOT NULL,"
               " act TEXT NOT NULL, text TEXT NOT NULL, line_text TEXT NOT NULL,"
               " subject TEXT NOT NULL, version BIGINT NOT NULL, recorded_us BIGINT NOT NULL,"
               " result BIGINT NOT NULL, PRIMARY KEY (province_code, journal, line))",
               ("CREATE INDEX ledger_transfer_debit ON ledger_transfer"
                " (debit_province, debit_account, effective_day) WHERE result = 0"),
               "CREATE INDEX ledger_transfer_credit ON ledger_transfer"
               " (credit_province, credit_account, effective_day) WHERE result = 0",
               // A journal is reversed once.
               "CREATE UNIQUE INDEX ledger_transfer_reversal ON ledger_transfer"
               " (province_code, reverses) WHERE reverses <> '' AND line = 1 AND result = 0",
               "CREATE TABLE ledger_refusal (province_code TEXT NOT NULL,"
               " refused_journal TEXT NOT NULL, why BIGINT NOT NULL, refused_line BIGINT NOT NULL,"
               " account_province TEXT NOT NULL, account_id TEXT NOT NULL, field TEXT NOT NULL,"
               " available BIGINT NOT NULL, asked BIGINT NOT NULL, held BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, refused_journal))",
               "CREATE TABLE ledger_hold (province_code TEXT NOT NULL, journal TEXT NOT NULL,"
               " line BIGINT NOT NULL, debit_province TEXT NOT NULL, debit_account TEXT NOT NULL,"
               " credit_province TEXT NOT NULL, credit_account TEXT NOT NULL,"
               " amount BIGINT NOT NULL,"
               " remaining BIGINT NOT NULL CHECK (remaining >= 0 AND remaining <= amount),"
               " effective_day BIGINT NOT NULL, expiry_day BIGINT NOT NULL, ended BIGINT NOT NULL,"
               " CHECK ((remaining = 0) = (ended <> 0)), PRIMARY KEY (province_code, journal, "
               "line))",
               "CREATE INDEX ledger_hold_due ON ledger_hold (province_code, expiry_day, journal,"
               " line) WHERE ended = 0",
               "CREATE INDEX ledger_hold_debit ON ledger_hold (debit_province, debit_account)"
               " WHERE ended = 0",
               "CREATE INDEX ledger_hold_credit ON ledger_hold (credit_province, credit_account)"
               " WHERE ended = 0",
               "CREATE TABLE ledger_classification (province_code TEXT NOT NULL,"
               " account_id TEXT NOT NULL, class_key TEXT NOT NULL, from_day BIGINT NOT NULL,"
               " revision BIGINT NOT NULL, class_value TEXT NOT NULL, subject TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, account_id, class_key, from_day, revision))",
               "CREATE INDEX ledger_classification_value ON ledger_classification"
               " (province_code, class_key, class_value, account_id)",
           }},
      {.module = "ledger",
       .version = 2,
       .name = "what an account is for stands in its id",
       .statements = {"DROP TABLE ledger_classification"}},
  };
}

}  // namespace twotier::ledger
