#pragma once

#include "client/lib/async_client.h"
#include "gateway/api/call_metadata.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

// GET /v1/status: how the server is doing, once as JSON or, as server-sent
// events, each second until either side ends it. `client` must outlive it.
Handler ServeStatus(client::AsyncClient& client, const CallDefaults& defaults);

}  // namespace wanwu::gateway
