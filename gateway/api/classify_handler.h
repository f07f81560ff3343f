#pragma once

#include "client/lib/async_client.h"
#include "gateway/api/call_metadata.h"
#include "gateway/api/form_pictures.h"
#include "gateway/api/json_request.h"
#include "gateway/api/many_pictures.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

struct ClassifyLimits {
  std::size_t max_json_bytes = 32 << 20;
  FormLimits form = {};
  JsonLimits json = {};
  ManyLimits many = {};
};

// POST /v1/classify, as docs/rest.md has it. `client` must outlive the handler.
Handler ServeClassify(client::AsyncClient& client, const CallDefaults& defaults,
                      const ClassifyLimits& limits);

}  // namespace wanwu::gateway
