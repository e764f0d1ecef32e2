#include "services/registry/domain/csv.h"

#include <array>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text.h"

// Its reader thread would only pay for files larger than 32 MiB.
#define CSV_IO_NO_THREAD
#include "libfccp/csv.h"

namespace twotier::registry {
namespace {

template <size_t N>
using Reader = io::CSVReader<N, io::trim_chars<>, io::double_quote_escape<',', '"'>>;

template <size_t N, size_t... I>
void ReadHeader(Reader<N>& reader, absl::Span<const absl::string_view> columns,
                std::index_sequence<I...>) {
  reader.read_header(io::ignore_no_column, std::string(columns[I])...);
}

template <size_t N, size_t... I>
bool ReadRow(Reader<N>& reader, std::array<std::string, N>& cells, std::index_sequence<I...>) {
  return reader.read_row(cells[I]...);
}

template <size_t N>
std::vector<CsvRow> Read(absl::string_view file, const std::string& content,
                         absl::Span<const absl::string_view> columns, RowErrors& errors,
                         bool& complete) {
  std::vector<CsvRow> rows;
  Reader<N> reader(std::string(file), content.data(), content.data() + content.size());
  try {
    ReadHeader<N>(reader, columns, std::make_index_sequence<N>());
  } catch (const std::exception&) {
    errors.Add({file, 1}, "header",
               absl::StrCat("must name these columns: ", absl::StrJoin(columns, ",")));
    complete = false;
    return rows;
  }
  while (true) {
    std::array<std::string, N> cells;
    try {
      if (!ReadRow<N>(reader, cells, std::make_index_sequence<N>())) return rows;
    } catch (const std::exception&) {
      errors.Add({file, static_cast<int>(reader.get_file_line())}, "row",
                 absl::StrCat("must have ", N, " cells, with quotes closed in their cell"));
      complete = false;
      continue;
    }
    rows.push_back(
        {{file, static_cast<int>(reader.get_file_line())},
         {std::make_move_iterator(cells.begin()), std::make_move_iterator(cells.end())}});
  }
}

}  // namespace

std::vector<CsvRow> ReadCsv(absl::string_view file, absl::string_view content,
                            absl::Span<const absl::string_view> columns, RowErrors& errors,
                            bool& complete) {
  if (!text::IsCleanUtf8(content)) {
    errors.AddFile(file, "must be UTF-8 without U+0000");
    complete = false;
    return {};
  }
  // The reader looks one byte past a last line that has no end of its own.
  std::string ended(content);
  if (ended.empty() || ended.back() != '\n') ended.push_back('\n');
  switch (columns.size()) {
    case 4:
      return Read<4>(file, ended, columns, errors, complete);
    case 5:
      return Read<5>(file, ended, columns, errors, complete);
    case 6:
      return Read<6>(file, ended, columns, errors, complete);
    case 7:
      return Read<7>(file, ended, columns, errors, complete);
    default:
      static_assert(kCsvColumnsMax == 17);
      return Read<kCsvColumnsMax>(file, ended, columns, errors, complete);
  }
}

}  // namespace twotier::registry
