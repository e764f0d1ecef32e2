// Any text as the rows of a staff list: what is read without an error has a unit and kinds, its
// holder is told whole, and reading it again gives the same.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/twotierctl/staff_csv.h"

namespace ctl = twotier::ctl;

namespace {

constexpr absl::string_view kHeader =
    "unit,body_kind,post_kind,post_number,title,grade,full_name,national_id,birth_date,sex,"
    "education,rank_hundredths,kind,first_date\n";

bool IsWhole(const twotier::personnel::v1::StaffRow& row) {
  if (row.unit().empty() || row.body_kind() == 0 || row.post_kind() == 0) return false;
  return !row.has_person() || (!row.person().full_name().empty() && row.person().sex() != 0 &&
                               row.person().has_birth_date() && row.has_first_date());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string content =
      absl::StrCat(kHeader, absl::string_view(reinterpret_cast<const char*>(data), size));
  twotier::RowErrors errors;
  const std::vector<ctl::StaffLine> lines = ctl::ReadStaffLines("fuzz.csv", content, errors);
  if (!errors.empty()) return 0;
  const std::vector<ctl::StaffLine> again = ctl::ReadStaffLines("fuzz.csv", content, errors);
  if (!errors.empty() || again.size() != lines.size()) std::abort();
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].line < 2 || !IsWhole(lines[i].row)) std::abort();
    if (again[i].row.SerializeAsString() != lines[i].row.SerializeAsString()) std::abort();
  }
  return 0;
}
