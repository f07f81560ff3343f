#pragma once

#include "client/lib/async_client.h"
#include "gateway/api/call_metadata.h"
#include "gateway/api/many_pictures.h"
#include "gateway/api/request_limits.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

struct ClassifyLimits {
  RequestLimits request = {};
  ManyLimits many = {};
};

// POST /v1/classify, as docs/rest.md has it. `client` must outlive the handler.
Handler ServeClassify(client::AsyncClient& client, const CallDefaults& defaults,
                      const ClassifyLimits& limits);

}  // namespace wanwu::gateway
