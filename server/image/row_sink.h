#pragma once

#include <cstdint>

namespace wanwu::image {

// Takes a picture's rows as a decoder makes them.
class RowSink {
 public:
  virtual ~RowSink() = default;

  // The next stored row, from the top: three bytes (red, green, blue) for each
  // column. The sink does not keep `row`.
  virtual void PushRow(const uint8_t* row) = 0;
};

}  // namespace wanwu::image
