#pragma once

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>

namespace wanwu::cli {

struct Progress {
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t total = 0;
  std::chrono::duration<double> elapsed{0};
};

// One line of at most `columns`, such as
// "[#####.....] 250/500  112/s  2 s left  3 failed". The bar goes first when
// there is little room.
std::string RenderProgress(const Progress& progress, int columns);

// A progress line on a terminal, below whatever else is written there. For one
// thread.
class ProgressBar {
 public:
  enum class Visibility { kShown, kNever };

  ProgressBar(std::ostream& terminal, Visibility visibility)
      : terminal_(terminal), visibility_(visibility) {}

  ~ProgressBar() { Hide(); }

  // Draws it, but not much oftener than eyes can follow.
  void Update(const Progress& progress, int columns);

  // Takes it away, before other output to the same terminal.
  void Hide();

 private:
  using Clock = std::chrono::steady_clock;

  std::ostream& terminal_;
  const Visibility visibility_;
  bool drawn_ = false;
  Clock::time_point last_drawn_;
};

}  // namespace wanwu::cli
