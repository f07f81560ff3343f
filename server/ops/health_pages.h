#pragma once

#include "server/ops/operator_parts.h"
#include "server/ops/page.h"

namespace wanwu::ops {

// 200 as long as the process is of use, 503 when it should be started anew.
Page LivezPage(const OperatorParts& parts);

// 200 if requests are served, else 503; with the query `verbose` it lists what
// is ready and what is not.
Page ReadyzPage(const OperatorParts& parts, const PageRequest& request);

}  // namespace wanwu::ops
