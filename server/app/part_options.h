#pragma once

#include <memory>

#include "server/app/lane_plan.h"
#include "server/app/memory_plan.h"
#include "server/app/model_loader.h"
#include "server/app/server_config.h"
#include "server/app/wake_event.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/rpc/transport_limits.h"

namespace wanwu::app {

// What the parts of the server are told, by its configuration and by what this
// machine has.

int PollerCount(const ServerConfig& config, int lanes);

int MaxBatchSize(const ServerConfig& config);

// `unused` is set when nobody holds some model any more.
pipeline::PipelineOptions PipelineOptionsOf(const ServerConfig& config,
                                            const LanePlan& lanes,
                                            const MemoryPlan& memory,
                                            std::shared_ptr<WakeEvent> unused);

ModelLoaderOptions LoaderOptionsOf(const ServerConfig& config,
                                   const LanePlan& lanes);

rpc::TransportLimits TransportLimitsOf(const ServerConfig& config,
                                       const MemoryPlan& memory);

}  // namespace wanwu::app
