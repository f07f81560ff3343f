#include "client/cli/csv_output.h"

#include <charconv>

#include "absl/strings/str_replace.h"
#include "client/cli/error_text.h"

namespace wanwu::cli {
namespace {

// The shortest text that reads back as the same float.
std::string FloatText(float value) {
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
  return {text, end};
}

// A spreadsheet runs text that begins like this; a sign alone, such as the name
// of standard input, is none.
bool IsFormula(std::string_view text) {
  constexpr std::string_view kBeginnings = "=+-@\t\r\n";
  return text.size() > 1 && kBeginnings.find(text[0]) != std::string_view::npos;
}

}  // namespace

std::string CsvField(std::string_view text) {
  std::string field(text);
  if (IsFormula(field)) field.insert(field.begin(), '\'');
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    return field;
  }
  return '"' + absl::StrReplaceAll(field, {{"\"", "\"\""}}) + '"';
}

void CsvOutput::Begin() {
  if (mark_ == ByteOrderMark::kWritten) streams_.out << "\xEF\xBB\xBF";
  streams_.out << "file,rank,index,label,wordnet_id,probability,model,"
                  "model_version,precision\n";
}

void CsvOutput::Write(const PictureResult& picture) {
  if (!picture.result.ok()) {
    streams_.err << ErrorLine(picture.file, picture.result.status());
    return;
  }
  const v1::ClassifyResponse& response = *picture.result;
  for (const std::string& warning : response.warnings()) {
    streams_.err << WarningLine(picture.file, warning);
  }
  const std::string model = CsvField(response.model()) + ',' +
                            CsvField(response.model_version()) + ',' +
                            CsvField(response.precision());
  int rank = 0;
  for (const v1::Classification& row : response.classifications()) {
    streams_.out << CsvField(picture.file) << ',' << ++rank << ','
                 << row.index() << ',' << CsvField(row.label()) << ','
                 << CsvField(row.wordnet_id()) << ','
                 << FloatText(row.probability()) << ',' << model << '\n';
  }
}

}  // namespace wanwu::cli
