#include "services/routing/domain/divergence.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "services/routing/domain/term.h"

namespace twotier::routing {
namespace {

std::string KeysOf(const Procedure& procedure) {
  std::set<std::string> keys;
  for (const ProcedureCase& each : procedure.cases) keys.insert(each.key);
  return keys.empty() ? "none" : absl::StrJoin(keys, ",");
}

// Whether a province may have a case decided at `level` of what the country decides at `national`.
bool LevelFits(Level level, Level national) {
  switch (national) {
    case Level::kUnknown:
    case Level::kMinistryOrLocal:
      return true;
    case Level::kProvinceOrCommune:
      return level != Level::kMinistry && level != Level::kMinistryOrLocal;
    default:
      return level == national;
  }
}

class Comparison {
 public:
  Comparison(const Procedure& provincial, const Procedure& national)
      : provincial_(provincial), national_(national) {}

  std::vector<Divergence> Run() {
    Bodies();
    if (!national_.cases.empty() && KeysOf(provincial_) != KeysOf(national_)) {
      Differs("cases", KeysOf(provincial_), KeysOf(national_));
      return std::move(found_);
    }
    if (provincial_.cases.empty()) {
      Whole();
    } else {
      for (const ProcedureCase& each : provincial_.cases) Case(each);
    }
    Papers();
    return std::move(found_);
  }

 private:
  void Differs(std::string field, std::string provincial, std::string national,
               std::string case_key = "") {
    found_.push_back({DivergenceKind::kDiffers, std::move(field), std::move(case_key),
                      std::move(provincial), std::move(national)});
  }

  void Bodies() {
    if (national_.proven && national_.line != Line::kUnknown &&
        provincial_.line != national_.line) {
      Differs("line", std::string(NameOf(provincial_.line)), std::string(NameOf(national_.line)));
    }
    if (!national_.body_title.empty() && provincial_.body_title != national_.body_title) {
      Differs("competent_body_title", provincial_.body_title, national_.body_title);
    }
    if (national_.boundary == Boundary::kFree && provincial_.boundary != Boundary::kFree) {
      Differs("boundary", "UNSPECIFIED", "FREE");
    }
  }

  void LevelOfCase(const std::string& field, const std::string& case_key, Level provincial,
                   Level national) {
    if (!national_.proven || LevelFits(provincial, national)) return;
    Differs(field, std::string(NameOf(provincial)), std::string(NameOf(national)), case_key);
  }

  void TermAndFee(const std::string& prefix, const std::string& case_key,
                  const std::optional<Term>& term, const std::optional<Term>& national_term,
                  const std::optional<int64_t>& fee, const std::optional<int64_t>& national_fee) {
    if (term && national_term && !NeverLater(*term, *national_term)) {
      found_.push_back({DivergenceKind::kTermLonger, prefix + "term", case_key,
                        routing::TextOf(*term), routing::TextOf(*national_term)});
    }
    if (fee && national_fee && *fee > *national_fee) {
      found_.push_back({DivergenceKind::kFeeHigher, prefix + "fee_vnd", case_key,
                        absl::StrCat(*fee), absl::StrCat(*national_fee)});
    }
  }

  void Whole() {
    LevelOfCase("level", "", provincial_.level, national_.level);
    TermAndFee("", "", provincial_.term, national_.term, provincial_.fee_vnd, national_.fee_vnd);
  }

  void Case(const ProcedureCase& provincial) {
    const std::string prefix = absl::StrCat("cases[", provincial.key, "].");
    const ProcedureCase* national = national_.FindCase(provincial.key);
    LevelOfCase(prefix + "level", provincial.key, provincial.level,
                national == nullptr ? national_.level : national->level);
    TermAndFee(prefix, provincial.key, provincial.term,
               national == nullptr ? national_.term : national->term, provincial.fee_vnd,
               national == nullptr ? national_.fee_vnd : national->fee_vnd);
  }

  // A province asks for no paper that the country does not ask for, and closes no channel.
  void Papers() {
    const Requirements& wanted = provincial_.requirements;
    const Requirements& national = national_.requirements;
    for (const RequiredComponent& component : wanted.components) {
      const auto same = [&component](const RequiredComponent& other) {
        return other.required && other.folded_title == component.folded_title &&
               (other.case_key.empty() || other.case_key == component.case_key) &&
               (component.data_reusable || !other.data_reusable);
      };
      if (national.components.empty() || !component.required ||
          std::any_of(national.components.begin(), national.components.end(), same)) {
        continue;
      }
      Differs("requirements.components", component.title, "not demanded like this");
    }
    for (const int channel : national.channels) {
      const std::vector<int>& kept = wanted.channels;
      if (kept.empty() || std::find(kept.begin(), kept.end(), channel) != kept.end()) continue;
      Differs("requirements.channels", absl::StrJoin(kept, ","),
              absl::StrJoin(national.channels, ","));
    }
  }

  const Procedure& provincial_;
  const Procedure& national_;
  std::vector<Divergence> found_;
};

absl::string_view TypeOf(DivergenceKind kind) {
  switch (kind) {
    case DivergenceKind::kTermLonger:
      return "TERM_LONGER_THAN_NATIONAL";
    case DivergenceKind::kFeeHigher:
      return "FEE_HIGHER_THAN_NATIONAL";
    case DivergenceKind::kDiffers:
      break;
  }
  return "DIFFERS_FROM_NATIONAL";
}

absl::Status StatusOf(const Divergence& first) {
  constexpr absl::StatusCode kCode = absl::StatusCode::kFailedPrecondition;
  const std::string text = TextOf(first);
  switch (first.kind) {
    case DivergenceKind::kTermLonger:
      return error::WithReason(kCode, text, "TERM_LONGER_THAN_NATIONAL",
                               {{"term", first.provincial},
                                {"national_term", first.national},
                                {"case_key", first.case_key}});
    case DivergenceKind::kFeeHigher:
      return error::WithReason(kCode, text, "FEE_HIGHER_THAN_NATIONAL",
                               {{"fee_vnd", first.provincial},
                                {"national_fee_vnd", first.national},
                                {"case_key", first.case_key}});
    case DivergenceKind::kDiffers:
      break;
  }
  return error::WithReason(
      kCode, text, "DIFFERS_FROM_NATIONAL",
      {{"field", first.field}, {"provincial", first.provincial}, {"national", first.national}});
}

}  // namespace

std::vector<Divergence> DivergencesOf(const Procedure& provincial, const Procedure& national) {
  return Comparison(provincial, national).Run();
}

std::string TextOf(const Divergence& divergence) {
  const absl::string_view how = divergence.kind == DivergenceKind::kTermLonger
                                    ? " may end later than "
                                : divergence.kind == DivergenceKind::kFeeHigher ? " is above "
                                                                                : " is not ";
  return absl::StrCat(divergence.field, ": the province's ", divergence.provincial, how,
                      "the national ", divergence.national);
}

absl::Status CheckDivergences(const std::vector<Divergence>& divergences) {
  if (divergences.empty()) return absl::OkStatus();
  std::vector<error::PreconditionViolation> violations;
  for (const Divergence& divergence : divergences) {
    violations.push_back(
        {std::string(TypeOf(divergence.kind)), divergence.field, TextOf(divergence)});
  }
  return error::WithPreconditions(StatusOf(divergences.front()), violations);
}

}  // namespace twotier::routing
