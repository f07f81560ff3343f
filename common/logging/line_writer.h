#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace wanwu::logging {

// Writes lines to a descriptor whose reader may be slow, stand still or be
// gone, on a thread of its own: nobody who writes a line ever waits. A line
// that finds no room pushes out the oldest that wait; lost lines are counted,
// and once the descriptor takes lines again, the first one tells how many.
// Thread-safe. The process must ignore SIGPIPE.
class LineWriter {
 public:
  // The line, with its newline, that tells of `lost` lines. Called on the
  // writer's thread, possibly after the writer's destruction.
  using Notice = std::function<std::string(int64_t lost)>;

  struct Options {
    // Not changed: neither closed nor made non-blocking, for others share it.
    int descriptor = -1;
    size_t capacity_bytes = size_t{256} << 10;  // of lines that wait
    std::chrono::milliseconds last_wait = std::chrono::seconds(1);
  };

  LineWriter(const Options& options, Notice notice);
  // What waits is written if that takes at most `last_wait`. A thread that
  // cannot end, because it is held in a write, is left behind.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // `line` ends in a newline.
  void Write(std::string line);

  // Waits until everything that was written before has been passed on or lost,
  // or `timeout` is over. True if it has.
  bool Flush(std::chrono::milliseconds timeout);

  // Since the start, told of or not.
  int64_t lost_lines() const;

 private:
  struct State;

  const std::chrono::milliseconds last_wait_;
  // Shared with the thread.
  const std::shared_ptr<State> state_;
};

}  // namespace wanwu::logging
