#include "services/routing/domain/dossier_import.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "services/routing/domain/dossier_clock.h"
#include "services/routing/domain/dossier_steps.h"

namespace twotier::routing {
namespace {

class Problems {
 public:
  Problems(const ImportedLife& life, absl::Time now) : life_(life), now_(now) {}

  std::vector<error::FieldViolation> Find() {
    NotAfterNow("submit_time", life_.submit_time);
    if (life_.accept_time) {
      Follows("accept_time", *life_.accept_time, life_.submit_time, "submit_time");
      last_ = *life_.accept_time;
    }
    for (size_t i = 0; i < life_.pauses.size(); ++i) Pause(i);
    End();
    for (size_t i = 0; i < life_.fees.size(); ++i) Fee(i);
    if (!life_.accept_time && !life_.assignee.empty()) {
      Add("assignee", "must be empty before acceptance");
    }
    return std::move(found_);
  }

 private:
  void Add(absl::string_view field, absl::string_view description) {
    found_.push_back({std::string(field), std::string(description)});
  }

  void NotAfterNow(absl::string_view field, absl::Time time) {
    if (time > now_) Add(field, "must not lie in the future");
  }

  void Follows(absl::string_view field, absl::Time time, absl::Time before,
               absl::string_view what) {
    if (time < before) Add(field, absl::StrCat("must not lie before ", what));
    NotAfterNow(field, time);
  }

  void Pause(size_t i) {
    const ClockPause& pause = life_.pauses[i];
    const std::string path = absl::StrCat("pauses[", i, "].");
    if (!life_.accept_time) {
      Add(path + "start_time", "must not be given: before acceptance no clock runs");
      return;
    }
    Follows(path + "start_time", pause.start, last_,
            i == 0 ? "accept_time" : "the end of the pause before");
    last_ = pause.start;
    if (pause.end) {
      Follows(path + "end_time", *pause.end, pause.start, "its start");
      last_ = *pause.end;
    } else if (i + 1 < life_.pauses.size()) {
      Add(path + "end_time", "is required where another pause follows");
    }
    Parts(path, pause);
  }

  // What an agency has kept beyond its date is open, and taken back here.
  void AnswerBy(const std::string& path, const ClockPause& pause) {
    if (!pause.answer_by) return;
    const bool away = pause.kind == PauseKind::kOtherAgency;
    if (pause.end) {
      Add(path, "must be empty where nobody is waited for");
    } else if (*pause.answer_by <= now_ && !away) {
      Add(path, "must not have passed: what was not answered in time ends where it is");
    } else if (*pause.answer_by <= pause.start) {
      Add(path, "must lie behind the start of the pause");
    } else if (*pause.answer_by > now_ + absl::Hours(24) * kAnswerDaysMax) {
      Add(path, absl::StrCat("must lie within ", kAnswerDaysMax, " days"));
    }
  }

  void Parts(const std::string& path, const ClockPause& pause) {
    AnswerBy(path + "answer_by_time", pause);
    const bool away = pause.kind == PauseKind::kOtherAgency;
    if (pause.agency.unit.empty() == away) {
      Add(path + "agency_unit", away ? "is required" : "must be empty");
    }
    if (pause.agency.title.empty() == away) {
      Add(path + "agency_title", away ? "is required" : "must be empty");
    }
    // Above every fee that is published, as of RequestPayment.
    const int64_t due = pause.payment.due_vnd.value_or(0);
    if (pause.kind == PauseKind::kPayment ? due < 1 || due > kFeeMaxVnd : due != 0) {
      Add(path + "due_vnd", pause.kind == PauseKind::kPayment ? "must be 1 to 10^12"
                                                              : "must be 0: no fee is asked for");
    }
    const bool paid = pause.kind == PauseKind::kPayment && pause.end;
    if (!paid && pause.payment.gateway != PaymentGateway::kUnknown) {
      Add(path + "gateway", "must be empty where nothing was paid");
    }
    if (!paid && !pause.payment.reference.empty()) {
      Add(path + "reference", "must be empty where nothing was paid");
    }
  }

  void Fee(size_t i) {
    const PaidFee& fee = life_.fees[i];
    const std::string path = absl::StrCat("fees[", i, "].");
    const bool first = i == 0;
    Follows(path + "pay_time", fee.time, first ? life_.submit_time : life_.fees[i - 1].time,
            first ? "submit_time" : "the fee before");
    if (fee.due_at == FeeDue::kAtReception) {
      if (life_.accept_time && fee.time > *life_.accept_time) {
        Add(path + "pay_time", "must not lie behind accept_time: it was due before");
      }
    } else if (fee.due_at != FeeDue::kAtResult) {
      Add(path + "due_at", "must be AT_RECEPTION or AT_RESULT: another one stopped the clock");
    } else if (!life_.process_time || fee.time < *life_.process_time) {
      Add(path + "pay_time", "must lie behind process_time: it was due then");
    }
    if (fee.paid_vnd < 1 || fee.paid_vnd > kFeeMaxVnd) {
      Add(path + "paid_vnd", "must be 1 to 10^12");
    }
  }

  void End() {
    if (!life_.process_time) {
      if (!life_.result_id.empty()) Add("result_id", "must be empty before the end of processing");
      return;
    }
    if (life_.result_id.empty()) Add("result_id", "is required where processing has ended");
    if (!life_.accept_time) {
      Add("process_time", "must not be given before acceptance");
      return;
    }
    if (!life_.pauses.empty() && !life_.pauses.back().end) {
      Add("process_time", "must not be given while the clock stands still");
    }
    Follows("process_time", *life_.process_time, last_, "what came before it");
  }

  const ImportedLife& life_;
  const absl::Time now_;
  absl::Time last_;  // Of what was told so far.
  std::vector<error::FieldViolation> found_;
};

// The state while `pause` lasts.
DossierState StateIn(const ClockPause& pause) {
  switch (pause.kind) {
    case PauseKind::kSupplement:
      return DossierState::kSupplementRequested;
    case PauseKind::kPayment:
      return DossierState::kPaymentRequested;
    default:
      return DossierState::kInProgress;
  }
}

// What was paid, last and in all.
void Pay(Dossier& dossier, const PaidFee& fee) {
  dossier.payment.due_vnd = fee.paid_vnd;
  dossier.payment.due_at = fee.due_at;
  dossier.payment.paid_vnd = fee.paid_vnd;
  dossier.payment.gateway = fee.gateway;
  dossier.payment.reference = fee.reference;
  dossier.payment.paid_total_vnd += fee.paid_vnd;
}

// The fees that were due then.
void PayAll(Dossier& dossier, const ImportedLife& life, FeeDue due_at) {
  for (const PaidFee& fee : life.fees) {
    if (fee.due_at == due_at) Pay(dossier, fee);
  }
}

absl::Status GoThrough(Dossier& dossier, const ClockPause& pause, absl::Time now,
                       calendar::Due& due, const calendar::Calendar& calendar) {
  if (pause.kind == PauseKind::kSupplement) ++dossier.supplement_requests;
  if (pause.kind == PauseKind::kPayment && pause.end) {
    Pay(dossier, {FeeDue::kAtSupplement, *pause.end, *pause.payment.due_vnd, pause.payment.gateway,
                  pause.payment.reference});
  } else if (pause.kind == PauseKind::kPayment) {
    dossier.payment.due_vnd = pause.payment.due_vnd;
    dossier.payment.due_at = FeeDue::kAtSupplement;
  }
  if (pause.end) {
    ASSIGN_OR_RETURN(due, DueAfterPause(calendar, dossier.term, due, pause.start, *pause.end,
                                        dossier.province_code));
    dossier.state = DossierState::kInProgress;
    return absl::OkStatus();
  }
  dossier.state = StateIn(pause);
  dossier.pause_time = pause.start;
  dossier.agency = pause.agency;
  dossier.answer_by = pause.answer_by.value_or(now + absl::Hours(24) * kAnswerDaysDefault);
  return absl::OkStatus();
}

}  // namespace

std::vector<error::FieldViolation> ProblemsOf(const ImportedLife& life, absl::Time now) {
  return Problems(life, now).Find();
}

absl::Status Live(Dossier& dossier, const ImportedLife& life, absl::Time now,
                  const calendar::Calendar& calendar) {
  dossier.submit_time = life.submit_time;
  dossier.accept_time = life.accept_time;
  dossier.process_time = life.process_time;
  dossier.result_id = life.result_id;
  dossier.assignee = life.assignee;
  dossier.state = DossierState::kRegistered;
  PayAll(dossier, life, FeeDue::kAtReception);
  if (!life.accept_time) return absl::OkStatus();
  dossier.state = life.assignee.empty() ? DossierState::kReceived : DossierState::kInProgress;
  ASSIGN_OR_RETURN(calendar::Due due,
                   DueOf(calendar, dossier.term, *life.accept_time, dossier.province_code));
  for (const ClockPause& pause : life.pauses) {
    RETURN_IF_ERROR(GoThrough(dossier, pause, now, due, calendar));
  }
  dossier.due_time = due.time;
  dossier.due_provisional = due.provisional;
  if (life.process_time) dossier.state = DossierState::kProcessed;
  PayAll(dossier, life, FeeDue::kAtResult);
  return absl::OkStatus();
}

bool DueDiffers(const Dossier& dossier, absl::Time source_due_time) {
  if (!dossier.due_time) return true;
  if (dossier.term.unit == TermUnit::kHour) return *dossier.due_time != source_due_time;
  return VietnamDay(*dossier.due_time) != VietnamDay(source_due_time);
}

}  // namespace twotier::routing
