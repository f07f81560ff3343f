#pragma once

#include "inference/open_inference.pb.h"
#include "server/oip/named_model.h"

namespace wanwu::oip {

// Of a model that is ready, the versions of that name apart.
inference::ModelMetadataResponse DescribeTensors(const NamedModel& model);

// The same in the words of Triton's configuration.
inference::ModelConfig DescribeConfig(const NamedModel& model,
                                      int max_batch_size, int lanes);

}  // namespace wanwu::oip
