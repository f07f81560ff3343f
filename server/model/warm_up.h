#pragma once

#include "absl/status/status.h"
#include "server/model/classifier.h"

namespace wanwu::model {

// Runs every batch size from `max_batch` to 1 once, so that no request pays for
// what the first run of a size builds; the largest first, because buffers grow
// with it. On the lane's thread; lanes may warm up at the same time.
[[nodiscard]] absl::Status WarmUp(const Classifier& classifier,
                                  Replica& replica, int max_batch);

// Runs `replica` once on `batch` grey pictures. For measuring.
[[nodiscard]] absl::Status RunGreyBatch(const Classifier& classifier,
                                        Replica& replica, int batch);

}  // namespace wanwu::model
