#include "common/csv.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/text.h"

// Its reader thread would only pay for files larger than 32 MiB.
#define CSV_IO_NO_THREAD
#include "libfccp/csv.h"

namespace twotier {
namespace {

template <size_t N>
using Reader = io::CSVReader<N, io::trim_chars<>, io::double_quote_escape<',', '"'>>;

// What every file is checked for before it is cut into rows.
bool Readable(absl::string_view file, absl::string_view content, RowErrors& errors) {
  if (!text::IsCleanUtf8(content)) {
    errors.AddFile(file, "must be UTF-8 without U+0000");
    return false;
  }
  int row = 0;
  while (!content.empty()) {
    const absl::string_view line = content.substr(0, content.find('\n'));
    content.remove_prefix(std::min(line.size() + 1, content.size()));
    // The header is no row.
    if (++row > kCsvRowsMax + 1) {
      errors.AddFile(file, absl::StrCat("must have at most ", kCsvRowsMax, " rows"));
      return false;
    }
    if (line.size() > kCsvLineBytesMax) {
      errors.Add({file, row}, "row",
                 absl::StrCat("must be at most ", kCsvLineBytesMax, " bytes long"));
      return false;
    }
  }
  return true;
}

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
void ReadRows(absl::string_view file, const std::string& content,
              absl::Span<const absl::string_view> columns, RowErrors& errors, bool& complete,
              std::vector<CsvRow>& rows) {
  Reader<N> reader(std::string(file), content.data(), content.data() + content.size());
  try {
    ReadHeader<N>(reader, columns, std::make_index_sequence<N>());
  } catch (const std::exception&) {
    errors.Add({file, 1}, "header",
               absl::StrCat("must name these columns: ", absl::StrJoin(columns, ",")));
    complete = false;
    return;
  }
  while (true) {
    std::array<std::string, N> cells;
    try {
      if (!ReadRow<N>(reader, cells, std::make_index_sequence<N>())) return;
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

// The library knows the number of columns when it is compiled, this program when it runs.
template <size_t... N>
bool ReadRowsOfWidth(std::index_sequence<N...>, absl::string_view file, const std::string& content,
                     absl::Span<const absl::string_view> columns, RowErrors& errors, bool& complete,
                     std::vector<CsvRow>& rows) {
  return ((columns.size() == N + 1 &&
           (ReadRows<N + 1>(file, content, columns, errors, complete, rows), true)) ||
          ...);
}

}  // namespace

std::vector<CsvRow> ReadCsv(absl::string_view file, absl::string_view content,
                            absl::Span<const absl::string_view> columns, RowErrors& errors,
                            bool& complete) {
  std::vector<CsvRow> rows;
  if (!Readable(file, content, errors)) {
    complete = false;
    return rows;
  }
  // The library looks one byte past a last line that has no end of its own.
  std::string ended(content);
  if (ended.empty() || ended.back() != '\n') ended.push_back('\n');
  constexpr auto kWidths = std::make_index_sequence<kCsvColumnsMax>();
  if (!ReadRowsOfWidth(kWidths, file, ended, columns, errors, complete, rows)) {
    std::abort();  // No file has such columns; the caller broke the contract.
  }
  return rows;
}

}  // namespace twotier
