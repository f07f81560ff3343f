#pragma once

#include <string>
#include <string_view>

namespace wanwu::gateway {

// The caller's own, if it is 1…128 visible ASCII characters; else a new one, of
// 32 random hexadecimal digits.
std::string RequestIdFor(std::string_view sent);

// A W3C trace context, version 00: "00-<32 hex>-<16 hex>-<2 hex>", in lower
// case, neither id all zeros.
bool IsTraceparent(std::string_view value);

}  // namespace wanwu::gateway
