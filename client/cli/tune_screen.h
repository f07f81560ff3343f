#pragma once

#include <ostream>
#include <string>

#include "client/loadgen/load_run.h"
#include "client/tuning/search.h"

namespace wanwu::cli {

// The state of a search in lines of at most `columns`: its last rows and, below
// them, `now`, which may be several lines.
std::string RenderTune(const tuning::Goal& goal,
                       const tuning::SearchState& state, const std::string& now,
                       int columns);

// "run 3 of at most 21  1:45 left  2 lanes x 1 thread, …"
std::string RenderTuneRun(const tuning::SearchState& state,
                          const tuning::Settings& next,
                          loadgen::Duration budget);

// "starting the server" or "measuring 1.2/5 s  211/s  p50 …".
std::string RenderTuneLoad(const loadgen::LoadProgress& progress);

// Lines on a terminal, drawn over by the next; for one thread.
class TuneScreen {
 public:
  explicit TuneScreen(std::ostream& terminal) : terminal_(terminal) {}
  ~TuneScreen() { Hide(); }

  TuneScreen(const TuneScreen&) = delete;
  TuneScreen& operator=(const TuneScreen&) = delete;

  // `lines`, each ending in '\n'.
  void Update(const std::string& lines);
  void Hide();

 private:
  // What removes what was drawn.
  std::string Erasure() const;

  std::ostream& terminal_;
  long drawn_lines_ = 0;
};

}  // namespace wanwu::cli
