#pragma once

#include "client/lib/async_client.h"
#include "gateway/api/call_metadata.h"
#include "gateway/api/server_health.h"
#include "gateway/http/router.h"

// The Open Inference Protocol's questions about a server and its models. They
// ask the server, but for the first two; `client` and `health` must outlive
// them. Where {model} may be in the path, {version} may, too.
namespace wanwu::gateway {

// GET /v2/health/live: the gateway runs. GET /v2/health/ready: as
// kReadinessPath.
Handler ServeInferenceLiveness();
Handler ServeInferenceReadiness(const ServerHealth& health);

// GET /v2.
Handler ServeServerMetadata(client::AsyncClient& client,
                            const CallDefaults& defaults);

// GET /v2/models/{model}, its …/ready, …/config and …/stats. Of a model that is
// not ready, an error.
Handler ServeModelMetadata(client::AsyncClient& client,
                           const CallDefaults& defaults);
Handler ServeModelReady(client::AsyncClient& client,
                        const CallDefaults& defaults);
Handler ServeModelConfig(client::AsyncClient& client,
                         const CallDefaults& defaults);
Handler ServeModelStatistics(client::AsyncClient& client,
                             const CallDefaults& defaults);

// POST /v2/repository/index.
Handler ServeRepositoryIndex(client::AsyncClient& client,
                             const CallDefaults& defaults);

}  // namespace wanwu::gateway
