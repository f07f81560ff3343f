#include "client/cli/table_output.h"

#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "client/cli/aligned_rows.h"
#include "client/cli/display_width.h"
#include "client/cli/error_text.h"

namespace wanwu::cli {
namespace {

double Milliseconds(const google::protobuf::Duration& duration) {
  return static_cast<double>(duration.seconds()) * 1e3 +
         static_cast<double>(duration.nanos()) / 1e6;
}

std::string Origin(const v1::ClassifyResponse& response) {
  std::string text =
      absl::StrFormat("%s version %s, %s", response.model(),
                      response.model_version(), response.precision());
  if (response.timings().has_total()) {
    absl::StrAppendFormat(&text, ", %.1f ms",
                          Milliseconds(response.timings().total()));
  }
  if (response.cached()) text += ", kept from before";
  return text;
}

}  // namespace

void TableOutput::Write(const PictureResult& picture) {
  if (!picture.result.ok()) {
    streams_.err << ErrorLine(picture.file, picture.result.status());
    return;
  }
  WriteHeading(picture);
  WriteWarnings(*picture.result);
  WriteClasses(*picture.result);
}

void TableOutput::WriteHeading(const PictureResult& picture) {
  const std::string origin = '(' + Printable(Origin(*picture.result)) + ')';
  streams_.out << Styled(Printable(picture.file), palette_.Style(kBold)) << "  "
               << Styled(origin, palette_.Style(kDim)) << '\n';
}

void TableOutput::WriteWarnings(const v1::ClassifyResponse& response) {
  for (const std::string& warning : response.warnings()) {
    const std::string line = "warning: " + Printable(warning);
    streams_.out << "  " << Styled(line, palette_.Style(kRed)) << '\n';
  }
}

void TableOutput::WriteClasses(const v1::ClassifyResponse& response) {
  std::vector<Row> rows;
  for (const v1::Classification& each : response.classifications()) {
    const char* style = rows.empty() ? kGreen : "";
    rows.push_back({{""},
                    {absl::StrFormat("%.2f %%", each.probability() * 100.0),
                     palette_.Style(style)},
                    {Printable(each.label()), palette_.Style(style)},
                    {Printable(each.wordnet_id()), palette_.Style(kDim)}});
  }
  streams_.out << AlignRows(
      rows, {Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft});
}

}  // namespace wanwu::cli
