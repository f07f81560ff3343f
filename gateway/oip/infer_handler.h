#pragma once

#include "client/lib/async_client.h"
#include "gateway/api/call_metadata.h"
#include "gateway/api/request_limits.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

// POST /v2/models/{model}/infer, with or without /versions/{version}. `client`
// must outlive it.
Handler ServeInfer(client::AsyncClient& client, const CallDefaults& defaults,
                   const RequestLimits& limits);

}  // namespace wanwu::gateway
