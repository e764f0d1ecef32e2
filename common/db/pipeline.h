// The wire to PostgreSQL: statements are sent without waiting and their results are read together.
#ifndef TWOTIER_COMMON_DB_PIPELINE_H_
#define TWOTIER_COMMON_DB_PIPELINE_H_

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/connection.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "common/db/held_rows.h"

namespace twotier::db {

// A libpq connection in pipeline mode. Not thread-safe.
//
// What is sent belongs to a segment, which Mark ends. An error skips the rest of its segment,
// nothing else. Statements are prepared when they are first sent.
//
// No wait lasts longer than the patience: a server that is stopped, but whose machine still
// acknowledges what it is sent, would otherwise hold its caller for ever. Then the connection
// counts as broken.
class Pipeline {
 public:
  // What the sender wants to know of a statement's result.
  enum class Want {
    kNothing,  // Only that it did not fail.
    kRows,     // Its rows.
    kCount,    // How many rows it touched.
    kExactly,  // That it touched as many rows as expected; another number is a conflict.
  };
  // Absent: all is well.
  using Trouble = std::optional<EngineError>;

  // `patience`: how long to wait for one result, or for the server to take what is sent. Longer
  // than the server's own statement timeout, which is to strike first.
  explicit Pipeline(absl::Duration patience) : patience_(patience) {}
  ~Pipeline() { PQfinish(connection_); }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Connects, again when it was connected before, and runs `settings`. UNAVAILABLE `DATABASE_AWAY`.
  absl::Status Connect(const std::string& url, const std::string& settings);

  void set_patience(absl::Duration patience) { patience_ = patience; }

  Trouble Send(Want want, const Statement& statement, Values values, int64_t rows_expected = 0);
  // Sends queries that AskableTogether (together.h) put into one group as one statement. Each has
  // rows of its own, in order.
  Trouble SendTogether(absl::Span<const BoundStatement* const> queries);
  // Sends an INSERT of one row, which must insert it; perhaps later and together with others of its
  // statement (held_rows.h), but before anything that could miss it, and within the next flight.
  // Another statement goes at once.
  Trouble SendRow(const Statement& statement, Values values, int64_t rows_expected);
  // Drops what is held.
  void Forget() { held_.Clear(); }
  // Sends SQL that is not prepared.
  Trouble SendOnce(absl::string_view sql);
  Trouble Mark();
  // Makes sure that everything is on its way, without reading results.
  Trouble Flush();
  // Marks, flushes, and reads every result. Of several errors returns the loss, else the conflict,
  // else the first.
  Trouble Flight();

  // Statements whose results were not read, rows that are held among them.
  size_t pending() const { return pending_.size() + held_.size(); }
  // Of the last flight: the rows of each kRows and the count of each kCount, in order; whether one
  // of them changed something.
  std::vector<Rows>& rows() { return rows_; }
  const std::vector<int64_t>& counts() const { return counts_; }
  bool wrote() const { return wrote_; }

  bool in_transaction() const { return PQtransactionStatus(connection_) != PQTRANS_IDLE; }
  // Looks, without waiting, whether the server has closed the connection.
  Trouble CheckIdle();

 private:
  struct Prepared {
    std::string server_name;
    std::string sql;
    std::vector<Oid> types;
  };
  struct Pending {
    enum class Kind { kPrepare, kStatement, kMark };
    Kind kind;
    Want want;
    absl::string_view name;  // Of the statement: a literal.
    int64_t rows_expected = 0;
    size_t askers = 0;  // How many queries it asks together; 0: one, alone.
  };
  // One statement several times, as one.
  struct Joint {
    std::string name;
    std::string source;  // The statement's own SQL.
    std::string sql;
  };

  static constexpr Oid kUnknownType = 0;  // Lets the server infer the type.
  static Oid TypeOf(const Value& value);
  Trouble SendHeld();
  // Several rows of one statement, which has as many parameters as each of them values.
  Trouble SendRows(absl::Span<const BoundStatement> rows);
  Trouble Prepare(const Statement& statement, Values values, const Prepared*& prepared);
  Trouble Take(const Pending& pending, const PGresult* result);
  Trouble TakeRows(const Pending& pending, const PGresult* result);
  Trouble Lost();
  // Waits until the socket is ready for one of `events` of poll(2), or until `deadline`.
  Trouble AwaitSocket(short events, absl::Time deadline);
  // Waits until PQgetResult does not have to.
  Trouble AwaitResult();
  absl::Status RunSettings(const std::string& settings);

  absl::Duration patience_;
  PGconn* connection_ = nullptr;
  absl::flat_hash_map<std::string, Prepared> prepared_;
  // By the statement's name and how often it is asked.
  absl::flat_hash_map<std::pair<std::string, size_t>, std::unique_ptr<Joint>> joints_;
  HeldRows held_;
  int64_t prepared_count_ = 0;
  std::vector<Pending> pending_;
  std::vector<Rows> rows_;
  std::vector<int64_t> counts_;
  bool wrote_ = false;
};

// The error map of PostgreSQL: the only place where SQLSTATEs get a meaning. An empty one means
// that the connection broke.
EngineError MapSqlState(absl::string_view sqlstate, absl::string_view message);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_PIPELINE_H_
