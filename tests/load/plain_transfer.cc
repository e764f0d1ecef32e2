#include "tests/load/plain_transfer.h"

#include <libpq-fe.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "tests/load/postgres.h"

namespace twotier::load {
namespace {

constexpr int64_t kFunds = 1'000'000'000'000'000;
constexpr int64_t kAmount = 1'000'000;

struct NamedSql {
  const char* name;
  const char* sql;
};
constexpr NamedSql kStatements[] = {
    {"lock", "SELECT credits - debits FROM account WHERE id = $1 FOR UPDATE"},
    {"debit", "UPDATE account SET debits = debits + $2 WHERE id = $1"},
    {"credit", "UPDATE account SET credits = credits + $2 WHERE id = $1"},
    {"insert",
     "INSERT INTO transfer (debit, credit, amount, act, made) VALUES ($1, $2, $3, $4, now())"},
    {"begin", "BEGIN"},
    {"commit", "COMMIT"}};

// One connection that transfers until it is told to stop.
class Transferrer {
 public:
  Transferrer(absl::string_view url, const PlainLoad& load, unsigned seed)
      : connection_(PQconnectdb(std::string(url).c_str()), PQfinish), load_(load), random_(seed) {}

  absl::Status Prepare() {
    for (const NamedSql& statement : kStatements) {
      RETURN_IF_ERROR(
          Check(PQprepare(connection_.get(), statement.name, statement.sql, 0, nullptr)).status());
    }
    return absl::OkStatus();
  }

  absl::Status TransferOnce() {
    std::uniform_int_distribution<int> any(1, load_.accounts);
    const int debit = load_.hot ? 0 : any(random_);
    int credit = any(random_);
    while (credit == debit) credit = any(random_);
    const std::string amount = absl::StrCat(kAmount);
    RETURN_IF_ERROR(Run("begin", {}).status());
    for (const int id : {std::min(debit, credit), std::max(debit, credit)}) {
      ASSIGN_OR_RETURN(const std::string available, Run("lock", {absl::StrCat(id)}));
      int64_t left = 0;
      if (!absl::SimpleAtoi(available, &left)) return absl::InternalError("no account");
      if (id == debit && left < kAmount) return absl::FailedPreconditionError("spent");
    }
    RETURN_IF_ERROR(Run("debit", {absl::StrCat(debit), amount}).status());
    RETURN_IF_ERROR(Run("credit", {absl::StrCat(credit), amount}).status());
    RETURN_IF_ERROR(
        Run("insert", {absl::StrCat(debit), absl::StrCat(credit), amount, "12/NQ-HĐND"}).status());
    return Run("commit", {}).status();
  }

 private:
  // The first cell of the result; empty without one.
  absl::StatusOr<std::string> Check(PGresult* raw) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(raw, PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      return absl::InternalError(PQerrorMessage(connection_.get()));
    }
    if (PQntuples(result.get()) == 0) return std::string();
    return std::string(PQgetvalue(result.get(), 0, 0));
  }

  absl::StatusOr<std::string> Run(const char* name, const std::vector<std::string>& values) {
    std::vector<const char*> pointers;
    for (const std::string& value : values) pointers.push_back(value.c_str());
    return Check(PQexecPrepared(connection_.get(), name, static_cast<int>(values.size()),
                                pointers.data(), nullptr, nullptr, 0));
  }

  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  const PlainLoad load_;
  std::minstd_rand random_;
};

}  // namespace

absl::Status PreparePlainTransfers(absl::string_view url, int accounts) {
  return ExecuteOnPostgres(
      url, {"CREATE TABLE account (id BIGINT PRIMARY KEY, debits BIGINT NOT NULL,"
            " credits BIGINT NOT NULL)",
            "CREATE TABLE transfer (id BIGSERIAL PRIMARY KEY, debit BIGINT NOT NULL,"
            " credit BIGINT NOT NULL, amount BIGINT NOT NULL, act TEXT NOT NULL,"
            " made TIMESTAMPTZ NOT NULL)",
            absl::StrCat("INSERT INTO account SELECT id, 0, ", kFunds, " FROM generate_series(0, ",
                         accounts, ") AS id"),
            "VACUUM ANALYZE"});
}

absl::StatusOr<double> RunPlainTransfers(absl::string_view url, const PlainLoad& load) {
  std::atomic<bool> stop = false;
  std::atomic<int64_t> made = 0;
  std::vector<absl::Status> ends(load.connections);
  std::vector<std::thread> threads;
  for (int i = 0; i < load.connections; ++i) {
    threads.emplace_back([&, i] {
      Transferrer transferrer(url, load, static_cast<unsigned>(i) + 1);
      ends[i] = transferrer.Prepare();
      while (ends[i].ok() && !stop) {
        ends[i] = transferrer.TransferOnce();
        if (ends[i].ok()) ++made;
      }
    });
  }
  const absl::Time begin = absl::Now();
  absl::SleepFor(load.duration);
  stop = true;
  const int64_t transfers = made;
  const absl::Duration took = absl::Now() - begin;
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& end : ends) RETURN_IF_ERROR(end);
  return static_cast<double>(transfers) / absl::ToDoubleSeconds(took);
}

}  // namespace twotier::load
