#include "tools/verify/dossier_replay.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"

namespace twotier::verify {
namespace {

using routing::v1::DossierState;

// Who takes the steps of the clock.
constexpr absl::string_view kService = "system:routing";

constexpr char kPaid[] = "dossier.payment_confirmed";
constexpr char kNotDue[] = "dossier.payment_request_cancelled";

// From which states a kind of entry leads, and to which; 0: the state stays.
struct Move {
  std::set<int> from;
  int to = 0;
};

const std::map<std::string, Move>& Moves() {
  using namespace routing::v1;  // The names of the states.
  static const auto* const moves = new std::map<std::string, Move>{
      {"dossier.submitted", {{DOSSIER_STATE_UNSPECIFIED}, DOSSIER_STATE_REGISTERED}},
      {"dossier.accepted", {{DOSSIER_STATE_REGISTERED}, DOSSIER_STATE_RECEIVED}},
      {"dossier.refused",
       {{DOSSIER_STATE_REGISTERED, DOSSIER_STATE_PAYMENT_REQUESTED}, DOSSIER_STATE_NOT_RECEIVED}},
      {"dossier.assigned",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_IN_PROGRESS}},
      {"dossier.forwarded",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_IN_PROGRESS}},
      {"dossier.supplement_requested",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_SUPPLEMENT_REQUESTED}},
      {"dossier.supplement_provided",
       {{DOSSIER_STATE_SUPPLEMENT_REQUESTED}, DOSSIER_STATE_IN_PROGRESS}},
      {"dossier.payment_requested",
       {{DOSSIER_STATE_REGISTERED, DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS,
         DOSSIER_STATE_PROCESSED},
        DOSSIER_STATE_PAYMENT_REQUESTED}},
      // Where they lead to follows from when the fee was due: FeeLeadsTo.
      {kPaid, {{DOSSIER_STATE_PAYMENT_REQUESTED}, DOSSIER_STATE_UNSPECIFIED}},
      {kNotDue, {{DOSSIER_STATE_PAYMENT_REQUESTED}, DOSSIER_STATE_UNSPECIFIED}},
      {"dossier.due_date_extended",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_UNSPECIFIED}},
      {"dossier.processed",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_PROCESSED}},
      {"dossier.returned", {{DOSSIER_STATE_PROCESSED}, DOSSIER_STATE_RETURNED}},
      {"dossier.withdrawn",
       {{DOSSIER_STATE_REGISTERED, DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS,
         DOSSIER_STATE_SUPPLEMENT_REQUESTED, DOSSIER_STATE_PAYMENT_REQUESTED},
        DOSSIER_STATE_WITHDRAWN}},
      {"dossier.stopped",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS, DOSSIER_STATE_SUPPLEMENT_REQUESTED,
         DOSSIER_STATE_PAYMENT_REQUESTED},
        DOSSIER_STATE_STOPPED}},
      {"dossier.rerouted",
       {{DOSSIER_STATE_REGISTERED, DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS,
         DOSSIER_STATE_SUPPLEMENT_REQUESTED, DOSSIER_STATE_PAYMENT_REQUESTED,
         DOSSIER_STATE_PROCESSED},
        DOSSIER_STATE_UNSPECIFIED}},
      {"dossier.due_date_recomputed",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS, DOSSIER_STATE_SUPPLEMENT_REQUESTED,
         DOSSIER_STATE_PAYMENT_REQUESTED},
        DOSSIER_STATE_UNSPECIFIED}},
      {"dossier.rated", {{DOSSIER_STATE_RETURNED}, DOSSIER_STATE_UNSPECIFIED}},
  };
  return *moves;
}

// When a fee is due that is asked for in `state`.
int64_t FeeDueIn(int64_t state) {
  if (state == routing::v1::DOSSIER_STATE_REGISTERED) return routing::v1::FEE_DUE_AT_RECEPTION;
  if (state == routing::v1::DOSSIER_STATE_PROCESSED) return routing::v1::FEE_DUE_AT_RESULT;
  return routing::v1::FEE_DUE_AT_SUPPLEMENT;
}

// Where a dossier goes on whose fee is not awaited any more.
int64_t FeeLeadsTo(int64_t due_at) {
  if (due_at == routing::v1::FEE_DUE_AT_RECEPTION) return routing::v1::DOSSIER_STATE_REGISTERED;
  if (due_at == routing::v1::FEE_DUE_AT_RESULT) return routing::v1::DOSSIER_STATE_PROCESSED;
  return routing::v1::DOSSIER_STATE_IN_PROGRESS;
}

// Whether a dossier that waits for a fee may go by `kind`: as what it was before might.
bool FeeAllows(const std::string& kind, int64_t due_at) {
  if (kind == "dossier.refused") return due_at == routing::v1::FEE_DUE_AT_RECEPTION;
  if (kind == "dossier.withdrawn") return due_at != routing::v1::FEE_DUE_AT_RESULT;
  if (kind == "dossier.stopped" || kind == "dossier.due_date_recomputed") {
    return due_at == routing::v1::FEE_DUE_AT_SUPPLEMENT;
  }
  return true;
}

std::string NameOf(int64_t state) {
  const std::string& name = routing::v1::DossierState_Name(static_cast<DossierState>(state));
  return name.empty() ? absl::StrCat(state) : name;
}

std::optional<int64_t> Stated(int64_t micros) {
  if (micros == 0) return std::nullopt;
  return micros;
}

int64_t MicrosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

}  // namespace

Replay::Replay(const DossierRow& row) {
  given_.procedure_version = row.procedure_version;
  given_.body_unit = row.body_unit;
  given_.body_title = row.body_title;
  given_.channel = row.channel;
  given_.applicant_kind = row.applicant_kind;
  given_.components_digest = row.components_digest;
  for (const EventRow& entry : row.entries) {
    routing::v1::DossierEventBody body;
    if (entry.kind != "dossier.rerouted" || !body.ParseFromString(entry.body)) continue;
    given_.body_unit = body.rerouting().from().competent_body().unit();
    given_.body_title = body.rerouting().from().competent_body().title();
    return;
  }
}

std::string Replay::Step(const EventRow& entry) {
  routing::v1::DossierEventBody body;
  if (!body.ParseFromString(entry.body)) return "has a body that cannot be read";
  if (entry.kind == "dossier.imported") return Imported(body);
  const auto move = Moves().find(entry.kind);
  if (move == Moves().end()) return absl::StrCat("has an entry of unknown kind ", entry.kind);
  const bool fee_over = entry.kind == kPaid || entry.kind == kNotDue;
  const int64_t after = fee_over ? FeeLeadsTo(given_.fee_due_at)
                        : move->second.to == routing::v1::DOSSIER_STATE_UNSPECIFIED
                            ? given_.state
                            : move->second.to;
  const bool awaits_fee = given_.state == routing::v1::DOSSIER_STATE_PAYMENT_REQUESTED;
  if (!move->second.from.contains(static_cast<int>(given_.state)) || body.state() != after ||
      (awaits_fee && !FeeAllows(entry.kind, given_.fee_due_at))) {
    return absl::StrCat("goes by ", entry.kind, " from ", NameOf(given_.state), " to ",
                        NameOf(body.state()));
  }
  std::string problem = Continuity(entry.kind, body);
  if (!problem.empty()) return problem;
  // The fee first: when it is due follows from the state in which it was asked for.
  Fee(entry.kind, body);
  given_.state = after;
  Times(entry.kind, body);
  Parts(entry.kind, body);
  return Awaits() && !given_.answer_by_us ? "waits for an answer, and nothing says until when" : "";
}

bool Replay::Awaits() const {
  return given_.state == routing::v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED ||
         given_.state == routing::v1::DOSSIER_STATE_PAYMENT_REQUESTED ||
         (given_.state == routing::v1::DOSSIER_STATE_IN_PROGRESS && !given_.agency_unit.empty());
}

std::string Replay::Continuity(const std::string& kind,
                               const routing::v1::DossierEventBody& body) const {
  if (kind == "dossier.rerouted") {
    if (Stated(body.due_time_us()) != given_.due_us) return "moves its due date by a re-routing";
    const std::string where = Elsewhere(body.rerouting().from());
    if (!where.empty()) return absl::StrCat("is re-routed from another ", where);
  }
  // Ended or taken back by the service: nobody has answered in time.
  const bool silent = kind == "dossier.stopped" || kind == "dossier.forwarded" ||
                      kind == "dossier.refused" || kind == kNotDue;
  if (body.principal() == kService && silent &&
      (!given_.answer_by_us || *given_.answer_by_us >= body.time_us())) {
    return "is gone on with before the date to answer by";
  }
  // It takes back what is its own to nobody but the competent body. What another system owned was
  // stopped once, but never taken back.
  if (body.principal() == kService && kind == "dossier.forwarded") {
    if (!given_.owning_system.empty()) return "is taken back though another system owns it";
    if (body.forwarded_to().unit() != given_.body_unit ||
        body.forwarded_to().title() != given_.body_title) {
      return "is taken back by another body than the competent one";
    }
  }
  // Entries from before it was recorded say nothing.
  if (kind == "dossier.payment_requested" && body.payment().due_at() != 0 &&
      body.payment().due_at() != FeeDueIn(given_.state)) {
    return "is asked for a fee at another time than it stands at";
  }
  if (kind == "dossier.due_date_recomputed" &&
      Stated(body.recomputation().previous_due_time_us()) != given_.due_us) {
    return "has another due date computed again";
  }
  return "";
}

std::string Replay::Elsewhere(const routing::v1::Placement& place) const {
  if (place.unit() != given_.unit) return "unit";
  if (place.center() != given_.center) return "center";
  if (place.return_center() != given_.return_center) return "return center";
  if (place.competent_body().unit() != given_.body_unit ||
      place.competent_body().title() != given_.body_title) {
    return "body";
  }
  const bool same_agency =
      place.agency().unit() == given_.agency_unit && place.agency().title() == given_.agency_title;
  return same_agency ? "" : "agency";
}

void Replay::Times(const std::string& kind, const routing::v1::DossierEventBody& body) {
  const int64_t at = body.time_us();
  if (kind == "dossier.due_date_extended") {
    ++given_.extensions;
    if (!given_.first_due_us) given_.first_due_us = given_.due_us;
    if (given_.pause_us) given_.pause_extended_us = at;
  }
  // Entries from before it was recorded have none.
  if (body.first_due_time_us() != 0) given_.first_due_us = body.first_due_time_us();
  if (kind == "dossier.due_date_recomputed") {
    given_.first_due_us = Stated(body.recomputation().first_due_time_us());
  }
  given_.due_us = Stated(body.due_time_us());
  given_.answer_by_us = Stated(body.answer_by_us());
  if (kind == "dossier.submitted") given_.submit_us = at;
  if (kind == "dossier.accepted") given_.accept_us = at;
  if (kind == "dossier.processed") given_.process_us = at;
  if (kind == "dossier.returned") given_.return_us = at;
  if (kind == "dossier.refused" || kind == "dossier.withdrawn" || kind == "dossier.stopped") {
    given_.end_us = at;
  }
  const bool stands_still = given_.fee_due_at == routing::v1::FEE_DUE_AT_SUPPLEMENT;
  if (kind == "dossier.supplement_requested" ||
      (kind == "dossier.payment_requested" && stands_still)) {
    given_.pause_us = at;
  }
  // Where no clock stood still for the fee, none goes on.
  if (kind == "dossier.supplement_provided" || kind == kPaid || kind == kNotDue) GoesOn();
}

void Replay::Fee(const std::string& kind, const routing::v1::DossierEventBody& body) {
  if (kind == "dossier.payment_requested") {
    given_.fee_due_vnd = body.payment().due_vnd();
    given_.fee_due_at = FeeDueIn(given_.state);
  }
  if (kind == kPaid) Paid(body.payment().paid_vnd());
  if (kind == kNotDue) {
    given_.fee_due_vnd.reset();
    given_.fee_due_at = 0;
  }
}

void Replay::Parts(const std::string& kind, const routing::v1::DossierEventBody& body) {
  if (kind == "dossier.submitted") {
    given_.center = body.center();
    given_.return_center = body.return_center().empty() ? body.center() : body.return_center();
    received_at_ = body.center();
    given_.procedure_code = body.procedure_code();
    given_.case_key = body.case_key();
    // Entries from before it was recorded have none: that of the row stands.
    if (body.procedure_version() != 0) given_.procedure_version = body.procedure_version();
    given_.unit = body.unit();
    given_.applicant_digest = body.applicant_digest();
    given_.owning_system = body.owning_system();
    given_.account_verified = body.account_verified() ? 1 : 0;
    given_.support_center = body.support_center();
  }
  // In entries from before it was recorded nothing is: that of the row stands.
  if (kind == "dossier.accepted" && body.has_competent_body()) {
    given_.body_unit = body.competent_body().unit();
    given_.body_title = body.competent_body().title();
  }
  if (kind == "dossier.accepted" && body.procedure_version() != 0) {
    given_.procedure_version = body.procedure_version();
  }
  // So in these.
  if (!body.components_digest().empty()) given_.components_digest = body.components_digest();
  if (body.channel() != 0) given_.channel = body.channel();
  if (body.applicant_kind() != 0) given_.applicant_kind = body.applicant_kind();
  if (kind == "dossier.supplement_requested") ++given_.supplement_requests;
  if (kind == "dossier.assigned") given_.assignee = body.assignee();
  if (kind == "dossier.processed") given_.result_id = body.result_id();
  if (kind == "dossier.rated") given_.satisfaction = body.satisfaction();
  if (kind == "dossier.forwarded") Forwarded(body);
  if (kind == "dossier.rerouted") Rerouted(body.rerouting().to());
}

void Replay::GoesOn() {
  given_.pause_us.reset();
  given_.pause_extended_us.reset();
}

// The clock stands still from the first body of another agency until it is back.
void Replay::Forwarded(const routing::v1::DossierEventBody& body) {
  const auto& to = body.forwarded_to();
  const bool home = to.unit() == given_.body_unit && to.title() == given_.body_title;
  if (home) {
    GoesOn();
  } else if (given_.agency_unit.empty()) {
    given_.pause_us = body.time_us();
  }
  given_.agency_unit = home ? "" : to.unit();
  given_.agency_title = home ? "" : to.title();
}

void Replay::Paid(int64_t vnd) {
  given_.fee_paid_vnd = vnd;
  given_.fee_paid_total_vnd += vnd;
}

void Replay::Rerouted(const routing::v1::Placement& to) {
  given_.unit = to.unit();
  if (given_.received_center.empty() && to.center() != given_.center) {
    given_.received_center = given_.center;
  }
  given_.center = to.center();
  given_.return_center = to.return_center();
  const auto& now = to.competent_body();
  if (given_.body_unit != now.unit() || given_.body_title != now.title()) given_.assignee.clear();
  given_.body_unit = now.unit();
  given_.body_title = now.title();
  given_.agency_unit = to.agency().unit();
  given_.agency_title = to.agency().title();
}

// What another system told is the whole of the life so far; its state follows from it.
std::string Replay::Imported(const routing::v1::DossierEventBody& body) {
  using namespace routing::v1;  // The names of the states.
  const ImportedRecord& told = body.imported();
  if (given_.state != DOSSIER_STATE_UNSPECIFIED) return "is imported when it is there already";
  if (told.external_code().empty()) return "is imported without a code of another system";
  Parts("dossier.submitted", body);
  given_.external_code = told.external_code();
  if (!told.return_center().empty()) given_.return_center = told.return_center();
  given_.assignee = told.assignee();
  given_.result_id = told.result_id();
  given_.submit_us = MicrosOf(told.submit_time());
  given_.due_us = Stated(body.due_time_us());
  given_.answer_by_us = Stated(body.answer_by_us());
  if (told.has_source_due_time()) given_.source_due_us = MicrosOf(told.source_due_time());
  given_.state = DOSSIER_STATE_REGISTERED;
  if (told.has_accept_time()) {
    given_.accept_us = MicrosOf(told.accept_time());
    given_.state = told.assignee().empty() ? DOSSIER_STATE_RECEIVED : DOSSIER_STATE_IN_PROGRESS;
  }
  ImportedFees(told, FEE_DUE_AT_RECEPTION);
  for (const ClockPause& pause : told.pauses()) ImportedPause(pause);
  ImportedFees(told, FEE_DUE_AT_RESULT);
  if (told.has_process_time()) {
    given_.process_us = MicrosOf(told.process_time());
    given_.state = DOSSIER_STATE_PROCESSED;
  }
  if (Awaits() != given_.answer_by_us.has_value()) {
    return "is imported with a wrong date to answer by";
  }
  if (given_.accept_us.has_value() != given_.due_us.has_value()) {
    return "is imported with a due date and no reception, or the other way round";
  }
  if (body.state() == given_.state) return "";
  return absl::StrCat("is imported as ", NameOf(body.state()), " where its life gives ",
                      NameOf(given_.state));
}

void Replay::ImportedFees(const routing::v1::ImportedRecord& told, routing::v1::FeeDue due_at) {
  for (const routing::v1::ImportedFee& fee : told.fees()) {
    if (fee.due_at() != due_at) continue;
    given_.fee_due_vnd = fee.paid_vnd();
    given_.fee_due_at = due_at;
    Paid(fee.paid_vnd());
  }
}

void Replay::ImportedPause(const routing::v1::ClockPause& pause) {
  const bool supplement = pause.kind() == routing::v1::PAUSE_KIND_SUPPLEMENT;
  const bool payment = pause.kind() == routing::v1::PAUSE_KIND_PAYMENT;
  if (supplement) ++given_.supplement_requests;
  if (payment) {
    given_.fee_due_vnd = pause.due_vnd();
    given_.fee_due_at = routing::v1::FEE_DUE_AT_SUPPLEMENT;  // It stopped the clock.
    if (pause.has_end_time()) Paid(pause.due_vnd());
  }
  given_.state = routing::v1::DOSSIER_STATE_IN_PROGRESS;
  if (pause.has_end_time()) return;
  given_.pause_us = MicrosOf(pause.start_time());
  if (supplement) given_.state = routing::v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED;
  if (payment) given_.state = routing::v1::DOSSIER_STATE_PAYMENT_REQUESTED;
  given_.agency_unit = pause.agency_unit();
  given_.agency_title = pause.agency_title();
}

}  // namespace twotier::verify
