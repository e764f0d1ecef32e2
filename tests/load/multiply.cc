#include "tests/load/multiply.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/id.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/domain/dossier_code.h"
#include "tests/load/bulk.h"
#include "tests/load/calls.h"
#include "twotier/routing/v1/dossier.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::load {
namespace {

namespace rt = routing::v1;

// Answers are remembered for ninety days; older ones would be deleted while the bench measures.
constexpr int kDays = 60;
// Office hours of a day, over which its dossiers are spread.
constexpr absl::Duration kOpens = absl::Hours(8);
constexpr absl::Duration kOpen = absl::Hours(8);

// The tables of a submission, in the order in which a writer is given them.
enum : size_t { kDossier, kEvent, kApplicant, kRequest, kCounter };
constexpr const char* kTables[] = {"dossier", "event", "applicant", "request_log",
                                   "dossier_counter"};

// A dossier as it was submitted: its row of each table, and what they hold serialised.
struct Original {
  Cells rows[kCounter];
  std::string organisation_id;
  rt::DossierEventBody body = {};
  rt::SubmitDossierResponse answer = {};
  feed::Event event = {};
};

std::string TextOf(const Table& table, const Cells& row, absl::string_view column) {
  return std::get<std::string>(row[table.Column(column)]);
}

class Multiplier {
 public:
  explicit Multiplier(Bulk& bulk) : bulk_(bulk) {}

  absl::Status Prepare() {
    for (const char* name : kTables) {
      ASSIGN_OR_RETURN(Table table, bulk_.Read(name));
      tables_.push_back(std::move(table));
    }
    ASSIGN_OR_RETURN(const Table head, bulk_.Read("feed_head"));
    if (head.rows.size() != 1) return absl::FailedPreconditionError("the feed has no head");
    position_ = std::get<int64_t>(head.rows[0][head.Column("position")]);
    known_us_ = std::get<int64_t>(head.rows[0][head.Column("known_us")]);
    FindColumns();
    return ReadOriginals();
  }

  absl::StatusOr<std::vector<std::string>> Write(int64_t count, int64_t sample, absl::Time now) {
    std::vector<const Table*> tables;
    for (const Table& table : tables_) tables.push_back(&table);
    ASSIGN_OR_RETURN(writer_, bulk_.Begin(tables));
    const auto centers = static_cast<int64_t>(originals_.size());
    const int64_t a_day = (count + centers * kDays - 1) / (centers * kDays);
    const int64_t one_in = std::max<int64_t>(1, (count + sample - 1) / sample);
    std::vector<std::string> names;
    int64_t written = 0;
    for (int back = kDays; back > 0 && written < count; --back) {
      const absl::CivilDay day = VietnamDay(now) - back;
      std::map<std::string, int64_t> last;
      for (int64_t number = 1; number <= a_day && written < count; ++number) {
        const absl::Time at =
            absl::FromCivil(day, VietnamTimeZone()) + kOpens + kOpen * (number - 1) / a_day;
        for (auto& [center, originals] : originals_) {
          if (written == count) break;
          Original& original = originals[static_cast<size_t>(number) % originals.size()];
          RETURN_IF_ERROR(WriteOne(original, day, number, at));
          last[center] = number;
          if (written++ % one_in == 0) names.push_back(original.event.subject);
        }
      }
      for (const auto& [center, number] : last) {
        RETURN_IF_ERROR(WriteCounter(center, day, number));
      }
    }
    RETURN_IF_ERROR(writer_->Finish());
    RETURN_IF_ERROR(bulk_.Execute(
        absl::StrCat("UPDATE feed_head SET position = ", position_, " WHERE id = 1")));
    return names;
  }

 private:
  // Columns that differ from the original.
  struct Columns {
    size_t code, submit_us, applicant_ref, chain_hash;
    size_t subject, body, hash, group_id, position, known_us;
    size_t applicant;
    size_t request_id, answer, created_us;
  };

  void FindColumns() {
    const auto at = [this](size_t table, const char* column) {
      return tables_[table].Column(column);
    };
    columns_ = {.code = at(kDossier, "code"),
                .submit_us = at(kDossier, "submit_us"),
                .applicant_ref = at(kDossier, "applicant_ref"),
                .chain_hash = at(kDossier, "chain_hash"),
                .subject = at(kEvent, "subject"),
                .body = at(kEvent, "body"),
                .hash = at(kEvent, "hash"),
                .group_id = at(kEvent, "group_id"),
                .position = at(kEvent, "position"),
                .known_us = at(kEvent, "known_us"),
                .applicant = at(kApplicant, "applicant_ref"),
                .request_id = at(kRequest, "request_id"),
                .answer = at(kRequest, "answer"),
                .created_us = at(kRequest, "created_us")};
  }

  absl::Status ReadOriginals() {
    std::map<std::string, const Cells*> events, applicants, requests;
    for (const Cells& row : tables_[kEvent].rows) {
      events[std::get<std::string>(row[columns_.subject])] = &row;
    }
    for (const Cells& row : tables_[kApplicant].rows) {
      applicants[std::get<std::string>(row[columns_.applicant])] = &row;
    }
    for (const Cells& row : tables_[kRequest].rows) {
      rt::SubmitDossierResponse answer;
      const auto* bytes = std::get_if<Bytes>(&row[columns_.answer]);
      if (bytes != nullptr && answer.ParseFromString(bytes->value)) {
        requests[answer.dossier().name()] = &row;
      }
    }
    const Table& dossiers = tables_[kDossier];
    for (const Cells& row : dossiers.rows) {
      const std::string code = TextOf(dossiers, row, "code");
      const std::string name =
          absl::StrCat("provinces/", TextOf(dossiers, row, "province_code"), "/dossiers/", code);
      const auto parts = routing::ParseDossierCode(code);
      const Cells* event = events[name];
      const Cells* applicant = applicants[TextOf(dossiers, row, "applicant_ref")];
      const Cells* request = requests[name];
      if (!parts || event == nullptr || applicant == nullptr || request == nullptr ||
          std::get<int64_t>(row[dossiers.Column("version")]) != 1) {
        continue;  // One that has gone on is no submission.
      }
      Original original{.rows = {row, *event, *applicant, *request},
                        .organisation_id = parts->organisation_id};
      RETURN_IF_ERROR(Parse(original));
      originals_[TextOf(dossiers, row, "center")].push_back(std::move(original));
    }
    if (originals_.empty()) return absl::FailedPreconditionError("no dossier was submitted");
    // What was read serves as pattern; the tables themselves are not needed any more.
    for (Table& table : tables_) table.rows.clear();
    return absl::OkStatus();
  }

  absl::Status Parse(Original& original) {
    const Table& events = tables_[kEvent];
    const Cells& event = original.rows[kEvent];
    original.event.province_code = TextOf(events, event, "province_code");
    original.event.kind = TextOf(events, event, "kind");
    original.event.version = 1;
    if (original.body.ParseFromString(std::get<Bytes>(event[columns_.body]).value) &&
        original.answer.ParseFromString(
            std::get<Bytes>(original.rows[kRequest][columns_.answer]).value)) {
      return absl::OkStatus();
    }
    return absl::InternalError("a submission cannot be read");
  }

  absl::Status WriteOne(Original& original, absl::CivilDay day, int64_t number, absl::Time at) {
    const std::string code = routing::FormatDossierCode(original.organisation_id, day, number);
    const std::string id = ids_.New(at);
    const int64_t at_us = absl::ToUnixMicros(at);
    feed::Event& event = original.event;
    event.subject = absl::StrCat("provinces/", event.province_code, "/dossiers/", code);
    original.body.set_time_us(at_us);
    event.body = original.body.SerializeAsString();
    const std::string hash = feed::HashOf(event);
    rt::Dossier& answered = *original.answer.mutable_dossier();
    answered.set_name(event.subject);
    answered.set_code(code);
    answered.set_applicant_ref(id);
    routing::ToProto(at, answered.mutable_submit_time());

    Cells& dossier = original.rows[kDossier];
    dossier[columns_.code] = code;
    dossier[columns_.submit_us] = at_us;
    dossier[columns_.applicant_ref] = id;
    dossier[columns_.chain_hash] = Bytes{hash};
    Cells& entry = original.rows[kEvent];
    entry[columns_.subject] = event.subject;
    entry[columns_.body] = Bytes{event.body};
    entry[columns_.hash] = Bytes{hash};
    entry[columns_.group_id] = id;
    entry[columns_.position] = ++position_;
    entry[columns_.known_us] = known_us_;
    original.rows[kApplicant][columns_.applicant] = id;
    Cells& request = original.rows[kRequest];
    request[columns_.request_id] =
        UuidOf(absl::Uniform<uint64_t>(random_), absl::Uniform<uint64_t>(random_));
    request[columns_.answer] = Bytes{original.answer.SerializeAsString()};
    request[columns_.created_us] = at_us;
    for (const size_t table : {kDossier, kEvent, kApplicant, kRequest}) {
      RETURN_IF_ERROR(writer_->Add(table, original.rows[table]));
    }
    return absl::OkStatus();
  }

  absl::Status WriteCounter(const std::string& center, absl::CivilDay day, int64_t last) {
    const Table& table = tables_[kCounter];
    Cells row(table.columns.size());
    row[table.Column("province_code")] = originals_[center].front().event.province_code;
    row[table.Column("center")] = center;
    row[table.Column("day")] = day - absl::CivilDay(1970, 1, 1);
    row[table.Column("last")] = last;
    return writer_->Add(kCounter, row);
  }

  Bulk& bulk_;
  std::vector<Table> tables_;
  Columns columns_ = {};
  std::map<std::string, std::vector<Original>> originals_;  // By center.
  std::unique_ptr<BulkWriter> writer_;
  int64_t position_ = 0;
  int64_t known_us_ = 0;
  IdSource ids_;
  absl::BitGen random_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> MultiplyDossiers(const std::string& url, int64_t count,
                                                          int64_t sample, absl::Time now) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Bulk> bulk, Bulk::Open(url));
  Multiplier multiplier(*bulk);
  RETURN_IF_ERROR(multiplier.Prepare());
  return multiplier.Write(count, sample, now);
}

}  // namespace twotier::load
