// What a publication must look like, before anything stored is looked at.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/calendar/term.h"
#include "common/rpc/rules.h"
#include "services/routing/convert.h"
#include "services/routing/handlers/catalogue.h"
#include "services/routing/handlers/publications.h"

namespace twotier::routing::handlers {
namespace {

constexpr int kCopiesMax = 100;
constexpr int kMinutesOfDay = 24 * 60;

void CheckTerm(const v1::Term& term, const std::string& at, error::Violations& violations) {
  const auto wrong = [&](absl::string_view field, absl::string_view what) {
    violations.Add(absl::StrCat(at, ".", field), what);
  };
  const bool counted = term.unit() != v1::TERM_UNIT_IMMEDIATE;
  const int value_max = term.unit() == v1::TERM_UNIT_HOUR ? calendar::kTermHoursMax : kTermValueMax;
  if (term.unit() == v1::TERM_UNIT_UNSPECIFIED) {
    wrong("unit", "must be given");
  } else if (!counted && (term.value() != 0 || term.half())) {
    wrong("value", "must be 0 for an immediate term");
  } else if (counted && (term.value() < (term.half() ? 0 : 1) || term.value() > value_max)) {
    wrong("value", absl::StrCat("must be 1 to ", value_max, ", or a half alone"));
  } else if (term.half() && term.unit() == v1::TERM_UNIT_CALENDAR_DAY) {
    wrong("half", "is only for working days and hours");
  }
  if (!term.has_same_day_cutoff_minute()) return;
  const int cutoff = term.same_day_cutoff_minute();
  if (cutoff < 1 || cutoff >= kMinutesOfDay || term.unit() == v1::TERM_UNIT_HOUR) {
    wrong("same_day_cutoff_minute", "must be a minute of the day, and of no term in hours");
  }
}

void CheckSteps(const google::protobuf::RepeatedPtrField<v1::TermStep>& steps,
                const std::string& at, error::Violations& violations) {
  for (int i = 0; i < steps.size(); ++i) {
    CheckTerm(steps[i].term(), absl::StrCat(at, "[", i, "].term"), violations);
  }
}

void CheckFee(int64_t fee_vnd, const std::string& at, error::Violations& violations) {
  if (fee_vnd < 0 || fee_vnd > kFeeMaxVnd) {
    violations.Add(at, absl::StrCat("must be 0 to ", kFeeMaxVnd));
  }
}

void CheckCases(const v1::ProcedureContent& content, error::Violations& violations) {
  std::set<std::string> keys;
  for (int i = 0; i < content.cases_size(); ++i) {
    const v1::ProcedureCase& each = content.cases(i);
    const std::string at = absl::StrCat("content.cases[", i, "]");
    if (!IsCaseKey(each.case_key())) {
      violations.Add(at + ".case_key", "must consist of lower-case letters, digits and _");
    } else if (!keys.insert(each.case_key()).second) {
      violations.Add(at + ".case_key", "must not come twice");
    }
    if (each.level() > v1::COMPETENCE_LEVEL_COMMUNE) {
      violations.Add(at + ".level", "must be MINISTRY, PROVINCE or COMMUNE");
    }
    if (each.has_term()) CheckTerm(each.term(), at + ".term", violations);
    if (each.has_fee_vnd()) CheckFee(each.fee_vnd(), at + ".fee_vnd", violations);
    CheckSteps(each.steps(), at + ".steps", violations);
  }
  if (content.cases().empty()) return;
  const auto only_of_cases = [&violations](bool given, absl::string_view field) {
    if (given) violations.Add(absl::StrCat("content.", field), "is said by `cases`");
  };
  only_of_cases(content.level() != v1::COMPETENCE_LEVEL_UNSPECIFIED, "level");
  only_of_cases(content.has_term(), "term");
  only_of_cases(!content.term_steps().empty(), "term_steps");
  only_of_cases(content.has_fee_vnd(), "fee_vnd");
}

void CheckRequirements(const v1::ProcedureContent& content, error::Violations& violations) {
  const std::string at = "content.requirements.";
  std::set<std::pair<std::string, std::string>> components;
  const v1::ProcedureRequirements& wanted = content.requirements();
  for (int i = 0; i < wanted.components_size(); ++i) {
    const v1::ProcedureComponent& component = wanted.components(i);
    const std::string here = absl::StrCat(at, "components[", i, "].");
    if (!components.emplace(component.title(), component.case_key()).second) {
      violations.Add(here + "title", "must not come twice for one case");
    }
    for (const auto& [field, count] :
         {std::pair{"originals", component.originals()}, std::pair{"copies", component.copies()}}) {
      if (count < 0 || count > kCopiesMax) {
        violations.Add(here + field, absl::StrCat("must be 0 to ", kCopiesMax));
      }
    }
  }
  std::set<int> channels;
  for (int i = 0; i < wanted.channels_size(); ++i) {
    const int channel = wanted.channels(i);
    const std::string here = absl::StrCat(at, "channels[", i, "]");
    if (channel < v1::CHANNEL_DIRECT || channel > v1::CHANNEL_POST) {
      violations.Add(here, "must be DIRECT, ONLINE or POST");
    } else if (!channels.insert(channel).second) {
      violations.Add(here, "must not come twice");
    }
  }
  if (content.online_level() == v1::ONLINE_LEVEL_NONE && channels.contains(v1::CHANNEL_ONLINE)) {
    violations.Add("content.online_level", "must not be NONE where the channel ONLINE is allowed");
  }
}

// Acts are stored in one column, parted by semicolons.
void CheckActs(const v1::ProcedureContent& content, error::Violations& violations) {
  for (int i = 0; i < content.acts_size(); ++i) {
    const std::string& number = content.acts(i).number();
    if (number.empty() || number.find(';') != std::string::npos) {
      violations.Add(absl::StrCat("content.acts[", i, "].number"),
                     "must be the number of one act, without semicolon");
    }
  }
}

}  // namespace

void ValidatePublishProcedure(const v1::PublishProcedureRequest& request,
                              error::Violations& violations) {
  const v1::ProcedureContent& content = request.content();
  CheckAct(request.act(), violations);
  if (!request.parent().empty() && rpc::ProvinceOf(request.parent()).empty()) {
    violations.Add("parent", "must have a province's code of two digits");
  }
  if (!request.procedure_code().empty() && !IsNationalForm(request.procedure_code())) {
    violations.Add("procedure_code", "must be a code d.dddddd without the tail of an agency");
  }
  if (request.has_first_date() && request.has_end_date() &&
      FromProto(request.end_date()) <= FromProto(request.first_date())) {
    violations.Add("end_date", "must lie behind first_date");
  }
  if (content.level() > v1::COMPETENCE_LEVEL_COMMUNE) {
    violations.Add("content.level",
                   "must be one level; where it depends on the case, `cases` say it");
  }
  if (content.has_term()) CheckTerm(content.term(), "content.term", violations);
  if (content.has_fee_vnd()) CheckFee(content.fee_vnd(), "content.fee_vnd", violations);
  CheckSteps(content.term_steps(), "content.term_steps", violations);
  CheckCases(content, violations);
  CheckRequirements(content, violations);
  CheckActs(content, violations);
}

}  // namespace twotier::routing::handlers
