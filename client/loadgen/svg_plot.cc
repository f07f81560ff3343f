#include "client/loadgen/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wanwu::loadgen {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 320;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 12;
constexpr double kBottom = 44;
constexpr double kLegendRow = 18;
constexpr double kLegendColumn = 180;
constexpr int kMostTicks = 7;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kPlotHeight = kHeight - kTop - kBottom;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void Include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

// Places values of one axis between 0 and 1.
class Placement {
 public:
  Placement(Range range, Scale scale) : scale_(scale), range_(range) {
    if (scale_ == Scale::kLinear) {
      range_.low = std::min(range_.low, 0.0);
      if (range_.high <= range_.low) range_.high = range_.low + 1;
    } else if (range_.high <= range_.low * 1.001) {
      range_.low /= 2;
      range_.high *= 2;
    }
  }

  double At(double value) const {
    return (In(value) - In(range_.low)) / (In(range_.high) - In(range_.low));
  }
  std::vector<double> Marks() const {
    return Ticks(range_.low, range_.high, scale_, kMostTicks);
  }

 private:
  double In(double value) const {
    return scale_ == Scale::kLog ? std::log10(value) : value;
  }

  const Scale scale_;
  Range range_;
};

bool Shows(const Axis& axis, double value) {
  return std::isfinite(value) && (axis.scale == Scale::kLinear || value > 0);
}

std::string Color(std::size_t series) {
  return absl::StrCat("var(--series-", series % kSeriesColors, ")");
}

std::string Text(double x, double y, std::string_view anchor,
                 std::string_view text) {
  return absl::StrFormat(
      "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
      anchor, EscapeXml(text));
}

std::string Line(double x1, double y1, double x2, double y2) {
  return absl::StrFormat(
      "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
      "y2=\"%.1f\"/>\n",
      x1, y1, x2, y2);
}

double X(double share) { return kLeft + share * kPlotWidth; }
double Y(double share) { return kTop + (1 - share) * kPlotHeight; }

std::string YAxis(const Placement& y, const std::string& title) {
  std::string svg;
  for (const double mark : y.Marks()) {
    const double at = Y(y.At(mark));
    absl::StrAppend(
        &svg, Line(kLeft, at, kWidth - kRight, at),
        Text(kLeft - 6, at + 4, "end", absl::StrFormat("%g", mark)));
  }
  absl::StrAppendFormat(&svg,
                        "<text transform=\"translate(14 %.1f) rotate(-90)\" "
                        "text-anchor=\"middle\">%s</text>\n",
                        kTop + kPlotHeight / 2, EscapeXml(title));
  return svg;
}

std::string XTitle(const std::string& title) {
  return Text(kLeft + kPlotWidth / 2, kHeight - 8, "middle", title);
}

std::string Legend(const std::vector<std::string>& names) {
  if (names.size() < 2) return "";
  std::string svg;
  const auto columns = static_cast<std::size_t>(kPlotWidth / kLegendColumn);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double x = kLeft + static_cast<double>(i % columns) * kLegendColumn;
    const double y =
        kHeight + static_cast<double>(i / columns) * kLegendRow + 4;
    absl::StrAppendFormat(
        &svg,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\" rx=\"2\" "
        "fill=\"%s\"/>\n",
        x, y, Color(i));
    absl::StrAppend(&svg, Text(x + 18, y + 10, "start", names[i]));
  }
  return svg;
}

std::string Frame(const std::string& title, std::size_t legends,
                  const std::string& content) {
  const auto columns = static_cast<std::size_t>(kPlotWidth / kLegendColumn);
  const std::size_t rows = (legends + columns - 1) / columns;
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
      "role=\"img\" aria-label=\"%s\">\n%s</svg>\n",
      kWidth, kHeight + static_cast<double>(rows) * kLegendRow + 4,
      EscapeXml(title), content);
}

std::string Curve(const LinePlot& plot, std::size_t number, const Placement& x,
                  const Placement& y) {
  const Series& series = plot.series[number];
  std::string path;
  std::string dots;
  // More would only blur the line.
  constexpr std::size_t kMostDots = 40;
  for (const Point& point : series.points) {
    if (!Shows(plot.x, point.x) || !Shows(plot.y, point.y)) continue;
    const double at_x = X(x.At(point.x));
    const double at_y = Y(y.At(point.y));
    absl::StrAppendFormat(&path, "%s%.1f,%.1f", path.empty() ? "" : " ", at_x,
                          at_y);
    if (series.points.size() > kMostDots) continue;
    absl::StrAppendFormat(
        &dots,
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s: %g, "
        "%g</title></circle>\n",
        at_x, at_y, Color(number), EscapeXml(series.name), point.x, point.y);
  }
  if (path.empty()) return "";
  return absl::StrFormat(
             "<polyline class=\"curve\" stroke=\"%s\" points=\"%s\"/>\n",
             Color(number), path) +
         dots;
}

std::string Bars(const BarPlot& plot, const Placement& y) {
  std::string svg;
  const double slot = kPlotWidth / static_cast<double>(plot.labels.size());
  const double bar =
      slot * 0.8 /
      static_cast<double>(std::max<std::size_t>(plot.groups.size(), 1));
  for (std::size_t i = 0; i < plot.labels.size(); ++i) {
    const double left = kLeft + slot * static_cast<double>(i);
    absl::StrAppend(&svg, Text(left + slot / 2, kTop + kPlotHeight + 16,
                               "middle", plot.labels[i]));
    for (std::size_t g = 0; g < plot.groups.size(); ++g) {
      const double value = plot.groups[g].values[i];
      if (value <= 0) continue;
      const double top = Y(y.At(value));
      absl::StrAppendFormat(
          &svg,
          "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
          "fill=\"%s\"><title>%s: %s, %.4g</title></rect>\n",
          left + slot * 0.1 + bar * static_cast<double>(g), top, bar,
          kTop + kPlotHeight - top, Color(g), EscapeXml(plot.groups[g].name),
          EscapeXml(plot.labels[i]), value);
    }
  }
  return svg;
}

}  // namespace

std::string Draw(const LinePlot& plot) {
  Range x_range;
  Range y_range;
  for (const Series& series : plot.series) {
    for (const Point& point : series.points) {
      if (!Shows(plot.x, point.x) || !Shows(plot.y, point.y)) continue;
      x_range.Include(point.x);
      y_range.Include(point.y);
    }
  }
  if (x_range.empty()) return "";
  const Placement x(x_range, plot.x.scale);
  const Placement y(y_range, plot.y.scale);
  std::string svg = YAxis(y, plot.y.title);
  for (const double mark : x.Marks()) {
    const double at = X(x.At(mark));
    absl::StrAppend(&svg, Line(at, kTop, at, kTop + kPlotHeight),
                    Text(at, kTop + kPlotHeight + 16, "middle",
                         absl::StrFormat("%g", mark)));
  }
  absl::StrAppend(&svg, XTitle(plot.x.title));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    absl::StrAppend(&svg, Curve(plot, i, x, y));
    names.push_back(plot.series[i].name);
  }
  return Frame(plot.title, names.size(), svg + Legend(names));
}

std::string Draw(const BarPlot& plot) {
  if (plot.labels.empty()) return "";
  Range range;
  std::vector<std::string> names;
  for (const BarPlot::Group& group : plot.groups) {
    for (const double value : group.values) range.Include(value);
    names.push_back(group.name);
  }
  if (range.empty()) return "";
  const Placement y(range, Scale::kLinear);
  return Frame(plot.title, names.size(),
               YAxis(y, plot.y_title) + Bars(plot, y) + XTitle(plot.x_title) +
                   Legend(names));
}

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        // XML knows no other control characters.
        escaped += static_cast<unsigned char>(c) < ' ' && c != '\n' ? '?' : c;
    }
  }
  return escaped;
}

std::vector<double> Ticks(double low, double high, Scale scale, int most) {
  std::vector<double> ticks;
  if (scale == Scale::kLog) {
    // 1, 2, 5, 10, … as long as there is room.
    const bool only_tens = std::log10(high / low) * 3 > most;
    for (double ten = std::pow(10, std::floor(std::log10(low))); ten <= high;
         ten *= 10) {
      for (const double step : {1.0, 2.0, 5.0}) {
        if (only_tens && step > 1) continue;
        const double tick = ten * step;
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
          ticks.push_back(tick);
        }
      }
    }
    return ticks;
  }
  const double exact = (high - low) / most;
  const double ten = std::pow(10, std::floor(std::log10(exact)));
  double step = ten * 10;
  for (const double each : {1.0, 2.0, 5.0}) {
    if (ten * each >= exact) {
      step = ten * each;
      break;
    }
  }
  // Adding 0 turns -0 into 0.
  const double first = std::ceil(low / step - 1e-9) + 0.0;
  for (double n = first; n * step <= high + step * 1e-9; ++n) {
    ticks.push_back(n * step);
  }
  return ticks;
}

}  // namespace wanwu::loadgen
