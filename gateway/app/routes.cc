#include "gateway/app/routes.h"

#include "gateway/api/model_handlers.h"
#include "gateway/api/status_handler.h"

namespace wanwu::gateway {

void AddRoutes(Router& router, const RouteParts& parts) {
  using boost::beast::http::verb;
  router.Add(verb::post, "/v1/classify",
             ServeClassify(parts.client, parts.defaults, parts.limits));
  router.Add(verb::get, "/v1/models",
             ServeModelList(parts.client, parts.defaults));
  router.Add(verb::get, "/v1/models/{model}",
             ServeModel(parts.client, parts.defaults));
  router.Add(verb::get, "/v1/status",
             ServeStatus(parts.client, parts.defaults));
  router.Add(verb::get, "/healthz", ServeLiveness());
  router.Add(verb::get, kReadinessPath, ServeReadiness(parts.health));
  router.Add(verb::get, "/metrics", ServeMetrics(parts.metrics));
  router.SetFallback(ServeStaticFiles(parts.files, parts.page_policy));
}

}  // namespace wanwu::gateway
