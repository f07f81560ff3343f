#pragma once

#include <string>
#include <string_view>

namespace wanwu::cli {

inline constexpr char kBold[] = "\x1b[1m";
inline constexpr char kDim[] = "\x1b[2m";
inline constexpr char kGreen[] = "\x1b[32m";
inline constexpr char kRed[] = "\x1b[31m";

// `text` between `style` and its reset; plain if either is empty.
std::string Styled(std::string_view text, std::string_view style);

bool IsTerminal(int descriptor);

// Whether to write escape sequences to `descriptor`: a terminal that is not
// "dumb", and NO_COLOR is unset or empty.
bool WantsColor(int descriptor);

// Columns of the terminal at `descriptor`; 80 if it does not say.
int TerminalColumns(int descriptor);

struct TerminalExtent {
  int columns = 80;
  int rows = 24;
};

// Of the terminal at `descriptor`; the usual ones if it does not say.
TerminalExtent TerminalSize(int descriptor);

// Styles for one stream: the escape sequences, or empty text where colours are
// not wanted.
class Palette {
 public:
  enum class Mode { kPlain, kColor };

  explicit Palette(Mode mode) : mode_(mode) {}

  std::string Style(std::string_view style) const {
    return mode_ == Mode::kColor ? std::string(style) : std::string();
  }

 private:
  const Mode mode_;
};

// The palette that WantsColor() calls for.
Palette PaletteFor(int descriptor);

}  // namespace wanwu::cli
