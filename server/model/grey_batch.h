#pragma once

#include "absl/status/status.h"
#include "server/model/classifier.h"

namespace wanwu::model {

// Runs `replica` once on `batch` grey pictures, to warm that size up or to see
// how long it takes. On the lane's thread; lanes may do so at the same time.
[[nodiscard]] absl::Status RunGreyBatch(const Classifier& classifier,
                                        Replica& replica, int batch);

}  // namespace wanwu::model
