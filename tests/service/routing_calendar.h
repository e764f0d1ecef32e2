// Calendars that decide Tết of 2027, which is only proposed in the one that the service imports.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_CALENDAR_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_CALENDAR_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/file.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {

// In February 2027.
inline absl::Time Hanoi(int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilSecond(2027, 2, day, hour, minute, 0), VietnamTimeZone());
}

// The imported calendar with other kinds of days of February 2027; in itself the 4th to the 12th
// are proposed.
inline std::string CalendarWith(const std::map<int, std::string>& kinds) {
  std::string text;
  const std::string imported = ReadFile("services/routing/data/calendar.csv").value();
  for (const absl::string_view line : absl::StrSplit(imported, '\n', absl::SkipEmpty())) {
    bool replaced = false;
    for (const auto& [day, kind] : kinds) {
      replaced = replaced || absl::StartsWith(line, absl::StrFormat("2027-02-%02d,", day));
    }
    if (!replaced) absl::StrAppend(&text, line, "\n");
  }
  for (const auto& [day, kind] : kinds) {
    absl::StrAppendFormat(&text, "2027-02-%02d,%s,,Tết Đinh Mùi,1/QĐ-TTg,2026-12-01,sure\n", day,
                          kind);
  }
  return text;
}

// Tết from the 5th to the 12th.
inline std::map<int, std::string> Tet() {
  std::map<int, std::string> kinds = {{4, "ordinary"}};
  for (const int day : {5, 8, 9, 10, 11, 12}) kinds[day] = "statutory";
  return kinds;
}

// Imports such a calendar, a second later: what was done by now was done on the one before.
inline absl::Status ImportCalendar(RoutingServer& server, const std::map<int, std::string>& kinds) {
  server.clock().Advance(absl::Seconds(1));
  v1::ImportCatalogueRequest request;
  request.set_request_id(RequestId());
  v1::CatalogueFile* file = request.add_files();
  file->set_file_name("calendar.csv");
  file->set_content(CalendarWith(kinds));
  return Invoke(&v1::RoutingService::Stub::ImportCatalogue, server.stub(), request).status();
}

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_CALENDAR_H_
