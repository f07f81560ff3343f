#include "client/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace wanwu::cli {
namespace {

constexpr char kReset[] = "\x1b[0m";

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string Styled(std::string_view text, std::string_view style) {
  if (text.empty() || style.empty()) return std::string(text);
  return std::string(style).append(text).append(kReset);
}

bool IsTerminal(int descriptor) { return isatty(descriptor) == 1; }

bool WantsColor(int descriptor) {
  return IsTerminal(descriptor) && Environment("NO_COLOR").empty() &&
         Environment("TERM") != "dumb";
}

TerminalExtent TerminalSize(int descriptor) {
  winsize size = {};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {};
  TerminalExtent extent;
  if (size.ws_col != 0) extent.columns = size.ws_col;
  if (size.ws_row != 0) extent.rows = size.ws_row;
  return extent;
}

int TerminalColumns(int descriptor) { return TerminalSize(descriptor).columns; }

Palette PaletteFor(int descriptor) {
  return Palette(WantsColor(descriptor) ? Palette::Mode::kColor
                                        : Palette::Mode::kPlain);
}

}  // namespace wanwu::cli
