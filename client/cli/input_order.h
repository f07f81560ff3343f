#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "client/cli/picture_output.h"

namespace wanwu::cli {

// Brings results back into the order of their pictures, 0, 1, 2, …, holding
// fewer than `window` of them.
class InputOrder {
 public:
  explicit InputOrder(std::size_t window) : window_(window) {}

  // Whether work on this picture may begin.
  bool HasRoom(std::size_t index) const { return index < next_ + window_; }

  void Add(std::size_t index, PictureResult result);

  // The next picture's result, if it is there.
  std::optional<PictureResult> TakeNext();

  // The earliest result held, even if some before it are missing.
  std::optional<PictureResult> TakeEarliest();

 private:
  const std::size_t window_;
  std::size_t next_ = 0;
  std::map<std::size_t, PictureResult> held_;
};

}  // namespace wanwu::cli
