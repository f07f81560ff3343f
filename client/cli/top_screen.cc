#include "client/cli/top_screen.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/aligned_rows.h"
#include "client/cli/display_width.h"
#include "client/cli/state_names.h"
#include "client/cli/top_text.h"

namespace wanwu::cli {
namespace {

constexpr char kHint[] = "q or Ctrl-C ends";

// A line and its style as a whole, so that it can be cut to a width.
struct Line {
  std::string text;
  std::string style = {};
};

Line HeadOf(const TopServer& server, const Palette& palette) {
  const std::string address = Printable(server.address);
  if (!server.down.empty()) {
    return {absl::StrCat(address, "  down: ", Printable(server.down)),
            palette.Style(kRed)};
  }
  const v1::ServerStatus& status = server.status;
  return {absl::StrCat(address, "  ", StateName(status.state()), "  up ",
                       UptimeText(status), "  version ",
                       Printable(status.version())),
          palette.Style(kBold)};
}

void AddBlock(const TopServer& server, const Palette& palette,
              std::vector<Line>& lines) {
  lines.push_back({""});
  lines.push_back(HeadOf(server, palette));
  if (!server.down.empty()) return;
  lines.push_back({"  pictures  " + PicturesText(server)});
  lines.push_back({"  latency   " + LatencyText(server)});
  lines.push_back({"  queue     " + QueueText(server)});
  lines.push_back({"  busy      " + BusyText(server)});
  lines.push_back({"  models    " + ModelsText(server)});
}

Row CompactRow(const TopServer& server) {
  if (!server.down.empty()) {
    return {{Printable(server.address)},
            {absl::StrCat("down: ", Printable(server.down))}};
  }
  const v1::ServerStatus& status = server.status;
  return {
      {Printable(server.address)},
      {StateName(status.state())},
      {absl::StrFormat("%.1f", status.pictures_per_second())},
      {absl::StrFormat("%.1f", status.errors_per_second())},
      {status.has_latency() ? TimeText(Seconds(status.latency().p99())) : "-"},
      {absl::StrCat(status.queue_depth())},
      {TimeText(Seconds(status.estimated_wait()))},
      {ShareText(LaneShare(status))}};
}

// One line for each server. What is wrong with one must not widen the columns.
std::vector<Line> Compact(const std::vector<TopServer>& servers,
                          const Palette& palette) {
  std::vector<Row> rows = {{{"SERVER"},
                            {"STATE"},
                            {"PICT/S"},
                            {"ERR/S"},
                            {"P99"},
                            {"QUEUED"},
                            {"WAIT"},
                            {"LANES"}}};
  for (const TopServer& server : servers) rows.push_back(CompactRow(server));
  std::vector<std::string> reasons(rows.size());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() == 2) std::swap(reasons[i], rows[i][1].text);
  }
  const std::string text = AlignRows(
      rows, {Align::kLeft, Align::kLeft, Align::kRight, Align::kRight,
             Align::kRight, Align::kRight, Align::kRight, Align::kRight});
  std::vector<Line> lines;
  for (const auto line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::size_t i = lines.size();
    const bool down = !reasons[i].empty();
    lines.push_back(
        {std::string(line) + reasons[i], palette.Style(i == 0 ? kBold
                                                       : down ? kRed
                                                              : "")});
  }
  return lines;
}

double SumOf(const std::vector<TopServer>& servers,
             double (v1::ServerStatus::*figure)() const) {
  double sum = 0;
  for (const TopServer& server : servers) {
    if (server.down.empty()) sum += (server.status.*figure)();
  }
  return sum;
}

Line TitleOf(const std::vector<TopServer>& servers) {
  const auto up =
      std::count_if(servers.begin(), servers.end(),
                    [](const auto& server) { return server.down.empty(); });
  return {absl::StrFormat(
      "wanwu top  %d of %d up  %.1f pictures/s  %.1f errors/s  %s", up,
      servers.size(), SumOf(servers, &v1::ServerStatus::pictures_per_second),
      SumOf(servers, &v1::ServerStatus::errors_per_second), kHint)};
}

}  // namespace

std::string RenderTop(const std::vector<TopServer>& servers,
                      const TerminalExtent& size, const Palette& palette) {
  std::vector<Line> lines = {TitleOf(servers)};
  for (const TopServer& server : servers) AddBlock(server, palette, lines);
  // The last line stays empty, or the terminal scrolls.
  const auto room = static_cast<std::size_t>(std::max(size.rows - 1, 1));
  if (lines.size() > room && servers.size() > 1) {
    lines = {TitleOf(servers), {""}};
    const std::vector<Line> compact = Compact(servers, palette);
    lines.insert(lines.end(), compact.begin(), compact.end());
  }
  if (lines.size() > room) {
    const std::size_t hidden = lines.size() - room + 1;
    lines.resize(room - 1);
    lines.push_back({absl::StrCat("… ", hidden, " more lines")});
  }
  const auto columns = static_cast<std::size_t>(std::max(size.columns, 0));
  std::string text;
  for (const Line& line : lines) {
    text += Styled(Truncate(line.text, columns), line.style) + '\n';
  }
  return text;
}

std::string TopLine(const TopServer& server) {
  const std::string address = Printable(server.address);
  if (!server.down.empty()) {
    return absl::StrCat(address, "  down: ", Printable(server.down), "\n");
  }
  return absl::StrJoin(
             {address, StateName(server.status.state()), PicturesText(server),
              LatencyText(server), QueueText(server), BusyText(server),
              ModelsText(server)},
             "  ") +
         '\n';
}

}  // namespace wanwu::cli
