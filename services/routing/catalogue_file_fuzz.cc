// Any bytes as the files of the catalogue: refused with rows that are named, or read. The input is
// cut at the first byte 0xff, which UTF-8 never has, into procedures and calendar.

#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "common/calendar/calendar_file.h"
#include "services/routing/catalogue_file.h"

namespace routing = twotier::routing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const absl::string_view first = input.substr(0, input.find('\xff'));
  twotier::RowErrors of_procedures;
  for (const routing::Procedure& procedure : routing::ReadProcedures(first, of_procedures)) {
    if (of_procedures.empty() && procedure.code.size() != 8) std::abort();
  }
  if (first.size() == input.size()) return 0;
  twotier::RowErrors of_calendar;
  const auto calendar =
      twotier::calendar::ReadCalendar(input.substr(first.size() + 1), of_calendar);
  if ((calendar == nullptr) == of_calendar.empty()) std::abort();
  return 0;
}
