#pragma once

#include <ostream>
#include <string>

#include "client/loadgen/load_run.h"

namespace wanwu::cli {

// One line of at most `columns`, such as
// "8 clients  measuring 3.2/10 s  212/s  p50 37.1 ms  p99 52.0 ms  8 in
// flight".
std::string RenderBenchProgress(const loadgen::Load& load,
                                const loadgen::LoadProgress& progress,
                                int columns);

// That line on a terminal, drawn over by the next; for one thread.
class BenchProgressLine {
 public:
  explicit BenchProgressLine(std::ostream& terminal) : terminal_(terminal) {}
  ~BenchProgressLine() { Hide(); }

  void Update(const std::string& line);
  void Hide();

 private:
  std::ostream& terminal_;
  bool drawn_ = false;
};

}  // namespace wanwu::cli
