#include "server/ops/operator_pages.h"

#include <utility>

#include "server/ops/health_pages.h"
#include "server/ops/status_page.h"

namespace wanwu::ops {

OperatorPages::OperatorPages(OperatorParts parts)
    : parts_(std::move(parts)), collector_(parts_) {}

Page OperatorPages::Make(const PageRequest& request) const {
  if (request.path == "/livez") return LivezPage(parts_);
  if (request.path == "/readyz") return ReadyzPage(parts_, request);
  if (request.path == "/statusz") return StatusPage(parts_);
  if (request.path == "/metrics") {
    return {.body = collector_.Render(),
            .content_type = "text/plain; version=0.0.4; charset=utf-8"};
  }
  return {.status = 404,
          .body = "there are /metrics, /livez, /readyz and /statusz\n"};
}

}  // namespace wanwu::ops
