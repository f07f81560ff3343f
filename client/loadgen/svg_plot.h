#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wanwu::loadgen {

enum class Scale { kLinear, kLog };

struct Axis {
  std::string title;
  Scale scale = Scale::kLinear;
};

struct Point {
  double x = 0;
  double y = 0;
};

struct Series {
  std::string name;
  // By ascending x.
  std::vector<Point> points;
};

struct LinePlot {
  std::string title;
  Axis x;
  Axis y;
  std::vector<Series> series;
};

// `groups` stand side by side for each label.
struct BarPlot {
  std::string title;
  std::string x_title;
  std::string y_title;
  std::vector<std::string> labels;
  struct Group {
    std::string name;
    // One per label.
    std::vector<double> values;
  };
  std::vector<Group> groups;
};

// Colours of series, in CSS as var(--series-0) …; later ones repeat them.
inline constexpr int kSeriesColors = 8;

// An <svg> element with its legend, drawn with the style sheet's classes.
// Points that a log scale cannot show are left out. Empty if there is nothing
// to draw.
std::string Draw(const LinePlot& plot);
std::string Draw(const BarPlot& plot);

// Text made safe for elements and attributes.
std::string EscapeXml(std::string_view text);

// Round values that divide the range, at most about `most` of them.
std::vector<double> Ticks(double low, double high, Scale scale, int most);

}  // namespace wanwu::loadgen
