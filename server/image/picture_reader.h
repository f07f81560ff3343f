#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/image/damage.h"
#include "server/image/image_limits.h"
#include "server/image/orientation.h"
#include "server/image/row_sink.h"
#include "server/image/stop_check.h"

namespace wanwu::image {

struct PictureHeader {
  PictureSize size;
  // What ReadRows decodes: the same, unless the reader reduces the picture.
  PictureSize decoded;
  Orientation orientation = Orientation::kUpright;
};

// One encoded picture of one format. ReadHeader once, then ReadRows at most
// once. Not thread-safe.
class PictureReader {
 public:
  virtual ~PictureReader() = default;

  // Allocates nothing that grows with the picture's width or height.
  [[nodiscard]] virtual absl::StatusOr<PictureHeader> ReadHeader() = 0;

  // Pushes what the sink needs, or fails after any number of rows. Reads the
  // rest, too: damage elsewhere is noticed all the same. The caller has checked
  // the header against the limits. CANCELLED soon after should_stop says so.
  [[nodiscard]] virtual absl::Status ReadRows(RowSink& sink,
                                              const StopCheck& should_stop) = 0;

  // What was wrong with a picture that was read in spite of it.
  const DamageTally& damage() const { return damage_; }

 protected:
  DamageTally damage_;
};

}  // namespace wanwu::image
