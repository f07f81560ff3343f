#pragma once

#include "server/ops/operator_parts.h"
#include "server/ops/page.h"
#include "server/ops/server_collector.h"

namespace wanwu::ops {

// What the operators' listener serves: /metrics, /livez, /readyz, /statusz.
// Thread-safe.
class OperatorPages {
 public:
  explicit OperatorPages(OperatorParts parts);
  OperatorPages(const OperatorPages&) = delete;
  OperatorPages& operator=(const OperatorPages&) = delete;

  // 404 for any other path.
  Page Make(const PageRequest& request) const;

 private:
  const OperatorParts parts_;
  const ServerCollector collector_;
};

}  // namespace wanwu::ops
