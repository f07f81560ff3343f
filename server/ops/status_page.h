#pragma once

#include "server/ops/operator_parts.h"
#include "server/ops/page.h"

namespace wanwu::ops {

// All of the server on one page of text, for people.
Page StatusPage(const OperatorParts& parts);

}  // namespace wanwu::ops
