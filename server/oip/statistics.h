#pragma once

#include "inference/open_inference.pb.h"
#include "server/pipeline/model_counters.h"
#include "server/rpc/wall_time.h"

namespace wanwu::oip {

// What has become of a model's pictures: names and version apart. Decoding is
// Triton's compute_input; making the answer is not measured. The sums are of
// all names of the model.
inference::ModelStatistics DescribeStatistics(
    const pipeline::ModelCounters::Copy& counts, const rpc::WallTime& wall);

}  // namespace wanwu::oip
