#pragma once

#include "client/lib/async_client.h"
#include "gateway/api/call_metadata.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

// GET /v1/models and GET /v1/models/{model}?version=. `client` must outlive
// them.
Handler ServeModelList(client::AsyncClient& client,
                       const CallDefaults& defaults);
Handler ServeModel(client::AsyncClient& client, const CallDefaults& defaults);

}  // namespace wanwu::gateway
