#include "services/routing/domain/dossier_code.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace twotier::routing {
namespace {

constexpr size_t kDateDigits = 6;
constexpr size_t kNumberDigitsMin = 4;
constexpr size_t kNumberDigitsMax = 18;  // What int64 holds without question.

bool AllDigits(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == absl::string_view::npos;
}

std::string Head(absl::string_view organisation_id, absl::CivilDay day) {
  return absl::StrFormat("%s-%02d%02d%02d-", organisation_id, day.year() % 100, day.month(),
                         day.day());
}

}  // namespace

std::string FormatDossierCode(absl::string_view organisation_id, absl::CivilDay day,
                              int64_t number) {
  return absl::StrCat(Head(organisation_id, day), absl::Dec(number, absl::kZeroPad4));
}

std::string CodeBefore(absl::string_view organisation_id, absl::CivilDay day) {
  return Head(organisation_id, day);
}

std::optional<DossierCode> ParseDossierCode(absl::string_view code) {
  const size_t second = code.rfind('-');
  if (second == absl::string_view::npos || second == 0) return std::nullopt;
  const size_t first = code.rfind('-', second - 1);
  if (first == absl::string_view::npos || first == 0) return std::nullopt;
  const absl::string_view date = code.substr(first + 1, second - first - 1);
  const absl::string_view serial = code.substr(second + 1);
  if (date.size() != kDateDigits || !AllDigits(date) || !AllDigits(serial) ||
      serial.size() < kNumberDigitsMin || serial.size() > kNumberDigitsMax) {
    return std::nullopt;
  }
  int yymmdd = 0;
  DossierCode result;
  if (!absl::SimpleAtoi(date, &yymmdd) || !absl::SimpleAtoi(serial, &result.number)) {
    return std::nullopt;
  }
  const int month = yymmdd / 100 % 100;
  const int day = yymmdd % 100;
  result.day = absl::CivilDay(2000 + yymmdd / 10000, month, day);
  result.organisation_id = std::string(code.substr(0, first));
  // CivilDay normalises 31 February to March; a code that does not read back is none.
  if (result.number < 1 ||
      FormatDossierCode(result.organisation_id, result.day, result.number) != code) {
    return std::nullopt;
  }
  return result;
}

}  // namespace twotier::routing
